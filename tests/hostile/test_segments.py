"""Servers that treat several connections of one download differently: only what is proven to fit comes together."""

import asyncio
from collections import Counter

from harness.client import microseconds
from hostile.row import Finished, Kill, Row, Stage, both_ways, play
from servers.behaviours import Behaviour, File, multipart, silent, status
from servers.content import Content
from servers.exchange import Close, Exchange
from servers.misbehaviours import by_turns, part, reset

SIZE = 12_000_000
CONTENT, OTHER, LONGER = Content(271, SIZE), Content(272, SIZE), Content(271, SIZE + 1000)
ETAG = (("ETag", '"one"'),)
FOUR = {"connections": 4}

SLOW = File(CONTENT, etag='"one"', rate=15_000_000)  # leaves time for other connections
WHOLE = File(CONTENT, etag='"one"')


def asked(content: Content, *headers, shift: int = 0, more: int = 0, total: str = "", says_shifted: bool = False) -> Behaviour:
    """A part of exactly the range that was asked for, but for what is said otherwise."""
    async def answer(exchange: Exchange) -> None:
        first, last = exchange.request.range or (0, None)
        last = content.size - 1 if last is None else last
        told = shift if says_shifted else 0
        said = f"bytes {first + told}-{last + told}/{total or content.size}"
        await part(content, *headers, first=first + shift, last=last + shift + more, says=said, length=-1 if more else None,
                   closes=True)(exchange)
    return answer


def ranges(*behaviours: Behaviour, whole: Behaviour = SLOW) -> tuple:
    """The file comes slowly to who asks for all of it; requests for ranges get these answers."""
    return (by_turns((whole,), behaviours),)


def only_one_connection(trouble: Behaviour) -> Behaviour:
    """Whoever asks for a range while the first request is under way gets trouble; afterwards the range."""
    async def answer(exchange: Exchange) -> None:
        if exchange.request.range is None:
            await SLOW(exchange)
        elif exchange.before and not exchange.before[0].is_over:
            await trouble(exchange)
        else:
            await WHOLE(exchange)
    return answer


async def half(exchange: Exchange) -> None:
    """Half of the range, then the end of the connection."""
    first, last = exchange.request.range or (0, None)
    last = SIZE - 1 if last is None else last
    await exchange.head(206, [*ETAG, ("Content-Range", f"bytes {first}-{last}/{SIZE}"), ("Content-Length", str(last - first + 1))])
    await exchange.body(CONTENT.read_all()[first:first + (last - first) // 2])
    raise Close


class Refusing:
    """Every request for a range gets `trouble`. The first connection, which has all of the file, goes on when the three
    others have got theirs: what they were to bring is its own again, and nothing of what it brought is in question."""

    def __init__(self, trouble: Behaviour) -> None:
        self._trouble = trouble
        self._refused: Counter[int] = Counter()  # by the resource's first request

    async def __call__(self, exchange: Exchange) -> None:
        first = exchange.before[0] if exchange.before else exchange.request
        if exchange.request.range is not None:
            try:
                await self._trouble(exchange)
            finally:
                self._refused[id(first)] += 1
            return
        if exchange.before:
            await WHOLE(exchange)
            return
        await exchange.head(200, [*ETAG, ("Accept-Ranges", "bytes"), ("Content-Length", str(SIZE))])
        body = CONTENT.read_all()
        await exchange.body(body[:1_000_000])
        while self._refused[id(first)] < 3:
            await asyncio.sleep(0.01)
        await exchange.body(body[1_000_000:])


def row(name: str, answers: tuple, outcome=Finished(CONTENT), **choice) -> Row:
    return Row(name, answers, outcome, options={**FOUR, **choice}, kill=Kill(2, 100))


ROWS = [
    row("a range that is answered with another entity's is not mixed in", ranges(asked(OTHER, ("ETag", '"two"')), WHOLE)),
    row("a range under a weak entity tag is not mixed in", ranges(asked(OTHER, ("ETag", 'W/"one"')), WHOLE)),
    row("a range from another place is not mixed in", ranges(asked(CONTENT, *ETAG, shift=-1000, says_shifted=True), WHOLE)),
    row("a range of a longer entity is not mixed in", ranges(asked(LONGER, *ETAG), WHOLE)),
    row("a range of an entity of unknown length is not mixed in", ranges(asked(OTHER, *ETAG, total="*"), WHOLE)),
    row("a range in a coding is not mixed in", ranges(asked(OTHER, *ETAG, ("Content-Encoding", "gzip")), WHOLE)),
    row("a range that goes on behind its end overwrites nothing", ranges(asked(CONTENT, *ETAG, more=100_000), WHOLE)),
    row("several parts in one are not mixed in", ranges(multipart(CONTENT, ETAG), WHOLE)),
    row("the whole of another entity instead of a range is not mixed in",
        ranges(File(OTHER, etag='"two"', ranges=False), WHOLE)),
    row("a range that breaks off is continued", ranges(half, half, WHOLE)),
    row("ranges that always break off come together in the end", ranges(half, half, half, half, half, half, WHOLE)),
    row("a range that is reset is asked for again", ranges(reset(b""), WHOLE)),
    row("a range that is never answered holds nothing up", ranges(silent(), WHOLE), **{"request-timeout": microseconds(0.5)}),
    row("a server that resets a second connection gives the file over one", (only_one_connection(reset(b"")),)),
    row("a server that allows one connection gives the file over one",
        (only_one_connection(status(503, ("Retry-After", "3600"))),)),
    row("a server that forbids a second connection gives the file over one", (only_one_connection(status(403)),)),
    row("a server that refuses every range gives the file over one", (Refusing(status(416)),)),
    row("ranges that are all answered with another entity's are not mixed in", (Refusing(asked(OTHER, ("ETag", '"two"'))),)),
    row("the whole entity instead of a range is not mixed in", (Refusing(File(CONTENT, etag='"one"', ranges=False)),)),
]


@both_ways(ROWS)
def test_segments(stage: Stage, row: Row, killed: bool) -> None:
    play(stage, row, killed)
