"""Stops a server in the middle of an answer, so that a test can do something to the client at that moment."""

import asyncio
import threading
from typing import Optional

from harness.deadline import wait_until


class Close(Exception):
    """Ends the connection; nothing is wrong."""


class Tripwire:
    """Holds one answer back, after so many bytes of it or in the middle of its last write, until it is released.

    Then the connection closes. If the next request is the same, it gets the
    same answer; otherwise the client has understood it and gets the next one.
    """

    def __init__(self, request: int, after: Optional[int]) -> None:
        """`request` counts from 1. `after`: bytes of the answer, its head included; None for the middle of its
        last write. An answer that is shorter is held at its end."""
        self.request = request
        self._after = after
        self._sent = 0
        self._held_back = b""
        self._reached = threading.Event()
        self._released = threading.Event()

    @property
    def is_reached(self) -> bool:
        return self._reached.is_set()

    def wait_reached(self) -> None:
        wait_until(self._reached.is_set, f"request {self.request} to be half answered", 15)

    def release(self) -> None:
        self._released.set()

    async def write(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        if self._after is None:
            ready, self._held_back = self._held_back, data
        else:
            ready = data[:self._after - self._sent]
        await self._put(writer, ready)
        if self._after is not None and self._sent >= self._after:
            await self._hold()

    async def end(self, writer: asyncio.StreamWriter) -> None:
        """There is no more of this answer."""
        await self._put(writer, self._held_back[:len(self._held_back) // 2])
        await self._hold()

    async def _put(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        self._sent += len(data)
        try:
            writer.write(data)
            await writer.drain()
        except OSError:
            await self._hold()  # the client has left by itself

    async def _hold(self) -> None:
        self._reached.set()
        while not self._released.is_set():
            await asyncio.sleep(0.005)
        raise Close
