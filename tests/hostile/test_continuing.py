"""Servers that answer wrongly when a download goes on: bytes are kept where they are proven, never mixed."""

from hostile.entity import (
    BODY, CONTENT, CUT, ETAG, FIRST, FROM_ZERO, LONGER, OTHER, OTHER_WHOLE, SHORTER, SIZE, WHOLE)
from hostile.row import Finished, Failed, Kill, Row, Stage, both_ways, play
from servers.behaviours import A_YEAR_AGO, File, multipart, status
from servers.content import Content
from servers.misbehaviours import LAST_CHUNK, chunk, chunks, modified_just_now, part

A_MONTH_AGO = "Tue, 20 Oct 2026 10:00:00 GMT"


def dated(cut: int | None = None, **choice) -> File:
    return File(CONTENT, last_modified=A_YEAR_AGO, cut=cut, **choice)


VALIDATORS = [
    Row("a strong entity tag keeps the bytes over a broken connection",
        (FIRST, WHOLE), Finished(CONTENT), kill=Kill(1, 300_000), requests=2),
    Row("a weak entity tag proves nothing",
        (File(CONTENT, etag='W/"one"', cut=CUT), File(CONTENT, etag='W/"one"')), Finished(CONTENT, FROM_ZERO), requests=2),
    Row("a Last-Modified of long ago keeps the bytes",
        (dated(CUT), dated()), Finished(CONTENT), kill=Kill(1, 300_000), requests=2),
    Row("a Last-Modified as young as the answer proves nothing",
        (modified_just_now(lambda date: File(CONTENT, last_modified=date, cut=CUT)), dated()),
        Finished(CONTENT, FROM_ZERO), requests=2),
    Row("a Last-Modified in the future proves nothing",
        (modified_just_now(lambda date: File(CONTENT, last_modified=date, cut=CUT), seconds=3600), dated()),
        Finished(CONTENT, FROM_ZERO), requests=2),
    Row("no validator at all means from zero",
        (File(CONTENT, cut=CUT), File(CONTENT)), Finished(CONTENT, FROM_ZERO), requests=2),
    Row("a connection that breaks again and again loses nothing",
        (*[File(CONTENT, etag='"one"', cut=150_000)] * 3, WHOLE), Finished(CONTENT), requests=4),
    Row("an entity tag that comes and goes is not the same entity's when the date differs",
        (File(CONTENT, etag='"one"', last_modified=A_YEAR_AGO, cut=CUT),
         part(OTHER, ("Last-Modified", A_MONTH_AGO)), WHOLE), Finished(CONTENT, FROM_ZERO)),
]

PARTS = [
    Row("a part that starts too early is thrown away",
        (FIRST, part(CONTENT, *ETAG, first=CUT - 10), WHOLE), Finished(CONTENT, FROM_ZERO), requests=3),
    Row("a part that starts too late is thrown away",
        (FIRST, part(CONTENT, *ETAG, first=CUT + 10), WHOLE), Finished(CONTENT, FROM_ZERO), requests=3),
    Row("a part that starts at zero is thrown away",
        (FIRST, part(CONTENT, *ETAG, first=0), WHOLE), Finished(CONTENT, FROM_ZERO), requests=3),
    Row("a shifted part that claims to be where it was asked for is known by its length",
        (FIRST, part(CONTENT, *ETAG, first=CUT - 10, says=f"bytes {CUT}-{SIZE - 1}/{SIZE}"), WHOLE),
        Finished(CONTENT, FROM_ZERO), requests=3),
    Row("a part that goes on behind the known end is of another entity",
        (FIRST, part(LONGER, *ETAG), WHOLE), Finished(CONTENT, FROM_ZERO), requests=3),
    Row("a part of an entity that has shrunk is of another entity",
        (FIRST, part(SHORTER, *ETAG), WHOLE), Finished(CONTENT, FROM_ZERO), requests=3),
    Row("a part that ends early is kept, and the rest asked for",
        (FIRST, part(CONTENT, *ETAG, last=CUT + 99_999), WHOLE), Finished(CONTENT), requests=3),
    Row("a part of a single byte is kept, and the rest asked for",
        (FIRST, part(CONTENT, *ETAG, last=CUT), WHOLE), Finished(CONTENT), requests=3),
    Row("a part of an entity of unknown length is not proven",
        (FIRST, part(CONTENT, *ETAG, says=f"bytes {CUT}-{SIZE - 1}/*"), WHOLE), Finished(CONTENT, FROM_ZERO), requests=3),
    Row("a part with another entity tag is of another entity",
        (FIRST, part(OTHER, ("ETag", '"two"')), OTHER_WHOLE), Finished(OTHER, FROM_ZERO), requests=3),
    Row("a part whose entity tag has turned weak is not proven",
        (FIRST, part(OTHER, ("ETag", 'W/"one"')), WHOLE), Finished(CONTENT, FROM_ZERO), requests=3),
    Row("a part with another Last-Modified is of another entity",
        (dated(CUT), part(OTHER, ("Last-Modified", A_MONTH_AGO)), dated()), Finished(CONTENT, FROM_ZERO), requests=3),
    Row("a part without Content-Range could be anything",
        (FIRST, File(CONTENT), WHOLE), Finished(CONTENT, FROM_ZERO), requests=2),
    Row("a part with garbage for a Content-Range could be anything",
        (FIRST, part(CONTENT, *ETAG, says="bytes from here to there"), WHOLE), Finished(CONTENT, FROM_ZERO), requests=3),
    Row("a part in another unit could be anything",
        (FIRST, part(CONTENT, *ETAG, says=f"items {CUT}-{SIZE - 1}/{SIZE}"), WHOLE), Finished(CONTENT, FROM_ZERO), requests=3),
    Row("a Content-Range with numbers that overflow is none",
        (FIRST, part(CONTENT, *ETAG, says=f"bytes {CUT + 2**64}-{SIZE - 1 + 2**64}/{SIZE + 2**64}"), WHOLE),
        Finished(CONTENT, FROM_ZERO), requests=3),
    Row("a Content-Range that ends before it starts is none",
        (FIRST, part(CONTENT, *ETAG, says=f"bytes {CUT}-{CUT - 1}/{SIZE}"), WHOLE), Finished(CONTENT, FROM_ZERO), requests=3),
    Row("a Content-Range that ends behind its complete length is none",
        (FIRST, part(CONTENT, *ETAG, says=f"bytes {CUT}-{SIZE}/{SIZE}"), WHOLE), Finished(CONTENT, FROM_ZERO), requests=3),
    Row("a Content-Range said twice alike counts once",
        (FIRST, part(CONTENT, *ETAG, ("Content-Range", f"bytes {CUT}-{SIZE - 1}/{SIZE}")), WHOLE), Finished(CONTENT), requests=2),
    # Two proxies quarrelled over this answer: whom to believe cannot be known, so it is no answer at all.
    Row("two Content-Ranges that differ are no answer",
        (FIRST, part(CONTENT, *ETAG, ("Content-Range", f"bytes 0-{SIZE - 1}/{SIZE}"))), Failed("protocol"), requests=2),
    Row("several parts in one are none that was asked for",
        (FIRST, multipart(CONTENT, ETAG), WHOLE), Finished(CONTENT, FROM_ZERO), requests=3),
    Row("a part in a coding is of another representation",
        (FIRST, part(OTHER, *ETAG, ("Content-Encoding", "gzip")), WHOLE), Finished(CONTENT, FROM_ZERO), requests=3),
    Row("a part whose length says less than its range is not trusted",
        (FIRST, part(CONTENT, *ETAG, length=1000), WHOLE), Finished(CONTENT, FROM_ZERO), requests=3),
    Row("a part whose length says more than its range is not trusted",
        (FIRST, part(CONTENT, *ETAG, length=SIZE), WHOLE), Finished(CONTENT, FROM_ZERO), requests=3),
    Row("a part without a length ends with its connection",
        (FIRST, part(CONTENT, *ETAG, length=-1)), Finished(CONTENT), requests=2),
    Row("a part without a length that breaks off is continued",
        (FIRST, part(CONTENT, *ETAG, length=-1, body=BODY[CUT:CUT + 50_000]), WHOLE), Finished(CONTENT), requests=3),
    Row("chunks that go on behind the end of the file do not enter it",
        (FIRST, chunks(chunk(BODY[CUT:] + b"and more"), LAST_CHUNK, status=206, headers=(
            *ETAG, ("Content-Range", f"bytes {CUT}-{SIZE - 1}/{SIZE}"))), WHOLE), Finished(CONTENT, FROM_ZERO), requests=3),
    # The bytes up to the range's end may be right. But a server that sends more than it says does not know what it does.
    Row("chunks that go on behind the end of their range do not enter the file",
        (FIRST, chunks(chunk(BODY[CUT:CUT + 50_000]), chunk(OTHER.read_all()[CUT + 50_000:]), LAST_CHUNK, status=206, headers=(
            *ETAG, ("Content-Range", f"bytes {CUT}-{CUT + 49_999}/{SIZE}"))), WHOLE), Finished(CONTENT, FROM_ZERO), requests=3),
    Row("bytes without a length that go on behind the end of their range do not enter the file",
        (FIRST, part(CONTENT, *ETAG, length=-1, says=f"bytes {CUT}-{CUT + 49_999}/{SIZE}",
                     body=BODY[CUT:CUT + 50_000] + OTHER.read_all()[CUT + 50_000:]), WHOLE),
        Finished(CONTENT, FROM_ZERO), requests=3),
]

WHOLES = [
    Row("the whole entity in answer to a range is taken as that",
        (FIRST, File(CONTENT, etag='"one"', ranges=False)), Finished(CONTENT, FROM_ZERO), kill=Kill(2, 200_000), requests=2),
    Row("the whole of another entity in answer to a range replaces the bytes",
        (FIRST, OTHER_WHOLE), Finished(OTHER, FROM_ZERO), kill=Kill(2, 200_000), requests=2),
    Row("the whole of another entity that breaks off as well replaces the bytes, and is continued itself",
        (FIRST, File(OTHER, etag='"two"', cut=CUT), OTHER_WHOLE), Finished(OTHER, FROM_ZERO), requests=3),
    Row("an entity that changes with each request is never mixed",
        (*(File(Content(80 + number, SIZE), etag=f'"{number}"', cut=CUT) for number in range(4)), OTHER_WHOLE),
        Finished(OTHER, FROM_ZERO * 4), requests=5),
    Row("a file that grows between requests is fetched anew",
        (FIRST, File(LONGER, etag='"longer"')), Finished(LONGER, FROM_ZERO), requests=2),
    Row("a file that grows under one entity tag is fetched anew",
        (FIRST, part(LONGER, *ETAG), File(LONGER, etag='"one"')), Finished(LONGER, FROM_ZERO), requests=3),
    Row("a file that has shrunk between requests is fetched anew",
        (FIRST, File(Content(73, 1000), etag='"short"')), Finished(Content(73, 1000), FROM_ZERO), requests=2),
    Row("a file that has become empty replaces what was there",
        (FIRST, File(Content(1, 0), etag='"empty"')), Finished(b"", FROM_ZERO), requests=2),
    Row("a range that is answered with 204 ends the task without a file",
        (FIRST, status(204)), Failed("http-status"), requests=2),
    Row("a range that is answered with 304, which was not asked about, ends the task without a file",
        (FIRST, status(304)), Failed("http-status"), requests=2),
    Row("a range that is answered with 404 ends the task without a file",
        (FIRST, status(404)), Failed("http-status"), requests=2),
    Row("a range that is answered with 503 is asked for again",
        (FIRST, status(503), WHOLE), Finished(CONTENT), requests=3),
    Row("a part in answer to a request of the whole is none",
        (part(CONTENT, *ETAG, first=1000),), Failed("protocol"), requests=1),
]


@both_ways(VALIDATORS + PARTS + WHOLES)
def test_continuing(stage: Stage, row: Row, killed: bool) -> None:
    play(stage, row, killed)
