"""Answers of servers that are broken or mean: HTTP written by hand, floods, resets, endless anything."""

import itertools
import time
from typing import Callable, Optional

from .behaviours import Behaviour, http_date
from .content import Content
from .exchange import Close, Exchange, Header


def spelled(*lines: str, body: bytes = b"", line: str = "HTTP/1.1 200 OK", ends: bool = True) -> Behaviour:
    """Status line and header lines exactly as given, in Latin-1, then the body. Then the connection closes, or
    takes the next request."""
    head = "\r\n".join((line, *lines)).encode("latin-1") + b"\r\n\r\n"

    async def answer(exchange: Exchange) -> None:
        await exchange.raw(head)
        if body:
            await exchange.body(body)
        if ends:
            raise Close
    return answer


def part(content: Content, *headers: Header, first: Optional[int] = None, last: Optional[int] = None,
         says: str = "", length: Optional[int] = None, body: Optional[bytes] = None, closes: bool = False) -> Behaviour:
    """A 206 with the bytes from `first` (by default as asked) to `last`, of which each statement may be a lie.

    says: the Content-Range, else the truth. length: the Content-Length, else the truth; -1 for none.
    body: other bytes than the truth.
    """
    async def answer(exchange: Exchange) -> None:
        begin = first if first is not None else exchange.request.range_start or 0
        end = last if last is not None else content.size - 1
        data = content.read_all()[begin:end + 1] if body is None else body
        fields = [*headers, ("Content-Range", says or f"bytes {begin}-{end}/{content.size}")]
        if length != -1:
            fields.append(("Content-Length", str(len(data) if length is None else length)))
        exchange.closes = closes or length is not None
        await exchange.head(206, fields)
        await exchange.body(data)
    return answer


def chunks(*pieces: bytes, headers: tuple[Header, ...] = (), status: int = 200, ends: bool = True) -> Behaviour:
    """A chunked answer whose framing is written by hand."""
    async def answer(exchange: Exchange) -> None:
        await exchange.head(status, [*headers, ("Transfer-Encoding", "chunked")])
        for piece in pieces:
            await exchange.body(piece)
        if ends:
            raise Close
    return answer


def chunk(data: bytes, extension: str = "") -> bytes:
    """One well-formed chunk."""
    return f"{len(data):x}{extension}\r\n".encode() + data + b"\r\n"


LAST_CHUNK = b"0\r\n\r\n"


def reset(head: bytes, body: bytes = b"") -> Behaviour:
    """Bytes as they are, then RST."""
    async def answer(exchange: Exchange) -> None:
        await exchange.raw(head)
        await exchange.body(body)
        await exchange.reset()
    return answer


def truncated(*lines: str, body: bytes = b"") -> Behaviour:
    """A 200 with these header lines and bytes, and a connection that ends as if somebody had cut it."""
    async def answer(exchange: Exchange) -> None:
        await exchange.raw("\r\n".join(("HTTP/1.1 200 OK", *lines)).encode() + b"\r\n\r\n")
        await exchange.body(body)
        await exchange.hang_up()
    return answer


def flood(head: bytes, piece: bytes, count: Optional[int] = None, then: bytes = b"", body: bytes = b"") -> Behaviour:
    """A head that begins well and goes on with the same bytes, so often or for ever."""
    async def answer(exchange: Exchange) -> None:
        await exchange.raw(head)
        for _ in itertools.repeat(None) if count is None else range(count):
            await exchange.raw(piece)
        await exchange.raw(then)
        await exchange.body(body)
        raise Close
    return answer


def only_ranges(refusal: Behaviour, whole: Behaviour) -> Behaviour:
    """Refuses every request for a range, and no other."""
    async def answer(exchange: Exchange) -> None:
        await (refusal if exchange.request.range else whole)(exchange)
    return answer


def by_turns(whole: tuple[Behaviour, ...], ranges: tuple[Behaviour, ...]) -> Behaviour:
    """Keeps one list of answers for requests of ranges and another one for the others; the last ones stay."""
    async def answer(exchange: Exchange) -> None:
        is_ranged = exchange.request.range is not None
        answers = ranges if is_ranged else whole
        earlier = sum((request.range is not None) == is_ranged for request in exchange.before)
        await answers[min(earlier, len(answers) - 1)](exchange)
    return answer


def modified_just_now(make: Callable[[str], Behaviour], seconds: float = 0.0) -> Behaviour:
    """What `make` makes of a Last-Modified so many seconds after the answer."""
    async def answer(exchange: Exchange) -> None:
        await make(http_date(seconds, time.time()))(exchange)
    return answer


def poisoned(content: Content, poison: bytes) -> Behaviour:
    """A whole answer, and more bytes behind it on a connection that stays open."""
    async def answer(exchange: Exchange) -> None:
        await exchange.head(200, [("Content-Length", str(content.size))])
        await exchange.body(content.read_all())
        await exchange.raw(poison)
    return answer
