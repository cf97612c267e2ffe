"""A client that makes work in each of its wakes does not keep the machine busy: its wakes come ever later."""

import pytest

from harness.app import App, ResidentApp
from harness.client import Client, Session, wall_time
from harness.deadline import wait_until
from harness.machine import Machine
from relaunch.expect import CONTENT, EARLY, end_one, is_quiet, wakes_of
from servers.behaviours import File
from servers.scripted import ScriptedServer


def pauses(app: App) -> list[float]:
    """Seconds from the completion of each wake to the next one."""
    ends = [record["when"] for record in app.records("completed")]
    return [call.when - end for end, call in zip(ends, app.calls[1:])]


@pytest.fixture
def busy(app: App, server: ScriptedServer) -> str:
    """The conduct of a client that makes another download in each wake."""
    conduct = f"work {server.serve(File(CONTENT)).url}"
    app.does(conduct)
    return conduct


@pytest.mark.usefixtures("busy")
def test_a_client_that_makes_work_in_each_wake_is_slowed(app: App, session: Session, server: ScriptedServer) -> None:
    end_one(session, server)
    app.wait_calls(4)
    found = pauses(app)
    print("pauses:", " ".join(f"{pause:.3f}" for pause in found))
    assert all(pause >= delay - EARLY for pause, delay in zip(found, (0.2, 0.4, 0.8))), found
    assert wakes_of(app)[:4] == [1, 2, 3, 4]
    assert session.details()["relaunches"] >= 3


def test_a_client_that_leaves_events_is_slowed(app: App, session: Session, server: ScriptedServer) -> None:
    app.does("leave")
    end_one(session, server)
    app.wait_calls(4)
    assert all(pause >= delay - EARLY for pause, delay in zip(pauses(app), (0.2, 0.4, 0.8))), pauses(app)
    assert wakes_of(app)[:4] == [1, 2, 3, 4]
    assert [record["seq"] for record in app.records("event")][:6] == [1, 2] * 3


@pytest.mark.usefixtures("busy")
def test_the_next_wake_is_told(app: App, session: Session, server: ScriptedServer) -> None:
    end_one(session, server)
    app.wait_calls(3)
    details = wait_until(lambda: next((d for d in [session.details()] if d["wake-number"] == 0 and "next-wake" in d), None),
                         "a wake that is planned and not outstanding")
    assert details["next-wake"] > wall_time(-1)
    assert details["wake-attempts"] == 0


def test_a_wake_that_ends_clean_ends_the_row(app: App, busy: str, session: Session, server: ScriptedServer) -> None:
    app.does(busy, busy, "handle")
    end_one(session, server)
    app.wait_completed(1, 2, 3)
    end_one(session, server)
    app.wait_completed(1, 2, 3, 4)
    assert session.details()["relaunches"] == 0
    assert is_quiet(session)


@pytest.mark.usefixtures("busy")
def test_a_client_in_the_foreground_ends_the_row(machine: Machine, app: App, client: Client, session: Session,
                                                 server: ScriptedServer) -> None:
    end_one(session, server)
    app.wait_calls(4)

    def attach_between_wakes() -> bool:
        details = session.details()
        if details["wake-number"] != 0 or "next-wake" not in details:
            return False
        session.attach()
        return True

    wait_until(attach_between_wakes, "a moment between two wakes", 15)
    assert session.details()["relaunches"] == 0
    launches = len(app.calls)
    app.does("handle")
    session.detach()
    app.wait_calls(launches + 1)
    wait_until(lambda: is_quiet(session) and session.events() == [], "all to be handled", 15)
    assert session.details()["relaunches"] == 0


@pytest.mark.usefixtures("busy")
def test_a_crash_does_not_end_the_row(machine: Machine, app: App, session: Session, server: ScriptedServer) -> None:
    end_one(session, server)
    app.wait_calls(4)
    wait_until(lambda: len(app.completed) >= 3, "the third completion")
    before = session.details()["relaunches"]
    machine.restart()
    assert machine.client().session("woken").details()["relaunches"] >= before >= 2


@pytest.mark.usefixtures("busy")
def test_other_applications_are_not_slowed(app: App, resident: ResidentApp, client: Client, session: Session,
                                           server: ScriptedServer) -> None:
    end_one(session, server)
    app.wait_calls(3)
    other = resident.session(client, "other")
    end_one(other, server)
    wait_until(lambda: wakes_of(resident, "other") == [1], "the other application's wake")
    assert other.details()["relaunches"] == 0
