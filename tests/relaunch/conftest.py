"""A machine with an application that the bus launches, and quick wakes."""

from typing import Iterator

import pytest

from harness.app import QUICK_WAKES, App, ResidentApp
from harness.client import Client, Session
from harness.fixtures import (  # noqa: F401
    client, other_server, pytest_runtest_makereport, pytest_runtest_setup, server, watched)
from harness.machine import QUICK_RETRIES, Machine
from relaunch.expect import end_one
from servers.scripted import ScriptedServer


@pytest.fixture
def unbooted(request: pytest.FixtureRequest) -> Machine:
    """A `machine` marker says how it is built, as elsewhere."""
    marker = request.node.get_closest_marker("machine")
    return Machine(**{"config": QUICK_RETRIES + QUICK_WAKES, **(marker.kwargs if marker else {})})


@pytest.fixture
def app(unbooted: Machine) -> App:
    """Whatever the bus launches as org.example.App."""
    return App(unbooted)


@pytest.fixture
def machine(request: pytest.FixtureRequest, unbooted: Machine, app: App) -> Iterator[Machine]:
    # Names that can't be launched, or can't be launched well.
    unbooted.bus.activatable("org.example.Failing", ["/bin/false"])
    unbooted.bus.activatable("org.example.Missing", ["/nonexistent/program"])
    with watched(request, unbooted):
        yield unbooted


@pytest.fixture
def resident(machine: Machine) -> Iterator[ResidentApp]:
    """An application that is there already, and only answers."""
    with ResidentApp(machine) as running:
        yield running


@pytest.fixture
def session(client, app: App) -> Session:
    """The session "woken", for which `app` is launched, with nobody attached."""
    return app.session(client)


@pytest.fixture
def woken(resident: ResidentApp, client: Client, server: ScriptedServer) -> Session:
    """A session with two events and wake 1 outstanding, whose client does nothing by itself."""
    session = resident.session(client)
    end_one(session, server)
    resident.wait_calls(1)
    return session
