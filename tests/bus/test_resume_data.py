"""Resume data: the bytes of a task that is over, continued by another one; opaque, the owner's own, and for one use."""

import pytest

from bus.expect import failed, finished, refused, terminal, types
from harness.client import Client, Session, Task
from harness.connection import BusError
from harness.machine import Machine
from servers.behaviours import A_YEAR_AGO, Behaviour, File, status
from servers.content import Content
from servers.scripted import ScriptedServer

SIZE, CUT = 600_000, 350_000
CONTENT, OTHER = Content(151, SIZE), Content(152, SIZE)
FIRST, WHOLE = File(CONTENT, etag='"one"', cut=CUT), File(CONTENT, etag='"one"')
LATER = status(503, ("Retry-After", "3600"))


def half_done(machine: Machine, session: Session, server: ScriptedServer, *after: Behaviour, first: Behaviour = FIRST,
              **choice) -> tuple[Task, object]:
    """A task that waits with CUT bytes, and its resource, which then answers with `after`."""
    resource = server.serve(first, LATER, *after)
    task = session.download(resource.url, destination=machine.downloads / "old", start=True, **choice)
    task.wait_for(lambda t: t.blocked_by == ["retry-delay"] and len(resource.requests) == 2, "half done")
    return task, resource


def cancelled(task: Task) -> bytes:
    return bytes(task.call("CancelProducingResumeData"))


def test_a_new_task_goes_on_where_the_old_one_was(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task, resource = half_done(machine, session, server, WHOLE)
    data = cancelled(task)
    assert (task.state, task.reason) == ("cancelled", "client")
    new = session.download(resource.url, destination=machine.downloads / "new", start=True, resume_data=data)
    finished(new, CONTENT, machine.downloads / "new")
    assert (resource.requests[-1].range_start, resource.requests[-1].header("If-Range")) == (CUT, '"one"')
    assert resource.sent < SIZE + 1000
    assert types(session, new) == ["finished-downloading", "completed"]
    machine.wait_downloads(machine.downloads / "new")


def test_the_event_has_the_data_too(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task, _ = half_done(machine, session, server)
    data = cancelled(task)
    assert bytes(terminal(session, task).details["resume-data"]) == data
    assert len(data) > 0


@pytest.mark.parametrize("behaviours, reason, choice", [((FIRST, status(404), WHOLE), "http-status", {}),
                                                        ((FIRST, WHOLE), "incomplete", {"retries": 0})],
                         ids=["404", "no more retries"])
def test_a_failed_task_leaves_its_data_in_the_event(machine: Machine, session: Session, server: ScriptedServer,
                                                    behaviours: tuple, reason: str, choice: dict) -> None:
    resource = server.serve(*behaviours)
    task = session.download(resource.url, destination=machine.downloads / "old", start=True, **choice)
    failed(task, reason)
    data = terminal(session, task).details["resume-data"]
    new = session.download(resource.url, destination=machine.downloads / "new", start=True, resume_data=data)
    finished(new, CONTENT, machine.downloads / "new")
    assert resource.requests[-1].range_start == CUT
    machine.wait_downloads(machine.downloads / "new")


def test_the_url_may_be_left_out(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task, resource = half_done(machine, session, server, WHOLE)
    new = session.download("", destination=machine.downloads / "new", start=True, resume_data=cancelled(task))
    finished(new, CONTENT, machine.downloads / "new")
    assert resource.requests[-1].range_start == CUT


def test_a_url_with_secrets_has_to_be_given_again(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(FIRST, LATER, WHOLE, secret="opensesame")
    task = session.download(resource.url, destination=machine.downloads / "old", start=True)
    task.wait_for(lambda t: t.blocked_by == ["retry-delay"] and len(resource.requests) == 2, "half done")
    data = cancelled(task)
    with refused("InvalidArgument", "URL"):
        session.download("", destination=machine.downloads / "new", resume_data=data)
    new = session.download(resource.url, destination=machine.downloads / "new", start=True, resume_data=data)
    finished(new, CONTENT, machine.downloads / "new")


def test_the_same_entity_may_lie_elsewhere_now(machine: Machine, session: Session, server: ScriptedServer,
                                               other_server: ScriptedServer) -> None:
    task, _ = half_done(machine, session, server)
    elsewhere = other_server.serve(WHOLE)
    new = session.download(elsewhere.url, destination=machine.downloads / "new", start=True, resume_data=cancelled(task))
    finished(new, CONTENT, machine.downloads / "new")
    assert elsewhere.requests[0].range_start == CUT


def test_another_entity_starts_from_zero(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task, resource = half_done(machine, session, server, File(OTHER, etag='"two"'))
    new = session.download(resource.url, destination=machine.downloads / "new", start=True, resume_data=cancelled(task))
    finished(new, OTHER, machine.downloads / "new")
    assert types(session, new) == ["resumed-from-zero", "finished-downloading", "completed"]


def test_a_last_modified_will_do(machine: Machine, session: Session, server: ScriptedServer) -> None:
    dated = {"last_modified": A_YEAR_AGO}
    task, resource = half_done(machine, session, server, File(CONTENT, **dated), first=File(CONTENT, cut=CUT, **dated))
    new = session.download(resource.url, destination=machine.downloads / "new", start=True, resume_data=cancelled(task))
    finished(new, CONTENT, machine.downloads / "new")
    assert resource.requests[-1].header("If-Range") == A_YEAR_AGO


def test_another_session_of_the_owner_may_use_it(machine: Machine, client: Client, session: Session,
                                                 server: ScriptedServer) -> None:
    task, resource = half_done(machine, session, server, WHOLE)
    new = client.session("another").download(resource.url, destination=machine.downloads / "new", start=True,
                                             resume_data=cancelled(task))
    finished(new, CONTENT, machine.downloads / "new")
    assert resource.requests[-1].range_start == CUT


def test_it_may_go_on_in_another_directory_or_in_the_spool(machine: Machine, session: Session, server: ScriptedServer) -> None:
    directory = machine.downloads / "directory"
    directory.mkdir()
    task, resource = half_done(machine, session, server, WHOLE)
    new = session.download(resource.url, destination=directory / "new", start=True, resume_data=cancelled(task))
    finished(new, CONTENT, directory / "new")
    task, resource = half_done(machine, session, server, WHOLE)
    spooled = session.download(resource.url, start=True, resume_data=cancelled(task))
    assert spooled.wait() == ("finished", "")
    with spooled.open_result() as result:
        assert result.read() == CONTENT.read_all()
    machine.wait_downloads(directory)


@pytest.mark.parametrize("moment", ["before the cancellation", "after it", "in the middle of the new task"])
def test_it_outlives_a_crash(machine: Machine, session: Session, server: ScriptedServer, moment: str) -> None:
    task, resource = half_done(machine, session, server, WHOLE)
    if moment == "before the cancellation":
        machine.restart()
        task = machine.client().task(task.id)
    data = cancelled(task)
    if moment == "after it":
        machine.restart()
    wire = resource.trip(3, after=100_000) if moment == "in the middle of the new task" else None
    new = machine.client().session("test").download(resource.url, destination=machine.downloads / "new", start=True,
                                                    resume_data=data)
    if wire:
        wire.wait_reached()
        machine.daemon.kill()
        wire.release()
        machine.daemon.start()
        new = machine.client().task(new.id)
    finished(new, CONTENT, machine.downloads / "new")
    assert all(request.range_start for request in resource.requests[2:])
    machine.wait_downloads(machine.downloads / "new")


def test_it_is_used_once(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task, resource = half_done(machine, session, server, WHOLE)
    data = cancelled(task)
    session.download(resource.url, destination=machine.downloads / "new", resume_data=data)
    with refused("ValidatorMismatch", "resume-data"):
        session.download(resource.url, destination=machine.downloads / "newer", resume_data=data)


def test_it_is_stale_when_its_task_is_gone(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task, resource = half_done(machine, session, server, WHOLE)
    data = cancelled(task)
    assert machine.part_files()
    task.remove()
    machine.wait_downloads()
    with refused("ValidatorMismatch", "resume-data"):
        session.download(resource.url, destination=machine.downloads / "new", resume_data=data)


def test_every_change_of_it_is_noticed(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task, resource = half_done(machine, session, server, WHOLE)
    data = cancelled(task)
    forged = [bytes([*data[:place], data[place] ^ 1, *data[place + 1:]]) for place in range(0, len(data), max(len(data) // 16, 1))]
    for some in (*forged, data[:-1], data + b"x", data[:1], b"x", bytes(len(data)), b"x" * 1_000_000):
        with pytest.raises(BusError) as raised:
            session.download(resource.url, destination=machine.downloads / "new", resume_data=some)
        assert raised.value.word in ("InvalidArgument", "LimitExceeded") and "resume-data" in raised.value.message
    new = session.download(resource.url, destination=machine.downloads / "new", start=True, resume_data=data)
    finished(new, CONTENT, machine.downloads / "new")


@pytest.mark.root
def test_another_owner_cannot_use_it(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task, resource = half_done(machine, session, server, WHOLE)
    data = cancelled(task)
    with refused("InvalidArgument", "resume-data"):
        machine.stranger().session("theirs").download(resource.url, resume_data=data)
    new = session.download(resource.url, destination=machine.downloads / "new", start=True, resume_data=data)
    finished(new, CONTENT, machine.downloads / "new")


def test_bytes_that_cannot_be_continued_give_no_data(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task, _ = half_done(machine, session, server, first=File(CONTENT, cut=CUT))
    assert cancelled(task) == b""
    assert "resume-data" not in terminal(session, task).details
    machine.wait_downloads()
    untouched = session.download(server.serve(WHOLE).url)
    assert cancelled(untouched) == b""
    assert untouched.state == "cancelled"


def test_a_running_and_a_suspended_task_can_be_cancelled_so(machine: Machine, session: Session, server: ScriptedServer) -> None:
    for suspends in (False, True):
        resource = server.serve(File(CONTENT, etag='"one"', rate=300_000), WHOLE)
        task = session.download(resource.url, destination=machine.downloads / "old", start=True)
        task.wait_for(lambda t: t.done > 50_000, "some bytes")
        if suspends:
            task.suspend()
        done = task.done
        name = machine.downloads / f"new {suspends}"
        new = session.download(resource.url, destination=name, start=True, resume_data=cancelled(task))
        finished(new, CONTENT, name)
        assert resource.requests[1].range_start >= done


def test_a_task_that_has_ended_cannot_be_cancelled_any_more(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(WHOLE).url, destination=machine.downloads / "file", start=True)
    finished(task, CONTENT, machine.downloads / "file")
    with refused("InvalidState"):
        cancelled(task)
    missing = session.download(server.serve(status(404)).url, start=True)
    failed(missing, "http-status")
    with refused("InvalidState"):
        cancelled(missing)


def test_a_part_file_that_is_gone_means_from_zero(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task, resource = half_done(machine, session, server, WHOLE)
    data = cancelled(task)
    for part in machine.part_files():
        part.unlink()
    try:
        new = session.download(resource.url, destination=machine.downloads / "new", start=True, resume_data=data)
    except BusError as error:
        assert error.word == "ValidatorMismatch"
    else:
        finished(new, CONTENT, machine.downloads / "new")
