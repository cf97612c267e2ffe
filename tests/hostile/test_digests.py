"""Servers whose digests (RFC 9530) do not fit their bytes, or are no digests."""

import base64
import hashlib

from hostile.entity import BODY, CONTENT, CUT, ETAG, FIRST, WHOLE
from hostile.row import Failed, Finished, Row, Stage, both_ways, play
from servers.behaviours import File
from servers.exchange import Header
from servers.misbehaviours import part


def digest(data: bytes, algorithm: str = "sha-256", field: str = "Repr-Digest") -> Header:
    value = hashlib.new(algorithm.replace("-", ""), data).digest()
    return field, f"{algorithm}=:{base64.b64encode(value).decode()}:"


def with_fields(*fields: Header) -> tuple:
    return (File(CONTENT, etag='"one"', headers=fields),)


ROWS = [
    Row("a digest of other bytes ends the task", with_fields(digest(b"other")), Failed("checksum"), requests=1),
    Row("a longer digest of other bytes ends the task",
        with_fields(digest(b"other", "sha-512")), Failed("checksum"), requests=1),
    Row("a digest of other content ends the task",
        with_fields(digest(b"other", field="Content-Digest")), Failed("checksum"), requests=1),
    Row("of two digests the stronger one counts",
        with_fields(("Repr-Digest", f"{digest(BODY)[1]}, {digest(b'other', 'sha-512')[1]}")), Failed("checksum"), requests=1),
    Row("a digest of the right bytes is one", with_fields(digest(BODY)), Finished(CONTENT), requests=1),
    Row("a digest in letters that mean nothing is none",
        with_fields(("Repr-Digest", "sha-256=:not base64 at all:")), Finished(CONTENT), requests=1),
    Row("a digest that is too short is none", with_fields(("Repr-Digest", "sha-256=:AAAA:")), Finished(CONTENT), requests=1),
    Row("a digest without its colons is none", with_fields(("Repr-Digest", "sha-256=AAAA")), Finished(CONTENT), requests=1),
    Row("a digest field of noise is none", with_fields(("Repr-Digest", "\xff\x01=:,,;;:")), Finished(CONTENT), requests=1),
    Row("a digest of an algorithm that nobody trusts is passed over",
        with_fields(("Repr-Digest", "md5=:AAAAAAAAAAAAAAAAAAAAAA==:, adler=:AAAAAA==:")), Finished(CONTENT), requests=1),
    Row("a digest is also checked over a broken connection",
        (File(CONTENT, etag='"one"', cut=CUT, headers=(digest(b"other"),)), WHOLE), Failed("checksum"), requests=2),
    Row("a digest that is right is right over a broken connection",
        (File(CONTENT, etag='"one"', cut=CUT, headers=(digest(BODY),)), WHOLE), Finished(CONTENT), requests=2),
    Row("a digest of the part is not one of the file",
        (FIRST, part(CONTENT, *ETAG, digest(BODY[CUT:], field="Content-Digest")), WHOLE), Finished(CONTENT), requests=2),
    Row("a digest that comes with the second part counts as well",
        (FIRST, part(CONTENT, *ETAG, digest(b"other"))), Failed("checksum"), requests=2),
    Row("a checksum that the client gave counts, whatever the server says",
        with_fields(digest(BODY)), Failed("checksum"), options={"checksum": "sha-256=" + hashlib.sha256(b"other").hexdigest()},
        requests=1),
    Row("a checksum that the client gave and that fits does not excuse the server's",
        with_fields(digest(b"other")), Failed("checksum"), options={"checksum": "sha-256=" + hashlib.sha256(BODY).hexdigest()},
        requests=1),
]


@both_ways(ROWS)
def test_digests(stage: Stage, row: Row, killed: bool) -> None:
    play(stage, row, killed)
