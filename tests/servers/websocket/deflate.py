"""permessage-deflate (RFC 7692) as a server does it, and as it should not."""

import zlib
from typing import Optional

_TAIL = b"\x00\x00\xff\xff"


class Deflate:
    """Both directions of one connection."""

    def __init__(self, server_takeover: bool = True, client_takeover: bool = True, server_bits: int = 15,
                 client_bits: int = 15) -> None:
        self._server_takeover = server_takeover
        self._client_takeover = client_takeover
        self._server_bits = server_bits
        self._client_bits = client_bits
        self._out = self._new_out()
        self._in = zlib.decompressobj(-client_bits)

    @property
    def answer(self) -> str:
        """What Sec-WebSocket-Extensions says of this."""
        words = ["permessage-deflate"]
        words += [] if self._server_takeover else ["server_no_context_takeover"]
        words += [] if self._client_takeover else ["client_no_context_takeover"]
        words += [] if self._server_bits == 15 else [f"server_max_window_bits={self._server_bits}"]
        words += [] if self._client_bits == 15 else [f"client_max_window_bits={self._client_bits}"]
        return "; ".join(words)

    def deflate(self, data: bytes) -> bytes:
        """The payload of a whole message."""
        packed = self._out.compress(data) + self._out.flush(zlib.Z_SYNC_FLUSH)
        if not self._server_takeover:
            self._out = self._new_out()
        assert packed.endswith(_TAIL)
        return packed[:-4]

    def inflate(self, payload: bytes) -> bytes:
        data = self._in.decompress(payload + _TAIL)
        if not self._client_takeover:
            self._in = zlib.decompressobj(-self._client_bits)
        return data

    def _new_out(self) -> "zlib._Compress":
        return zlib.compressobj(9, zlib.DEFLATED, -self._server_bits)


def bomb(size: int) -> bytes:
    """A small payload that inflates to `size` zeros."""
    return Deflate().deflate(bytes(size))


def offered(extensions: Optional[str]) -> bool:
    """Whether a client's Sec-WebSocket-Extensions offers it."""
    return "permessage-deflate" in (extensions or "")
