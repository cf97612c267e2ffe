"""Expect: 100-continue, redirects, and what is kept of an answer."""

from pathlib import Path
from typing import Optional

import pytest

from bus.expect import refused
from harness.client import Session, microseconds
from servers.behaviours import raw, status
from servers.scripted import ScriptedServer
from servers.uploads.answers import (
    accept, by_method, early, endless_answer, interims, read_then, redirect, refuse_expectation)
from uploads.expect import CONTENT, LARGE, QUICK, failed, finished, sha256, sha256s, taken_once


@pytest.mark.parametrize("continues", [True, False], ids=["answered", "ignored"])
def test_an_expectation(session: Session, server: ScriptedServer, large: Path, continues: bool) -> None:
    resource = server.serve(accept(continues=continues))
    finished(session.upload(resource.url, large, start=True))
    taken_once(resource.copies, LARGE)


def test_an_expectation_that_is_refused(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(refuse_expectation(accept()))
    task = session.upload(resource.url, source, {**QUICK, "start": True})
    finished(task)
    taken_once(resource.copies)


def test_interim_answers_are_no_answer(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(interims(20, accept(), 102), name="processing")
    finished(session.upload(resource.url, source, start=True))
    taken_once(resource.copies)


def test_interim_answers_without_end(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(interims(None, accept(), 102, ("X-Padding", "x" * 1000)))
    task = session.upload(resource.url, source,
                          {"resource-timeout": microseconds(2), "retries": 1, **QUICK, "start": True})
    failed(task, "deadline", "limit", "protocol")


@pytest.mark.parametrize("reads", [True, False], ids=["after the body", "before it"])
@pytest.mark.parametrize("code", [307, 308])
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_redirect_that_keeps_the_body(session: Session, server: ScriptedServer, other_server: ScriptedServer,
                                        source: Path, code: int, method: str, reads: bool) -> None:
    far = other_server.serve(accept(200, body=b"far"))
    near = server.serve(redirect(far.url, code, reads))
    task = session.upload(near.url, source, {"method": method, "headers": {"X-Api-Key": "k"}, "start": True})
    assert finished(task)["status"] == 200
    taken_once(far.copies)
    assert (far.copies[0].method, far.requests[0].header("X-Api-Key")) == (method, None)
    assert near.copies == []


@pytest.mark.parametrize("method, code, then", [
    ("PUT", 303, "GET"), ("POST", 303, "GET"), ("POST", 301, "GET"), ("POST", 302, "GET"), ("PUT", 301, "PUT"),
    ("PUT", 302, "PUT")])
def test_a_redirect_that_may_change_the_method(session: Session, server: ScriptedServer, source: Path, method: str,
                                               code: int, then: str) -> None:
    far = server.serve(by_method(GET=status(200, body=b"the result\n"), PUT=accept(200, body=b"the result\n")))
    near = server.serve(redirect(far.url, code))
    task = session.upload(near.url, source, method=method, start=True)
    finished(task)
    assert [request.method for request in far.requests] == [then]
    assert far.received == (CONTENT.size if then == "PUT" else 0)
    with task.open_result() as result:
        assert result.read() == b"the result\n"


def test_redirects_can_be_denied(session: Session, server: ScriptedServer, other_server: ScriptedServer,
                                 source: Path) -> None:
    far = other_server.serve(accept())
    for choice in ("deny", "same-origin"):
        failed(session.upload(server.serve(redirect(far.url, 307, reads=False)).url, source, redirects=choice,
                              start=True), "redirect")
    assert far.requests == []


def test_a_redirect_without_end(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(status(500))
    resource.behaviours = (redirect(resource.url, 307),)
    failed(session.upload(resource.url, source, start=True), "redirect")
    assert len(resource.requests) <= 21


def test_what_is_kept_of_an_answer(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(accept(201, ("X-Id", "17"), ("Location", "/made/17"), ("Set-Cookie", "id=secret"),
                                   body=b'{"id": 17}\n'))
    task = session.upload(resource.url, source, start=True)
    details = finished(task)
    headers = {name.lower(): value for name, value in details["reply-headers"].items()}
    assert (headers["x-id"], headers["location"]) == ("17", "/made/17") and "set-cookie" not in headers
    assert (details["reply-size"], details["reply-truncated"]) == (11, False)
    with task.open_result() as result:
        assert result.read() == b'{"id": 17}\n'


def test_the_answer_of_a_failure_is_kept_too(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(read_then(status(422, ("X-Why", "mood"), body=b"not today\n")))
    task = session.upload(resource.url, source, start=True)
    details = failed(task, "http-status")
    assert details["status"] == 422 and {k.lower(): v for k, v in details["reply-headers"].items()}["x-why"] == "mood"
    with task.open_result() as result:
        assert result.read() == b"not today\n"


def test_an_answer_without_a_body(session: Session, server: ScriptedServer, source: Path) -> None:
    task = session.upload(server.serve(accept(204)).url, source)
    with refused("InvalidState"):
        task.open_result()
    task.resume()
    assert finished(task)["reply-size"] == 0


def test_a_long_answer_is_cut(session: Session, server: ScriptedServer, source: Path) -> None:
    task = session.upload(server.serve(accept(200, body=bytes(3 << 20))).url, source, start=True)
    details = finished(task)
    assert details["reply-truncated"] is True
    with task.open_result() as result:
        assert len(result.read()) == 1 << 20


def test_an_answer_without_end(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(endless_answer(rate=20_000_000))
    task = session.upload(resource.url, source, {"resource-timeout": microseconds(3), **QUICK, "start": True})
    state, reason = task.wait()
    assert (state, reason) == ("finished", "") or reason in ("deadline", "limit")
    assert set(sha256s(resource.copies)) == {sha256(CONTENT)}


@pytest.mark.parametrize("head", [
    b"HTTP/1.1 201 Created\r\n" + b"X-Long: " + b"x" * 500_000 + b"\r\n\r\n",
    b"HTTP/1.1 201 Created\r\n" + b"X-Many: x\r\n" * 40_000 + b"\r\n"], ids=["one field", "many fields"])
def test_huge_headers_of_an_answer(session: Session, server: ScriptedServer, source: Path, head: bytes) -> None:
    resource = server.serve(read_then(raw(head)))
    task = session.upload(resource.url, source, {"retries": 1, **QUICK, "start": True})
    failed(task, "limit", "protocol", "incomplete", "connection")
    assert len(str(task.details().get("reply-headers", {}))) < 20_000


def test_many_headers_are_kept_in_part(session: Session, server: ScriptedServer, source: Path) -> None:
    fields = [(f"X-{number}", "y" * 200) for number in range(150)]
    details = finished(session.upload(server.serve(accept(200, *fields)).url, source, start=True))
    assert 0 < sum(len(name) + len(value) for name, value in details["reply-headers"].items()) <= 16 << 10


@pytest.mark.parametrize("garbage", [b"220 mail.example.com\r\n", b"HTTP/1.1 \xff\r\n\r\n",
                                     b"HTTP/1.1 201\x00 Created\r\n\r\n", b"\r\n\r\n"])
def test_answers_that_are_none(session: Session, server: ScriptedServer, source: Path, garbage: bytes) -> None:
    task = session.upload(server.serve(read_then(raw(garbage))).url, source, {"retries": 1, **QUICK, "start": True})
    failed(task, "protocol", "incomplete", "connection")


@pytest.mark.parametrize("accept_status", [None, "any", "418"])
def test_accepted_statuses(session: Session, server: ScriptedServer, source: Path,
                           accept_status: Optional[str]) -> None:
    options = {"accept-status": accept_status} if accept_status else {}
    task = session.upload(server.serve(early(418, after=CONTENT.size)).url, source, {**options, "start": True})
    assert task.wait() == (("finished", "") if accept_status else ("failed", "http-status"))
