"""What a resource answers: the well-behaved file server, and each way of not being one."""

import asyncio
import email.utils
import threading
from dataclasses import dataclass
from typing import Awaitable, Callable, Iterable, Optional

from .content import Content
from .exchange import Close, Exchange, Header

Behaviour = Callable[[Exchange], Awaitable[None]]

A_YEAR_AGO = "Sat, 01 Nov 2025 10:00:00 GMT"
_STEP = 256 << 10  # bytes written at once


@dataclass(frozen=True)
class File:
    """Serves one entity as RFC 9110 says, with ranges, If-Range and If-None-Match, unless told to fall short of it."""

    content: Content
    etag: Optional[str] = None  # with its quotes; W/"..." is a weak one
    last_modified: Optional[str] = None
    ranges: bool = True  # False: answers every request with the whole file
    rate: Optional[float] = None  # bytes a second
    cut: Optional[int] = None  # closes the connection after so many body bytes
    chunked: bool = False  # no Content-Length
    until_close: bool = False  # neither a length nor chunks: the end of the connection ends the body
    headers: tuple[Header, ...] = ()

    async def __call__(self, exchange: Exchange) -> None:
        if self.etag and exchange.request.header("If-None-Match") in (self.etag, "*"):
            await exchange.head(304, self._validators())
            return
        wanted = self._range(exchange)
        size = self.content.size
        if wanted is not None and wanted[0] >= size:
            await exchange.head(416, [("Content-Range", f"bytes */{size}"), ("Content-Length", "0")])
            return
        start, end = wanted or (0, size)
        fields = [*self._validators(), *self.headers]
        if wanted is not None:
            fields.append(("Content-Range", f"bytes {start}-{end - 1}/{size}"))
        if self.chunked:
            fields.append(("Transfer-Encoding", "chunked"))
        elif self.until_close:
            exchange.closes = True
        else:
            fields.append(("Content-Length", str(end - start)))
        await exchange.head(200 if wanted is None else 206, fields)
        if exchange.request.method != "HEAD":
            await self._write(exchange, start, end)

    def _validators(self) -> list[Header]:
        fields = [("Accept-Ranges", "bytes")] if self.ranges else []
        if self.etag:
            fields.append(("ETag", self.etag))
        if self.last_modified:
            fields.append(("Last-Modified", self.last_modified))
        return fields

    def _range(self, exchange: Exchange) -> Optional[tuple[int, int]]:
        """First byte and the one behind the last of the range to be served; None for the whole."""
        condition = exchange.request.header("If-Range")
        asked = exchange.request.range
        if not self.ranges or asked is None or (condition is not None and condition not in (self.etag, self.last_modified)):
            return None
        first, last = asked
        return first, self.content.size if last is None else min(last + 1, self.content.size)

    async def _write(self, exchange: Exchange, start: int, end: int) -> None:
        stop = end if self.cut is None else min(start + self.cut, end)
        for offset in range(start, stop, _STEP):
            data = self.content.read(offset, min(_STEP, stop - offset))
            await (exchange.chunk if self.chunked else exchange.body)(data, self.rate)
        if stop < end:
            raise Close
        if self.chunked:
            await exchange.chunk(b"")


@dataclass(frozen=True)
class Part:
    """A 206 that says of itself whatever it is told, whether or not it fits the request.

    The body is content[first:content.size]; `says` is the Content-Range value,
    by default the truth about the body.
    """

    content: Content
    first: Optional[int] = None  # None: where the request asked
    says: Optional[str] = None
    headers: tuple[Header, ...] = ()

    async def __call__(self, exchange: Exchange) -> None:
        first = self.first if self.first is not None else exchange.request.range_start or 0
        says = self.says or f"bytes {first}-{self.content.size - 1}/{self.content.size}"
        await exchange.head(206, [
            *self.headers, ("Content-Range", says), ("Content-Length", str(self.content.size - first))])
        await exchange.body(self.content.read_all()[first:])


def multipart(content: Content, headers: Iterable[Header] = ()) -> Behaviour:
    """A 206 with multipart/byteranges, which nobody asked for, as its only part is the one wanted."""
    async def answer(exchange: Exchange) -> None:
        first = exchange.request.range_start or 0
        body = (f"--edge\r\nContent-Type: application/octet-stream\r\n"
                f"Content-Range: bytes {first}-{content.size - 1}/{content.size}\r\n\r\n").encode()
        body += content.read_all()[first:] + b"\r\n--edge--\r\n"
        await exchange.head(206, [
            *headers, ("Content-Type", "multipart/byteranges; boundary=edge"), ("Content-Length", str(len(body)))])
        await exchange.body(body)
    return answer


def status(code: int, *headers: Header, body: bytes = b"no file here\n") -> Behaviour:
    """An answer that is not the file. 204 and 304 go without a body."""
    async def answer(exchange: Exchange) -> None:
        if code in (204, 304):
            await exchange.head(code, headers)
            return
        await exchange.head(code, [*headers, ("Content-Length", str(len(body)))])
        await exchange.body(body)
    return answer


def redirect(location: str, code: int = 302) -> Behaviour:
    return status(code, ("Location", location), body=b"")


def raw(head: bytes, body: bytes = b"", ends: bool = True) -> Behaviour:
    """Bytes as they are. Then the connection closes, or nothing more comes."""
    async def answer(exchange: Exchange) -> None:
        await exchange.raw(head)
        await exchange.body(body)
        if not ends:
            await exchange.silence()
        raise Close
    return answer


def silent(after: bytes = b"") -> Behaviour:
    """Takes the request and never goes on after these bytes."""
    return raw(after, ends=False)


def trickle(head: bytes, pause: float) -> Behaviour:
    """Slowloris: one byte every `pause` seconds, over and over."""
    async def answer(exchange: Exchange) -> None:
        while True:
            for byte in head:
                await exchange.raw(bytes([byte]))
                await asyncio.sleep(pause)
    return answer


def endless(*headers: Header, rate: Optional[float] = None) -> Behaviour:
    """A chunked body that never ends."""
    async def answer(exchange: Exchange) -> None:
        await exchange.head(200, [*headers, ("Transfer-Encoding", "chunked")])
        while True:
            await exchange.chunk(bytes(16384), rate)
    return answer


def gated(gate: threading.Event, then: Behaviour) -> Behaviour:
    """Answers when the test has opened the gate."""
    async def answer(exchange: Exchange) -> None:
        while not gate.is_set():
            await asyncio.sleep(0.01)
        await then(exchange)
    return answer


def http_date(in_seconds: float, now: float) -> str:
    """The HTTP date `in_seconds` after the Unix time `now`."""
    return email.utils.formatdate(now + in_seconds, usegmt=True)
