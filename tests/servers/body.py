"""The body of a request, read as it comes: counted and hashed, and kept as long as it is small."""

import asyncio
import hashlib
from typing import AsyncIterator, Iterable, Optional

from .tripwire import Close

KEPT = 4 << 20  # bytes of a body that are there to be looked at afterwards
_STEP = 64 << 10  # bytes read at once


class Body:
    """No body at all; those that are one derive from it. Written by the server's thread, read by tests at any time."""

    def __init__(self, length: Optional[int] = 0) -> None:
        self.length = length  # as declared; None where only the end tells
        self.received = 0
        self.is_complete = length == 0
        self.kept = b""  # the first KEPT bytes
        self._hash = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Of what has come."""
        return self._hash.hexdigest()

    async def pieces(self, until: Optional[int] = None) -> AsyncIterator[bytes]:
        """What comes, up to `until` bytes counted from the body's first one. Raises Close where the client leaves."""
        while not self.is_complete and (until is None or self.received < until):
            piece = await self._next(_STEP if until is None else min(_STEP, until - self.received))
            self._count(piece)
            if piece:
                yield piece

    async def read(self, until: Optional[int] = None, rate: Optional[float] = None) -> None:
        """As pieces(), for whoever wants the count and the hash alone; at most `rate` bytes a second."""
        async for piece in self.pieces(until):
            if rate:
                await asyncio.sleep(len(piece) / rate)

    async def _next(self, most: int) -> bytes:
        """Up to `most` bytes; b"" where there are none left."""
        raise NotImplementedError

    def _count(self, piece: bytes) -> None:
        self.received += len(piece)
        self._hash.update(piece)
        if len(self.kept) < KEPT:
            self.kept += piece[:KEPT - len(self.kept)]
        if not piece or self.received == self.length:
            self.is_complete = True


class _Sized(Body):
    """Content-Length tells where it ends."""

    def __init__(self, reader: asyncio.StreamReader, length: int) -> None:
        super().__init__(length)
        self._reader = reader

    async def _next(self, most: int) -> bytes:
        assert self.length is not None
        piece = await self._reader.read(min(most, self.length - self.received))
        if not piece:
            raise Close
        return piece


class _Chunked(Body):
    def __init__(self, reader: asyncio.StreamReader) -> None:
        super().__init__(None)
        self._reader = reader
        self._left = 0  # bytes of this chunk

    async def _next(self, most: int) -> bytes:
        if self._left == 0:
            self._left = int((await self._reader.readuntil(b"\r\n")).split(b";")[0], 16)
            if self._left == 0:
                while await self._reader.readuntil(b"\r\n") != b"\r\n":
                    pass
                return b""
        piece = await self._reader.read(min(most, self._left))
        if not piece:
            raise Close
        self._left -= len(piece)
        if self._left == 0:
            await self._reader.readexactly(2)
        return piece


def body_of(headers: Iterable[tuple[str, str]], reader: asyncio.StreamReader) -> Body:
    """What the headers of a request over HTTP/1.1 announce."""
    fields = {name.lower(): value for name, value in headers}
    if "chunked" in fields.get("transfer-encoding", "").lower():
        return _Chunked(reader)
    length = int(fields.get("content-length", "0"))
    return _Sized(reader, length) if length else Body()
