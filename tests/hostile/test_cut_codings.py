"""Servers that encode what they send: unasked, in codings that nobody knows, or wrongly."""

import gzip

from hostile.entity import BODY, CUT
from hostile.row import Failed, Row, Stage, both_ways, play
from servers.behaviours import Behaviour
from servers.misbehaviours import spelled

ZIPPED = gzip.compress(BODY, 1, mtime=0)
BOMB = gzip.compress(bytes(50 << 20), 1, mtime=0)
ASKED = {"compressed": True}


def encoded(body: bytes, coding: str, *fields: str) -> Behaviour:
    return spelled(f"Content-Encoding: {coding}", f"Content-Length: {len(body)}", *fields, body=body)


ROWS = [
    Row("a coding that ends in its middle is no file",
        (encoded(ZIPPED[:CUT], "gzip"),), Failed("encoding"), options={**ASKED, "retries": 0}, requests=1),
    Row("a coding without its check at the end is no file",
        (encoded(ZIPPED[:-8], "gzip"),), Failed("encoding"), options={**ASKED, "retries": 0}, requests=1),
]


@both_ways(ROWS)
def test_codings(stage: Stage, row: Row, killed: bool) -> None:
    play(stage, row, killed)
