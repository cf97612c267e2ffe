"""Servers whose status lines and header fields are not HTTP, or far too much of it."""

from hostile.entity import BODY, CONTENT, CUT, FROM_ZERO, LENGTH, WHOLE
from hostile.row import Failed, Finished, Kill, Row, Stage, both_ways, play
from servers.behaviours import A_YEAR_AGO, File, raw
from servers.misbehaviours import flood, spelled

ONE_TRY = {"retries": 0}
EARLY = Kill(1, 10)


def line(text: str) -> tuple:
    return (spelled(LENGTH, line=text, body=BODY),)


def field(text: str) -> tuple:
    return (spelled(text, LENGTH, body=BODY),)


def cut_with(*fields: str) -> tuple:
    """The first part of the file under a doubtful validator, then the file."""
    return (spelled(LENGTH, "Accept-Ranges: bytes", *fields, body=BODY[:CUT]), WHOLE)


STATUS_LINES = [
    Row("what speaks another protocol is no HTTP server",
        (raw(b"220 mail.example.com ESMTP\r\n"),), Failed("protocol"), options=ONE_TRY, kill=EARLY, requests=1),
    Row("noise is no answer", (raw(bytes(range(256)) * 8),), Failed("protocol"), options=ONE_TRY, kill=EARLY, requests=1),
    Row("a body without any head is no answer", (raw(b"", BODY),), Failed("protocol"), options=ONE_TRY, requests=1),
    Row("a status of letters is none", line("HTTP/1.1 2OO OK"), Failed("protocol"), options=ONE_TRY, requests=1),
    Row("a status of two digits is none", line("HTTP/1.1 20 OK"), Failed("protocol"), options=ONE_TRY, requests=1),
    Row("a status of five digits is none", line("HTTP/1.1 20000 OK"), Failed("protocol"), options=ONE_TRY, requests=1),
    Row("a missing status is none", line("HTTP/1.1"), Failed("protocol"), options=ONE_TRY, requests=1),
    Row("a version that does not exist is none", line("HTTP/7.3 200 OK"), Failed("protocol"), options=ONE_TRY, requests=1),
    Row("the status line of a radio station is none", line("ICY 200 OK"), Failed("protocol"), options=ONE_TRY, requests=1),
    Row("a status line without a phrase is one", line("HTTP/1.1 200"), Finished(CONTENT), requests=1),
    Row("a phrase of control characters does no harm",
        line("HTTP/1.1 404 \x1b[2J\x07\x7f"), Failed("http-status"), requests=1),
    Row("a status line without end is cut off",
        (flood(b"HTTP/1.1 200 ", b"O" * 10_000),), Failed("limit"), options=ONE_TRY, kill=Kill(1, 20_000), requests=1),
]

FIELDS = [
    Row("a line without colon is no field", field("nonsense"), Failed("protocol"), options=ONE_TRY, requests=1),
    Row("a field without a name is none", field(": value"), Failed("protocol"), options=ONE_TRY, requests=1),
    Row("a space before the colon is no part of a name", field("X-Some : thing"), Failed("protocol"), options=ONE_TRY, requests=1),
    Row("a NUL in a value is no text", field("X-Some: a\x00b"), Failed("protocol"), options=ONE_TRY, requests=1),
    Row("a NUL in a name is no text", field("X-So\x00me: a"), Failed("protocol"), options=ONE_TRY, requests=1),
    Row("control characters in a value that nobody needs do no harm", field("X-Some: \x1b[31m\x07"), Finished(CONTENT), requests=1),
    # RFC 9112, 5.2: a user agent takes the fold for spaces. The fields that decide over bytes are not taken so.
    Row("a folded field that nobody needs does no harm", field("X-Some: one\r\n two"), Finished(CONTENT), requests=1),
    Row("a folded entity tag proves nothing",
        cut_with('ETag: "on\r\n e"'), Finished(CONTENT, FROM_ZERO), requests=2),
    Row("more fields than any header may have end the task",
        (spelled(*["X-Filler: " + "y" * 1000] * 400, LENGTH, body=BODY),), Failed("limit"), options=ONE_TRY,
        kill=Kill(1, 1000), requests=1),
    Row("fields without end are cut off",
        (flood(b"HTTP/1.1 200 OK\r\n", b"X-Filler: yes\r\n" * 100),), Failed("limit"), options=ONE_TRY, kill=Kill(1, 5_000),
        requests=1),
    Row("a field longer than any header may be ends the task",
        field("X-Filler: " + "y" * 300_000), Failed("limit"), options=ONE_TRY, kill=Kill(1, 1000), requests=1),
    Row("a field without end is cut off",
        (flood(b"HTTP/1.1 200 OK\r\nX-Filler: ", b"y" * 10_000),), Failed("limit"), options=ONE_TRY, kill=Kill(1, 5_000),
        requests=1),
]

VALIDATORS = [
    Row("an entity tag without quotes proves nothing", cut_with("ETag: one"), Finished(CONTENT, FROM_ZERO), requests=2),
    Row("an entity tag with one quote proves nothing", cut_with('ETag: "'), Finished(CONTENT, FROM_ZERO), requests=2),
    Row("an empty entity tag field proves nothing", cut_with("ETag:"), Finished(CONTENT, FROM_ZERO), requests=2),
    Row("an entity tag with quotes within proves nothing", cut_with('ETag: "one" "two"'), Finished(CONTENT, FROM_ZERO), requests=2),
    Row("an entity tag with control characters proves nothing",
        cut_with('ETag: "on\x01e"'), Finished(CONTENT, FROM_ZERO), requests=2),
    Row("an entity tag of a hundred thousand characters proves nothing",
        cut_with('ETag: "' + "x" * 100_000 + '"'), Finished(CONTENT, FROM_ZERO), requests=2),
    Row("a Last-Modified without a Date to compare with proves nothing",
        cut_with(f"Last-Modified: {A_YEAR_AGO}"), Finished(CONTENT, FROM_ZERO), requests=2),
    Row("a Last-Modified that is no date proves nothing",
        (File(CONTENT, last_modified="yesterday", cut=CUT), WHOLE), Finished(CONTENT, FROM_ZERO), requests=2),
    Row("an Accept-Ranges of none is believed",
        (File(CONTENT, etag='"one"', cut=CUT, ranges=False, headers=(("Accept-Ranges", "none"),)),
         File(CONTENT, etag='"one"', ranges=False)),
        Finished(CONTENT, FROM_ZERO), requests=2),
    Row("two entity tags that differ prove nothing",
        cut_with('ETag: "two"', 'ETag: "one"'), Finished(CONTENT, FROM_ZERO), requests=2),
]

INTERIM = [
    Row("a thousand interim answers are passed over",
        (flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 1000, f"HTTP/1.1 200 OK\r\n{LENGTH}\r\n\r\n".encode(), BODY),),
        Finished(CONTENT), requests=1),
    Row("fields of an interim answer are not those of the answer",
        (raw(b"HTTP/1.1 103 Early Hints\r\nContent-Length: 3\r\nETag: \"no\"\r\n\r\n"
             + f"HTTP/1.1 200 OK\r\n{LENGTH}\r\n\r\n".encode(), BODY),),
        Finished(CONTENT), requests=1),
    Row("an interim answer and nothing behind it is tried again",
        (raw(b"HTTP/1.1 100 Continue\r\n\r\n"), WHOLE), Finished(CONTENT), requests=2),
    Row("interim answers without end are cut off",
        (flood(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n" * 100),), Failed("limit"), options=ONE_TRY,
        kill=Kill(1, 5_000), requests=1),
    Row("a change of protocols that nobody asked for is no answer",
        (spelled("Upgrade: websocket", "Connection: Upgrade", line="HTTP/1.1 101 Switching Protocols", body=BODY),),
        Failed("protocol"), options=ONE_TRY, requests=1),
]


@both_ways(STATUS_LINES + FIELDS + VALIDATORS + INTERIM)
def test_heads(stage: Stage, row: Row, killed: bool) -> None:
    play(stage, row, killed)
