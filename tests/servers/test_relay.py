"""The relay passes on what it is told to, and no byte more."""

import socket
import threading
import time
from contextlib import closing
from typing import Iterator

import pytest

from servers.content import Content
from servers.relay import Relay

CONTENT = Content(seed=17, size=1_000_000)


@pytest.fixture
def relay() -> Iterator[Relay]:
    """Before a server that sends CONTENT to whoever says a word, and then closes."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        threading.Thread(target=_send_to_everyone, args=(listener,), daemon=True).start()
        with Relay(listener.getsockname()[1]) as made:
            yield made


def _send_to_everyone(listener: socket.socket) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            connection.recv(100)
            try:
                connection.sendall(CONTENT.read_all())
            except OSError:
                pass  # gone before the end


def test_a_line_passes_so_much_a_second_over_all_connections(relay: Relay) -> None:
    relay.shape(4_000_000)
    began = time.monotonic()
    with ask(relay) as one, ask(relay) as other:
        halves = read(one, 500_000), read(other, 500_000)
        assert (len(halves[0]), len(halves[1])) == (500_000, 500_000)
    assert time.monotonic() - began >= 0.2, "a million bytes take a quarter of a second"


def ask(relay: Relay) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", relay.port), timeout=5)
    client.sendall(b"please")
    return client


def read(client: socket.socket, count: int) -> bytes:
    """Exactly so many bytes, fewer at the end."""
    data = b""
    while len(data) < count and (more := client.recv(count - len(data))):
        data += more
    return data


def test_everything_passes(relay: Relay) -> None:
    with ask(relay) as first, ask(relay) as second:
        assert read(first, CONTENT.size + 1) == read(second, CONTENT.size + 1) == CONTENT.read_all()
    assert relay.connections == relay.most_at_once == 2


def test_what_is_held_comes_after_the_release(relay: Relay) -> None:
    relay.hold_after(300_001)
    with ask(relay) as client:
        start = read(client, 300_001)
        client.settimeout(0.1)
        with pytest.raises(TimeoutError):
            client.recv(1)
        client.settimeout(5)
        relay.release()
        assert start + read(client, CONTENT.size) == CONTENT.read_all()


def test_a_client_that_leaves_during_the_hold_harms_nobody(relay: Relay) -> None:
    relay.hold_after(1000)
    with ask(relay) as leaver:
        read(leaver, 1000)
    relay.release()
    with ask(relay) as other:
        assert read(other, CONTENT.size + 1) == CONTENT.read_all()
