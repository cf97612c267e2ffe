from typing import Iterator

import pytest

from conformance.echo import EchoClient
from harness.fixtures import pytest_runtest_makereport, pytest_runtest_setup, watched  # noqa: F401
from harness.machine import Machine


@pytest.fixture(scope="module")
def echoing() -> Iterator[EchoClient]:
    """One daemon for all cases of a file: each is a task and a connection of its own."""
    with Machine(log_level="info") as machine, EchoClient(machine) as made:
        yield made


@pytest.fixture
def client(request: pytest.FixtureRequest, echoing: EchoClient) -> EchoClient:
    watched(request, echoing.machine)
    return echoing
