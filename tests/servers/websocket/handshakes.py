"""Answers to a handshake (RFC 6455, 4.2.2): the right one, and each way of being wrong. Parts can be left out (None)."""

import base64
import hashlib
import http
import threading
from dataclasses import dataclass
from typing import Callable, Optional

from ..exchange import Header, Request
from .deflate import Deflate, offered
from .peer import Peer

# Answers a request; whether the connection is open afterwards (True), has had an answer and may have another
# request (None), or ends (False).
Handshake = Callable[[Peer], Optional[bool]]

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def accept_of(key: str) -> str:
    return base64.b64encode(hashlib.sha1((key + _GUID).encode()).digest()).decode()


def check_request(request: Request) -> None:
    """What RFC 6455, 4.1 asks of a client."""
    def words(name: str) -> list[str]:
        return [word.strip().lower() for word in (request.header(name) or "").split(",")]

    assert request.method == "GET", request
    assert "websocket" in words("Upgrade") and "upgrade" in words("Connection"), request.headers
    assert request.header("Sec-WebSocket-Version") == "13", request.headers
    assert request.header("Host"), request.headers
    keys = [value for name, value in request.headers if name.lower() == "sec-websocket-key"]
    assert len(keys) == 1 and len(base64.b64decode(keys[0], validate=True)) == 16, keys
    assert request.header("Content-Length") is None and request.header("Transfer-Encoding") is None


@dataclass(frozen=True)
class Accept:
    """101. What is not said is as it should be."""

    subprotocol: Optional[str] = None
    key: Optional[str] = ""  # Sec-WebSocket-Accept; "" for the right one
    upgrade: Optional[str] = "websocket"
    connection: Optional[str] = "Upgrade"
    extensions: Optional[str] = None
    deflate: Optional[Deflate] = None  # agrees upon it, where the client offers it
    headers: tuple[Header, ...] = ()
    status: str = "101 Switching Protocols"
    first: bytes = b""  # frames that come in one write with the head
    gate: Optional[threading.Event] = None  # waits for it before it answers
    pieces: bool = False  # writes byte by byte
    drops: bool = False  # and ends the connection

    def __call__(self, peer: Peer) -> bool:
        check_request(peer.request)
        if self.gate:
            assert self.gate.wait(60)
        key = accept_of(peer.request.header("Sec-WebSocket-Key") or "") if self.key == "" else self.key
        extensions = self.extensions
        if self.deflate and offered(peer.request.header("Sec-WebSocket-Extensions")):
            peer.deflate, extensions = self.deflate, self.deflate.answer
        fields = [("Upgrade", self.upgrade), ("Connection", self.connection), ("Sec-WebSocket-Accept", key),
                  ("Sec-WebSocket-Protocol", self.subprotocol), ("Sec-WebSocket-Extensions", extensions), *self.headers]
        head = head_of(self.status, *((name, value) for name, value in fields if value is not None))
        peer.request.status = int(self.status[:3])
        for piece in (bytes([byte]) for byte in head) if self.pieces else (head + self.first,):
            peer.raw(piece)
        if self.pieces and self.first:
            peer.raw(self.first)
        return not self.drops


@dataclass(frozen=True)
class Refuse:
    """Another status, with a body of its own. The connection may have another request, unless it `closes`."""

    status: int
    headers: tuple[Header, ...] = ()
    body: bytes = b""
    closes: bool = False

    def __call__(self, peer: Peer) -> Optional[bool]:
        peer.request.status = self.status
        end = (("Connection", "close"),) if self.closes else ()
        head = head_of(f"{self.status} {http.HTTPStatus(self.status).phrase}", *self.headers,
                       ("Content-Length", str(len(self.body))), *end)
        peer.raw(head + self.body)
        return False if self.closes else None


def refuse(status: int, *headers: Header) -> Refuse:
    return Refuse(status, headers)


def redirect(url: str, status: int = 302) -> Refuse:
    return Refuse(status, (("Location", url),))


def guarded(then: Handshake, *challenges: str, accepts: Callable[[Request], bool]) -> Handshake:
    """401 with challenges for every request that `accepts` does not like."""
    def answer(peer: Peer) -> Optional[bool]:
        if accepts(peer.request):
            return then(peer)
        return refuse(401, *(("WWW-Authenticate", challenge) for challenge in challenges))(peer)
    return answer


def silent(peer: Peer) -> bool:
    """Reads the request and says nothing, until the client leaves."""
    peer.wait_gone(60)
    return False


def hang_up(peer: Peer) -> bool:
    """Reads the request and ends the connection."""
    return False


@dataclass(frozen=True)
class Raw:
    """Any bytes, then the end."""

    data: bytes

    def __call__(self, peer: Peer) -> bool:
        peer.raw(self.data)
        return False


def head_of(status: str, *headers: Header) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
