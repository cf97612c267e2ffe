"""Servers that refuse to continue (412, 416): the bytes are given up only after a fresh look at the entity."""

from hostile.entity import BODY, CONTENT, CUT, ETAG, FIRST, FROM_ZERO, OTHER, OTHER_WHOLE, SIZE, WHOLE
from hostile.row import Failed, Finished, Kill, Row, Stage, both_ways, play
from servers.behaviours import A_YEAR_AGO, Behaviour, File, status
from servers.content import Content
from servers.exchange import Exchange
from servers.misbehaviours import by_turns, chunk, chunks

REFUSED = status(416, ("Content-Range", f"bytes */{SIZE}"))
SHORT = Content(73, 1000)


async def endless_refusal(exchange: Exchange) -> None:
    """A 416 whose page never ends."""
    await exchange.head(416, [("Transfer-Encoding", "chunked")])
    while True:
        await exchange.chunk(bytes(16384))


def refused(*ranges: Behaviour, look: Behaviour = WHOLE, first: Behaviour = FIRST) -> tuple:
    """The first part, then these answers to requests of ranges, and `look` to those of the whole."""
    return (by_turns((first, look), ranges),)


ROWS = [
    Row("416 to what is whole already finishes the task",
        refused(REFUSED, first=chunks(chunk(BODY), headers=ETAG)), Finished(CONTENT), kill=Kill(2), requests=3),
    Row("a single 416 costs no bytes", refused(REFUSED, WHOLE), Finished(CONTENT), kill=Kill(2), requests=4),
    Row("a single 412 costs no bytes", refused(status(412), WHOLE), Finished(CONTENT), kill=Kill(3), requests=4),
    Row("a 416 without a length costs no bytes", refused(status(416), WHOLE), Finished(CONTENT), kill=Kill(2), requests=4),
    Row("a 416 that says less than there is costs no bytes where the entity is still the same",
        refused(status(416, ("Content-Range", f"bytes */{CUT - 1}")), WHOLE), Finished(CONTENT), kill=Kill(2), requests=4),
    Row("a 416 whose page never ends costs no bytes",
        refused(endless_refusal, WHOLE), Finished(CONTENT), kill=Kill(2, 20_000), requests=4),
    Row("a 416 under a Last-Modified costs no bytes",
        refused(REFUSED, File(CONTENT, last_modified=A_YEAR_AGO), first=File(CONTENT, last_modified=A_YEAR_AGO, cut=CUT),
                look=File(CONTENT, last_modified=A_YEAR_AGO)), Finished(CONTENT), kill=Kill(2), requests=4),
    Row("a server that always answers 416 is asked for everything in the end",
        refused(REFUSED), Finished(CONTENT, FROM_ZERO), kill=Kill(3)),
    Row("a server that always answers 412 is asked for everything in the end",
        refused(status(412)), Finished(CONTENT, FROM_ZERO), kill=Kill(2)),
    Row("416 because of another entity starts over",
        refused(REFUSED, look=OTHER_WHOLE), Finished(OTHER, FROM_ZERO), kill=Kill(3)),
    Row("412 because of another entity starts over",
        refused(status(412), look=OTHER_WHOLE), Finished(OTHER, FROM_ZERO), kill=Kill(2)),
    Row("416 because of a file that has shrunk under one entity tag starts over",
        refused(status(416, ("Content-Range", "bytes */1000")), look=File(SHORT, etag='"one"')),
        Finished(SHORT, FROM_ZERO), kill=Kill(2)),
    Row("416 and then nothing to know the entity by starts over",
        refused(REFUSED, look=File(CONTENT)), Finished(CONTENT, FROM_ZERO), kill=Kill(2)),
    Row("416 because of a file that is gone ends the task",
        refused(REFUSED, look=status(404)), Failed("http-status"), kill=Kill(3), requests=3),
    Row("416 and then trouble that passes costs no bytes",
        (by_turns((FIRST, status(503), WHOLE), (REFUSED, WHOLE)),), Finished(CONTENT), kill=Kill(3)),
    Row("a missing last chunk means that bytes may be missing, until a fresh look tells that none are",
        (chunks(chunk(BODY), headers=ETAG), WHOLE), Finished(CONTENT), kill=Kill(1), requests=3),
]


@both_ways(ROWS)
def test_refused_ranges(stage: Stage, row: Row, killed: bool) -> None:
    play(stage, row, killed)
