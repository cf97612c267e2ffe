"""Trouble with the journal: each a clear error, nothing lost, and nothing thrown away."""

import sqlite3
from pathlib import Path

import pytest

from bus.expect import refused
from harness.client import Session
from harness.daemon import Daemon, DaemonLeft
from harness.deadline import wait_until
from harness.fixtures import SmallDisk, watched
from harness.machine import Machine
from harness.private_bus import PrivateBus

URL = "http://127.0.0.1:9/file"
UNAVAILABLE, IO_ERROR, BAD_CONFIGURATION = 69, 74, 78


def journal_of(machine: Machine) -> Path:
    return machine.state / "journal.sqlite"


def stopped_with_tasks(machine: Machine, session: Session, count: int) -> list[int]:
    """Makes tasks with the descriptions task-0000..., stops the daemon and leaves all of it in the main file."""
    tasks = session.create_many([("download", URL, {"description": f"task-{number:04}"}) for number in range(count)])
    assert machine.daemon.terminate() == 0
    with sqlite3.connect(journal_of(machine)) as journal:
        journal.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    journal.close()
    return [task.id for task in tasks]


def refuses_to_start(machine: Machine, code: int, *mentions: str) -> None:
    """The daemon ends with `code`, and one line of what it says has all the texts."""
    before = len(machine.daemon.log)
    with pytest.raises(DaemonLeft) as raised:
        machine.daemon.start()
    said = machine.daemon.log[before:]
    assert raised.value.code == code, said
    assert any(all(text in line for text in mentions) for line in said.splitlines()), said


def set_aside(machine: Machine, damaged: bytes) -> Path:
    """The file, other than the journal, that holds the damaged journal's bytes."""
    copies = [path for path in machine.state.rglob("*")
              if path.is_file() and path != journal_of(machine) and path.read_bytes() == damaged]
    assert len(copies) == 1, list(machine.state.iterdir())
    return copies[0]


def test_a_damaged_page_costs_no_more_than_itself(machine: Machine, session: Session) -> None:
    ids = stopped_with_tasks(machine, session, 500)
    journal = journal_of(machine)
    damaged = bytearray(journal.read_bytes())
    page = damaged.index(b"task-0250") // 4096 * 4096
    damaged[page:page + 4096] = b"\xff" * 4096
    journal.write_bytes(damaged)
    machine.daemon.start()
    kept = set_aside(machine, bytes(damaged))
    assert str(kept) in machine.daemon.log or kept.name in machine.daemon.log
    again = machine.client()
    recovered = {row.id for row in again.tasks()}
    assert len(recovered) >= 250 and recovered <= set(ids)
    for id in list(recovered)[:20]:
        assert again.task(id).state == "suspended"
    assert again.session("test").download(URL).id > max(ids), "ids are never used again"


@pytest.mark.parametrize("damage", [
    lambda data: b"\xff" * 4096 + data[4096:],
    lambda data: b"this is no journal",
    lambda data: data[:len(data) // 2],
    lambda data: data[:100],
], ids=["the first page", "another file", "the second half missing", "nearly all missing"])
def test_a_corrupt_journal_is_set_aside_and_named(machine: Machine, session: Session, damage) -> None:
    stopped_with_tasks(machine, session, 200)
    damaged = damage(journal_of(machine).read_bytes())
    journal_of(machine).write_bytes(damaged)
    machine.daemon.start()
    kept = set_aside(machine, damaged)
    assert kept.name in machine.daemon.log
    task = machine.client().session("test").download(URL)
    machine.restart()
    assert machine.client().task(task.id).state == "suspended"
    assert kept.exists(), "it is kept for whoever wants to look into it"


def test_a_journal_with_its_log_is_set_aside_with_it(machine: Machine, session: Session) -> None:
    session.create_many([("download", URL, {})] * 50)
    machine.daemon.kill()
    log = journal_of(machine).with_name("journal.sqlite-wal").read_bytes()
    damaged = b"\xff" * len(journal_of(machine).read_bytes())
    journal_of(machine).write_bytes(damaged)
    machine.daemon.start()
    kept = set_aside(machine, damaged)
    assert kept.with_name(kept.name + "-wal").read_bytes() == log


def test_two_corrupt_journals_are_both_kept(machine: Machine, session: Session) -> None:
    stopped_with_tasks(machine, session, 10)
    damages = [b"first" * 1000, b"second" * 1000]
    for damaged in damages:
        if machine.daemon.is_running:
            machine.daemon.terminate()
        for path in (journal_of(machine), journal_of(machine).with_name("journal.sqlite-wal")):
            path.unlink(missing_ok=True)
        journal_of(machine).write_bytes(damaged)
        machine.daemon.start()
    for damaged in damages:
        set_aside(machine, damaged)


def test_an_empty_journal_is_a_new_one(machine: Machine, session: Session) -> None:
    machine.daemon.terminate()
    for path in machine.state.glob("journal.sqlite*"):
        path.unlink()
    journal_of(machine).touch()
    machine.daemon.start()
    assert machine.client().sessions() == []


def test_a_newer_schema_is_refused_and_left_alone(machine: Machine, session: Session) -> None:
    stopped_with_tasks(machine, session, 5)
    with sqlite3.connect(journal_of(machine)) as journal:
        version, = journal.execute("PRAGMA user_version").fetchone()
        journal.execute(f"PRAGMA user_version = {version + 1000}")
    journal.close()
    before = journal_of(machine).read_bytes()
    refuses_to_start(machine, BAD_CONFIGURATION, str(journal_of(machine)), str(version + 1000), "newer")
    assert journal_of(machine).read_bytes() == before
    with sqlite3.connect(journal_of(machine)) as journal:
        journal.execute(f"PRAGMA user_version = {version}")
    journal.close()
    machine.daemon.start()
    assert len(machine.client().tasks()) == 5


def test_a_journal_that_cannot_be_read_is_an_error_with_its_name(machine: Machine, session: Session) -> None:
    stopped_with_tasks(machine, session, 1)
    for path in machine.state.glob("journal.sqlite*"):
        path.rename(path.with_name("elsewhere" + path.suffix))
    journal_of(machine).mkdir()
    refuses_to_start(machine, IO_ERROR, str(journal_of(machine)))
    journal_of(machine).rmdir()


@pytest.mark.root
def test_a_read_only_state_directory_is_an_error_with_its_name(request: pytest.FixtureRequest, state_disk: SmallDisk) -> None:
    machine = watched(request, Machine(state=state_disk.path / "state"))
    with machine:
        ids = stopped_with_tasks(machine, machine.client().session("test"), 3)
        state_disk.remount("ro")
        refuses_to_start(machine, IO_ERROR, str(machine.state))
        state_disk.remount("rw")
        machine.daemon.start()
        assert [row.id for row in machine.client().tasks()] == ids


def test_a_state_directory_that_is_a_file_is_an_error_with_its_name(machine: Machine) -> None:
    path = machine.directory / "plain"
    path.write_text("no directory")
    machine.daemon.terminate()
    machine.daemon.state = path
    refuses_to_start(machine, IO_ERROR, str(path))


def test_a_second_instance_on_the_same_journal_is_refused(machine: Machine, session: Session) -> None:
    with_own_bus = machine.directory / "second"
    with_own_bus.mkdir()
    bus = PrivateBus(with_own_bus, machine.family)
    bus.start()
    second = Daemon(machine.family, bus, with_own_bus, state=machine.state)
    try:
        with pytest.raises(DaemonLeft) as raised:
            second.start()
    finally:
        bus.stop()
    assert raised.value.code == UNAVAILABLE
    assert str(machine.state) in raised.value.log
    assert session.download(URL).state == "suspended", "the first one is not disturbed"


def test_a_second_instance_on_the_same_bus_is_refused(machine: Machine, session: Session) -> None:
    directory = machine.directory / "second"
    directory.mkdir()
    second = Daemon(machine.family, machine.bus, directory)
    second.launch()
    assert second.wait_exit() == UNAVAILABLE
    assert "org.hauld1" in second.log
    assert session.download(URL).state == "suspended"


def test_a_crash_leaves_no_lock(machine: Machine, session: Session) -> None:
    task = session.download(URL)
    for _ in range(3):
        machine.restart()
    assert machine.client().task(task.id).state == "suspended"


@pytest.mark.root
def test_a_full_state_directory_is_a_clear_error_that_loses_nothing(request: pytest.FixtureRequest,
                                                                    state_disk: SmallDisk) -> None:
    machine = watched(request, Machine(state=state_disk.path / "state"))
    lot = [("download", URL, {"description": "x" * 1000})] * 500
    with machine:
        session = machine.client().session("test")
        made = [session.download(URL).id]
        state_disk.fill()

        def is_full() -> bool:
            try:
                made.extend(task.id for task in session.create_many(lot))
                return False
            except Exception as error:
                assert error.name == "org.hauld1.Error.JournalUnavailable", error
                assert str(machine.state) in error.message or "space" in error.message or "full" in error.message
                return True

        wait_until(is_full, "the journal to be full")
        with refused("JournalUnavailable"):
            session.create_many(lot)
        assert _ids(session) == made
        assert machine.daemon.is_running
        state_disk.make_room()
        made += [task.id for task in session.create_many(lot)]
        assert _ids(session) == made
        machine.restart()
        assert _ids(machine.client().session("test")) == made


def _ids(session: Session) -> list[int]:
    """Of all of its tasks, page by page."""
    found: list[int] = []
    while page := session.tasks(after=found[-1] if found else 0):
        found += [row.id for row in page]
    return found


@pytest.mark.root
def test_a_start_on_a_full_state_directory_keeps_the_journal(request: pytest.FixtureRequest, state_disk: SmallDisk) -> None:
    machine = watched(request, Machine(state=state_disk.path / "state"))
    with machine:
        session = machine.client().session("test")
        ids = [task.id for task in session.create_many([("download", URL, {})] * 20)]
        machine.daemon.kill()
        state_disk.fill()
        try:
            machine.daemon.start()
        except DaemonLeft as left:
            assert left.code == IO_ERROR and str(machine.state) in left.log
        state_disk.make_room()
        if not machine.daemon.is_running:
            machine.daemon.start()
        assert [row.id for row in machine.client().tasks()] == ids


@pytest.mark.root
def test_a_disk_with_less_room_than_its_log_would_take_is_enough(request: pytest.FixtureRequest, small_disk: SmallDisk) -> None:
    small_disk.remount("size=2m")
    machine = watched(request, Machine(state=small_disk.path / "state"))
    with machine:
        ids = [task.id for task in machine.client().session("test").create_many([("download", URL, {})] * 20)]
        machine.restart()
        machine.client().session("test").invalidate(True)
        assert machine.daemon.terminate() == 0
        machine.daemon.start()
        assert [row.id for row in machine.client().tasks()] == ids
