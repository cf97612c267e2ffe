"""The server's end of one connection, as its test plays it."""

import contextlib
import select
import socket
import ssl
import struct
import threading
from typing import Optional, Union

from harness.deadline import PATIENCE

from ..exchange import Request
from .deflate import Deflate
from .frames import (BINARY, CLOSE, CONTINUATION, CONTROL, PING, PONG, TEXT, Frame, Message, close_of, close_payload,
                     fragments, parse_from)

_TIMEOUT = 15.0  # seconds


class Gone(Exception):
    """The client has ended the connection. `reset`: with RST, or before it had said all."""

    def __init__(self, reset: bool) -> None:
        super().__init__("the client has gone" + (" with a reset" if reset else ""))
        self.reset = reset


class Goodbye(Exception):
    """A client's close frame: code, None where it has none, and reason."""

    def __init__(self, code: Optional[int], reason: str) -> None:
        super().__init__(f"the client says goodbye: {code} {reason!r}")
        self.code = code
        self.reason = reason


class Peer:
    """One thread at a time. Nothing is answered that the test does not answer."""

    def __init__(self, sock: socket.socket, request: Request, early: bytes) -> None:
        """`early`: what came with the request."""
        self._socket = sock
        self._buffer = bytearray(early)
        self.request = request
        self.deflate: Optional[Deflate] = None  # where it was agreed upon
        self.masks: list[bytes] = []  # of all frames that came
        self._sending = threading.Lock()

    # What the server says.

    def send(self, *frames: Frame) -> None:
        """All in one write."""
        self.raw(b"".join(frame.encode() for frame in frames))

    def raw(self, data: bytes) -> None:
        with self._sending:
            try:
                self._socket.sendall(data)
            except (ConnectionError, ssl.SSLError):
                raise Gone(True) from None

    def text(self, text: Union[str, bytes]) -> None:
        self.message(Message(TEXT, text.encode() if isinstance(text, str) else text))

    def binary(self, data: bytes) -> None:
        self.message(Message(BINARY, data))

    def message(self, message: Message) -> None:
        """In one frame; deflated where that was agreed upon."""
        if self.deflate:
            self.send(Frame(message.opcode, self.deflate.deflate(message.data), rsv=4))
        else:
            self.send(Frame(message.opcode, message.data))

    def fragmented(self, opcode: int, *pieces: bytes) -> None:
        self.send(*fragments(opcode, *pieces))

    def ping(self, payload: bytes = b"") -> None:
        self.send(Frame(PING, payload))

    def pong(self, payload: bytes = b"") -> None:
        self.send(Frame(PONG, payload))

    def close(self, code: Optional[int] = 1000, reason: str = "") -> None:
        self.send(Frame(CLOSE, close_payload(code, reason.encode())))

    def take(self, data: bytes) -> int:
        """Sends as much as fits into the buffers right now; how much that was."""
        with self._sending:
            self._socket.setblocking(False)
            try:
                return self._socket.send(data)
            except (BlockingIOError, ssl.SSLWantWriteError):
                return 0
            except (ConnectionError, ssl.SSLError):
                raise Gone(True) from None
            finally:
                self._socket.setblocking(True)

    # What the client says.

    def frame(self, timeout: float = _TIMEOUT) -> Frame:
        """The client's next frame, checked. Raises Gone, ClientFault or TimeoutError."""
        self._socket.settimeout(timeout * PATIENCE)
        try:
            found = parse_from(self._read, 4 if self.deflate else 0)
        except TimeoutError:
            raise TimeoutError(f"no frame of the client within {timeout} s") from None
        finally:
            with contextlib.suppress(OSError):
                self._socket.settimeout(None)
        assert found.mask is not None
        self.masks.append(found.mask)
        return found

    def receive(self, timeout: float = _TIMEOUT) -> Message:
        """The client's next message, whole; pings are answered, pongs passed over. Raises Goodbye where it closes."""
        opcode, pieces, is_deflated = 0, [], False
        while True:
            frame = self.frame(timeout)
            if frame.opcode == PING:
                self.pong(frame.payload)
            elif frame.opcode == CLOSE:
                raise Goodbye(*close_of(frame))
            elif frame.opcode not in CONTROL:
                assert (frame.opcode == CONTINUATION) == bool(opcode), f"fragments out of order: {frame.opcode} after {opcode}"
                if not opcode:
                    opcode, is_deflated = frame.opcode, bool(frame.rsv)
                pieces.append(frame.payload)
                if frame.fin:
                    data = b"".join(pieces)
                    return Message(opcode, self.deflate.inflate(data) if self.deflate and is_deflated else data)

    def goodbye(self, timeout: float = _TIMEOUT, answer: bool = False) -> Goodbye:
        """The client's close frame; what comes before it is passed over. `answer`: echoes its code, then ends the
        connection, as a server should."""
        while True:
            frame = self.frame(timeout)
            if frame.opcode == PING:
                self.pong(frame.payload)
            elif frame.opcode == CLOSE:
                code, reason = close_of(frame)
                if answer:
                    with contextlib.suppress(Gone):
                        self.close(code)
                    self.hang_up()
                return Goodbye(code, reason)

    def wait_gone(self, timeout: float = _TIMEOUT) -> None:
        """Until the client has ended the connection; what it says before that is read and dropped."""
        self._socket.settimeout(timeout * PATIENCE)
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while self._socket.recv(1 << 16):
                pass

    def is_readable(self) -> bool:
        """Whether the client has said something that was not read yet, or has gone."""
        return bool(self._buffer) or bool(select.select([self._socket], [], [], 0)[0])

    # How it ends.

    def hang_up(self) -> None:
        """FIN."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def reset(self) -> None:
        """RST."""
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def bounded(self, send: int = 1 << 16, receive: int = 1 << 16) -> "Peer":
        """Small buffers of the kernel, so that a full pipe is soon full."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        return self

    def _read(self, count: int) -> bytes:
        while len(self._buffer) < count:
            try:
                data = self._socket.recv(max(count - len(self._buffer), 1 << 16))
            except TimeoutError:
                raise
            except (ConnectionError, ssl.SSLError):
                raise Gone(True) from None
            except OSError:
                raise Gone(False) from None
            if not data:
                raise Gone(bool(self._buffer))
            self._buffer += data
        found = bytes(self._buffer[:count])
        del self._buffer[:count]
        return found
