"""Servers that encode what they send: unasked, in codings that nobody knows, or wrongly."""

import gzip

from hostile.entity import BODY, CONTENT, CUT, FROM_ZERO, WHOLE
from hostile.row import Failed, Finished, Row, Stage, both_ways, play
from servers.behaviours import Behaviour, File
from servers.misbehaviours import spelled

ZIPPED = gzip.compress(BODY, 1, mtime=0)
BOMB = gzip.compress(bytes(50 << 20), 1, mtime=0)
ASKED = {"compressed": True}


def encoded(body: bytes, coding: str, *fields: str) -> Behaviour:
    return spelled(f"Content-Encoding: {coding}", f"Content-Length: {len(body)}", *fields, body=body)


UNASKED = [
    # Servers say so of .tar.gz files, and mean the file as it is: it is kept as it comes.
    Row("a coding that nobody asked for is kept as it comes", (encoded(ZIPPED, "gzip"),), Finished(ZIPPED), requests=1),
    Row("a coding that nobody knows is kept as it comes", (encoded(BODY, "x-secret"),), Finished(CONTENT), requests=1),
    Row("several codings are kept as they come", (encoded(ZIPPED, "gzip, br, x-secret"),), Finished(ZIPPED), requests=1),
    Row("encoded bytes are not continued",
        (spelled("Content-Encoding: gzip", f"Content-Length: {len(ZIPPED)}", 'ETag: "one"', body=ZIPPED[:CUT]), WHOLE),
        Finished(CONTENT, FROM_ZERO), requests=2),
    Row("the coding identity is none",
        (File(CONTENT, etag='"one"', cut=CUT, headers=(("Content-Encoding", "identity"),)), WHOLE), Finished(CONTENT), requests=2),
]

DECODED = [
    Row("what was asked for encoded is decoded", (encoded(ZIPPED, "gzip"),), Finished(CONTENT), options=ASKED, requests=1),
    Row("what was asked for encoded may come as it is", (File(CONTENT),), Finished(CONTENT), options=ASKED, requests=1),
    Row("noise instead of a coding is no file",
        (encoded(BODY, "gzip"),), Failed("encoding"), options={**ASKED, "retries": 0}, requests=1),
    Row("a coding with an error in its middle is no file",
        (encoded(ZIPPED[:CUT] + bytes(1000) + ZIPPED[CUT + 1000:], "gzip"),), Failed("encoding"), options={**ASKED, "retries": 0},
        requests=1),
    Row("a coding that nobody knows cannot be decoded",
        (encoded(BODY, "x-secret"),), Failed("encoding"), options={**ASKED, "retries": 0}, requests=1),
    Row("a small answer that unfolds to a large file is broken off where max-size says",
        (encoded(BOMB, "gzip"),), Failed("limit"), options={**ASKED, "max-size": 1_000_000}, requests=1),
    Row("encoded bytes that break off start over",
        (spelled("Content-Encoding: gzip", f"Content-Length: {len(ZIPPED)}", 'ETag: "one"', body=ZIPPED[:CUT]),
         encoded(ZIPPED, "gzip", 'ETag: "one"')), Finished(CONTENT, FROM_ZERO), options=ASKED, requests=2),
    Row("a coding that ends in its middle is no file",
        (encoded(ZIPPED[:CUT], "gzip"),), Failed("encoding"), options={**ASKED, "retries": 0}, requests=1),
    Row("a coding without its check at the end is no file",
        (encoded(ZIPPED[:-8], "gzip"),), Failed("encoding"), options={**ASKED, "retries": 0}, requests=1),
]


@both_ways(UNASKED + DECODED)
def test_codings(stage: Stage, row: Row, killed: bool) -> None:
    play(stage, row, killed)
