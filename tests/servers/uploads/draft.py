"""The versions of draft-ietf-httpbis-resumable-upload, as far as they differ on the wire."""

from dataclasses import dataclass
from typing import Optional

from servers.exchange import Header, Request

VERSION = "Upload-Draft-Interop-Version"
PROBLEMS = "https://iana.org/assignments/http-problem-types#"


@dataclass(frozen=True)
class Draft:
    """By interop version: 3 is draft 01, 4 is 02, 5 is 03, 6 is 04 and 05, 8 is 09 and later."""

    interop: int

    @property
    def has_incomplete(self) -> bool:
        """Upload-Incomplete, the opposite of the later Upload-Complete."""
        return self.interop == 3

    @property
    def has_media_type(self) -> bool:
        """Whether what is appended has to call itself application/partial-upload."""
        return self.interop >= 6

    @property
    def has_progress(self) -> bool:
        """Whether a 104 with an offset tells of bytes that have come."""
        return self.interop >= 5

    @property
    def has_limits(self) -> bool:
        return self.interop >= 6

    def complete(self, is_complete: bool) -> Header:
        if self.has_incomplete:
            return "Upload-Incomplete", "?0" if is_complete else "?1"
        return "Upload-Complete", "?1" if is_complete else "?0"

    def is_complete(self, request: Request) -> Optional[bool]:
        """What a request says; None where it says nothing that counts."""
        value = request.header("Upload-Incomplete" if self.has_incomplete else "Upload-Complete")
        if value not in ("?0", "?1"):
            return None
        return (value == "?1") is not self.has_incomplete

    def is_spoken_by(self, request: Request) -> bool:
        return request.header(VERSION) == str(self.interop)


def integer(request: Request, name: str) -> Optional[int]:
    """A field that is a non-negative Integer (RFC 9651, 3.3.1); None where it is none."""
    value = request.header(name) or ""
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 15 else None
