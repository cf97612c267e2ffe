"""The completion handler: each wake is completed once, by its owner."""

import pytest

from bus.expect import refused, unknown_object
from harness.app import App, ResidentApp
from harness.client import Client, Session
from harness.deadline import wait_until
from harness.machine import Machine
from relaunch.expect import end_one, is_quiet, wakes_of
from servers.scripted import ScriptedServer


def wake_again(session: Session, resident: ResidentApp, server: ScriptedServer, wake: int) -> None:
    """Another wake, after one that ended clean."""
    end_one(session, server)
    wait_until(lambda: wakes_of(resident)[-1:] == [wake], f"wake {wake}", 15)


def finish(session: Session, wake: int) -> None:
    session.acknowledge(session.events()[-1].seq)
    session.complete(wake)


def test_a_wake_is_outstanding_until_it_is_completed(woken: Session) -> None:
    details = woken.details()
    assert (details["wake-number"], details["wake-attempts"]) == (1, 1) and "next-wake" in details
    finish(woken, 1)
    assert woken.details()["wake-attempts"] == 0
    assert is_quiet(woken)


def test_a_wake_is_completed_once(woken: Session) -> None:
    finish(woken, 1)
    for _ in range(2):
        with refused("InvalidState", "1"):
            woken.complete(1)
    assert is_quiet(woken)


@pytest.mark.parametrize("wake", [0, 2, 2**63, 2**64 - 1])
def test_a_number_that_no_wake_has_had_is_refused(woken: Session, wake: int) -> None:
    with refused("InvalidArgument", str(wake)):
        woken.complete(wake)
    assert woken.details()["wake-number"] == 1
    woken.complete(1)


@pytest.mark.parametrize("wake", [0, 1])
def test_before_the_first_wake_there_is_nothing_to_complete(session: Session, wake: int) -> None:
    with refused("InvalidArgument", str(wake)):
        session.complete(wake)


def test_an_old_wake_does_not_complete_the_new_one(resident: ResidentApp, woken: Session, server: ScriptedServer) -> None:
    finish(woken, 1)
    wake_again(woken, resident, server, 2)
    with refused("InvalidState", "1"):
        woken.complete(1)
    with refused("InvalidArgument", "3"):
        woken.complete(3)
    assert woken.details()["wake-number"] == 2
    finish(woken, 2)
    assert is_quiet(woken)


def test_each_session_has_wakes_of_its_own(resident: ResidentApp, client: Client, woken: Session, server: ScriptedServer) -> None:
    finish(woken, 1)
    wake_again(woken, resident, server, 2)
    other = resident.session(client, "other")
    end_one(other, server)
    wait_until(lambda: wakes_of(resident, "other") == [1], "the other session's first wake", 15)
    with refused("InvalidArgument", "2"):
        other.complete(2)
    finish(other, 1)
    assert woken.details()["wake-number"] == 2


@pytest.mark.root
def test_a_stranger_completes_nothing(machine: Machine, woken: Session) -> None:
    with unknown_object():
        Session(machine.stranger().connection, woken.path).complete(1)
    assert woken.details()["wake-number"] == 1
    woken.complete(1)


def test_any_connection_of_the_owner_may_complete(machine: Machine, woken: Session) -> None:
    woken.attach()
    machine.client().session("woken").complete(1)
    assert woken.details()["wake-number"] == 0


def test_a_completed_wake_stays_completed_after_a_crash(machine: Machine, resident: ResidentApp, woken: Session,
                                                       server: ScriptedServer) -> None:
    finish(woken, 1)
    machine.restart()
    again = machine.client().session("woken")
    with refused("InvalidState", "1"):
        again.complete(1)
    assert is_quiet(again)
    wake_again(again, resident, server, 2)
    assert wakes_of(resident) == [1, 2]


def test_an_outstanding_wake_is_completed_once_after_a_crash(machine: Machine, woken: Session) -> None:
    woken.acknowledge(2)
    machine.restart()
    again = machine.client().session("woken")
    assert again.details()["wake-number"] == 1
    again.complete(1)
    with refused("InvalidState", "1"):
        again.complete(1)
    machine.restart()
    assert is_quiet(machine.client().session("woken"))


def test_a_launched_application_completes_each_wake_once(app: App, session: Session, server: ScriptedServer) -> None:
    for wake in range(1, 6):
        end_one(session, server)
        app.wait_completed(*range(1, wake + 1))
    assert wakes_of(app) == [1, 2, 3, 4, 5]
    assert is_quiet(session)
