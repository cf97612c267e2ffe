"""A machine whose bus starts the daemon again, and a program over libhaul's Session on it."""

from typing import Iterator

import pytest

from harness.app import QUICK_WAKES
from harness.client import NAME, Session
from harness.fixtures import pytest_runtest_makereport, pytest_runtest_setup, server, watched  # noqa: F401
from harness.machine import QUICK_RETRIES, Machine
from harness.session_probe import Probe


@pytest.fixture
def machine(request: pytest.FixtureRequest) -> Iterator[Machine]:
    machine = Machine(config=QUICK_RETRIES + QUICK_WAKES)
    machine.bus.activatable(NAME, machine.daemon.arguments)
    with watched(request, machine):
        yield machine


@pytest.fixture(params=["thread", "loop"])
def probe(request: pytest.FixtureRequest, machine: Machine) -> Iterator[Probe]:
    """One for each place where callbacks can run."""
    with Probe(machine, request.param) as probe:
        yield probe


@pytest.fixture
def probed(machine: Machine, probe: Probe) -> Session:
    """The probe's session, as others see it."""
    return machine.client().session("probed")
