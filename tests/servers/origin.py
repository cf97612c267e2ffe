"""HTTP on loopback, over TLS where it is asked for, and HTTP/2 where client and context agree on it."""

import asyncio
import socket
import ssl
import time
from typing import Awaitable, Callable, Optional

from .background import BackgroundServer
from .body import body_of
from .exchange import Exchange, Request
from .http2 import Http2Connection
from .tripwire import Close

# Small, so that what has been handed to the socket is nearly what has arrived, and the other way round.
_SEND_BUFFER = 64 << 10
_RECEIVE_BUFFER = 256 << 10


class Origin(BackgroundServer):
    """A subclass says in `_take` what answers a request."""

    limit = 1 << 20

    def __init__(self, tls: Optional[ssl.SSLContext] = None, port: int = 0) -> None:
        super().__init__(tls, port)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)

    @property
    def origin(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def _take(self, request: Request, writer: asyncio.StreamWriter,
              is_reused: bool) -> tuple[Callable[[Exchange], Awaitable[None]], Exchange]:
        raise NotImplementedError

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._tls:  # asyncio's TLS transport stalls without a buffer
            writer.transport.set_write_buffer_limits(high=0)
        try:
            encryption = writer.get_extra_info("ssl_object")
            if encryption and encryption.selected_alpn_protocol() == "h2":
                await Http2Connection(reader, writer, self._take, self.origin).serve()
                return
            is_reused = False
            while await self._exchange(reader, writer, is_reused):
                is_reused = True
        except (Close, OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, is_reused: bool) -> bool:
        """Whether the connection goes on afterwards."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *rows = head[:-4].split("\r\n")
        method, target, _ = line.split(" ", 2)
        headers = [(name, value.strip()) for name, _, value in (row.partition(":") for row in rows)]
        request = Request(method, target, headers, time.monotonic(), body=body_of(headers, reader))
        behaviour, exchange = self._take(request, writer, is_reused)
        try:
            await behaviour(exchange)
        except Close:
            if exchange.tripwire and not exchange.tripwire.is_reached:
                await exchange.tripwire.end(writer)
            raise
        else:
            if exchange.tripwire:
                await exchange.tripwire.end(writer)
        finally:
            request.is_over = True
        return not exchange.closes and request.body.is_complete
