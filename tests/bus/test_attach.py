"""The live client of a session: its signals, and nobody else's."""

import pytest

from bus.expect import finished, refused
from harness.client import Client, Session
from harness.connection import Signal
from harness.deadline import wait_until
from harness.machine import Machine
from servers.behaviours import File, silent
from servers.content import Content
from servers.scripted import ScriptedServer

CONTENT = Content(seed=5, size=50_000)
PROPERTIES = "org.freedesktop.DBus.Properties"


def of(member: str, signals: list[Signal]) -> list[tuple]:
    return [signal.body for signal in signals if signal.member == member]


def cancel_one(session: Session, server: ScriptedServer) -> None:
    session.download(server.serve(File(CONTENT)).url).cancel()


def test_an_attached_client_hears_of_events(session: Session, server: ScriptedServer) -> None:
    session.attach()
    cancel_one(session, server)
    signal = session.connection.wait_signal(lambda s: s.member == "EventsAvailable", "EventsAvailable")
    assert (signal.path, signal.interface, signal.body) == (session.path, "org.hauld1.Session", (1, 1))


def test_events_that_wait_are_announced_after_attaching(session: Session, server: ScriptedServer) -> None:
    for _ in range(3):
        cancel_one(session, server)
    session.acknowledge(1)
    session.attach()
    signal = session.connection.wait_signal(lambda s: s.member == "EventsAvailable", "EventsAvailable")
    assert signal.body == (2, 3)


def test_all_events_delivered_comes_once_for_each_drained_queue(session: Session, server: ScriptedServer) -> None:
    session.attach()
    for _ in range(2):
        cancel_one(session, server)
    session.acknowledge(1)
    session.acknowledge(2)
    session.acknowledge(2)
    cancel_one(session, server)
    session.acknowledge(3)
    session.connection.wait_signal(lambda s: s.member == "AllEventsDelivered" and s.body[0] == 3, "the second drain")
    session.details()
    assert of("AllEventsDelivered", session.connection.signals) == [(2, 0), (3, 0)]


def test_a_queue_that_was_empty_is_not_announced_as_drained(session: Session) -> None:
    session.attach()
    session.acknowledge(0)
    session.details()
    assert session.connection.signals == []


def test_only_one_client_is_attached(machine: Machine, session: Session) -> None:
    session.attach()
    session.attach()
    other = machine.client().session("test")
    with refused("InvalidState"):
        other.attach()
    other.detach()
    assert session.details()["attached"] is True
    session.detach()
    session.detach()
    other.attach()


def test_a_client_that_leaves_the_bus_is_detached(machine: Machine, client: Client, session: Session) -> None:
    leaving = machine.client()
    leaving.session("test").attach()
    assert session.details()["attached"] is True
    leaving.connection.close()
    wait_until(lambda: session.details()["attached"] is False, "the session to be free")
    session.attach()


def test_nobody_else_hears_anything(machine: Machine, session: Session, server: ScriptedServer) -> None:
    listener = machine.client()
    rule = "type='signal',sender='org.hauld1'"
    listener.connection.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "AddMatch", "s", rule)
    session.attach()
    other = machine.client().session("other")
    other.attach()
    task = session.download(server.serve(File(CONTENT)).url, destination=machine.downloads / "file", start=True)
    finished(task, CONTENT, machine.downloads / "file")
    session.connection.wait_signal(lambda s: s.member == "EventsAvailable", "EventsAvailable")
    for quiet in (listener.connection, other.connection):
        quiet.read_pending()
        assert [s for s in quiet.signals if s.interface.startswith("org.hauld1") or s.interface == PROPERTIES] == []


def test_after_detaching_nothing_is_sent(session: Session, server: ScriptedServer) -> None:
    session.attach()
    session.detach()
    cancel_one(session, server)
    session.details()
    assert session.connection.signals == []


def test_property_changes_come_in_order_to_the_attached_client(machine: Machine, session: Session,
                                                               server: ScriptedServer) -> None:
    session.attach()
    task = session.download(server.serve(File(CONTENT)).url, destination=machine.downloads / "file")
    task.resume()
    finished(task, CONTENT, machine.downloads / "file")

    def states() -> list[str]:
        session.connection.read_pending()
        changes = [signal.body for signal in session.connection.signals
                   if signal.member == "PropertiesChanged" and signal.path == task.path]
        assert all(interface == "org.hauld1.Task" for interface, _, _ in changes)
        return [changed["State"][1] for _, changed, _ in changes if "State" in changed]

    wait_until(lambda: states()[-1:] == ["finished"], "the last state")
    order = ["waiting", "running", "publishing", "finished"]
    assert states() == [state for state in order if state in states()]


@pytest.mark.machine(config="")
def test_progress_is_at_most_twice_a_second_and_never_after_the_end(machine: Machine, session: Session,
                                                                    server: ScriptedServer) -> None:
    content = Content(seed=6, size=1_500_000)
    session.attach()
    task = session.download(server.serve(File(content, rate=1_000_000)).url, destination=machine.downloads / "file", start=True)
    finished(task, content, machine.downloads / "file")
    session.connection.wait_signal(lambda s: s.member == "EventsAvailable", "the end")
    progress = [signal for signal in session.connection.signals if signal.member == "Progress"]
    assert 1 <= len(progress) <= 5
    done = [signal.body[0] for signal in progress]
    assert done == sorted(set(done)) and done[-1] <= content.size
    assert {signal.body[1] for signal in progress} <= {content.size, -1}
    ends = [signal for signal in session.connection.signals if signal.member == "PropertiesChanged"
            and signal.body[1].get("State", ("s", ""))[1] == "finished"]
    position = session.connection.signals.index
    assert all(position(signal) < position(ends[0]) for signal in progress)


def test_a_client_that_does_not_answer_gets_no_flood(machine: Machine, client: Client, server: ScriptedServer) -> None:
    deaf = machine.client()
    deaf.connection.answers_pings = False
    deaf.session("test").attach()
    session = client.session("test")
    for _ in range(300):
        cancel_one(session, server)
    deaf.connection.read_pending()
    assert len(of("EventsAvailable", deaf.connection.signals)) <= 100
    deaf.connection.answers_pings = True
    again = deaf.session("test")
    again.detach()
    again.attach()
    deaf.connection.wait_signal(lambda s: s.member == "EventsAvailable" and s.body[1] == 300, "everything in one range")


@pytest.mark.parametrize("ends", ["detaches", "leaves"])
def test_a_task_goes_on_when_its_client_goes(machine: Machine, client: Client, server: ScriptedServer, ends: str) -> None:
    leaving = machine.client()
    session = leaving.session("test")
    session.attach()
    content = Content(seed=8, size=300_000)
    task = session.download(server.serve(File(content, rate=600_000)).url, destination=machine.downloads / "file", start=True)
    session.detach() if ends == "detaches" else leaving.connection.close()
    finished(client.find_task(task.id), content, machine.downloads / "file")


def test_wakes_are_not_invented(session: Session, server: ScriptedServer) -> None:
    session.attach()
    task = session.download(server.serve(silent()).url, start=True)
    task.cancel()
    session.acknowledge(1)
    drained = session.connection.wait_signal(lambda s: s.member == "AllEventsDelivered", "AllEventsDelivered")
    assert drained.body == (1, 0)
