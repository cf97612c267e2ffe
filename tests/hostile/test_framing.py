"""Servers that are wrong about where the body ends."""

from harness.client import microseconds
from hostile.entity import BODY, CONTENT, CUT, ETAG, LENGTH, SIZE, WHOLE
from hostile.row import Failed, Finished, Kill, Row, Stage, Waits, both_ways, play
from servers.behaviours import File, endless
from servers.misbehaviours import LAST_CHUNK, chunk, chunks, flood, spelled

ONE_TRY = {"retries": 0}
CHUNKED = "Transfer-Encoding: chunked"


def length(value: str, **choice) -> tuple:
    return (spelled(f"Content-Length: {value}", body=BODY, **choice),)


LENGTHS = [
    Row("a body without a length ends with its connection",
        (File(CONTENT, until_close=True),), Finished(CONTENT), kill=Kill(1, 300_000), requests=1),
    # RFC 9112 knows no better; who knows the size says so.
    Row("a body without a length that is shorter than expected is not the file",
        (spelled(body=BODY[:CUT]),), Failed("changed"), options={"expected-size": SIZE}, requests=1),
    Row("a body shorter than its length is continued",
        (spelled(LENGTH, 'ETag: "one"', body=BODY[:-1]), WHOLE), Finished(CONTENT), requests=2),
    Row("bytes behind a body's length do not enter the file",
        (spelled(LENGTH, body=BODY + b"and more"),), Finished(CONTENT), requests=1),
    Row("a length of zero is an empty file, whatever follows",
        (spelled("Content-Length: 0", body=b"surprise"),), Finished(b""), requests=1),
    Row("a negative length is none", length("-1"), Failed("protocol"), requests=1),
    Row("a length with a sign is none", length(f"+{SIZE}"), Failed("protocol"), requests=1),
    Row("a length in hexadecimal is none", length(f"{SIZE:#x}"), Failed("protocol"), requests=1),
    Row("a length with a unit is none", length(f"{SIZE} bytes"), Failed("protocol"), requests=1),
    Row("an empty length is none", length(""), Failed("protocol"), requests=1),
    Row("a length of 2^63 is more than any file has", length(str(2**63)), Failed("protocol"), requests=1),
    Row("a length that wraps around to 5 is none", length(str(2**64 + 5)), Failed("protocol"), requests=1),
    Row("a length that no disk has room for waits for one",
        (spelled(f"Content-Length: {2**62}", body=BODY, ends=False),), Waits("disk-space", ("waiting",)), requests=1),
    Row("a length of a thousand digits is none", length("9" * 1000), Failed("protocol"), requests=1),
    Row("two lengths that differ are none",
        (spelled("Content-Length: 100", LENGTH, body=BODY),), Failed("protocol"), requests=1),
    Row("a list of lengths that differ is none", length(f"100, {SIZE}"), Failed("protocol"), requests=1),
    Row("two lengths that are equal count once",
        (spelled(LENGTH, LENGTH, body=BODY),), Finished(CONTENT), requests=1),
    Row("a list of equal lengths counts once", length(f"{SIZE}, {SIZE}"), Finished(CONTENT), requests=1),
    Row("chunks count more than a length beside them",
        (spelled("Content-Length: 5", CHUNKED, body=chunk(BODY) + LAST_CHUNK),), Finished(CONTENT), requests=1),
    Row("a body without end is broken off where max-size says",
        (endless(),), Failed("limit"), options={"max-size": 1_000_000}, kill=Kill(1, 500_000), requests=1),
    Row("a body that announces more than max-size is broken off at once",
        (File(CONTENT),), Failed("limit"), options={"max-size": SIZE - 1}, requests=1),
    Row("a body that has another size than expected is not the file",
        (File(CONTENT),), Failed("changed"), options={"expected-size": SIZE + 1}, requests=1),
    Row("chunks that have another size than expected together are not the file",
        (File(CONTENT, chunked=True),), Failed("changed"), options={"expected-size": SIZE - 1}, requests=1),
    Row("a body that is always shorter than its length is not the file",
        (spelled(LENGTH, body=BODY[:-1]),), Failed("incomplete", ("resumed-from-zero",) * 2), options={"retries": 2},
        requests=3),
]

CHUNKS = [
    Row("a chunk size that is no number ends the task",
        (chunks(b"xyz\r\nhello\r\n", LAST_CHUNK),), Failed("protocol"), options=ONE_TRY, requests=1),
    Row("a negative chunk size ends the task",
        (chunks(b"-5\r\nhello\r\n", LAST_CHUNK),), Failed("protocol"), options=ONE_TRY, requests=1),
    Row("a chunk size that overflows ends the task",
        (chunks(b"F" * 17 + b"\r\nhello\r\n", LAST_CHUNK),), Failed("protocol"), options=ONE_TRY, requests=1),
    Row("a chunk that is longer than it says ends the task",
        (chunks(chunk(BODY[:1000]), b"5\r\nhello and more\r\n", LAST_CHUNK),), Failed("protocol"), options=ONE_TRY, requests=1),
    Row("a bad chunk after good ones leaves nothing behind",
        (chunks(chunk(BODY[:CUT]), b"oops\r\n", headers=ETAG),), Failed("protocol"), options=ONE_TRY, requests=1),
    Row("a chunk extension may be long",
        (chunks(chunk(BODY, ";name=" + "x" * 10_000), LAST_CHUNK),), Finished(CONTENT), requests=1),
    Row("a chunk that breaks off is continued",
        (chunks(chunk(BODY)[:CUT], headers=ETAG), WHOLE), Finished(CONTENT), requests=2),
    Row("a last chunk that breaks off before its end is not the end",
        (chunks(chunk(BODY), b"0\r\n"), WHOLE), Finished(CONTENT, ("resumed-from-zero",)), requests=2),
    Row("fields behind the last chunk change nothing",
        (chunks(chunk(BODY), b"0\r\nContent-Length: 5\r\nETag: \"two\"\r\nLocation: /\r\n\r\n"),), Finished(CONTENT), requests=1),
    Row("many fields behind the last chunk change nothing",
        (chunks(chunk(BODY), b"0\r\n" + b"X-Filler: yes\r\n" * 5_000 + b"\r\n"),), Finished(CONTENT), requests=1),
    Row("an answer behind the last chunk is nobody's",
        (chunks(chunk(BODY), LAST_CHUNK, b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad"),), Finished(CONTENT), requests=1),
    Row("a transfer coding that nobody knows ends the task",
        (spelled("Transfer-Encoding: magic", body=BODY),), Failed("encoding"), options=ONE_TRY, requests=1),
    # libcurl shows nothing of it to anybody, so it counts as silence.
    Row("a chunk extension without end is no body",
        (flood(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;name=", b"x" * 10_000),),
        Failed("timeout"), options={**ONE_TRY, "request-timeout": microseconds(0.3)}, kill=Kill(1, 5_000), requests=1),
    Row("fields without end behind the last chunk are cut off",
        (flood(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(b"hello") + b"0\r\n",
               b"X-Filler: yes\r\n" * 1000),),
        Failed("limit"), options=ONE_TRY, kill=Kill(1, 5_000), requests=1),
]


@both_ways(LENGTHS + CHUNKS)
def test_framing(stage: Stage, row: Row, killed: bool) -> None:
    play(stage, row, killed)
