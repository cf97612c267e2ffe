"""Reading a file while it grows."""

import fcntl
import os

import pytest

from bus.expect import finished, refused
from harness.client import Session, Task
from harness.deadline import wait_until
from harness.machine import Machine
from servers.behaviours import File, status
from servers.content import Content
from servers.scripted import ScriptedServer

SIZE, CUT = 900_000, 350_000
CONTENT, OTHER = Content(211, SIZE), Content(212, SIZE)
BODY = CONTENT.read_all()
WHOLE = File(CONTENT, etag='"one"')
LATER = status(503, ("Retry-After", "3600"))


def growing(session: Session, server: ScriptedServer, **choice) -> Task:
    task = session.download(server.serve(File(CONTENT, etag='"one"', rate=600_000)).url, {"start": True, **choice})
    task.wait_for(lambda t: t.done > 50_000, "some bytes")
    return task


@pytest.mark.parametrize("spooled", [True, False], ids=["spool", "destination"])
def test_what_there_is_can_be_read(machine: Machine, session: Session, server: ScriptedServer, spooled: bool) -> None:
    task = growing(session, server, **({} if spooled else {"destination": machine.downloads / "file"}))
    done = task.done
    with task.open_result() as result:
        assert fcntl.fcntl(result.fileno(), fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY
        assert result.read(done) == BODY[:done]
        wait_until(lambda: task.done > done + 50_000, "more bytes")
        assert result.read(50_000) == BODY[done:done + 50_000], "the same descriptor sees what came since"
        assert task.wait() == ("finished", "")
        result.seek(0)
        assert result.read() == BODY
        assert os.fstat(result.fileno()).st_size == SIZE


def test_bytes_that_were_announced_can_be_read_at_once(session: Session, server: ScriptedServer) -> None:
    task = growing(session, server)
    for _ in range(20):
        done = task.done
        with task.open_result() as result:
            assert result.read(done) == BODY[:done]


def test_a_waiting_and_a_suspended_task_can_be_read(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(File(CONTENT, etag='"one"', cut=CUT), LATER, WHOLE)
    task = session.download(resource.url, start=True)
    task.wait_for(lambda t: t.blocked_by == ["retry-delay"] and len(resource.requests) == 2, "waiting")
    with task.open_result() as result:
        assert result.read(CUT) == BODY[:CUT]
    machine.restart()
    with machine.client().task(task.id).open_result() as result:
        assert result.read(CUT) == BODY[:CUT]


def test_a_reader_sees_nothing_of_two_entities_at_once(session: Session, server: ScriptedServer) -> None:
    resource = server.serve(File(CONTENT, etag='"one"', cut=CUT), LATER, File(OTHER, etag='"two"'))
    task = session.download(resource.url, start=True)
    task.wait_for(lambda t: t.blocked_by == ["retry-delay"] and len(resource.requests) == 2, "waiting")
    with task.open_result() as result:
        assert result.read(CUT) == BODY[:CUT]
        task.call("ReplaceUrl", "s", resource.url)
        assert task.wait() == ("finished", "")
    with task.open_result() as result:
        assert result.read() == OTHER.read_all()


def test_a_reader_keeps_a_cancelled_file_no_longer_than_it_wants(machine: Machine, session: Session,
                                                                 server: ScriptedServer) -> None:
    task = growing(session, server, destination=machine.downloads / "file")
    with task.open_result() as result:
        task.cancel()
        machine.wait_downloads()
        assert result.read(10_000) == BODY[:10_000]
    with refused("InvalidState"):
        task.open_result()


def test_a_finished_file_of_the_clients_own_is_opened_by_the_client(machine: Machine, session: Session,
                                                                   server: ScriptedServer) -> None:
    task = session.download(server.serve(WHOLE).url, destination=machine.downloads / "file", start=True)
    finished(task, CONTENT, machine.downloads / "file")
    with refused("InvalidState"):
        task.open_result()


def test_bytes_of_several_connections_are_in_no_order(session: Session, server: ScriptedServer) -> None:
    resource = server.serve(File(Content(213, 40_000_000), etag='"one"', rate=2_000_000))
    task = session.download(resource.url, start=True, connections=4)
    task.wait_for(lambda t: len(resource.requests) > 1 and t.done > 0, "several connections")
    with refused("InvalidState", "connections"):
        task.open_result()
    task.cancel()


def test_there_is_nothing_to_read_before_the_first_byte(session: Session, server: ScriptedServer) -> None:
    suspended = session.download(server.serve(WHOLE).url)
    with refused("InvalidState"):
        suspended.open_result()
    waiting = session.download(server.serve(LATER).url, start=True)
    waiting.wait_for(lambda t: t.blocked_by == ["retry-delay"], "waiting")
    with refused("InvalidState"):
        waiting.open_result()
