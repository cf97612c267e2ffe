from pathlib import Path
from typing import Iterator

import pytest

from harness.fixtures import (  # noqa: F401
    certificates, client, machine, other_server, pytest_runtest_makereport, pytest_runtest_setup, server, session,
    tls_server)
from harness.machine import Machine
from servers.uploads.ietf import IetfServer
from uploads.expect import CONTENT, LARGE


@pytest.fixture
def source(machine: Machine) -> Path:  # noqa: F811
    """A file with CONTENT."""
    path = machine.directory / "source.bin"
    CONTENT.write_to(path)
    return path


@pytest.fixture
def large(machine: Machine) -> Path:  # noqa: F811
    """A file with LARGE."""
    path = machine.directory / "large.bin"
    LARGE.write_to(path)
    return path


@pytest.fixture
def ietf(tmp_path: Path) -> Iterator[IetfServer]:
    """An upload server of the test's own, interop version 8."""
    with IetfServer(tmp_path / "ietf") as running:
        yield running
