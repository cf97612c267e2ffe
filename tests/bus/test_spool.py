"""Results without a destination: kept in the spool until their end is acknowledged."""

import fcntl
import os

from bus.expect import refused, types
from harness.client import Session, Task
from harness.deadline import wait_until
from harness.machine import Machine
from servers.behaviours import File
from servers.content import Content
from servers.scripted import ScriptedServer

CONTENT = Content(seed=61, size=123_456)


def spooled(machine: Machine) -> list[str]:
    return [path.name for path in (machine.state / "spool").iterdir()]


def finished_in_spool(session: Session, server: ScriptedServer) -> Task:
    task = session.download(server.serve(File(CONTENT)).url, start=True)
    assert task.wait() == ("finished", "")
    return task


def test_a_result_is_read_through_a_descriptor(session: Session, server: ScriptedServer) -> None:
    task = finished_in_spool(session, server)
    for _ in range(2):
        with task.open_result() as result:
            assert result.read() == CONTENT.read_all()
    assert types(session, task) == ["finished-downloading", "completed"]


def test_a_descriptor_is_read_only(session: Session, server: ScriptedServer) -> None:
    with finished_in_spool(session, server).open_result() as result:
        assert fcntl.fcntl(result.fileno(), fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY


def test_acknowledging_the_end_deletes_the_result(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task = finished_in_spool(session, server)
    with task.open_result() as result:
        session.acknowledge(1)
        assert spooled(machine) != [], "finished-downloading is not the end"
        session.acknowledge(2)
        wait_until(lambda: spooled(machine) == [], "the spool to be empty")
        assert result.read() == CONTENT.read_all(), "an open descriptor lives on"
    with refused("InvalidState"):
        task.open_result()
    assert task.state == "finished"


def test_removing_a_task_deletes_its_result(machine: Machine, session: Session, server: ScriptedServer) -> None:
    finished_in_spool(session, server).remove()
    wait_until(lambda: spooled(machine) == [], "the spool to be empty")


def test_a_result_survives_a_crash(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task = finished_in_spool(session, server)
    machine.restart()
    with machine.client().task(task.id).open_result() as result:
        assert result.read() == CONTENT.read_all()


def test_a_result_that_is_not_there_cannot_be_opened(machine: Machine, session: Session, server: ScriptedServer) -> None:
    url = server.serve(File(CONTENT)).url
    suspended = session.download(url)
    with refused("InvalidState"):
        suspended.open_result()
    suspended.cancel()
    with refused("InvalidState"):
        suspended.open_result()
    elsewhere = session.download(url, destination=machine.downloads / "file", start=True)
    elsewhere.wait()
    with refused("InvalidState"):
        elsewhere.open_result()


def test_the_spool_is_closed_to_others(machine: Machine, session: Session, server: ScriptedServer) -> None:
    finished_in_spool(session, server)
    for path in (machine.state, machine.state / "spool"):
        assert path.stat().st_mode & 0o077 == 0, path
