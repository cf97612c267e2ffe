"""A server on loopback with an event loop in a thread of its own: what the scripted ones share."""

import asyncio
import socket
import ssl
import threading
from types import TracebackType
from typing import Optional, TypeVar

Self = TypeVar("Self", bound="BackgroundServer")


class BackgroundServer:
    """Serves while `with` lasts. A subclass answers in `_connection`."""

    name = "server"
    limit = 1 << 16  # bytes of a line or head

    def __init__(self, tls: Optional[ssl.SSLContext] = None, port: int = 0) -> None:
        """`port`: 0 for a free one."""
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", port), backlog=1024)
        self.port: int = self._listener.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._ready = threading.Event()
        self._stop: Optional[asyncio.Event] = None

    def __enter__(self: Self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, kind: Optional[type], error: Optional[BaseException], where: Optional[TracebackType]) -> None:
        assert self._stop
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        assert not self._thread.is_alive(), f"the {self.name} did not stop"

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()
            self._listener.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._connection, sock=self._listener, ssl=self._tls, limit=self.limit)
        self._ready.set()
        await self._stop.wait()
        server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # a transport closes its socket in the loop's next turn
        await asyncio.sleep(0)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise NotImplementedError
