"""S3 multipart uploads with URLs that the client had signed."""

import re
from pathlib import Path
from typing import Any

import pytest

from bus.expect import refused
from harness.client import Session
from harness.deadline import wait_until
from harness.machine import Machine
from servers.behaviours import Behaviour, status
from servers.scripted import ScriptedServer
from servers.uploads.answers import accept, cut, early, in_turn, read_then, stalls
from uploads.expect import CONTENT, QUICK, failed, finished, sha256, sha256s

PART = 100_000
COUNT = CONTENT.size // PART
DONE = accept(200, ("Content-Type", "application/xml"), body=b"<CompleteMultipartUploadResult/>")
ERROR = b"<?xml version='1.0'?>\n<Error><Code>%b</Code><Message>No way</Message></Error>"


class Bucket:
    """Parts, completion and abortion, each a resource of its own."""

    def __init__(self, server: ScriptedServer, complete: Behaviour = DONE, **parts: Behaviour) -> None:
        """`parts`: part1=..., other answers than the good one."""
        self.parts = [server.serve(parts.get(f"part{number}", accept(200, ("ETag", f'"tag-{number}"'))))
                      for number in range(1, COUNT + 1)]
        self.complete = server.serve(complete)
        self.abort = server.serve(accept(204))

    def options(self, **choice: Any) -> dict[str, Any]:
        return {"resumable": "s3", "part-urls": [part.url for part in self.parts], "part-size": PART,
                "abort-url": self.abort.url, "start": True, **QUICK,
                **{key.replace("_", "-"): value for key, value in choice.items()}}


def part_of(number: int) -> bytes:
    return CONTENT.read(number * PART, PART)


def test_parts_and_their_completion(session: Session, server: ScriptedServer, source: Path) -> None:
    bucket = Bucket(server)
    finished(session.upload(bucket.complete.url, source, bucket.options()))
    for number, part in enumerate(bucket.parts):
        assert sha256s(part.copies) == [sha256(part_of(number))] and part.copies[0].method == "PUT"
    request, = bucket.complete.requests
    document = request.body.kept.decode()
    assert request.method == "POST" and document.startswith("<CompleteMultipartUpload")
    assert re.findall(r"<PartNumber>(\d+)</PartNumber>", document) == [str(number) for number in range(1, COUNT + 1)]
    assert re.findall(r"<ETag>(?:&quot;|\")?(.*?)(?:&quot;|\")?</ETag>",
                      document) == [f"tag-{number}" for number in range(1, COUNT + 1)]
    assert bucket.abort.requests == []


def test_parts_come_at_the_same_time(session: Session, server: ScriptedServer, source: Path) -> None:
    slow = accept(200, ("ETag", '"slow"'), rate=200_000)
    bucket = Bucket(server, part1=slow, part2=slow, part3=slow)
    finished(session.upload(bucket.complete.url, source, bucket.options(connections=3)))
    starts = [part.requests[0].when for part in bucket.parts[:3]]
    assert max(starts) - min(starts) < 0.3, "one waited for the other"


@pytest.mark.parametrize("trouble", [cut(1000), cut(PART), read_then(status(500)), read_then(status(503))],
                         ids=["cut", "lost answer", "500", "503"])
def test_a_part_is_sent_again_and_no_other(session: Session, server: ScriptedServer, source: Path,
                                           trouble: Behaviour) -> None:
    bucket = Bucket(server, part2=in_turn(trouble, accept(200, ("ETag", '"tag-2"'))))
    finished(session.upload(bucket.complete.url, source, bucket.options(connections=1)))
    assert [len(part.requests) for part in bucket.parts] == [1, 2, 1, 1]


@pytest.mark.parametrize("code", [400, 403, 404])
def test_a_part_that_is_refused(session: Session, server: ScriptedServer, source: Path, code: int) -> None:
    bucket = Bucket(server, part2=early(code, body=ERROR % b"AccessDenied"))
    failed(session.upload(bucket.complete.url, source, bucket.options(retries=2)), "http-status")
    assert bucket.complete.requests == []
    wait_until(lambda: [request.method for request in bucket.abort.requests] == ["DELETE"], "the abortion")


def test_a_part_without_an_etag(session: Session, server: ScriptedServer, source: Path) -> None:
    bucket = Bucket(server, part3=accept(200))
    failed(session.upload(bucket.complete.url, source, bucket.options(retries=1)), "protocol")
    assert bucket.complete.requests == []


@pytest.mark.parametrize("code", [b"InvalidPart", b"EntityTooSmall", b"NoSuchUpload"])
@pytest.mark.parametrize("answer", [200, 400])
def test_an_error_instead_of_the_completion(session: Session, server: ScriptedServer, source: Path, answer: int,
                                            code: bytes) -> None:
    """S3 may answer with 200 and an error in the document."""
    bucket = Bucket(server, accept(answer, ("Content-Type", "application/xml"), body=ERROR % code))
    failed(session.upload(bucket.complete.url, source, bucket.options(retries=2)), "http-status", "rejected",
           "protocol")
    assert len(bucket.complete.requests) <= 4


def test_a_completion_that_works_the_second_time(session: Session, server: ScriptedServer, source: Path) -> None:
    bucket = Bucket(server, in_turn(accept(200, body=ERROR % b"InternalError"), DONE))
    finished(session.upload(bucket.complete.url, source, bucket.options()))
    assert len(bucket.complete.requests) == 2 and [len(part.requests) for part in bucket.parts] == [1] * COUNT


def test_cancelling_aborts(session: Session, server: ScriptedServer, source: Path) -> None:
    bucket = Bucket(server, part2=stalls(1000))
    task = session.upload(bucket.complete.url, source, bucket.options())
    wait_until(lambda: bucket.parts[1].received == 1000, "the second part")
    task.cancel()
    wait_until(lambda: [request.method for request in bucket.abort.requests] == ["DELETE"], "the abortion")
    assert bucket.complete.requests == []


def test_the_parts_that_are_there_survive_a_crash(machine: Machine, session: Session, server: ScriptedServer,
                                                  source: Path) -> None:
    bucket = Bucket(server, part3=in_turn(stalls(1000), accept(200, ("ETag", '"tag-3"'))))
    task = session.upload(bucket.complete.url, source, bucket.options(connections=1))
    wait_until(lambda: bucket.parts[2].received == 1000, "the third part")
    # It begins before the second one's entity tag is committed; its bytes are told of behind that.
    task.wait_for(lambda t: t.done > 2 * PART, "two parts and some bytes of the third in the journal")
    machine.restart()
    finished(machine.client().task(task.id))
    assert [len(part.requests) for part in bucket.parts] == [1, 1, 2, 1]


@pytest.mark.parametrize("change",
                         [{"part-urls": ["http://127.0.0.1/1"]}, {"part-size": PART - 1}, {"part-size": 10 * PART}],
                         ids=["too few", "too small parts", "too many"])
def test_parts_that_do_not_make_the_file(session: Session, server: ScriptedServer, source: Path,
                                         change: dict[str, Any]) -> None:
    bucket = Bucket(server)
    with refused("InvalidArgument"):
        session.upload(bucket.complete.url, source, {**bucket.options(), **change})


def test_what_s3_needs(session: Session, server: ScriptedServer, source: Path) -> None:
    bucket = Bucket(server)
    for key in ("part-urls", "part-size"):
        options = bucket.options()
        del options[key]
        with refused("InvalidArgument", key):
            session.upload(bucket.complete.url, source, options)
