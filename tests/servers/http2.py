"""HTTP/2 as a server: each stream an exchange of its own, with the same ways to answer as over HTTP/1.1."""

import asyncio
import time
from typing import Awaitable, Callable, Iterable, Optional

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import DataReceived, RequestReceived, StreamEnded, StreamReset, WindowUpdated
from h2.exceptions import ProtocolError

from .body import Body
from .exchange import Exchange, Header, Request
from .tripwire import Close

_STEP = 64 << 10  # bytes read from the socket at once
_HOP_BY_HOP = ("connection", "transfer-encoding")

Take = Callable[[Request, asyncio.StreamWriter, bool], tuple[Callable[[Exchange], Awaitable[None]], Exchange]]


class _StreamBody(Body):
    """The window opens again as the pieces are taken, so that a slow reader holds the client up."""

    def __init__(self, length: Optional[int], taken: Callable[[int], Awaitable[None]]) -> None:
        super().__init__(length)
        self.is_complete = False
        self._taken = taken
        self._arrived: asyncio.Queue[Optional[bytes]] = asyncio.Queue()
        self._rest = b""

    def put(self, data: Optional[bytes]) -> None:
        """b"" is the end; None says that the stream broke off."""
        self._arrived.put_nowait(data)

    async def _next(self, most: int) -> bytes:
        if not self._rest:
            arrived = await self._arrived.get()
            if arrived is None:
                raise Close
            self._rest = arrived
        piece, self._rest = self._rest[:most], self._rest[most:]
        if piece:
            await self._taken(len(piece))
        return piece


class _Stream(Exchange):
    """An exchange whose answer goes out in frames. Tripwires and raw bytes are HTTP/1.1's alone."""

    connection: "Http2Connection"
    stream: int

    async def interim(self, status: int, headers: Iterable[Header] = ()) -> None:
        await self._send_headers(status, headers, end=False)

    async def head(self, status: int, headers: Iterable[Header] = ()) -> None:
        self.request.status = status
        await self._send_headers(status, headers, end=False)

    async def answer(self, status: int, headers: Iterable[Header] = (), content: bytes = b"") -> None:
        self.request.status = status
        is_bare = self.request.method == "HEAD" or not content
        await self._send_headers(status, headers, end=is_bare)
        if not is_bare:
            await self.connection.send_body(self.stream, content)
            self.request.sent += len(content)

    async def reset(self) -> None:
        await self.connection.reset(self.stream)
        raise Close

    async def hang_up(self) -> None:
        self.connection.abort()
        raise Close

    async def silence(self) -> None:
        while not self.writer.is_closing():
            await asyncio.sleep(0.05)
        raise Close

    async def _send_headers(self, status: int, headers: Iterable[Header], end: bool) -> None:
        fields = [(name.lower(), value) for name, value in headers if name.lower() not in _HOP_BY_HOP]
        await self.connection.send_headers(self.stream, [(":status", str(status)), *fields], end)


class Http2Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, take: Take, origin: str) -> None:
        self._reader = reader
        self._writer = writer
        self._take = take
        self._origin = origin
        self._h2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8", validate_outbound_headers=False))
        self._bodies: dict[int, _StreamBody] = {}
        self._tasks: dict[int, asyncio.Task] = {}
        self._window = asyncio.Event()

    async def serve(self) -> None:
        self._h2.initiate_connection()
        await self._flush()
        try:
            while data := await self._reader.read(_STEP):
                for event in self._h2.receive_data(data):
                    self._on_event(event)
                await self._flush()
        except (ProtocolError, OSError):
            pass
        finally:
            for body in self._bodies.values():
                body.put(None)
            await asyncio.wait(self._tasks.values(), timeout=0.2) if self._tasks else None
            for task in self._tasks.values():
                task.cancel()

    async def send_headers(self, stream: int, fields: list[Header], end: bool) -> None:
        self._h2.send_headers(stream, fields, end_stream=end)
        await self._flush()

    async def send_body(self, stream: int, content: bytes) -> None:
        while content:
            self._window.clear()
            room = min(self._h2.local_flow_control_window(stream), self._h2.max_outbound_frame_size)
            if not room:
                await self._window.wait()
                continue
            piece, content = content[:room], content[room:]
            self._h2.send_data(stream, piece, end_stream=not content)
            await self._flush()

    async def reset(self, stream: int) -> None:
        self._h2.reset_stream(stream, ErrorCodes.INTERNAL_ERROR)
        await self._flush()

    def abort(self) -> None:
        self._writer.transport.abort()

    def _on_event(self, event: object) -> None:
        if isinstance(event, RequestReceived):
            task = asyncio.ensure_future(self._serve_stream(event.stream_id, self._request(event)))
            self._tasks[event.stream_id] = task
        elif isinstance(event, DataReceived):
            padding = (event.flow_controlled_length or 0) - len(event.data)
            if padding:
                self._h2.acknowledge_received_data(padding, event.stream_id)
            if event.data:
                self._bodies[event.stream_id].put(event.data)
        elif isinstance(event, StreamEnded):
            self._bodies[event.stream_id].put(b"")
        elif isinstance(event, StreamReset):
            self._bodies[event.stream_id].put(None)
        elif isinstance(event, WindowUpdated):
            self._window.set()

    def _request(self, event: RequestReceived) -> Request:
        fields = dict(event.headers)
        headers = [("Host" if name == ":authority" else name, value)
                   for name, value in event.headers if name == ":authority" or not name.startswith(":")]
        length = int(fields["content-length"]) if "content-length" in fields else None
        body = _StreamBody(length, lambda count, stream=event.stream_id: self._taken(stream, count))
        self._bodies[event.stream_id] = body
        return Request(fields[":method"], fields[":path"], headers, time.monotonic(), body=body)

    async def _taken(self, stream: int, count: int) -> None:
        try:
            self._h2.acknowledge_received_data(count, stream)
        except ProtocolError:  # the stream is over
            return
        await self._flush()

    async def _serve_stream(self, stream: int, request: Request) -> None:
        behaviour, plain = self._take(request, self._writer, stream > 1)
        exchange = _Stream(request, plain.before, self._writer, plain.is_reused, copies=plain.copies)
        exchange.connection, exchange.stream = self, stream
        try:
            await behaviour(exchange)
            if not request.body.is_complete:
                await self.reset(stream)
        except (Close, OSError, ProtocolError, asyncio.CancelledError):
            try:
                await self.reset(stream)
            except (OSError, ProtocolError):
                pass
        finally:
            request.is_over = True

    async def _flush(self) -> None:
        self._writer.write(self._h2.data_to_send())
        await self._writer.drain()
