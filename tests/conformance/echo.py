"""A client that sends every message back: a WebSocket task of live delivery, and a thread at its channel."""

import contextlib
import threading
from types import TracebackType
from typing import Any, Iterator, Optional

from harness.channel import BINARY, TEXT, Channel
from harness.client import microseconds
from harness.connection import BusError
from harness.machine import Machine
from servers.websocket.adversary import Adversary
from servers.websocket.handshakes import Accept
from servers.websocket.peer import Peer

MOST = 64 << 20  # bytes of a message


def echo(channel: Channel) -> None:
    """Until the daemon ends the channel."""
    with contextlib.suppress(ConnectionError):
        while (record := channel.receive(120)) is not None:
            if record.type in (TEXT, BINARY):
                channel.send(record.type, record.payload)


class EchoClient:
    """With its daemon's server. One connection after another."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._server = Adversary()
        self._session = machine.client().session("conformance", wake="never")

    def __enter__(self) -> "EchoClient":
        self._server.__enter__()
        return self

    def __exit__(self, kind: Optional[type], error: Optional[BaseException], where: Optional[TracebackType]) -> None:
        self._server.__exit__(kind, error, where)

    @contextlib.contextmanager
    def connection(self, answer: Accept = Accept(), **options: Any) -> Iterator[Peer]:
        """The server's end of a connection whose other one echoes. Whatever becomes of it, the task ends."""
        endpoint = self._server.serve(answer)
        task = self._session.websocket(endpoint.url, [], {"delivery": "live", "max-message": MOST, "reconnect": False,
                                                          "request-timeout": microseconds(30), **options})
        channel = task.open_channel()
        client = threading.Thread(target=echo, args=(channel,), daemon=True)
        client.start()
        task.resume()
        try:
            yield endpoint.peer()
        finally:
            with contextlib.suppress(BusError):
                task.cancel()  # an InvalidState where it has ended
            assert task.wait()[0] in ("finished", "failed", "cancelled")
            client.join(15)
            assert not client.is_alive(), "the channel did not end with its task"
            channel.close()
            events = self._session.events()
            if events:
                self._session.acknowledge(events[-1].seq)


def say_goodbye(peer: Peer) -> None:
    """The normal end of a case: the server closes, the client answers."""
    peer.close(1000)
    assert peer.goodbye().code == 1000


def chopped(data: bytes, size: int) -> list[bytes]:
    return [data[offset:offset + size] for offset in range(0, len(data), size)] or [b""]
