"""What is sent again, and what must not be; answers that come before the body's end."""

from pathlib import Path

import pytest

from bus.expect import refused
from harness.client import Session
from harness.deadline import wait_until
from harness.machine import Machine
from servers.behaviours import raw, status
from servers.scripted import ScriptedServer
from servers.uploads.answers import (
    accept, cut, cut_before_the_answer, early, held, read_then, silent_after_the_body, stalls)
from servers.uploads.gate import Gate
from uploads.expect import (
    CONTENT, FOR_HOURS, IMPATIENT, LARGE, MAY_HAVE_IT, QUICK, failed, finished, sha256, sha256s, taken_once)

NOT_TWICE = {"resumable": "off", **QUICK, "start": True}


@pytest.mark.parametrize("trouble", [
    cut(0), cut(1), cut(200_000), cut(200_000, resets=True), read_then(raw(b"")), read_then(status(503)),
    read_then(status(500)),
    read_then(status(429)), early(503)],
    ids=["before the body", "first byte", "middle", "reset", "no answer", "503", "500", "429", "early 503"])
def test_a_put_is_sent_again(session: Session, server: ScriptedServer, source: Path, trouble) -> None:
    resource = server.serve(trouble, accept())
    details = finished(session.upload(resource.url, source, {"start": True, **QUICK}))
    taken_once(resource.copies)
    assert details["attempts"] == 2 and len(resource.requests) == 2


def test_retries_are_used_up(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(cut(1000))
    failed(session.upload(resource.url, source, {"retries": 2, "start": True, **QUICK}), "connection", "incomplete")
    assert len(resource.requests) == 3 and resource.copies == []


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("trouble, copies", [(cut(1), 0), (cut(200_000), 0), (cut_before_the_answer(), 1)],
                         ids=["first byte", "middle", "last byte"])
def test_what_may_have_been_acted_on_is_not_sent_again(session: Session, server: ScriptedServer, source: Path,
                                                       method: str, trouble, copies: int) -> None:
    resource = server.serve(trouble, accept())
    failed(session.upload(resource.url, source, {"method": method, **NOT_TWICE}), "connection", "incomplete",
           says=MAY_HAVE_IT)
    assert len(resource.requests) == 1 and len(resource.copies) == copies


@pytest.mark.parametrize("choice", [{"retry-non-idempotent": True}, {"headers": {"Idempotency-Key": "9c1"}},
                                    {"headers": {"idempotency-key": "9c1"}}], ids=["option", "header", "small header"])
def test_what_may_be_sent_twice_is(session: Session, server: ScriptedServer, source: Path, choice: dict) -> None:
    resource = server.serve(cut(200_000), cut_before_the_answer(), accept())
    finished(session.upload(resource.url, source, {"method": "POST", **NOT_TWICE, **choice}))
    assert sha256s(resource.copies) == [sha256(CONTENT)] * 2
    keys = {request.header("Idempotency-Key") for request in resource.requests}
    assert keys == ({"9c1"} if "headers" in choice else {None})


def test_a_put_whose_answer_was_lost_is_sent_again(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(cut_before_the_answer(), accept())
    finished(session.upload(resource.url, source, {"start": True, **QUICK}))
    assert sha256s(resource.copies) == [sha256(CONTENT)] * 2


def test_silence_behind_the_body(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(silent_after_the_body(), accept())
    finished(session.upload(resource.url, source, {"start": True, **IMPATIENT}))
    posted = server.serve(silent_after_the_body(), accept())
    failed(session.upload(posted.url, source, {"method": "POST", "resumable": "off", "start": True, **IMPATIENT}),
           "timeout", says=MAY_HAVE_IT)
    assert len(posted.requests) == 1


def test_a_server_that_stops_reading(session: Session, server: ScriptedServer, large: Path) -> None:
    resource = server.serve(stalls(100_000), accept())
    finished(session.upload(resource.url, large, {"start": True, **IMPATIENT}), 30)
    taken_once(resource.copies, LARGE)


def test_a_slow_reader_is_no_silence(session: Session, server: ScriptedServer, large: Path) -> None:
    resource = server.serve(accept(rate=24 << 20))
    finished(session.upload(resource.url, large, {"start": True, "retries": 0, **IMPATIENT}))
    taken_once(resource.copies, LARGE)


def test_a_delay_that_the_server_asked_for(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(read_then(status(503, ("Retry-After", "1"))), accept())
    finished(session.upload(resource.url, source, {"start": True, **QUICK}))
    first, second = resource.requests
    assert second.when - first.when >= 1


def test_a_delay_survives_a_restart(machine: Machine, session: Session, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(read_then(status(503, FOR_HOURS)), accept())
    task = session.upload(resource.url, source, {"start": True, **QUICK})
    task.wait_for(lambda t: t.blocked_by == ["retry-delay"], "blocked by the delay")
    machine.restart()
    task = machine.client().task(task.id)
    assert task.blocked_by == ["retry-delay"] and len(resource.requests) == 1


@pytest.mark.parametrize("code", [413, 403, 404, 409, 507])
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_an_early_refusal_ends_the_sending(session: Session, server: ScriptedServer, large: Path, code: int,
                                           method: str) -> None:
    resource = server.serve(early(code, after=100_000, body=b"no\n"))
    details = failed(session.upload(resource.url, large, method=method, retries=0, start=True), "http-status")
    assert details["status"] == code
    wait_until(lambda: resource.requests[0].is_over, "the end of the sending")
    assert resource.received < LARGE.size // 2, "it went on sending"
    assert len(resource.requests) == 1


def test_an_early_refusal_of_a_server_that_reads_no_more(session: Session, server: ScriptedServer, large: Path) -> None:
    resource = server.serve(early(413, after=100_000, reads_on=False))
    assert failed(session.upload(resource.url, large, start=True), "http-status")["status"] == 413
    assert resource.received == 100_000


def test_an_early_success_counts_only_with_the_body(session: Session, server: ScriptedServer, large: Path) -> None:
    """A server may answer before it has everything; then it wanted no more. It must not look like a whole upload."""
    resource = server.serve(early(200, after=100_000), accept())
    task = session.upload(resource.url, large, {"start": True, **QUICK})
    state, reason = task.wait(30)
    if state == "finished":
        taken_once(resource.copies, LARGE)
    else:
        assert reason in ("incomplete", "protocol", "connection")


def test_an_upload_can_be_suspended_and_goes_on(session: Session, server: ScriptedServer, source: Path) -> None:
    gate = Gate()
    resource = server.serve(held(gate, accept()), accept())
    task = session.upload(resource.url, source, {"start": True, **QUICK})
    gate.wait_reached()
    task.suspend()
    assert task.state == "suspended"
    gate.open()
    task.resume()
    finished(task)
    assert set(sha256s(resource.copies)) == {sha256(CONTENT)}


def test_what_could_not_be_repeated_cannot_be_suspended(session: Session, server: ScriptedServer, source: Path) -> None:
    gate = Gate()
    resource = server.serve(read_then(held(gate, accept())))
    task = session.upload(resource.url, source, {"method": "POST", **NOT_TWICE})
    gate.wait_reached()
    with refused("InvalidState"):
        task.suspend()
    gate.open()
    finished(task)
    assert len(resource.requests) == 1


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_an_upload_can_be_cancelled(session: Session, server: ScriptedServer, large: Path, method: str) -> None:
    resource = server.serve(stalls(100_000))
    task = session.upload(resource.url, large, method=method, resumable="off", start=True)
    wait_until(lambda: resource.received == 100_000, "the server to stop reading")
    task.cancel()
    assert task.wait() == ("cancelled", "client") and resource.copies == []
