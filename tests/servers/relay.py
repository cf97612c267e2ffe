"""A relay before a server that stops passing on at a chosen byte, so that a test is sure to be in the middle; or that
is the bottleneck of all connections, as a slow line is."""

import contextlib
import random
import socket
import threading
import time
from types import TracebackType
from typing import Optional

_BURSTS = (200_000, 1_000_000, 3_000_000, 6_000_000)  # bytes of a server that stutters
_PAUSES = (0.02, 0.05, 0.15, 0.3)  # seconds between them
_ESTABLISHED = 1  # tcp(7), TCP_INFO: its first byte is the state
_CHUNK = 64 << 10  # bytes passed on at once, and in the sockets of this side: little lies between the ends


class Flow:
    """The bytes of one direction, over all connections."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._left: Optional[int] = None  # bytes that may pass; None for all
        self._chance: Optional[random.Random] = None  # of one that stutters
        self._rate: Optional[float] = None  # bytes a second of a line
        self._free_at = 0.0  # when it will have passed what was taken
        self.passed = 0

    def hold_after(self, count: int) -> None:
        """Lets `count` more bytes pass, and no more."""
        with self._changed:
            self._left = count

    def stutter(self, seed: int) -> None:
        """Lets the bytes pass in bursts of different sizes, with pauses of different lengths between them."""
        with self._changed:
            self._chance = random.Random(seed)
            self._left = 0

    def shape(self, rate: Optional[float]) -> None:
        """Lets so many bytes a second pass, of all connections together, which take turns; None for as many as there are."""
        with self._changed:
            self._rate = rate

    def release(self) -> None:
        with self._changed:
            self._chance = self._left = None
            self._changed.notify_all()

    def take(self, wanted: int) -> int:
        """Waits until bytes may pass, and takes up to `wanted` off what is left."""
        with self._changed:
            while self._left == 0:
                if not self._chance:
                    self._changed.wait()
                elif not self._changed.wait(self._chance.choice(_PAUSES)):
                    self._left = self._chance.choice(_BURSTS)
            count = wanted if self._left is None else min(self._left, wanted)
            if self._left is not None:
                self._left -= count
            self.passed += count
            wait = self._occupy(count)
        if wait > 0:
            time.sleep(wait)
        return count

    def _occupy(self, count: int) -> float:
        """The seconds until a line has passed so many bytes more."""
        if not self._rate:
            return 0.0
        now = time.monotonic()
        self._free_at = max(self._free_at, now) + count / self._rate
        return self._free_at - now

    def pump(self, source: socket.socket, target: socket.socket) -> None:
        """Until one of them ends; then both do."""
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                while data:
                    allowed = self.take(len(data))
                    target.sendall(data[:allowed])
                    data = data[allowed:]
        _shut(source)
        _shut(target)


class Relay:
    """Passes TCP connections on to `port` of 127.0.0.1 while `with` lasts."""

    def __init__(self, port: int) -> None:
        self._target = port
        self.requests = Flow()  # from clients
        self.answers = Flow()  # from the server
        self._changed = threading.Lock()
        self._connections = 0
        self._most = 0
        self._sockets: set[socket.socket] = set()
        self._clients: set[socket.socket] = set()

    @property
    def port(self) -> int:
        return self._listener.getsockname()[1]

    @property
    def connections(self) -> int:
        """Accepted so far."""
        return self._connections

    @property
    def most_at_once(self) -> int:
        """Connections that clients had open at the same time, at most."""
        return self._most

    def hold_after(self, count: int) -> None:
        """Lets `count` more bytes of the server pass, over all connections, and no more."""
        self.answers.hold_after(count)

    def stutter(self, seed: int) -> None:
        """Has the server stutter, as Flow says."""
        self.answers.stutter(seed)

    def shape(self, rate: Optional[float]) -> None:
        """Makes a line of both directions, as Flow says."""
        self.answers.shape(rate)
        self.requests.shape(rate)

    def release(self) -> None:
        self.answers.release()
        self.requests.release()

    def cut(self) -> None:
        """Ends all connections."""
        with self._changed:
            left = list(self._sockets)
        for end in left:
            _shut(end)

    def __enter__(self) -> "Relay":
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _CHUNK)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: Optional[type], error: Optional[BaseException], where: Optional[TracebackType]) -> None:
        # close() alone would leave the thread in accept().
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        self.release()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._count(client)
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        """One connection; both its sockets end with the first of them."""
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _CHUNK)
        with client, socket.socket() as server, self._known(client, server), contextlib.suppress(OSError):
            for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
                server.setsockopt(socket.SOL_SOCKET, option, _CHUNK)
            server.connect(("127.0.0.1", self._target))
            requests = threading.Thread(target=self.requests.pump, args=(client, server), daemon=True)
            requests.start()
            self.answers.pump(server, client)
            requests.join()

    def _count(self, client: socket.socket) -> None:
        """A client that closes one connection and then opens another one has them one after the other, though this
        side may hear of the end later: the kernel knows."""
        with self._changed:
            self._connections += 1
            self._clients.add(client)
            self._most = max(self._most, sum(map(_is_established, self._clients)))

    @contextlib.contextmanager
    def _known(self, *ends: socket.socket):
        with self._changed:
            self._sockets.update(ends)
        try:
            yield
        finally:
            for end in ends:
                _shut(end)
            with self._changed:
                self._sockets.difference_update(ends)
                self._clients.difference_update(ends)


def _is_established(end: socket.socket) -> bool:
    return end.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == _ESTABLISHED


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
