"""Connections that break off at any byte, and servers that fall silent."""

from harness.client import microseconds
from hostile.entity import BODY, CONTENT, CUT, LENGTH, WHOLE
from hostile.row import Failed, Finished, Kill, Row, Stage, both_ways, play
from servers.behaviours import Behaviour, File, endless, raw, silent, trickle
from servers.misbehaviours import reset, truncated

HEAD = f"HTTP/1.1 200 OK\r\n{LENGTH}\r\nETag: \"one\"\r\nX-Last: field\r\n\r\n".encode()
ANSWER = HEAD + BODY
IMPATIENT = {"request-timeout": microseconds(0.3)}

PLACES = {
    "before the first byte": 0,
    "after one byte": 1,
    "within the status code": 10,
    "at the end of the status line": len(b"HTTP/1.1 200 OK\r\n"),
    "within a field's name": len(b"HTTP/1.1 200 OK\r\nConte"),
    "within the length": len(b"HTTP/1.1 200 OK\r\nContent-Length: 60"),
    "before the empty line": len(HEAD) - 2,
    "within the empty line": len(HEAD) - 1,
    "after the head": len(HEAD),
    "after the first byte of the body": len(HEAD) + 1,
    "before the last byte of the body": len(ANSWER) - 1,
}


def cut(place: int) -> Behaviour:
    return raw(ANSWER[:min(place, len(HEAD))], ANSWER[len(HEAD):place])


CUTS = [Row(f"a connection that ends {where} is tried again", (cut(place), WHOLE), Finished(CONTENT), requests=2)
        for where, place in PLACES.items()]

# An RST may overtake the bytes before it, so how many were kept is not known.
RESETS = [
    Row("a connection that is reset before the first byte is tried again",
        (reset(b""), WHOLE), Finished(CONTENT), requests=2),
    Row("a connection that is reset within the head is tried again",
        (reset(HEAD[:30]), WHOLE), Finished(CONTENT), requests=2),
    Row("a connection that is reset within the body is continued",
        (reset(HEAD, BODY[:CUT]), WHOLE), Finished(CONTENT), requests=2),
    Row("a connection that is reset every time ends the task when the retries are used up",
        (reset(b""),), Failed("connection"), options={"retries": 3}),
]

SILENCES = [
    Row("silence before the answer ends the attempt",
        (silent(), WHOLE), Finished(CONTENT), options=IMPATIENT, requests=2),
    Row("silence within the head ends the attempt",
        (silent(HEAD[:30]), WHOLE), Finished(CONTENT), options=IMPATIENT, requests=2),
    Row("silence behind the head ends the attempt",
        (silent(HEAD), WHOLE), Finished(CONTENT), options=IMPATIENT, requests=2),
    Row("silence within the body ends the attempt and keeps the bytes",
        (silent(HEAD + BODY[:CUT]), WHOLE), Finished(CONTENT), options=IMPATIENT, requests=2),
    Row("silence before the last byte ends the attempt and keeps the bytes",
        (silent(ANSWER[:-1]), WHOLE), Finished(CONTENT), options=IMPATIENT, requests=2),
    Row("a server that is always silent ends the task when the retries are used up",
        (silent(),), Failed("timeout"), options={**IMPATIENT, "retries": 1}, kill=Kill(1), requests=2),
    Row("a head that trickles for ever ends with the deadline",
        (trickle(b"HTTP/1.1 200 OK\r\n" + b"X-Slow: loris\r\n" * 1000, 0.02),), Failed("deadline"),
        options={"resource-timeout": microseconds(1)}, kill=Kill(1, 20), requests=1),
    Row("a body without end ends with the deadline",
        (endless(rate=1_000_000),), Failed("deadline"), options={"resource-timeout": microseconds(1)}, kill=Kill(1, 20_000),
        requests=1),
]

def over_tls(*answers: Behaviour):
    return lambda stage: stage.tls_server.serve(*answers)


# Where only the end of the connection ends the body, TLS says whether it was the server that ended it.
TLS = [
    Row("over TLS a body without a length ends with the server's farewell",
        over_tls(File(CONTENT, until_close=True)), Finished(CONTENT), requests=1),
    Row("over TLS a body that is cut off within its length is continued",
        over_tls(truncated(LENGTH, 'ETag: "one"', body=BODY[:CUT]), WHOLE), Finished(CONTENT), requests=2),
    Row("over TLS a body without a length that ends without a farewell was cut off by somebody",
        over_tls(truncated(body=BODY[:CUT]), File(CONTENT)), Finished(CONTENT, ("resumed-from-zero",)), requests=2),
]


@both_ways(CUTS + RESETS + SILENCES + TLS)
def test_breaks(stage: Stage, row: Row, killed: bool) -> None:
    play(stage, row, killed)
