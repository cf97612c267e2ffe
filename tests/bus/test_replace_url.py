"""ReplaceUrl: a link has expired; the bytes stay where the new place has the same entity."""

import pytest

from bus.expect import failed, finished, refused, types
from harness.client import Session, Task
from harness.connection import BusError
from harness.machine import Machine
from servers.behaviours import Behaviour, File, status
from servers.content import Content
from servers.scripted import Resource, ScriptedServer

SIZE, CUT = 600_000, 350_000
CONTENT, OTHER = Content(221, SIZE), Content(222, SIZE)
FIRST, WHOLE = File(CONTENT, etag='"one"', cut=CUT), File(CONTENT, etag='"one"')
LATER = status(503, ("Retry-After", "3600"))


def replace(task: Task, url: str) -> None:
    task.call("ReplaceUrl", "s", url)


def half_done(machine: Machine, session: Session, server: ScriptedServer, first: Behaviour = FIRST) -> tuple[Task, Resource]:
    """A task that waits for an hour with CUT bytes."""
    resource = server.serve(first, LATER)
    task = session.download(resource.url, destination=machine.downloads / "file", start=True)
    task.wait_for(lambda t: t.blocked_by == ["retry-delay"] and len(resource.requests) == 2, "half done")
    return task, resource


def test_a_waiting_task_goes_on_at_once(machine: Machine, session: Session, server: ScriptedServer,
                                        other_server: ScriptedServer) -> None:
    task, old = half_done(machine, session, server)
    new = other_server.serve(WHOLE)
    replace(task, new.url)
    finished(task, CONTENT, machine.downloads / "file")
    assert (new.requests[0].range_start, new.requests[0].header("If-Range")) == (CUT, '"one"')
    assert len(old.requests) == 2
    assert types(session, task) == ["finished-downloading", "completed"]


@pytest.mark.parametrize("other", [File(OTHER, etag='"two"'), File(OTHER, etag='W/"one"'), File(OTHER),
                                   File(Content(223, 5), etag='"x"')],
                         ids=["another tag", "a weak tag", "no tag", "another length"])
def test_another_entity_begins_at_zero(machine: Machine, session: Session, server: ScriptedServer, other: File) -> None:
    task, _ = half_done(machine, session, server)
    replace(task, server.serve(other).url)
    finished(task, other.content, machine.downloads / "file")
    assert types(session, task) == ["resumed-from-zero", "finished-downloading", "completed"]


def test_a_suspended_task_has_another_url_when_it_is_resumed(machine: Machine, session: Session, server: ScriptedServer) -> None:
    old, new = server.serve(status(404)), server.serve(WHOLE)
    task = session.download(old.url, destination=machine.downloads / "file")
    replace(task, new.url)
    assert task.state == "suspended"
    assert task.details()["url"] == new.url
    task.resume()
    finished(task, CONTENT, machine.downloads / "file")
    assert old.requests == []


def test_a_running_task_goes_over_at_once(machine: Machine, session: Session, server: ScriptedServer) -> None:
    old, new = server.serve(File(CONTENT, etag='"one"', rate=100_000)), server.serve(WHOLE)
    task = session.download(old.url, destination=machine.downloads / "file", start=True)
    task.wait_for(lambda t: t.done > 20_000, "some bytes")
    done = task.done
    replace(task, new.url)
    finished(task, CONTENT, machine.downloads / "file")
    assert new.requests[0].range_start >= done
    assert old.sent < SIZE
    assert "resumed-from-zero" not in types(session, task)


def test_a_crash_in_the_middle_of_the_new_place(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task, old = half_done(machine, session, server)
    new = server.serve(WHOLE)
    wire = new.trip(1, after=100_000)
    replace(task, new.url)
    wire.wait_reached()
    machine.daemon.kill()
    wire.release()
    machine.daemon.start()
    finished(machine.client().task(task.id), CONTENT, machine.downloads / "file")
    assert len(old.requests) == 2
    assert all(request.range_start for request in new.requests)


def test_it_may_be_replaced_again_and_again(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task, _ = half_done(machine, session, server)
    for _ in range(3):
        worse = server.serve(LATER)
        replace(task, worse.url)
        task.wait_for(lambda t: worse.requests and t.blocked_by == ["retry-delay"], "waiting again")
    replace(task, server.serve(WHOLE).url)
    finished(task, CONTENT, machine.downloads / "file")
    assert types(session, task) == ["finished-downloading", "completed"]


def test_secrets_of_the_clients_do_not_follow_to_another_origin(machine: Machine, session: Session, server: ScriptedServer,
                                                               other_server: ScriptedServer) -> None:
    """The client names the new place itself, but it set its headers for the old one. Its user info and query are its own."""
    task = session.download(server.serve(WHOLE).url.replace("http://", "http://user:opensesame@"),
                            destination=machine.downloads / "file")
    new = other_server.serve(WHOLE)
    replace(task, new.url)
    task.resume()
    finished(task, CONTENT, machine.downloads / "file")
    assert "Authorization" not in dict(new.requests[0].headers)


@pytest.mark.parametrize("url", ["", "no url", "ftp://127.0.0.1/", "file:///etc/passwd", "http://", "http://127.0.0.1:99999/",
                                 "http://127.0.0.1/" + "x" * 9000])
def test_what_is_no_url_is_refused_and_changes_nothing(machine: Machine, session: Session, server: ScriptedServer, url: str) -> None:
    resource = server.serve(WHOLE)
    task = session.download(resource.url, destination=machine.downloads / "file")
    with pytest.raises(BusError) as raised:
        replace(task, url)
    assert raised.value.word in ("InvalidArgument", "LimitExceeded")
    task.resume()
    finished(task, CONTENT, machine.downloads / "file")


def test_a_task_that_has_ended_has_no_other_url(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(status(404)).url, start=True)
    failed(task, "http-status")
    with refused("InvalidState"):
        replace(task, server.serve(WHOLE).url)


def test_the_new_url_outlives_a_crash(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task, old = half_done(machine, session, server)
    task.suspend()
    new = server.serve(WHOLE)
    replace(task, new.url)
    machine.restart()
    again = machine.client().task(task.id)
    again.resume()
    finished(again, CONTENT, machine.downloads / "file")
    assert new.requests[0].range_start == CUT
    assert len(old.requests) == 2
