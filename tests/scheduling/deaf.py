"""Hosts that take connections and never say a word."""

import socket
from contextlib import ExitStack, contextmanager
from typing import Iterator


@contextmanager
def deaf_hosts(count: int) -> Iterator[list[str]]:
    """URLs, each of an origin of its own."""
    with ExitStack() as stack:
        listeners = [stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=64)) for _ in range(count)]
        yield [f"http://127.0.0.1:{listener.getsockname()[1]}/" for listener in listeners]


def free_port() -> int:
    """One that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]
