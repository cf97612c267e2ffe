"""An HTTP proxy on loopback that keeps what it was asked: forwards requests, and tunnels with CONNECT."""

import asyncio
import time
from typing import Callable, Optional
from urllib.parse import urlsplit

from .background import BackgroundServer
from .body import body_of
from .exchange import Request
from .passing import pass_on, tunnel

_HOP_BY_HOP = ("proxy-connection", "proxy-authorization", "connection")


class Proxy(BackgroundServer):
    """Each connection serves one request, then closes.

    challenge: with `accepts`, the Proxy-Authenticate for requests that it does not like.
    failure: a status that it answers everything with instead of forwarding.
    drops_interim: keeps 1xx responses to requests that it forwards for itself, as many do.
    """

    name = "proxy"

    def __init__(self, challenge: str = "", accepts: Optional[Callable[[Request], bool]] = None, failure: int = 0,
                 drops_interim: bool = False) -> None:
        self.requests: list[Request] = []
        self.challenge = challenge
        self.accepts = accepts
        self.failure = failure
        self.drops_interim = drops_interim
        super().__init__()

    def url(self, user_info: str = "", scheme: str = "http") -> str:
        return f"{scheme}://{user_info + '@' if user_info else ''}127.0.0.1:{self.port}"

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._exchange(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *rows = head[:-4].split("\r\n")
        method, target, _ = line.split(" ", 2)
        headers = [(name, value.strip()) for name, _, value in (row.partition(":") for row in rows)]
        request = Request(method, target, headers, time.monotonic(), body=body_of(headers, reader))
        self.requests.append(request)
        if self.accepts and not self.accepts(request):
            writer.write(f"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: {self.challenge}\r\n"
                         "Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
        elif self.failure:
            writer.write(f"HTTP/1.1 {self.failure} Failure\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        elif method == "CONNECT":
            host, _, port = target.rpartition(":")
            far = await asyncio.open_connection(host, int(port))
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await tunnel((reader, writer), far)
        else:
            await self._forward(reader, writer, request)
        await writer.drain()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: Request) -> None:
        url = urlsplit(request.target)
        far_reader, far_writer = await asyncio.open_connection(url.hostname, url.port or 80)
        fields = [(name, value) for name, value in request.headers if name.lower() not in _HOP_BY_HOP]
        lines = [f"{request.method} {url.path or '/'}{'?' + url.query if url.query else ''} HTTP/1.1",
                 *(f"{name}: {value}" for name, value in fields), "Connection: close"]
        far_writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n")
        # The origin may keep its connection open: its answer ends where the client has read enough and leaves.
        there = asyncio.ensure_future(_pass_body_on(request, reader, far_writer))
        back = asyncio.ensure_future(self._pass_answer_on(far_reader, writer))
        try:
            await asyncio.wait([there, back], return_when=asyncio.FIRST_COMPLETED)
        finally:
            there.cancel()
            back.cancel()
            far_writer.close()

    async def _pass_answer_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while self.drops_interim:
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 1"):
                writer.write(head)
                break
        await pass_on(reader, writer)


async def _pass_body_on(request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until the client leaves."""
    is_chunked = request.body.length is None
    async for piece in request.body.pieces():
        writer.write(b"%x\r\n%b\r\n" % (len(piece), piece) if is_chunked else piece)
        await writer.drain()
    if is_chunked:
        writer.write(b"0\r\n\r\n")
    await reader.read(1)
