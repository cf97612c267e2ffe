"""The applications that the tests of waking launch do what they are told to."""

from typing import Iterator

import pytest

from harness.app import App, ResidentApp
from harness.connection import BusError, Connection
from harness.machine import Machine


@pytest.fixture
def unbooted() -> Machine:
    return Machine()


@pytest.fixture
def app(unbooted: Machine) -> App:
    return App(unbooted)


@pytest.fixture
def machine(unbooted: Machine, app: App) -> Iterator[Machine]:
    """Without a daemon."""
    with unbooted.without_daemon():
        yield unbooted


@pytest.fixture
def caller(machine: Machine) -> Iterator[Connection]:
    connection = machine.bus.connect()
    yield connection
    connection.close()


def call(caller: Connection, name: str, wake: int, timeout: float = 10.0) -> None:
    caller.call(name, "/org/hauld1/Client", "org.hauld1.Client", "HandleEvents", "st", "woken", wake, timeout=timeout)


def test_the_bus_launches_the_application_which_writes_its_calls_down(app: App, caller: Connection) -> None:
    app.does("answer")
    for wake in (1, 2):
        call(caller, app.name, wake)
    assert [(made.identifier, made.wake) for made in app.calls] == [("woken", 1), ("woken", 2)]
    assert len(app.records("started")) == 1
    assert caller.pid_of(app.name) == app.records("called")[0]["pid"]


def test_each_call_has_a_conduct_and_the_last_one_stays(app: App, caller: Connection) -> None:
    app.does("die called", "exit", "error")
    for wake in (1, 2):
        with pytest.raises(BusError) as raised:
            call(caller, app.name, wake)
        assert raised.value.word == "NoReply"
    for wake in (3, 4):
        with pytest.raises(BusError) as raised:
            call(caller, app.name, wake)
        assert raised.value.word == "NotNow"
    assert [made.wake for made in app.calls] == [1, 2, 3, 4]
    assert len(app.records("started")) == 3


def test_a_silent_application_stays(app: App, caller: Connection) -> None:
    app.does("silent")
    with pytest.raises(TimeoutError):
        call(caller, app.name, 1, timeout=2.0)
    assert caller.pid_of(app.name) == app.records("called")[0]["pid"]


def test_a_resident_application_answers_as_it_is_told(machine: Machine, caller: Connection) -> None:
    with ResidentApp(machine) as resident:
        call(caller, resident.name, 1)
        resident.answer = "error"
        with pytest.raises(BusError):
            call(caller, resident.name, 2)
        assert [made.wake for made in resident.calls] == [1, 2]
    assert caller.pid_of(resident.name) is None
