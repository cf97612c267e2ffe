"""Who is live: while a client is attached nobody is launched; when it leaves, what it has left launches it."""

import time

import pytest

from bus.expect import refused, unknown_object
from harness.app import App, ResidentApp
from harness.client import Client, Session
from harness.connection import Signal
from harness.deadline import wait_until
from harness.machine import Machine
from relaunch.expect import EARLY, end_one, not_woken, wakes_of
from servers.scripted import ScriptedServer


def told(session: Session, *members: str) -> list[tuple]:
    """What the daemon has told a client so far: the member's name and its arguments."""
    session.details()
    return [(s.member, *s.body) for s in session.connection.signals if s.path == session.path and s.member in members]


def drained(session: Session) -> Signal:
    return session.connection.wait_signal(lambda s: s.member == "AllEventsDelivered", "AllEventsDelivered")


def test_an_attached_client_is_not_launched(app: App, client: Client, session: Session, server: ScriptedServer) -> None:
    session.attach()
    end_one(session, server)
    not_woken(app, client, server, session)


@pytest.mark.parametrize("how", ["detaches", "leaves the bus"])
def test_a_client_that_leaves_events_behind_is_launched(machine: Machine, app: App, session: Session, server: ScriptedServer,
                                                        how: str) -> None:
    leaving = machine.client().session("woken")
    leaving.attach()
    end_one(session, server)
    assert wakes_of(app) == []
    leaving.detach() if how == "detaches" else leaving.connection.close()
    app.wait_completed(1)
    assert [record["seq"] for record in app.records("event")] == [1, 2]


def test_the_drained_queue_tells_of_the_wake(woken: Session) -> None:
    woken.attach()
    woken.acknowledge(2)
    assert drained(woken).body == (2, 1)
    woken.complete(1)
    assert told(woken, "EventsAvailable", "AllEventsDelivered") == [("EventsAvailable", 1, 2), ("AllEventsDelivered", 2, 1)]


def test_after_an_early_completion_the_drained_queue_tells_of_none(woken: Session) -> None:
    woken.attach()
    woken.complete(1)
    woken.acknowledge(2)
    assert drained(woken).body == (2, 0)


def test_who_attaches_to_an_empty_queue_hears_of_the_outstanding_wake_at_once(woken: Session) -> None:
    woken.acknowledge(2)
    woken.attach()
    assert drained(woken).body == (2, 1)
    assert told(woken, "EventsAvailable", "AllEventsDelivered") == [("AllEventsDelivered", 2, 1)]
    woken.complete(1)
    woken.detach()
    woken.attach()
    assert told(woken, "EventsAvailable", "AllEventsDelivered") == [("AllEventsDelivered", 2, 1)]


def test_an_outstanding_wake_is_not_repeated_to_an_attached_client(resident: ResidentApp, client: Client, woken: Session,
                                                                   server: ScriptedServer) -> None:
    woken.attach()
    attempts = woken.details()["wake-attempts"]
    end_one(resident.session(client, "other"), server)
    wait_until(lambda: len(wakes_of(resident, "other")) >= 3, "another session's wake to be repeated")
    details = woken.details()
    assert (details["wake-number"], details["wake-attempts"]) == (1, attempts)
    assert wakes_of(resident) == [1] * attempts


@pytest.mark.parametrize("queue", ["with events", "drained"])
def test_a_client_that_leaves_without_completing_is_launched_for_the_same_wake(
        resident: ResidentApp, woken: Session, queue: str) -> None:
    woken.attach()
    if queue == "drained":
        woken.acknowledge(2)
    before = len(wakes_of(resident))
    left = time.time()
    woken.detach()
    calls = resident.wait_calls(before + 1)
    assert calls[before].wake == 1
    assert calls[before].when - left >= 0.2 - EARLY
    woken.complete(1)


def test_who_takes_over_is_attached_and_the_first_is_told(machine: Machine, woken: Session, server: ScriptedServer) -> None:
    woken.attach()
    other = machine.client().session("woken")
    with refused("InvalidState", "take over"):
        other.attach()
    other.take_over()
    farewell = woken.connection.wait_signal(lambda s: s.member == "Detached", "Detached")
    assert (farewell.path, farewell.body) == (woken.path, ("taken-over",))
    before = told(woken, "EventsAvailable", "AllEventsDelivered")
    end_one(other, server)
    other.acknowledge(4)
    assert drained(other).body == (4, 1)
    assert told(woken, "EventsAvailable", "AllEventsDelivered") == before
    woken.detach()
    assert other.details()["attached"] is True
    with refused("InvalidState"):
        woken.attach()


def test_who_was_taken_over_may_leave_the_bus(machine: Machine, woken: Session) -> None:
    first, second = machine.client().session("woken"), machine.client().session("woken")
    first.attach()
    second.take_over()
    first.connection.close()
    first.connection = woken.connection
    third = machine.client().session("woken")
    for _ in range(2):  # the bus has told of the leaving before it lets a later connection speak
        with refused("InvalidState"):
            third.attach()


def test_taking_over_from_nobody_is_attaching(woken: Session) -> None:
    woken.take_over()
    woken.take_over()
    woken.acknowledge(2)
    assert drained(woken).body == (2, 1)
    assert told(woken, "Detached") == []


@pytest.mark.root
def test_a_stranger_takes_nothing_over(machine: Machine, woken: Session) -> None:
    woken.attach()
    theirs = Session(machine.stranger().connection, woken.path)
    for call in (theirs.attach, theirs.take_over, theirs.detach, lambda: theirs.complete(1), lambda: theirs.invalidate(True)):
        with unknown_object():
            call()
    details = woken.details()
    assert (details["attached"], details["wake-number"], details["state"]) == (True, 1, "open")
    assert told(woken, "Detached") == []


def test_a_client_that_attaches_and_detaches_in_a_loop_launches_nobody(app: App, client: Client, session: Session,
                                                                      server: ScriptedServer) -> None:
    for call in [session.begin(member) for _ in range(1000) for member in ("Attach", "Detach")]:
        session.result(call)
    not_woken(app, client, server, session)


def test_a_client_that_attaches_and_detaches_in_a_loop_over_events_starts_no_storm(resident: ResidentApp, woken: Session) -> None:
    began = time.time()
    for call in [woken.begin(member) for _ in range(1000) for member in ("Attach", "Detach")]:
        woken.result(call)
    launches = len(wakes_of(resident))
    assert launches <= 1 + (time.time() - began) / 0.2
    assert set(wakes_of(resident)) == {1}
    assert woken.details()["attached"] is False
    resident.wait_calls(launches + 1)  # the last one that left is missed like any other
    woken.complete(1)


@pytest.mark.root
def test_nobody_but_the_bus_says_that_a_client_is_gone(machine: Machine, session: Session) -> None:
    session.attach()
    stranger = machine.stranger().connection
    attached = session.connection.unique_name
    daemon = stranger.owner_of("org.hauld1")
    stranger.send_signal(daemon, "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameOwnerChanged", "sss", attached, attached, "")
    stranger.call("org.hauld1", "/org/hauld1", "org.freedesktop.DBus.Peer", "Ping")  # behind it, on the same way
    assert session.details()["attached"] is True
