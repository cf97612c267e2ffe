"""Whom a session may have launched: names that can be launched or are the caller's, and nobody else's."""

from typing import Iterator

import pytest

from bus.expect import refused
from harness.app import App, ResidentApp
from harness.client import Client, Session
from harness.deadline import wait_until
from harness.machine import Machine
from relaunch.expect import end_one, wakes_of
from servers.scripted import ScriptedServer

BAD_NAMES = [
    "", ".", "org", "org.", ".org.example", "org..example", "org.example.", "org.7up", "7up.org", "org.exa mple", "org.exämple",
    "org.example/App", "org.example.App\n", "org.example.App;", ":1.5", ":1", ":", "org.hauld1", "org.freedesktop.DBus",
    "org." + "x" * 252,
]
BAD_UNITS = [
    "", ".service", "@.service", "app", "app.socket", "app.timer", "app.target", "app.service.d", "app.SERVICE", "../app.service",
    "/etc/app.service", "sub/app.service", "app .service", "app.service\n", "äpp.service", "app*.service", "a;b.service",
    "x" * 256 + ".service",
]


@pytest.fixture
def foreign(machine: Machine) -> Iterator[ResidentApp]:
    """An application of another user."""
    theirs = machine.stranger()
    running = ResidentApp(machine, "org.example.Foreign", theirs.connection)
    with running:
        yield running


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_is_none_is_refused(client: Client, name: str) -> None:
    with refused("InvalidArgument", "bus-name"):
        client.session("woken", bus_name=name)
    assert client.sessions() == []


@pytest.mark.parametrize("unit", BAD_UNITS)
def test_a_unit_that_is_none_is_refused(client: Client, unit: str) -> None:
    with refused("InvalidArgument", "unit"):
        client.session("woken", unit=unit)
    assert client.sessions() == []


@pytest.mark.parametrize("options", [{"bus-name": ("u", 1)}, {"unit": ("as", ["app.service"])}, {"wake": ("b", True)}],
                         ids=lambda options: next(iter(options)))
def test_a_target_of_another_type_is_refused(client: Client, options: dict) -> None:
    with refused("InvalidArgument", next(iter(options))):
        client.session("woken", options)
    assert client.sessions() == []


def test_a_name_that_nothing_launches_is_refused(client: Client) -> None:
    with refused("InvalidArgument", "bus-name", "org.example.Nobody"):
        client.session("woken", bus_name="org.example.Nobody")
    assert client.sessions() == []


def test_the_unit_of_a_machine_without_service_manager_is_refused(app: App, client: Client) -> None:
    with refused("InvalidArgument", "unit", "app.service"):
        app.session(client, unit="app.service")
    assert client.sessions() == []


@pytest.mark.root
def test_a_name_of_another_user_is_refused(client: Client, foreign: ResidentApp) -> None:
    with refused("NotPermitted", foreign.name):
        client.session("woken", bus_name=foreign.name)
    assert client.sessions() == []


@pytest.mark.root
def test_an_activatable_name_that_another_user_owns_is_refused(machine: Machine, app: App, client: Client) -> None:
    with ResidentApp(machine, app.name, machine.stranger().connection) as theirs:
        with refused("NotPermitted", app.name):
            app.session(client)
        assert theirs.calls == []


@pytest.mark.root
def test_a_unit_of_another_owners_is_refused(machine: Machine) -> None:
    with refused("NotPermitted", "app.service"):
        machine.stranger().session("woken", unit="app.service")


@pytest.mark.root
def test_another_user_may_have_an_application_of_its_own(machine: Machine, foreign: ResidentApp, server: ScriptedServer) -> None:
    session = machine.stranger().session("woken", bus_name=foreign.name)
    end_one(session, server)
    foreign.wait_calls(1)
    session.acknowledge(2)
    session.complete(1)


def test_a_name_that_the_caller_owns_needs_no_service_file(resident: ResidentApp, client: Client, server: ScriptedServer) -> None:
    session = resident.session(client)
    end_one(session, server)
    assert [(call.identifier, call.wake) for call in resident.wait_calls(1)] == [("woken", 1)]
    session.acknowledge(2)
    session.complete(1)


def test_a_target_is_not_checked_again_while_it_stays_the_same(machine: Machine, client: Client) -> None:
    with ResidentApp(machine) as running:
        session = running.session(client)
    assert client.session("woken", bus_name=running.name, retries=3) == session
    assert session.details()["retries"] == 3
    with refused("InvalidArgument", running.name):
        client.session("another", bus_name=running.name)


def test_what_is_refused_changes_nothing(app: App, client: Client) -> None:
    session = app.session(client, wake="each-event", retries=3)
    with refused("InvalidArgument"):
        client.session("woken", bus_name="org.example.Nobody", wake="never", retries=4)
    details = session.details()
    assert (details["bus-name"], details["wake"], details["retries"]) == (app.name, "each-event", 3)


def test_opening_without_options_keeps_the_target(app: App, session: Session, client: Client, server: ScriptedServer) -> None:
    assert client.session("woken") == session
    assert session.details()["bus-name"] == app.name


@pytest.mark.root
def test_a_name_that_another_user_has_taken_meanwhile_is_not_called(machine: Machine, app: App, session: Session,
                                                                    server: ScriptedServer) -> None:
    with ResidentApp(machine, app.name, machine.stranger().connection) as theirs:
        end_one(session, server)
        wait_until(lambda: session.details()["wake-attempts"] >= 2, "the second attempt", 15)
        assert app.name in session.details()["wake-error"]
        assert theirs.calls == []
    app.wait_completed(1)
    assert session.events() == []


def test_many_sessions_of_one_application_are_told_apart(app: App, client: Client, server: ScriptedServer) -> None:
    sessions = [app.session(client, f"session {number}") for number in range(5)]
    for session in sessions:
        end_one(session, server)
    wait_until(lambda: all(session.events() == [] for session in sessions), "all sessions to be handled", 30)
    wait_until(lambda: all(session.details()["wake-number"] == 0 for session in sessions), "all wakes to be completed", 30)
    for number in range(5):
        assert set(wakes_of(app, f"session {number}")) == {1}


@pytest.mark.parametrize("identifier", ["größe 日本語", "'; drop table wakes; --", "a" * 255])
def test_the_identifier_comes_as_it_is(resident: ResidentApp, client: Client, server: ScriptedServer, identifier: str) -> None:
    session = resident.session(client, identifier)
    end_one(session, server)
    assert resident.wait_calls(1)[0].identifier == identifier
    session.complete(1)
