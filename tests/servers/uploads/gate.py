"""A place where a server waits for its test."""

import asyncio
import threading

from harness.deadline import wait_until


class Gate:
    """Shut until the test opens it. The test knows when the server stands before it."""

    def __init__(self) -> None:
        self._reached = threading.Event()
        self._open = threading.Event()

    @property
    def is_reached(self) -> bool:
        return self._reached.is_set()

    def wait_reached(self, timeout: float = 15.0) -> None:
        wait_until(self._reached.is_set, "the server to reach the gate", timeout)

    def open(self) -> None:
        self._open.set()

    async def pass_through(self) -> None:
        """The server's side."""
        self._reached.set()
        while not self._open.is_set():
            await asyncio.sleep(0.005)
