from harness.fixtures import (  # noqa: F401
    client, machine, pytest_runtest_makereport, pytest_runtest_setup, server, session)

from pathlib import Path
from typing import Iterator

import pytest

from harness.client import NAME
from harness.daemon import binary_directory
from harness.machine import Machine


class Haul:
    """The command line, run on a machine's bus in its download directory."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.binary = binary_directory() / "haul"

    def argv(self, *arguments: object) -> list[str]:
        return [str(self.binary), f"--bus={self.machine.bus.address}", *map(str, arguments)]

    def __call__(self, *arguments: object, timeout: float = 60.0, cwd: Path | None = None):
        """Runs it to its end; its output is text."""
        return self.machine.family.run(self.argv(*arguments), timeout=timeout, cwd=cwd or self.machine.downloads)

    def start(self, *arguments: object, **popen):
        """Starts it without waiting, its output a pipe of text unless `popen` says otherwise."""
        return self.machine.family.spawn(
            self.argv(*arguments), cwd=self.machine.downloads, **{"text": True, **popen})


@pytest.fixture
def haul(machine: Machine) -> Haul:
    return Haul(machine)


@pytest.fixture
def activated() -> Iterator[Haul]:
    """The command line on a machine where nobody but the bus starts the daemon."""
    machine = Machine()
    machine.bus.activatable(NAME, machine.daemon.arguments)
    with machine.without_daemon():
        yield Haul(machine)
