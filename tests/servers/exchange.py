"""One request and what is written in answer to it: the half of the protocol that every behaviour shares."""

import asyncio
import email.utils
import http
import socket
import struct
import time
from dataclasses import dataclass, field
from typing import Iterable, Optional, Sequence
from urllib.parse import parse_qs, urlsplit

from .body import Body
from .tripwire import Close, Tripwire

Header = tuple[str, str]


@dataclass
class Request:
    """A line of the request log. Written by the server's thread, read by tests at any time."""

    method: str
    target: str  # as received, with the query
    headers: list[Header]
    when: float  # time.monotonic() when its head was complete
    status: int = 0  # of the answer, 0 while there is none
    sent: int = 0  # body bytes handed to the socket
    is_over: bool = False
    body: Body = field(default_factory=Body)

    @property
    def received(self) -> int:
        """Bytes of its body."""
        return self.body.received

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.target).query)

    def header(self, name: str) -> Optional[str]:
        """The value, joined with commas where the field was sent several times; None where it was not."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) if values else None

    @property
    def range(self) -> Optional[tuple[int, Optional[int]]]:
        """N and M of "Range: bytes=N-M", where M may be missing; None where there is no such field."""
        value = self.header("Range")
        if not value:
            return None
        first, _, last = value.removeprefix("bytes=").partition("-")
        return int(first), int(last) if last else None

    @property
    def range_start(self) -> Optional[int]:
        """N of "Range: bytes=N-", None where there is no such field."""
        return self.range[0] if self.range else None


@dataclass(frozen=True)
class Copy:
    """A body that came whole, and that the server took."""

    target: str
    method: str
    sha256: str
    length: int
    headers: tuple[Header, ...]


@dataclass
class Exchange:
    """What a behaviour is given: the request, and ways to write to its connection."""

    request: Request
    before: Sequence[Request]  # the resource's earlier requests
    writer: asyncio.StreamWriter
    is_reused: bool = False  # whether the connection had requests before
    closes: bool = field(default=False)  # whether the connection ends after this answer
    tripwire: Optional[Tripwire] = None
    copies: list[Copy] = field(default_factory=list)  # that the resource has taken

    @property
    def number(self) -> int:
        """How many requests the resource had before this one."""
        return len(self.before)

    async def head(self, status: int, headers: Iterable[Header] = ()) -> None:
        """Status line and header section, with Date and, where the connection will close, Connection."""
        self.request.status = status
        phrase = http.HTTPStatus(status).phrase if status in http.HTTPStatus._value2member_map_ else "Status"
        fields = [("Date", email.utils.formatdate(usegmt=True)), *headers]
        if self.closes:
            fields.append(("Connection", "close"))
        lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in fields)]
        await self.raw("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n")

    async def interim(self, status: int, headers: Iterable[Header] = ()) -> None:
        """A 1xx response; the answer is still to come."""
        phrase = {100: "Continue", 104: "Upload Resumption Supported"}.get(status, "Interim")
        lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers)]
        self.writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n")
        await self.writer.drain()

    async def answer(self, status: int, headers: Iterable[Header] = (), content: bytes = b"") -> None:
        """A whole one. To HEAD, and with 204, it goes without a body."""
        is_bare = self.request.method == "HEAD" or status in (204, 304)
        await self.head(status, [*headers, *([] if is_bare else [("Content-Length", str(len(content)))])])
        if content and not is_bare:
            await self.body(content)

    def take_copy(self) -> None:
        """Of the request's body, which has come whole."""
        body = self.request.body
        assert body.is_complete
        self.copies.append(
            Copy(self.request.target, self.request.method, body.sha256, body.received, tuple(self.request.headers)))

    async def raw(self, data: bytes) -> None:
        """Bytes that do not count as body."""
        if self.tripwire:
            await self.tripwire.write(self.writer, data)
            return
        self.writer.write(data)
        await self.writer.drain()

    async def body(self, data: bytes, rate: Optional[float] = None) -> None:
        """Body bytes, at most `rate` of them a second."""
        step = len(data) if rate is None else max(int(rate / 50), 1)
        started, done = time.monotonic(), 0
        for offset in range(0, len(data), max(step, 1)):
            piece = data[offset:offset + step]
            await self.raw(piece)
            self.request.sent += len(piece)
            done += len(piece)
            if rate is not None:
                await asyncio.sleep(max(started + done / rate - time.monotonic(), 0))

    async def chunk(self, data: bytes, rate: Optional[float] = None) -> None:
        """One chunk of a chunked body; the empty one ends it."""
        await self.raw(f"{len(data):x}\r\n".encode())
        await self.body(data, rate)
        await self.raw(b"\r\n")

    async def reset(self) -> None:
        """Breaks the connection off with RST; what the client has not read yet is lost."""
        if self.tripwire:
            await self.tripwire.end(self.writer)
        linger = struct.pack("ii", 1, 0)
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.writer.transport.abort()
        raise Close

    async def hang_up(self) -> None:
        """Ends the connection with FIN. Under TLS that comes without the close_notify which would say that all is said."""
        if self.tripwire:
            await self.tripwire.end(self.writer)
        self.writer.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        raise Close

    async def silence(self) -> None:
        """Writes nothing more until the client leaves or the server stops."""
        if self.tripwire:
            await self.tripwire.end(self.writer)
        while not self.writer.is_closing():
            await asyncio.sleep(0.05)
        raise Close
