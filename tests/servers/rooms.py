"""python3-websockets in a thread: what each path does, its test says."""

import asyncio
import contextlib
import threading
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Awaitable, Callable, Optional, Sequence, Union

import websockets
from websockets.exceptions import ConnectionClosed

from harness.deadline import wait_until

Socket = websockets.WebSocketServerProtocol
Conduct = Callable[[Socket], Awaitable[None]]


@dataclass
class Room:
    """One path, and who was there."""

    url: str
    conduct: Conduct
    sockets: list[Socket] = field(default_factory=list)
    received: list[Union[str, bytes]] = field(default_factory=list)  # by `listen` and `echo`

    def goodbye(self) -> tuple[Optional[int], str]:
        """Code and reason of the last connection, as the client says them."""
        socket = wait_until(lambda: self.sockets and self.sockets[-1].closed and self.sockets[-1], "the goodbye")
        return socket.close_code, socket.close_reason or ""


class Rooms:
    """Serves while `with` lasts. Conducts run in its thread; a connection is closed with 1000 when one returns."""

    def __init__(self, subprotocols: Sequence[str] = (), max_size: int = 1 << 20) -> None:
        self._max_size = max_size  # bytes of a message
        self._rooms: dict[str, Room] = {}
        self._subprotocols = list(subprotocols)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="rooms", daemon=True)
        self._ready = threading.Event()
        self._stop: Optional[asyncio.Event] = None
        self.port = 0

    def serve(self, conduct: Conduct, name: str = "room") -> Room:
        room = self._rooms[f"/{name}"] = Room(f"ws://127.0.0.1:{self.port}/{name}", conduct)
        return room

    def echo(self, name: str = "echo") -> Room:
        """Answers with what it has heard."""
        async def conduct(socket: Socket) -> None:
            async for message in socket:
                room.received.append(message)
                await socket.send(message)
        room = self.serve(conduct, name)
        return room

    def listen(self, name: str = "listen") -> Room:
        """Says nothing."""
        async def conduct(socket: Socket) -> None:
            async for message in socket:
                room.received.append(message)
        room = self.serve(conduct, name)
        return room

    def say(self, room: Room, *messages: Union[str, bytes]) -> None:
        """To everybody in it, from any thread."""
        async def send() -> None:
            for socket in room.sockets:
                for message in messages if socket.open else ():
                    await socket.send(message)
        asyncio.run_coroutine_threadsafe(send(), self._loop).result(10)

    def dismiss(self, room: Room, code: int = 1000, reason: str = "") -> None:
        """Closes everybody's connection, from any thread."""
        async def close() -> None:
            for socket in room.sockets:
                await socket.close(code, reason)
        asyncio.run_coroutine_threadsafe(close(), self._loop).result(10)

    def deafen(self, room: Room) -> None:
        """Reads no more from anybody, from any thread: not even a ping."""
        async def pause() -> None:
            for socket in room.sockets:
                socket.transport.pause_reading()
        asyncio.run_coroutine_threadsafe(pause(), self._loop).result(10)

    def cut(self, room: Room) -> None:
        """Ends everybody's connection without a word, from any thread."""
        def abort() -> None:
            for socket in room.sockets:
                socket.transport.abort()
        self._loop.call_soon_threadsafe(abort)

    def __enter__(self) -> "Rooms":
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, kind: Optional[type], error: Optional[BaseException], where: Optional[TracebackType]) -> None:
        assert self._stop
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(15)
        assert not self._thread.is_alive(), "the server did not stop"

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        async with websockets.serve(self._connection, "127.0.0.1", 0, close_timeout=1, ping_interval=None,
                                    max_size=self._max_size, subprotocols=self._subprotocols or None,
                                    process_request=self._check) as server:
            self.port = server.sockets[0].getsockname()[1]
            self._ready.set()
            await self._stop.wait()

    async def _check(self, path: str, _: websockets.Headers) -> Optional[tuple[HTTPStatus, websockets.Headers, bytes]]:
        return None if path.partition("?")[0] in self._rooms else (HTTPStatus.NOT_FOUND, websockets.Headers(), b"no such room\n")

    async def _connection(self, socket: Socket) -> None:
        room = self._rooms[socket.path.partition("?")[0]]
        room.sockets.append(socket)
        with contextlib.suppress(ConnectionClosed):
            await room.conduct(socket)
