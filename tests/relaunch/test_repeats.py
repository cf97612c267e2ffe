"""A wake that is not completed comes again, with the same number and doubling delays: no storm, and none lost."""

from typing import Sequence

import pytest

from harness.app import App, Call, ResidentApp
from harness.client import Client, Session, wall_time
from harness.daemon import Daemon
from harness.deadline import PATIENCE, wait_until
from harness.machine import QUICK_RETRIES, Machine
from relaunch.expect import EARLY, end_one, gaps, is_quiet, launches, wakes_of
from servers.scripted import ScriptedServer


def assert_spaced(calls: Sequence[Call], *delays: float) -> None:
    """Between the calls lie at least these delays, in seconds."""
    assert_at_least(gaps(list(calls)), delays)


def assert_launches_spaced(daemon: Daemon, *delays: float) -> None:
    """Between the launches lie at least these delays, in seconds."""
    times = launches(daemon)
    assert_at_least([(later - earlier).total_seconds() for earlier, later in zip(times, times[1:])], delays)


def assert_at_least(found: Sequence[float], delays: Sequence[float]) -> None:
    assert len(found) >= len(delays)
    print("delays:", " ".join(f"{gap:.3f}" for gap in found))
    assert all(gap >= delay - EARLY for gap, delay in zip(found, delays)), f"{found} where at least {delays} was due"


def test_the_delay_doubles(app: App, session: Session, server: ScriptedServer) -> None:
    app.does("answer")
    end_one(session, server)
    calls = app.wait_calls(4)
    assert_spaced(calls, 0.2, 0.4, 0.8)
    assert wakes_of(app)[:4] == [1, 1, 1, 1]
    details = session.details()
    assert details["wake-number"] == 1
    assert details["wake-attempts"] == len(app.calls)
    assert details["next-wake"] > wall_time(-1)
    assert len(session.events()) == 2


@pytest.mark.machine(config=QUICK_RETRIES + '[wake]\nretry-delay = "100ms"\nretry-delay-max = "200ms"\n')
def test_the_delay_has_a_longest(app: App, session: Session, server: ScriptedServer) -> None:
    app.does("answer")
    end_one(session, server)
    calls = app.wait_calls(7)
    assert_spaced(calls, 0.1, 0.2, 0.2, 0.2, 0.2, 0.2)
    assert gaps(calls)[5] < 3.2 * PATIENCE, "doubled on and on"


@pytest.mark.parametrize("conduct", ["error", "exit", "forget", "die called", "die answered", "die attached"])
def test_a_client_that_fails_is_launched_again_for_the_same_wake(app: App, session: Session, server: ScriptedServer,
                                                                 conduct: str) -> None:
    app.does(conduct, conduct, "handle")
    end_one(session, server)
    app.wait_completed(1)
    assert wakes_of(app) == [1, 1, 1]
    assert_spaced(app.calls, 0.2, 0.4)
    assert session.events() == [] and is_quiet(session)


@pytest.mark.machine(config=QUICK_RETRIES + '[wake]\nretry-delay = "200ms"\nreply-timeout = "300ms"\n')
def test_a_client_that_stays_silent_is_called_again(resident: ResidentApp, client: Client, server: ScriptedServer) -> None:
    resident.answer = "silence"
    session = resident.session(client)
    end_one(session, server)
    assert_spaced(resident.wait_calls(3), 0.3, 0.4)
    assert wakes_of(resident)[:3] == [1, 1, 1]
    wait_until(lambda: resident.name in session.details().get("wake-error", ""), "why the launch failed")
    resident.answer = "reply"
    wait_until(lambda: "wake-error" not in session.details(), "a launch that did not fail", 15)
    session.complete(1)


def test_the_details_tell_what_the_client_answered(resident: ResidentApp, client: Client, server: ScriptedServer) -> None:
    resident.answer = "error"
    session = resident.session(client)
    end_one(session, server)
    wait_until(lambda: "NotNow" in session.details().get("wake-error", ""), "why the launch failed")
    assert session.details()["wake-number"] == 1
    resident.answer = "reply"
    wait_until(lambda: "wake-error" not in session.details(), "a launch that did not fail", 15)
    session.complete(1)
    assert "wake-error" not in session.details()


@pytest.mark.parametrize("name", ["org.example.Failing", "org.example.Missing"])
def test_a_name_that_does_not_start_is_tried_again(client: Client, server: ScriptedServer, name: str) -> None:
    session = client.session("woken", bus_name=name)
    end_one(session, server)
    wait_until(lambda: session.details()["wake-attempts"] >= 3, "the third attempt", 15)
    details = session.details()
    assert name in details["wake-error"] or "Spawn" in details["wake-error"], details["wake-error"]
    assert details["wake-number"] == 1
    assert len(session.events()) == 2
    session.complete(1)
    assert session.details()["wake-number"] == 0


def test_a_wake_survives_crashes_with_its_number_its_attempts_and_its_delays(machine: Machine, app: App, session: Session,
                                                                             server: ScriptedServer) -> None:
    app.does("answer", "answer", "answer", "handle")
    end_one(session, server)
    for launches in (1, 2, 3):
        app.wait_calls(launches)
        machine.restart()
        details = machine.client().session("woken").details()
        assert details["wake-number"] == 1
        assert details["wake-attempts"] >= launches
    app.wait_completed(1)
    assert set(wakes_of(app)) == {1}
    assert_launches_spaced(machine.daemon, 0.2, 0.4, 0.8)
    again = machine.client().session("woken")
    assert again.events() == [] and is_quiet(again)


def test_daemons_that_crash_one_after_the_other_start_no_storm(machine: Machine, resident: ResidentApp, client: Client,
                                                               server: ScriptedServer) -> None:
    end_one(resident.session(client), server)
    resident.wait_calls(1)
    for _ in range(5):
        machine.restart()
    wait_until(lambda: len(resident.calls) >= 3, "the wake to be repeated", 15)
    assert_launches_spaced(machine.daemon, 0.2, 0.4)


def test_a_wake_that_was_due_while_the_daemon_was_down_comes_when_it_is_back(machine: Machine, app: App, session: Session,
                                                                            server: ScriptedServer) -> None:
    session.attach()
    end_one(session, server)
    machine.daemon.kill()
    machine.daemon.start()
    app.wait_completed(1)


def test_a_wake_that_nobody_wants_any_more_stays_until_it_is_completed(resident: ResidentApp, client: Client,
                                                                       server: ScriptedServer) -> None:
    session = resident.session(client)
    end_one(session, server)
    resident.wait_calls(1)
    session.acknowledge(2)
    resident.wait_calls(2)
    assert wakes_of(resident)[:2] == [1, 1]
    session.complete(1)
    assert is_quiet(session)
