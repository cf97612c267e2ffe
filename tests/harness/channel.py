"""The live channel of a WebSocket task (org.hauld1.WebSocket, OpenChannel), as a client uses it."""

import contextlib
import select
import socket
import struct
import time
from dataclasses import dataclass
from typing import Optional

from .deadline import PATIENCE

TEXT, BINARY, CLOSED, OPENED = 1, 2, 8, 9
_HEAD = struct.Struct("!B3xI")
_TIMEOUT = 15.0  # seconds


@dataclass(frozen=True)
class Record:
    """One message of the channel."""

    type: int
    payload: bytes

    @property
    def text(self) -> str:
        assert self.type == TEXT, f"no text: {self}"
        return self.payload.decode()

    @property
    def close(self) -> tuple[int, str]:
        """Code and reason of a CLOSED one; 1005 where it has none."""
        assert self.type == CLOSED and len(self.payload) != 1, f"no close: {self}"
        code = int.from_bytes(self.payload[:2], "big") if self.payload else 1005
        return code, self.payload[2:].decode()


def head(type: int, length: int) -> bytes:
    return _HEAD.pack(type, length)


class Truncated(AssertionError):
    """The channel ended in the middle of a record."""


class Channel:
    """One end of the stream socket. For one thread each way."""

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
        self.socket.setblocking(True)
        self._buffer = bytearray()

    def close(self) -> None:
        self.socket.close()

    def half_close(self) -> None:
        """Nothing more will be written."""
        self.socket.shutdown(socket.SHUT_WR)

    def __enter__(self) -> "Channel":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def raw(self, data: bytes) -> None:
        self.socket.sendall(data)

    def send(self, type: int, payload: bytes) -> None:
        self.raw(head(type, len(payload)) + payload)

    def text(self, text: str) -> None:
        self.send(TEXT, text.encode())

    def binary(self, data: bytes) -> None:
        self.send(BINARY, data)

    def say_goodbye(self, code: int, reason: str = "") -> None:
        self.send(CLOSED, code.to_bytes(2, "big") + reason.encode())

    def take(self, data: bytes) -> int:
        """Writes as much as fits right now; how much that was."""
        try:
            return self.socket.send(data, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return 0

    def receive(self, timeout: float = _TIMEOUT) -> Optional[Record]:
        """The next record; None where the channel has ended between two."""
        first = self._read(_HEAD.size, timeout)
        if first is None:
            return None
        type, length = _HEAD.unpack(first)
        assert first[1:4] == bytes(3), f"bytes 1 to 3 of a record's head: {first!r}"
        payload = self._read(length, timeout) if length else b""
        if payload is None:
            raise Truncated("behind a head")
        return Record(type, payload)

    def expect(self, type: int, timeout: float = _TIMEOUT) -> Record:
        """The next record, of this type."""
        record = self.receive(timeout)
        assert record is not None and record.type == type, f"{record} in place of type {type}"
        return record

    def wait_end(self, timeout: float = _TIMEOUT) -> list[Record]:
        """Until the daemon ends the channel; what came before."""
        records = []
        with contextlib.suppress(ConnectionResetError):
            while (record := self.receive(timeout)) is not None:
                records.append(record)
        return records

    def is_readable(self) -> bool:
        return bool(self._buffer) or bool(select.select([self.socket], [], [], 0)[0])

    def _read(self, count: int, timeout: float) -> Optional[bytes]:
        # The socket's own timeout would be one of the thread that writes, too.
        deadline = time.monotonic() + timeout * PATIENCE
        while len(self._buffer) < count:
            if not select.select([self.socket], [], [], max(deadline - time.monotonic(), 0))[0]:
                raise TimeoutError(f"nothing on the channel within {timeout} s")
            data = self.socket.recv(max(count - len(self._buffer), 1 << 16))
            if not data:
                if self._buffer:
                    raise Truncated(f"{bytes(self._buffer[:20])!r}")
                return None
            self._buffer += data
        found = bytes(self._buffer[:count])
        del self._buffer[:count]
        return found
