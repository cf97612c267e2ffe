"""Content-Range sessions, where the server does not behave well."""

from pathlib import Path

import pytest

from harness.client import Session
from servers.behaviours import Behaviour, status
from servers.exchange import Exchange
from servers.scripted import Resource, ScriptedServer
from servers.uploads.answers import accept, by_method, cut, cut_before_the_answer, in_turn, read_then
from uploads.expect import CONTENT, LARGE, MAY_HAVE_IT, QUICK, failed, finished, taken_once, types

SESSION = {"resumable": "content-range", "start": True, **QUICK}
MIDDLE = CONTENT.size // 2


def incomplete(range: str = "") -> Behaviour:
    return accept(308, *([("Range", range)] if range else []), keeps=False)


def sessions(server: ScriptedServer, *, ask: Behaviour = incomplete(f"bytes=0-{MIDDLE - 1}"),
             put: Behaviour = accept(200, body=b"{}")) -> Resource:
    """A resource that is collection and session in one. `ask` answers questions, `put` bytes."""
    async def answer(exchange: Exchange) -> None:
        is_question = (exchange.request.header("Content-Range") or "").startswith("bytes */")
        await (ask if is_question else put)(exchange)
    resource = server.serve(status(500))
    resource.behaviours = (by_method(POST=accept(200, ("Location", resource.url), keeps=False), PUT=answer,
                                     DELETE=accept(499)),)
    return resource


def ranges(resource: Resource) -> list[str]:
    return [request.header("Content-Range") or request.method for request in resource.requests]


def test_the_way_of_an_upload(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = sessions(server, put=in_turn(cut(MIDDLE), accept(200, body=b"{}")))
    task = session.upload(resource.url, source, {**SESSION, "content-type": "image/png"})
    finished(task)
    last = CONTENT.size - 1
    assert ranges(resource) == ["POST", f"bytes 0-{last}/{CONTENT.size}", f"bytes */{CONTENT.size}",
                                f"bytes {MIDDLE}-{last}/{CONTENT.size}"]
    created = resource.requests[0]
    assert (created.header("X-Upload-Content-Length"), created.header("X-Upload-Content-Type")) == (str(CONTENT.size),
                                                                                                    "image/png")
    assert resource.requests[-1].body.kept == CONTENT.read_all()[MIDDLE:]
    with task.open_result() as result:
        assert result.read() == b"{}"


def test_a_308_is_no_redirect(session: Session, server: ScriptedServer, other_server: ScriptedServer,
                              source: Path) -> None:
    far = other_server.serve(accept())
    resource = sessions(server, put=in_turn(
        accept(308, ("Range", f"bytes=0-{MIDDLE - 1}"), ("Location", far.url), keeps=False), accept(200)))
    finished(session.upload(resource.url, source, SESSION))
    assert far.requests == []


def test_nothing_was_kept(session: Session, server: ScriptedServer, source: Path) -> None:
    """A 308 without a Range: the server has no byte."""
    resource = sessions(server, ask=incomplete(), put=in_turn(cut(MIDDLE), accept(200)))
    finished(session.upload(resource.url, source, SESSION))
    assert ranges(resource)[-1] == f"bytes 0-{CONTENT.size - 1}/{CONTENT.size}"


def test_a_lost_answer(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = sessions(server, ask=accept(200, body=b"{}"), put=cut(CONTENT.size))
    finished(session.upload(resource.url, source, SESSION))
    assert len(resource.requests) == 3


@pytest.mark.parametrize("says",
                         ["bytes=5-10", "bytes=0-", "bytes=0-x", "0-9999999999999999999999", "banana", "bytes=0--1",
                                  f"bytes=0-{CONTENT.size}", "bytes=0-1,3-4"])
def test_a_range_that_is_none(session: Session, server: ScriptedServer, source: Path, says: str) -> None:
    resource = sessions(server, ask=incomplete(says), put=cut(MIDDLE))
    failed(session.upload(resource.url, source, SESSION), "protocol")
    assert len(resource.requests) < 8


@pytest.mark.parametrize("says", ["", "bytes=0-99", f"bytes=0-{CONTENT.size - 1}"],
                         ids=["nothing", "always the same", "all"])
def test_a_range_that_stands_still(session: Session, server: ScriptedServer, source: Path, says: str) -> None:
    resource = sessions(server, ask=incomplete(says), put=incomplete(says))
    failed(session.upload(resource.url, source, {**SESSION, "retries": 100}), "rejected")
    assert len(resource.requests) < 40


@pytest.mark.parametrize("code", [404, 410])
def test_a_session_that_is_gone(session: Session, server: ScriptedServer, large: Path, code: int) -> None:
    resource = sessions(server, ask=accept(code, keeps=False),
                        put=in_turn(incomplete("bytes=0-999"), cut(1 << 20), accept(200)))
    task = session.upload(resource.url, large, SESSION)
    finished(task, 30)
    assert ranges(resource).count("POST") == 2
    taken_once(resource.copies, LARGE)
    assert types(session, task) == ["resumed-from-zero", "completed"]


def test_a_session_that_is_gone_behind_its_last_byte(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = sessions(server, ask=accept(404, keeps=False), put=cut_before_the_answer())
    failed(session.upload(resource.url, source, SESSION), "http-status", says=MAY_HAVE_IT)
    taken_once(resource.copies)
    assert ranges(resource).count("POST") == 1


def test_no_location(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(by_method(POST=accept(200)))
    failed(session.upload(resource.url, source, SESSION), "protocol")


@pytest.mark.parametrize("code", [400, 403, 413])
def test_a_refused_session(session: Session, server: ScriptedServer, source: Path, code: int) -> None:
    resource = server.serve(by_method(POST=read_then(status(code))))
    assert failed(session.upload(resource.url, source, SESSION), "http-status")["status"] == code


def test_a_server_that_is_busy(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = sessions(server, put=in_turn(read_then(status(503)), accept(200)))
    finished(session.upload(resource.url, source, SESSION))
    assert ranges(resource)[2] == f"bytes */{CONTENT.size}"
