"""The durable queue: numbered without gaps, in order, delivered again until acknowledged, never after."""

import time

from bus.expect import refused, terminal, types
from harness.client import Client, Session
from harness.machine import Machine
from servers.behaviours import File, status
from servers.content import Content
from servers.scripted import ScriptedServer, many

CONTENT = Content(seed=4, size=50_000)


def test_numbers_have_no_gaps_and_completed_follows_finished_downloading(
        machine: Machine, session: Session, server: ScriptedServer) -> None:
    tasks = [session.download(resource.url, destination=machine.downloads / str(content.seed), start=True)
             for resource, content in many(server, 20, 10_000)]
    for task in tasks:
        assert task.wait() == ("finished", "")
    events = session.events()
    assert [event.seq for event in events] == list(range(1, 41))
    for task in tasks:
        assert types(session, task) == ["finished-downloading", "completed"]
    for first, second in zip(events[::2], events[1::2]):
        assert (first.task, first.type, second.type) == (second.task, "finished-downloading", "completed")


def test_each_session_has_numbers_of_its_own(client: Client, server: ScriptedServer) -> None:
    for identifier in ("a", "b"):
        session = client.session(identifier)
        session.download(server.serve(File(CONTENT)).url).cancel()
        assert [event.seq for event in session.events()] == [1]


def test_a_completed_event_tells_of_the_file(machine: Machine, session: Session, server: ScriptedServer) -> None:
    before = time.time() * 1e6
    path = machine.downloads / "file"
    task = session.download(server.serve(File(CONTENT)).url, destination=path, start=True)
    task.wait()
    event = terminal(session, task)
    assert event.type == "completed"
    assert before - 1e6 <= event.when <= time.time() * 1e6 + 1e6
    assert event.details["path"] == str(path)
    assert event.details["bytes-done"] == CONTENT.size
    assert event.details["bytes-total"] == CONTENT.size
    assert event.details["status"] == 200


def test_a_failed_event_tells_why(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(status(404)).url, destination=machine.downloads / "file", start=True)
    assert task.wait() == ("failed", "http-status")
    event = terminal(session, task)
    assert (event.type, event.details["error"], event.details["status"]) == ("failed", "http-status", 404)
    assert "404" in event.details["error-text"]
    assert types(session, task) == ["failed"]


def test_reading_changes_nothing(session: Session, server: ScriptedServer) -> None:
    for _ in range(5):
        session.download(server.serve(File(CONTENT)).url).cancel()
    assert session.events() == session.events()
    assert [event.seq for event in session.events(after=2, limit=2)] == [3, 4]
    assert session.events(after=5) == []
    assert session.events(after=2**64 - 1) == []


def test_at_most_a_thousand_events_come_at_once(session: Session, server: ScriptedServer) -> None:
    tasks = session.create_many([("download", server.serve(File(CONTENT)).url, {})] * 1100)
    for call in [task.begin("Cancel") for task in tasks]:
        session.connection.finish(call)
    assert [event.seq for event in session.events()] == list(range(1, 1001))
    assert len(session.events(limit=3000)) == 1000
    assert [event.seq for event in session.events(after=1000)] == list(range(1001, 1101))


def test_what_is_not_acknowledged_comes_again_after_a_crash(machine: Machine, session: Session,
                                                           server: ScriptedServer) -> None:
    for _ in range(4):
        session.download(server.serve(File(CONTENT)).url).cancel()
    before = session.events()
    session.acknowledge(2)
    assert session.events() == before[2:]
    machine.restart()
    again = machine.client().session("test")
    assert again.events() == before[2:]
    assert again.details()["acknowledged"] == 2


def test_acknowledging_is_cumulative_and_idempotent(session: Session, server: ScriptedServer) -> None:
    for _ in range(3):
        session.download(server.serve(File(CONTENT)).url).cancel()
    for seq in (2, 2, 1, 0):
        session.acknowledge(seq)
        assert [event.seq for event in session.events()] == [3]
    session.acknowledge(3)
    assert session.events() == []
    session.download(server.serve(File(CONTENT)).url).cancel()
    assert [event.seq for event in session.events()] == [4], "numbers go on where they were"


def test_a_number_that_no_event_has_had_cannot_be_acknowledged(session: Session, server: ScriptedServer) -> None:
    session.download(server.serve(File(CONTENT)).url).cancel()
    for seq in (2, 2**63, 2**64 - 1):
        with refused("InvalidArgument", str(seq)):
            session.acknowledge(seq)
    assert [event.seq for event in session.events()] == [1]


def test_numbers_go_on_after_everything_was_acknowledged_and_the_daemon_crashed(
        machine: Machine, session: Session, server: ScriptedServer) -> None:
    session.download(server.serve(File(CONTENT)).url).cancel()
    session.acknowledge(1)
    machine.restart()
    again = machine.client().session("test")
    assert again.events() == []
    again.download(server.serve(File(CONTENT)).url).cancel()
    assert [event.seq for event in again.events()] == [2]
