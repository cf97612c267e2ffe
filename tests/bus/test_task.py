"""org.hauld1.Task: the life of one download as its client sees it."""

import threading

import pytest

from bus.expect import finished, refused, terminal, unknown_object
from harness.client import Client, Session, Task, microseconds
from harness.machine import Machine
from servers.behaviours import File, gated, silent
from servers.content import Content
from servers.scripted import ScriptedServer

CONTENT = Content(seed=3, size=400_000)
SLOW = File(CONTENT, etag='"slow"', rate=400_000)


def test_a_task_is_suspended_until_it_is_resumed(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(File(CONTENT))
    task = session.download(resource.url, destination=machine.downloads / "file")
    assert task.get_all() == {"Id": task.id, "Kind": "download", "State": "suspended", "Reason": "", "BlockedBy": [],
                              "BytesDone": 0, "BytesTotal": -1}
    assert resource.requests == []
    task.resume()
    finished(task, CONTENT, machine.downloads / "file")
    assert (task.done, task.total, task.state) == (CONTENT.size, CONTENT.size, "finished")


def test_resuming_twice_does_no_harm(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(File(CONTENT))
    task = session.download(resource.url, destination=machine.downloads / "file")
    task.resume()
    task.resume()
    finished(task, CONTENT, machine.downloads / "file")
    assert len(resource.requests) == 1
    with refused("InvalidState"):
        task.resume()


def test_suspend_keeps_the_bytes(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(SLOW, File(CONTENT, etag='"slow"'))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True)
    task.wait_for(lambda t: t.done > 50_000, "some bytes")
    task.suspend()
    assert task.state == "suspended"
    kept = task.done
    assert kept > 50_000
    task.suspend()
    task.resume()
    finished(task, CONTENT, machine.downloads / "file")
    assert resource.requests[1].range_start is not None and resource.requests[1].range_start >= kept > 0
    assert "resumed-from-zero" not in [event.type for event in session.events()]


def test_cancel_discards_the_bytes(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(SLOW).url, destination=machine.downloads / "file", start=True)
    task.wait_for(lambda t: t.done > 50_000, "some bytes")
    task.cancel()
    assert (task.state, task.reason) == ("cancelled", "client")
    task.cancel()
    assert task.wait() == ("cancelled", "client")
    machine.wait_downloads()
    assert terminal(session, task).type == "cancelled"
    for refused_call in (task.resume, task.suspend):
        with refused("InvalidState"):
            refused_call()


def test_what_has_finished_cannot_be_cancelled(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(File(CONTENT)).url, destination=machine.downloads / "file", start=True)
    finished(task, CONTENT, machine.downloads / "file")
    for refused_call in (task.cancel, task.suspend, task.resume):
        with refused("InvalidState"):
            refused_call()
    with refused("InvalidState"):
        task.call("SetPriority", "d", 0.7)


def test_remove_forgets_a_task_that_has_ended(machine: Machine, client: Client, session: Session,
                                              server: ScriptedServer) -> None:
    task = session.download(server.serve(File(CONTENT)).url, destination=machine.downloads / "file")
    with refused("InvalidState", "cancel"):
        task.remove()
    task.resume()
    finished(task, CONTENT, machine.downloads / "file")
    before = [event.seq for event in session.events()]
    task.remove()
    with unknown_object():
        task.details()
    with unknown_object():
        task.get("State")
    with refused("NoSuchTask"):
        client.find_task(task.id)
    assert client.tasks() == []
    assert [event.seq for event in session.events()] == before, "its events stay until they are acknowledged"
    CONTENT.check(machine.downloads / "file")


def test_an_id_is_never_used_again(machine: Machine, client: Client, session: Session, server: ScriptedServer) -> None:
    url = server.serve(File(CONTENT)).url
    last = session.download(url)
    last.cancel()
    session.acknowledge(1)
    last.remove()
    machine.restart()
    assert machine.client().session("test").download(url).id > last.id


def test_wait_replies_when_the_task_ends(machine: Machine, session: Session, server: ScriptedServer) -> None:
    gate = threading.Event()
    task = session.download(server.serve(gated(gate, File(CONTENT))).url, start=True)
    waits = [task.begin("Wait", "t", 0) for _ in range(10)]
    task.wait_for(lambda t: t.state == "running", "running")
    assert not any(session.connection.is_answered(wait) for wait in waits)
    gate.set()
    assert [task.result(wait) for wait in waits] == [("finished", "")] * 10


def test_wait_replies_when_its_time_is_over(session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(silent()).url, start=True)
    task.wait_for(lambda t: t.state == "running", "running")
    assert task.wait(0.1) == ("running", "")
    suspended = session.download(server.serve(silent()).url)
    assert suspended.wait(0.1) == ("suspended", "")


def test_details_tell_everything_but_secrets(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(File(CONTENT), secret="opensesame")
    path = machine.downloads / "file"
    task = session.download(resource.url, destination=path, start=True, token="t-1", description="a song", priority=0.7,
                            headers={"X-Key": "opensesame"}, mode=0o600, expected_size=CONTENT.size)
    finished(task, CONTENT, path)
    details = task.details()
    wanted = {
        "id": task.id, "session": session.path, "kind": "download", "state": "finished",
        "url": resource.url.partition("?")[0], "destination": str(path), "path": str(path), "bytes-done": CONTENT.size,
        "bytes-total": CONTENT.size, "attempts": 1, "priority": 0.7, "status": 200, "token": "t-1",
        "description": "a song", "mode": 0o600, "expected-size": CONTENT.size,
    }
    assert {key: details.get(key) for key in wanted} == wanted
    assert details["created"] <= details["ended"]
    assert "opensesame" not in str(details)
    assert "error" not in details or details["error"] == ""
    assert path.stat().st_mode & 0o7777 == 0o600


def test_headers_are_set_one_by_one_before_the_first_resume(machine: Machine, session: Session,
                                                            server: ScriptedServer) -> None:
    resource = server.serve(File(CONTENT))
    task = session.download(resource.url, destination=machine.downloads / "file")
    task.call("SetHeader", "ss", "X-One", "1")
    task.call("SetHeader", "ss", "X-Two", "2")
    task.call("SetHeader", "ss", "x-one", "one")
    task.call("SetHeader", "ss", "X-Two", "")
    task.resume()
    finished(task, CONTENT, machine.downloads / "file")
    assert resource.requests[0].header("X-One") == "one"
    assert resource.requests[0].header("X-Two") is None
    with refused("InvalidState"):
        task.call("SetHeader", "ss", "X-Late", "1")
    with refused("InvalidState"):
        task.call("SetOption", "ss", "retries", "1")


@pytest.mark.parametrize("name, value", [
    ("", "x"), ("with space", "x"), ("X:", "x"), ("X\n", "x"), ("Größe", "x"), ("X", "a\r\nEvil: 1"), ("X", "a\nb"),
    ("X", "a\x01b"), ("Range", "bytes=0-1"), ("If-Range", '"a"'), ("Host", "elsewhere"), ("Content-Length", "1"),
    ("Transfer-Encoding", "chunked"), ("Connection", "close")])
def test_a_header_that_breaks_the_request_is_refused(session: Session, server: ScriptedServer, name: str,
                                                     value: str) -> None:
    task = session.download(server.serve(File(CONTENT)).url)
    with refused("InvalidArgument"):
        task.call("SetHeader", "ss", name, value)
    with refused("InvalidArgument"):
        session.download(server.serve(File(CONTENT)).url, headers={name: value})


def test_options_are_set_as_text_before_the_first_resume(machine: Machine, session: Session,
                                                         server: ScriptedServer) -> None:
    path = machine.downloads / "late"
    task = session.download(server.serve(File(CONTENT)).url)
    for key, value in (("destination", str(path)), ("description", "later"), ("retries", "4"), ("priority", "0.25"),
                       ("mode", str(0o640)), ("if-exists", "replace"), ("max-size", "1000000")):
        task.call("SetOption", "ss", key, value)
    details = task.details()
    assert (details["description"], details["retries"], details["priority"]) == ("later", 4, 0.25)
    task.resume()
    finished(task, CONTENT, path)
    assert path.stat().st_mode & 0o7777 == 0o640


@pytest.mark.parametrize("key, value, word", [
    ("retries", "many", "InvalidArgument"), ("retries", "-1", "InvalidArgument"), ("retries", "1x", "InvalidArgument"),
    ("retries", "99999999999", "InvalidArgument"), ("priority", "2", "InvalidArgument"),
    ("priority", "nan", "InvalidArgument"), ("if-exists", "ask", "InvalidArgument"),
    ("destination", "relative", "InvalidArgument"), ("colour", "blue", "InvalidArgument"),
    ("checksum", "sha-256=00", "InvalidArgument"), ("proxy", "ftp://127.0.0.1/", "InvalidArgument")])
def test_an_option_that_is_wrong_is_refused_and_changes_nothing(session: Session, server: ScriptedServer, key: str,
                                                               value: str, word: str) -> None:
    task = session.download(server.serve(File(CONTENT)).url)
    before = task.details()
    with refused(word, key):
        task.call("SetOption", "ss", key, value)
    assert task.details() == before


@pytest.mark.machine(config="[limits]\nactive-transfers = 1\n")
def test_a_higher_priority_starts_first(session: Session, server: ScriptedServer) -> None:
    gate = threading.Event()
    first = session.download(server.serve(gated(gate, File(CONTENT))).url, start=True)
    first.wait_for(lambda t: t.state == "running", "running")
    low, middle, high = (session.download(server.serve(File(CONTENT)).url, start=True, priority=priority)
                         for priority in (0.2, 0.5, 0.5))
    assert low.blocked_by == ["queue"]
    assert low.state == "waiting"
    high.call("SetPriority", "d", 0.9)
    gate.set()
    for task in (first, low, middle, high):
        assert task.wait() == ("finished", "")
    ends = [event.task for event in session.events() if event.is_terminal]
    assert ends == [first.id, high.id, middle.id, low.id]


@pytest.mark.parametrize("priority", [-0.1, 1.1, float("nan"), float("inf")])
def test_a_priority_out_of_range_is_refused(session: Session, server: ScriptedServer, priority: float) -> None:
    task = session.download(server.serve(File(CONTENT)).url)
    with refused("InvalidArgument"):
        task.call("SetPriority", "d", priority)


def test_a_task_does_not_depend_on_who_made_it(machine: Machine, server: ScriptedServer) -> None:
    gate = threading.Event()
    maker = machine.client()
    task = maker.download(server.serve(gated(gate, File(CONTENT))).url, machine.downloads / "file")
    maker.connection.close()
    gate.set()
    finished(Task(machine.client().connection, task.path), CONTENT, machine.downloads / "file")


def test_a_resource_deadline_ends_the_task(session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(silent()).url, start=True, resource_timeout=microseconds(0.5))
    assert task.wait() == ("failed", "deadline")


def test_a_suspended_task_runs_no_timer(session: Session, server: ScriptedServer) -> None:
    content = Content(seed=9, size=1000)
    task = session.download(server.serve(File(content)).url, resource_timeout=microseconds(0.3))
    assert task.wait(0.6) == ("suspended", "")
