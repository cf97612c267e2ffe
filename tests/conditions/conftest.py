from typing import Iterator

import pytest

from harness.client import Client
from harness.fixtures import (  # noqa: F401
    client, machine, pytest_runtest_makereport, pytest_runtest_setup, server, session)
from harness.machine import Machine
from harness.network_namespace import NetworkNamespace
from harness.system_services import SystemServices


@pytest.fixture
def services(machine: Machine, client: Client) -> Iterator[SystemServices]:  # noqa: F811
    """After `client`, which is to go before the bus does."""
    running = SystemServices(machine)
    yield running
    running.stop()


@pytest.fixture
def network(machine: Machine) -> NetworkNamespace:  # noqa: F811
    """That of a machine with a network of its own."""
    assert machine.network
    return machine.network
