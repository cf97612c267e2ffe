"""How an IETF upload server behaves, where it does not behave well."""

from dataclasses import dataclass, field
from typing import Callable, Mapping, Optional

from servers.exchange import Header
from servers.uploads.gate import Gate

END = -1  # as a place in the body: behind its last byte


@dataclass
class Problem:
    """A refusal with a problem document (RFC 9457)."""

    status: int
    title: str
    detail: str = ""
    headers: tuple[Header, ...] = ()


@dataclass
class Conduct:
    """Changed by tests at any time. By default the server does as the draft says."""

    # The 104 of a creation: at these bytes of the body, 0 being before the first one. Nothing: never.
    announces: tuple[int, ...] = (0,)
    announced_interop: Optional[str] = None  # "" leaves the field out; None: the truth
    location: Callable[[str, str], str] = lambda origin, path: origin + path
    progress: Optional[int] = None  # bytes after which a 104 says how far the server is
    limits: Mapping[str, object] = field(default_factory=dict)  # Upload-Limit
    enforces_limits: bool = True

    says_offset: Optional[Callable[[int], str]] = None  # instead of the truth, in answer to HEAD
    says_length: Optional[Callable[[int], str]] = None
    says_complete: bool = False  # even of an upload that was cut off
    acts_on_cut: bool = False  # takes what was cut off for a whole copy

    conflicts: int = 0  # so many appends are answered with 409, though they are right
    locks: int = 0  # so many requests to an upload resource are answered with 423
    gone_after: Optional[int] = None  # requests to upload resources, then `gone`, so many times
    gone: int = 404
    gone_times: int = 1 << 30
    refuses: Optional[Problem] = None  # every creation
    refuses_append: Optional[Problem] = None

    cuts: list[int] = field(default_factory=list)  # once each: the connection breaks at that byte of the upload
    cuts_before_answer: int = 0  # so many answers to what completes an upload are lost on their way
    rate: Optional[float] = None  # bytes a second that each request is read with

    before_104: Optional[Gate] = None
    after_104: Optional[Gate] = None
    in_body: Optional[tuple[int, Gate]] = None  # at that byte of the upload
    before_answer: Optional[Gate] = None  # everything is there and acted on
    after_answer: Optional[Gate] = None

    status: int = 201  # of the answer to a whole upload
    answer_headers: tuple[Header, ...] = ()
    answer_body: bytes = b"thanks\n"


ENDLESS = 1 << 30  # of conflicts, locks


def relative(_: str, path: str) -> str:
    """A Location without an origin."""
    return path


def without_scheme(origin: str, path: str) -> str:
    """A Location that begins with the host."""
    return origin.partition(":")[2] + path
