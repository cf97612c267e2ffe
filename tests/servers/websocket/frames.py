"""Frames (RFC 6455, 5.2): a builder with every bit under control, and a parser that is strict with clients."""

import os
import struct
from dataclasses import dataclass
from typing import Callable, Optional

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
CONTROL = (CLOSE, PING, PONG)

_FORMS = {7: "!B", 16: "!BH", 64: "!BQ"}
_MARKS = {16: 126, 64: 127}  # of a length of that many bits


class ClientFault(AssertionError):
    """The client sent what RFC 6455 forbids."""


@dataclass(frozen=True)
class Frame:
    """One frame. What is not said is as it should be from a server."""

    opcode: int
    payload: bytes = b""
    fin: bool = True
    rsv: int = 0  # RSV1 is 4, RSV2 2, RSV3 1
    mask: Optional[bytes] = None
    form: Optional[int] = None  # bits of the length field: 7, 16 or 64; None for as few as possible
    claims: Optional[int] = None  # the length that it tells, where that is not the payload's

    def encode(self) -> bytes:
        length = len(self.payload) if self.claims is None else self.claims
        form = self.form or (7 if length < 126 else 16 if length < 1 << 16 else 64)
        first = (0x80 if self.fin else 0) | self.rsv << 4 | self.opcode
        bit = 0x80 if self.mask is not None else 0
        if form == 7:
            head = struct.pack("!BB", first, bit | length)
        else:
            head = struct.pack("!B", first) + struct.pack(_FORMS[form], bit | _MARKS[form], length)
        if self.mask is None:
            return head + self.payload
        return head + self.mask + masked(self.payload, self.mask)


@dataclass(frozen=True)
class Message:
    """A whole message: TEXT or BINARY."""

    opcode: int
    data: bytes

    @property
    def text(self) -> str:
        assert self.opcode == TEXT, f"no text: {self}"
        return self.data.decode()


def masked(data: bytes, mask: bytes) -> bytes:
    """Masking and unmasking are the same (5.3)."""
    if not data:
        return data
    pattern = mask * (len(data) // 4 + 1)
    number = int.from_bytes(data, "little") ^ int.from_bytes(pattern[:len(data)], "little")
    return number.to_bytes(len(data), "little")


def random_mask() -> bytes:
    return os.urandom(4)


def close_payload(code: Optional[int], reason: bytes = b"") -> bytes:
    return b"" if code is None else struct.pack("!H", code) + reason


def close_of(frame: Frame) -> tuple[Optional[int], str]:
    """Code, None where there is none, and reason of a close frame."""
    if not frame.payload:
        return None, ""
    return struct.unpack("!H", frame.payload[:2])[0], frame.payload[2:].decode()


def fragments(opcode: int, *pieces: bytes, rsv: int = 0) -> list[Frame]:
    """A message in so many frames; `rsv` goes into the first."""
    return [Frame(opcode if index == 0 else CONTINUATION, piece, fin=index == len(pieces) - 1, rsv=rsv if index == 0 else 0)
            for index, piece in enumerate(pieces)]


def parse_from(read: Callable[[int], bytes], rsv_allowed: int = 0) -> Frame:
    """The next frame of a client. `read` gives exactly so many bytes. Raises ClientFault.

    `rsv_allowed`: the bits that an extension has given a meaning.
    """
    first, second = read(2)
    fin, rsv, opcode = bool(first & 0x80), first >> 4 & 7, first & 15
    length, form = second & 0x7F, 7
    if length == 126:
        (length,), form = struct.unpack("!H", read(2)), 16
        _require(length >= 126, f"a length of {length} in 16 bits")
    elif length == 127:
        (length,), form = struct.unpack("!Q", read(8)), 64
        _require(1 << 16 <= length < 1 << 63, f"a length of {length} in 64 bits")
    _require(bool(second & 0x80), "a frame without a mask")
    _require(opcode in (CONTINUATION, TEXT, BINARY, *CONTROL), f"opcode {opcode}")
    _require(rsv & ~rsv_allowed == 0, f"reserved bits {rsv}")
    if opcode in CONTROL:
        _require(fin, "a fragmented control frame")
        _require(length <= 125, f"a control frame of {length} bytes")
        _require(rsv == 0, "reserved bits of a control frame")
    mask = read(4)
    payload = masked(read(length), mask)
    if opcode == CLOSE:
        _check_close(payload)
    return Frame(opcode, payload, fin, rsv, mask, form)


def _check_close(payload: bytes) -> None:
    _require(len(payload) != 1, "a close frame of one byte")
    if payload:
        code, = struct.unpack("!H", payload[:2])
        _require(1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999, f"close code {code}")
        try:
            payload[2:].decode()
        except UnicodeDecodeError:
            raise ClientFault("a close reason that is no UTF-8") from None


def _require(condition: bool, what: str) -> None:
    if not condition:
        raise ClientFault(f"the client sent {what}")
