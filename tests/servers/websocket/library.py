"""Real servers: python3-websockets in a thread, and ws from npm."""

import asyncio
import contextlib
import threading
from types import TracebackType
from typing import Optional

import websockets
from websockets.exceptions import ConnectionClosed

from ..npm import NodeServer


class WsServer(NodeServer):
    """npm's ws, as ws.js says."""

    script = "ws.js"

    def url(self, path: str = "/echo", deflate: bool = False) -> str:
        return f"ws://127.0.0.1:{self.port}{path}{'?deflate' if deflate else ''}"


class WebsocketsServer:
    """python3-websockets while `with` lasts: /echo, /count/N as ws.js has them. Always ready for permessage-deflate."""

    def __init__(self) -> None:
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()
        self._stop: Optional[asyncio.Event] = None

    def url(self, path: str = "/echo") -> str:
        return f"ws://127.0.0.1:{self.port}{path}"

    def __enter__(self) -> "WebsocketsServer":
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, kind: Optional[type], error: Optional[BaseException], where: Optional[TracebackType]) -> None:
        assert self._stop
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(15)
        assert not self._thread.is_alive(), "the websockets server did not stop"

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        async with websockets.serve(self._connection, "127.0.0.1", 0, max_size=64 << 20, close_timeout=1,
                                    subprotocols=["chat.v2", "chat.v1"]) as server:
            self.port = server.sockets[0].getsockname()[1]
            self._ready.set()
            await self._stop.wait()

    async def _connection(self, socket: "websockets.WebSocketServerProtocol") -> None:
        with contextlib.suppress(ConnectionClosed):
            if socket.path.startswith("/count/"):
                for number in range(int(socket.path.removeprefix("/count/"))):
                    await socket.send(str(number))
                await socket.close(1000, "done")
            else:
                async for message in socket:
                    await socket.send(message)
