from typing import Iterator

import pytest

from harness.fixtures import (  # noqa: F401
    certificates, client, machine, pytest_runtest_makereport, pytest_runtest_setup, session)
from servers.tls import Certificates
from servers.websocket.adversary import Adversary


@pytest.fixture
def server() -> Iterator[Adversary]:
    with Adversary() as running:
        yield running


@pytest.fixture
def other_server() -> Iterator[Adversary]:
    """Another origin."""
    with Adversary() as running:
        yield running


@pytest.fixture
def tls_server(certificates: Certificates) -> Iterator[Adversary]:  # noqa: F811
    with Adversary(certificates.server_context()) as running:
        yield running
