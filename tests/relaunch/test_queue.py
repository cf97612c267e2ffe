"""Long queues and clients that stand still: order and numbers hold, and nobody else is delayed."""

import os
import signal
import time

import pytest

from bus.expect import types
from harness.app import App
from harness.client import Client, Event, Session
from harness.deadline import wait_until
from harness.machine import QUICK_RETRIES, Machine
from relaunch.expect import CONTENT, end_one
from servers.behaviours import File
from servers.content import Content
from servers.scripted import ScriptedServer, many

MANY = 10_000
SMALL = Content(seed=302, size=500)
_AT_ONCE = 500


def read_all(session: Session) -> list[Event]:
    """The queue in pages."""
    events: list[Event] = []
    while page := session.events(after=events[-1].seq if events else 0):
        events += page
    return events


def fill_journal_cache(session: Session) -> None:
    """The journal keeps 8 MiB of its pages in memory: so many tasks have more, and no others add to that."""
    for _ in range(3):
        session.create_many([("download", "http://127.0.0.1:9/", {})] * MANY)
    session.tasks("finished")  # looks at all of them


def start_many(session: Session, server: ScriptedServer, count: int) -> list[int]:
    """Begins so many small downloads, and calls of Wait for them."""
    tasks = session.create_many([("download", server.serve(File(SMALL)).url, {"start": True})] * count)
    return [task.begin("Wait", "t", 120_000_000) for task in tasks]


def wait_all(session: Session, calls: list[int]) -> None:
    for call in calls:
        assert session.result(call, timeout=120) == ("finished", "")


def run_many(session: Session, server: ScriptedServer, count: int) -> None:
    """So many small downloads, to their ends."""
    for _ in range(0, count, _AT_ONCE):
        wait_all(session, start_many(session, server, _AT_ONCE))


def test_order_and_numbers_are_the_same_at_each_reading(machine: Machine, app: App, session: Session,
                                                        server: ScriptedServer) -> None:
    app.does("answer")  # a daemon that starts wakes it, and it must not attach before the test
    session.attach()
    tasks = [session.download(resource.url, destination=machine.downloads / str(content.seed), start=True)
             for resource, content in many(server, 40, 5_000)]
    for task in tasks:
        assert task.wait() == ("finished", "")
    first = read_all(session)
    assert [event.seq for event in first] == list(range(1, 81))
    for task in tasks:
        assert types(session, task) == ["finished-downloading", "completed"]
    session.acknowledge(11)
    for _ in range(2):
        assert session.events(after=3) == first[11:]
        assert session.events(after=20, limit=7) == first[20:27]
        machine.restart()
        session = machine.client().session("woken")
        session.attach()
    assert session.events() == first[11:]


def test_ten_thousand_events_are_read_by_a_client_that_attaches(machine: Machine, session: Session, server: ScriptedServer) -> None:
    tasks = session.create_many([("download", "http://127.0.0.1:9/", {})] * MANY)
    session.attach()
    for call in [task.begin("Cancel") for task in tasks]:
        session.result(call, timeout=60)
    session.connection.close()
    reader = machine.client().session("woken")

    def attach() -> bool:  # the one that has left is attached for a moment still
        if reader.details()["attached"]:
            return False
        reader.attach()
        return True

    wait_until(attach, "the session to be free")
    began = time.monotonic()
    events = read_all(reader)
    took = time.monotonic() - began
    print(f"{len(events)} events read in {took:.3f} s")
    assert [event.seq for event in events] == list(range(1, MANY + 1))
    assert {(event.task, event.type) for event in events} == {(task.id, "cancelled") for task in tasks}
    reader.acknowledge(MANY)
    drained = reader.connection.wait_signal(lambda s: s.member == "AllEventsDelivered", "AllEventsDelivered")
    assert drained.body[0] == MANY
    assert reader.events() == []


@pytest.mark.machine(config=QUICK_RETRIES, log_level="info")
def test_a_stopped_client_costs_nothing_and_delays_nobody(machine: Machine, app: App, client: Client, session: Session,
                                                          server: ScriptedServer, other_server: ScriptedServer) -> None:
    other = client.session("other")
    fill_journal_cache(other)
    run_many(other, server, _AT_ONCE)  # what the daemon needs for so many at the same time
    app.does("attach")
    end_one(session, server)
    wait_until(lambda: session.details()["attached"], "the application to be attached", 15)
    stopped = app.records("called")[0]["pid"]
    os.kill(stopped, signal.SIGSTOP)
    try:
        before = machine.daemon.resident_bytes
        waiting = start_many(session, server, _AT_ONCE)
        began = time.monotonic()
        theirs = other.download(other_server.serve(File(CONTENT)).url, destination=machine.downloads / "file", start=True)
        assert theirs.wait() == ("finished", "")
        took = time.monotonic() - began
        assert not session.connection.is_answered(waiting[-1]), "all is over: nobody could be delayed"
        print(f"another session's download took {took:.3f} s")
        wait_all(session, waiting)
        run_many(session, server, 2000 - _AT_ONCE)
        grown = machine.daemon.resident_bytes - before
        print(f"2000 tasks of a stopped client: {grown // 1024} KiB more")
        if not machine.daemon.is_sanitized:
            assert grown < 1 << 20
    finally:
        os.kill(stopped, signal.SIGCONT)
    assert [event.seq for event in read_all(session)] == list(range(1, 4003))
