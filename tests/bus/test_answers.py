"""What counts as the file and what does not: statuses, syntax, completeness, patience."""

import pytest

from bus.expect import failed, finished, terminal
from harness.client import Session, microseconds
from harness.machine import Machine
from servers.behaviours import Behaviour, File, Part, endless, raw, silent, status, trickle
from servers.content import Content
from servers.scripted import ScriptedServer

CONTENT = Content(seed=91, size=200_000)
BODY = CONTENT.read_all()
LENGTH = b"Content-Length: %d\r\n" % CONTENT.size


def one_attempt(machine: Machine, session: Session, server: ScriptedServer, behaviour: Behaviour):
    task = session.download(server.serve(behaviour).url, destination=machine.downloads / "file", start=True, retries=0,
                            request_timeout=microseconds(0.7))
    return task


@pytest.mark.parametrize("file", [
    File(CONTENT), File(CONTENT, chunked=True), File(CONTENT, until_close=True), File(Content(1, 0)), File(Content(1, 1)),
    File(Content(1, 0), chunked=True), File(Content(1, 0), until_close=True), File(Content(2, 5_000_000)),
], ids=["length", "chunked", "until close", "empty", "one byte", "empty, chunked", "empty, until close", "5 MB"])
def test_a_whole_answer_is_the_file(machine: Machine, session: Session, server: ScriptedServer, file: File) -> None:
    task = one_attempt(machine, session, server, file)
    finished(task, file.content, machine.downloads / "file")
    assert task.details()["bytes-total"] == task.details()["bytes-done"] == file.content.size


@pytest.mark.parametrize("code", [400, 403, 404, 405, 410, 411, 412, 413, 414, 418, 451, 501, 505, 599])
def test_a_final_status_fails_the_task_at_once(machine: Machine, session: Session, server: ScriptedServer, code: int) -> None:
    resource = server.serve(status(code))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True)
    failed(task, "http-status")
    assert len(resource.requests) == 1
    assert terminal(session, task).details["status"] == code
    machine.wait_downloads()


@pytest.mark.parametrize("code", [204, 205, 206, 304])
def test_a_status_whose_body_is_not_the_file_is_no_success(machine: Machine, session: Session, server: ScriptedServer,
                                                           code: int) -> None:
    behaviour = Part(CONTENT, first=100) if code == 206 else status(code, body=b"")
    task = one_attempt(machine, session, server, behaviour)
    failed(task, "http-status", "protocol")
    machine.wait_downloads()


NOT_HTTP = {
    "no HTTP at all": raw(b"220 mail.example.com ESMTP\r\n"),
    "binary noise": raw(bytes(range(256)) * 8),
    "a header without colon": raw(b"HTTP/1.1 200 OK\r\nnonsense\r\n" + LENGTH + b"\r\n", BODY),
    "a space before the colon": raw(b"HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello"),
    "a control character in a header": raw(b"HTTP/1.1 200 OK\r\nX: a\x00b\r\n" + LENGTH + b"\r\n", BODY),
    "two lengths that differ": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n" + LENGTH + b"\r\n", BODY),
    "a list of lengths that differ": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100, 200000\r\n\r\n", BODY),
    "a negative length": raw(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", BODY),
    "a length that is no number": raw(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", BODY),
    "a length with a sign": raw(b"HTTP/1.1 200 OK\r\nContent-Length: +200000\r\n\r\n", BODY),
    "a length that overflows": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551621\r\n\r\nhello"),
    "an encoding nobody asked for": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: magic\r\n\r\n", BODY),
    "a chunk size that is no number": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n"),
}


@pytest.mark.parametrize("behaviour", NOT_HTTP.values(), ids=NOT_HTTP.keys())
def test_not_the_file(machine: Machine, session: Session, server: ScriptedServer, behaviour: Behaviour) -> None:
    task = one_attempt(machine, session, server, behaviour)
    failed(task, "protocol", "encoding")
    machine.wait_downloads()
    assert terminal(session, task).details["error-text"]


CUT_SHORT = {
    "nothing": raw(b""),
    "headers without end": raw(b"HTTP/1.1 200 OK\r\n" + LENGTH),
    "half a status line": raw(b"HTTP/1.1 20"),
    "half the body": File(CONTENT, cut=100_000),
    "a header cut off before the length": raw(b"HTTP/1.1 200 OK\r\nX-Some: thing\r\nContent-Le"),
    "no last chunk": File(CONTENT, chunked=True, cut=100_000),
    "half a chunk": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\nhello"),
    "no trailer's end": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"),
}


@pytest.mark.parametrize("behaviour", CUT_SHORT.values(), ids=CUT_SHORT.keys())
def test_cut_short(machine: Machine, session: Session, server: ScriptedServer, behaviour: Behaviour) -> None:
    task = one_attempt(machine, session, server, behaviour)
    failed(task, "incomplete", "connection", "protocol")
    machine.wait_downloads()


@pytest.mark.parametrize("behaviour", CUT_SHORT.values(), ids=CUT_SHORT.keys())
def test_the_file_comes_after(machine: Machine, session: Session, server: ScriptedServer, behaviour: Behaviour) -> None:
    task = session.download(server.serve(behaviour, File(CONTENT)).url, destination=machine.downloads / "file", start=True)
    finished(task, CONTENT, machine.downloads / "file")


STALLS = {
    "before the answer": silent(),
    "in the middle of the headers": silent(b"HTTP/1.1 200 OK\r\n" + LENGTH),
    "in the middle of the body": silent(b"HTTP/1.1 200 OK\r\n" + LENGTH + b"\r\n" + BODY[:1000]),
}


@pytest.mark.parametrize("behaviour", STALLS.values(), ids=STALLS.keys())
def test_a_server_that_stalls_is_left(machine: Machine, session: Session, server: ScriptedServer, behaviour: Behaviour) -> None:
    failed(one_attempt(machine, session, server, behaviour), "timeout")
    machine.wait_downloads()


def test_a_slowloris_does_not_outlive_the_deadline(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(trickle(b"HTTP/1.1 200 OK\r\nX: y\r\n" * 1000, 0.05)).url, start=True,
                            resource_timeout=microseconds(1))
    failed(task, "deadline", "timeout")


def test_headers_without_end_are_bounded(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(raw(b"HTTP/1.1 200 OK\r\n" + b"X-Filler: %s\r\n" % (b"y" * 1000) * 20_000))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True, retries=0)
    failed(task, "limit", "protocol")


def test_a_body_without_end_is_cancelled_at_once(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(endless(rate=2_000_000))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True)
    task.wait_for(lambda t: t.done > 100_000, "some bytes")
    task.cancel()
    task.wait_for(lambda _: resource.requests[0].is_over, "the connection to close")
    machine.wait_downloads()


def test_more_bytes_than_announced_do_not_enter_the_file(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(raw(b"HTTP/1.1 200 OK\r\n" + LENGTH + b"\r\n", BODY + b"and more")).url,
                            destination=machine.downloads / "file", start=True)
    finished(task, CONTENT, machine.downloads / "file")


def test_interim_answers_are_passed_over(machine: Machine, session: Session, server: ScriptedServer) -> None:
    head = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\nContent-Length: 3\r\n\r\nHTTP/1.1 200 OK\r\n" + LENGTH + b"\r\n"
    task = session.download(server.serve(raw(head, BODY)).url, destination=machine.downloads / "file", start=True)
    finished(task, CONTENT, machine.downloads / "file")


def test_nobody_listening_is_a_connection_failure(machine: Machine, session: Session) -> None:
    task = session.download("http://127.0.0.1:1/file", start=True, retries=1)
    failed(task, "connection")
    assert task.details()["attempts"] == 2
