"""A WebSocket server whose connections its test plays: accepted as the test says, then handed over to it."""

import contextlib
import itertools
import queue
import socket
import ssl
import threading
import time
from types import TracebackType
from typing import Callable, Optional

from harness.deadline import PATIENCE

from ..exchange import Request
from .handshakes import Accept, Handshake, refuse
from .peer import Gone, Peer

Conduct = Callable[[Peer], None]


class Endpoint:
    """A URL. The first handshake gets the first answer, and so on; the last one stays.

    A connection that is open goes to the `conduct`, in a thread of its own, and
    without one to whoever calls peer().
    """

    def __init__(self, url: str, handshakes: tuple[Handshake, ...], conduct: Optional[Conduct]) -> None:
        self.url = url
        self.handshakes = handshakes or (Accept(),)
        self.requests: list[Request] = []
        self.faults: list[BaseException] = []  # of the client, or of a conduct
        self._conduct = conduct
        self._opened: "queue.Queue[Peer]" = queue.Queue()

    def peer(self, timeout: float = 15.0) -> Peer:
        """The next connection that is open."""
        try:
            return self._opened.get(timeout=timeout * PATIENCE)
        except queue.Empty:
            raise TimeoutError(f"no connection within {timeout} s; requests: {self.requests}, {self.faults}") from None

    @property
    def waiting(self) -> int:
        """Open connections that nobody has taken."""
        return self._opened.qsize()

    def next_handshake(self, request: Request) -> Handshake:
        self.requests.append(request)
        return self.handshakes[min(len(self.requests), len(self.handshakes)) - 1]

    def hand_over(self, peer: Peer) -> None:
        if not self._conduct:
            self._opened.put(peer)
            return
        try:
            self._conduct(peer)
        finally:
            peer.hang_up()


class Adversary:
    """Serves while `with` lasts. serve() may be called at any time from any thread."""

    def __init__(self, tls: Optional[ssl.SSLContext] = None, port: int = 0) -> None:
        """`port`: 0 for a free one."""
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", port), backlog=2048)
        self.port: int = self._listener.getsockname()[1]
        self._endpoints: dict[str, Endpoint] = {}
        self._numbers = itertools.count(1)
        self._changed = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._is_over = False

    @property
    def origin(self) -> str:
        return f"{'wss' if self._tls else 'ws'}://127.0.0.1:{self.port}"

    def serve(self, *handshakes: Handshake, conduct: Optional[Conduct] = None, secret: str = "") -> Endpoint:
        """A new URL. `secret` goes into it as the query "token=SECRET"."""
        path = f"/{next(self._numbers)}"
        endpoint = Endpoint(self.origin + path + (f"?token={secret}" if secret else ""), handshakes, conduct)
        self._endpoints[path] = endpoint
        return endpoint

    def __enter__(self) -> "Adversary":
        threading.Thread(target=self._accept, name="adversary", daemon=True).start()
        return self

    def __exit__(self, kind: Optional[type], error: Optional[BaseException], where: Optional[TracebackType]) -> None:
        with self._changed:
            self._is_over = True
            left = list(self._sockets)
        # close() alone would leave the thread in accept().
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in left:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        endpoint = None
        try:
            if self._tls:
                client = self._tls.wrap_socket(client, server_side=True)
            with self._changed:
                self._sockets.add(client)
            if self._is_over:
                client.close()
                return
            early = b""
            while True:
                request, early = _read_request(client, early)
                endpoint = self._endpoints.get(request.path)
                peer = Peer(client, request, early)
                verdict = (endpoint.next_handshake(request) if endpoint else refuse(404))(peer)
                if verdict is False:
                    peer.hang_up()
                    return
                if verdict and endpoint:
                    endpoint.hand_over(peer)
                    return
        except (OSError, Gone, EOFError):
            client.close()
        except BaseException as fault:
            if endpoint:
                endpoint.faults.append(fault)
            client.close()


def _read_request(client: socket.socket, early: bytes) -> tuple[Request, bytes]:
    """A request without a body, and what came behind it."""
    data = early
    while b"\r\n\r\n" not in data:
        more = client.recv(1 << 16)
        if not more:
            raise EOFError
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    line, *rows = head.decode("latin-1").split("\r\n")
    method, target, _ = line.split(" ", 2)
    headers = [(name, value.strip()) for name, _, value in (row.partition(":") for row in rows)]
    return Request(method, target, headers, time.monotonic()), rest
