from typing import Iterator

import pytest

from harness.fixtures import (  # noqa: F401
    certificates, other_server, pytest_runtest_makereport, pytest_runtest_setup, tls_server, watched)
from harness.machine import Machine
from hostile.row import Stage
from servers.scripted import ScriptedServer
from servers.tls import Certificates


@pytest.fixture(scope="module")
def house() -> Iterator[Machine]:
    """One daemon for all rows of a file: what one of them leaves behind is the next one's trouble."""
    with Machine() as made:
        yield made


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """An origin of the row's own, so that no connection is used again that another row has spoilt."""
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def stage(request: pytest.FixtureRequest, house: Machine, server: ScriptedServer, other_server: ScriptedServer,  # noqa: F811
          tls_server: ScriptedServer, certificates: Certificates) -> Iterator[Stage]:  # noqa: F811
    watched(request, house)
    if not house.daemon.is_running:
        house.daemon.start()
    yield Stage(house, server, other_server, tls_server, certificates)
    assert house.daemon.is_running, f"hauld died:\n{house.daemon.log[-2000:]}"
