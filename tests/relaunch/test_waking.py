"""Absent clients are launched for what waits, once, and again until they say that they are done."""

import sys
import time
from pathlib import Path
from typing import Callable, Iterator

import pytest

from bus.expect import refused
from harness.client import Session
from harness.connection import BusError
from harness.deadline import wait_until
from harness.machine import QUICK_RETRIES, Machine
from servers.behaviours import File, silent, status
from servers.content import Content
from servers.scripted import ScriptedServer

CONTENT = Content(seed=5, size=20_000)
NAME = "org.example.App"
DELAY = 0.3  # seconds, that of the machine's configuration
WAKE = '[wake]\nretry-delay = "300ms"\nretry-delay-max = "5s"\nreply-timeout = "5s"\n'


class App:
    """What an activatable program was called with."""

    def __init__(self, machine: Machine, behaviour: str, name: str = NAME) -> None:
        self._log = machine.directory / f"{name}.log"
        machine.bus.activatable(name, [sys.executable, Path(__file__).with_name("app.py"), machine.bus.address, name,
                                       self._log, behaviour])

    @property
    def calls(self) -> list[tuple[float, str, int]]:
        """Time, identifier and wake of each HandleEvents."""
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        return [(float(when), identifier, int(wake)) for when, identifier, wake in map(str.split, lines)]

    def wait_calls(self, count: int) -> list[tuple[float, str, int]]:
        return wait_until(lambda: len(self.calls) >= count and self.calls, f"{count} launches", 20)


@pytest.fixture
def launching() -> Iterator[Callable[..., tuple[Machine, App]]]:
    """launching(behaviour): a machine with quick wakes on which that application is installed."""
    machines = []

    def start(behaviour: str) -> tuple[Machine, App]:
        machine = Machine(config=QUICK_RETRIES + WAKE)
        app = App(machine, behaviour)
        machine.__enter__()
        machines.append(machine)
        return machine, app

    yield start
    for machine in machines:
        machine.close()


def open_session(machine: Machine, **options) -> Session:
    return machine.client().session("com.example.s", {"bus-name": NAME, **options})


def is_quiet(session: Session) -> bool:
    details = session.details()
    return details["wake-number"] == 0 and "next-wake" not in details


def test_an_absent_client_is_launched_once_when_all_is_done(launching, server: ScriptedServer) -> None:
    machine, app = launching("handle")
    session = open_session(machine)
    url = server.serve(File(CONTENT)).url
    session.download(url)  # suspended: it does not hold the wake back
    for number in range(3):
        session.download(url, destination=machine.downloads / str(number), start=True)
    wait_until(lambda: app.calls and is_quiet(session), "the wake's end", 20)
    assert [call[1:] for call in app.calls] == [("com.example.s", 1)]
    assert session.events() == []
    for number in range(3):
        CONTENT.check(machine.downloads / str(number))


def test_nobody_is_launched_while_a_client_is_attached(launching, server: ScriptedServer) -> None:
    machine, app = launching("handle")
    session = open_session(machine)
    session.attach()
    session.download(server.serve(File(CONTENT)).url, start=True).wait()
    assert app.calls == [] and session.details()["wake-number"] == 0
    session.call("Detach")
    app.wait_calls(1)


def test_a_client_that_never_completes_is_launched_with_growing_delays(launching, server: ScriptedServer) -> None:
    machine, app = launching("die")
    session = open_session(machine)
    session.download(server.serve(File(CONTENT)).url, start=True).wait()
    times = [when for when, _, wake in app.wait_calls(4) if wake == 1]
    gaps = [later - earlier for earlier, later in zip(times, times[1:])]
    assert len(times) >= 4
    for number, gap in enumerate(gaps[:3]):
        assert gap >= DELAY * 2**number * 0.9, gaps
    assert "wake-error" in session.details()
    session.call("Complete", "t", 1)
    with refused("InvalidState"):
        session.call("Complete", "t", 1)


def test_a_refusal_is_told_and_repeated(launching, server: ScriptedServer) -> None:
    machine, app = launching("refuse")
    session = open_session(machine)
    session.download(server.serve(File(CONTENT)).url, start=True).wait()
    app.wait_calls(2)
    wait_until(lambda: "not now" in session.details().get("wake-error", ""), "the error in the details")


def test_a_wake_survives_the_daemon(launching, server: ScriptedServer) -> None:
    machine, app = launching("answer")
    session = open_session(machine)
    session.download(server.serve(File(CONTENT)).url, start=True).wait()
    app.wait_calls(1)
    machine.restart()
    calls = app.wait_calls(2)
    assert {wake for _, _, wake in calls} == {1}
    session = machine.client().session("com.example.s")
    session.attach()
    session.acknowledge(2)
    signal = session.connection.wait_signal(lambda s: s.member == "AllEventsDelivered", "AllEventsDelivered")
    assert signal.body == (2, 1)
    session.call("Complete", "t", 1)
    assert is_quiet(session)


def test_who_attaches_to_a_drained_queue_hears_of_its_wake(launching, server: ScriptedServer) -> None:
    machine, app = launching("answer")
    session = open_session(machine)
    session.download(server.serve(File(CONTENT)).url, start=True).wait()
    app.wait_calls(1)
    session.acknowledge(2)
    session.attach()
    signal = session.connection.wait_signal(lambda s: s.member == "AllEventsDelivered", "AllEventsDelivered")
    assert signal.body == (2, 1)


@pytest.mark.parametrize(("policy", "launches"), [("each-event", 1), ("when-all-done", 1), ("when-needed", 1), ("never", 0)])
def test_what_needs_the_client_wakes_it_at_once(launching, server: ScriptedServer, policy: str, launches: int) -> None:
    machine, app = launching("answer")
    session = open_session(machine, wake=policy)
    session.download(server.serve(silent(), name="silent").url, start=True)
    asked = session.download(server.serve(status(401, ("WWW-Authenticate", "Basic realm=a")), name="guarded").url, start=True)
    asked.wait_for(lambda t: t.blocked_by == ["credentials"], "the question")
    if launches:
        app.wait_calls(1)
    assert session.details()["wake-number"] == launches


@pytest.mark.parametrize("policy", ["when-needed", "never"])
def test_plain_ends_wake_only_those_who_want_it(launching, server: ScriptedServer, policy: str) -> None:
    machine, app = launching("answer")
    session = open_session(machine, wake=policy)
    session.download(server.serve(File(CONTENT)).url, start=True).wait()
    assert len(session.events()) == 2
    assert session.details()["wake-number"] == 0 and app.calls == []


@pytest.mark.parametrize("name", [
    "", "app", ":1.5", "org.hauld1", "org.freedesktop.DBus", "org..app", "org.example.Nobody", "org.1.x", "a.b\n", "x." * 200])
def test_names_that_cannot_be_launched_are_refused(launching, name: str) -> None:
    machine, _ = launching("answer")
    with refused("InvalidArgument", "bus-name"):
        machine.client().session("s", {"bus-name": name})
    assert machine.client().sessions() == []


@pytest.mark.parametrize("unit", ["", "app", "app.timer", "../x.service", "none.service"])
def test_units_that_cannot_be_started_are_refused(launching, unit: str) -> None:
    machine, _ = launching("answer")
    with refused("InvalidArgument", "unit"):
        machine.client().session("s", {"unit": unit})


@pytest.mark.root
def test_a_name_of_another_user_is_refused(launching) -> None:
    machine, _ = launching("answer")
    owner = machine.stranger()
    owner.connection.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName", "su",
                          "org.example.Theirs", 0)
    with refused("NotPermitted"):
        machine.client().session("s", {"bus-name": "org.example.Theirs"})


def test_complete_takes_only_the_number_of_a_wake(launching) -> None:
    machine, _ = launching("answer")
    session = open_session(machine)
    for wake in (0, 1, 2**64 - 1):
        with refused("InvalidArgument"):
            session.call("Complete", "t", wake)


def test_a_client_that_comes_and_goes_costs_nothing(launching) -> None:
    machine, app = launching("answer")
    session = open_session(machine)
    for _ in range(500):
        session.call("Attach")
        session.call("Detach")
    assert app.calls == [] and is_quiet(session)


def test_another_client_takes_over_and_the_first_is_told(launching) -> None:
    machine, _ = launching("answer")
    first, second = open_session(machine), open_session(machine)
    first.attach()
    with refused("InvalidState"):
        second.attach()
    second.call("TakeOver")
    assert first.connection.wait_signal(lambda s: s.member == "Detached", "Detached").body == ("taken-over",)
    with refused("InvalidState"):
        first.attach()


@pytest.mark.parametrize("cancel", [False, True])
def test_an_invalidated_session_ends_and_frees_its_identifier(launching, server: ScriptedServer, cancel: bool) -> None:
    machine, _ = launching("answer")
    session = machine.client().session("gone")
    task = session.download(server.serve(File(CONTENT, rate=20_000)).url, start=True)
    task.wait_for(lambda t: t.state == "running", "running")
    session.call("Invalidate", "b", cancel)
    with refused("InvalidState"):
        machine.client().session("gone")
    with refused("InvalidState"):
        session.download("http://127.0.0.1/")
    machine.restart()
    assert task.wait() == (("cancelled", "session") if cancel else ("finished", ""))
    session = Session(machine.client().connection, session.path)
    session.acknowledge(session.events()[-1].seq)
    again = wait_until(lambda: machine.client().session("gone"), "the identifier")
    assert again.path != session.path and again.tasks() == []
    with pytest.raises(BusError) as gone:
        session.details()
    assert gone.value.word == "UnknownObject"


def test_a_task_that_asks_first_waits_for_the_answer(launching, server: ScriptedServer) -> None:
    machine, app = launching("answer")
    session = open_session(machine)
    task = session.download(server.serve(status(404), name="old").url, {"ask-before-start": True}, start=True)
    app.wait_calls(1)
    assert task.blocked_by == ["client"] and [event.type for event in session.events()] == ["about-to-start"]
    machine.restart()
    session = machine.client().session("com.example.s")
    task = next(iter(session.tasks()))
    assert task.state == "waiting"
    live = machine.client().task(task.id)
    live.call("ReplaceUrl", "s", server.serve(File(CONTENT), name="new").url)
    live.resume()
    assert live.wait() == ("finished", "")


def test_ten_thousand_events_are_read_in_pages(launching, server: ScriptedServer) -> None:
    machine, _ = launching("answer")
    session = machine.client().session("many")
    for _ in range(2):
        paths = session.call("CreateMany", "a(ssa{sv})", [("download", "http://127.0.0.1/", {})] * 5000)
        for path in paths:
            session.connection.begin("org.hauld1", path, "org.hauld1.Task", "Cancel")
        wait_until(lambda: session.details()["events"] % 5000 == 0 and session.details()["events"], "their ends", 60)
    began, seen = time.monotonic(), []
    while page := session.call("GetEvents", "tu", seen[-1] if seen else 0, 0):
        seen += [event[0] for event in page]
    print(f"10,000 events: {time.monotonic() - began:.2f} s")
    assert seen == list(range(1, 10_001))
