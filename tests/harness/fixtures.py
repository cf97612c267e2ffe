"""The fixtures and hooks that a folder's conftest.py takes over by importing them."""

import os
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Iterator, Optional

import pytest

from servers.scripted import ScriptedServer
from servers.tls import Certificates

from .client import Client, Session
from .machine import Machine

_LOG_TAIL = 20_000  # characters of a daemon's log shown with a failed test


@pytest.fixture
def machine(request: pytest.FixtureRequest) -> Iterator[Machine]:
    """A running daemon of the test's own. A class or test may set the machine up with a `machine` marker:
    @pytest.mark.machine(config="...")."""
    marker = request.node.get_closest_marker("machine")
    with watched(request, Machine(**(marker.kwargs if marker else {}))) as made:
        yield made


@pytest.fixture
def client(machine: Machine) -> Client:
    return machine.client()


@pytest.fixture
def session(client: Client) -> Session:
    """The session "test", with nobody attached."""
    return client.session("test")


@pytest.fixture(scope="session")
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def other_server() -> Iterator[ScriptedServer]:
    """Another origin."""
    with ScriptedServer() as running:
        yield running


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="session")
def tls_server(certificates: Certificates) -> Iterator[ScriptedServer]:
    with ScriptedServer(certificates.server_context()) as running:
        yield running


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator["SmallDisk"]:
    """A file system of 1 MiB."""
    with SmallDisk(tmp_path / "disk", "1m") as disk:
        yield disk


@pytest.fixture
def state_disk(tmp_path: Path) -> Iterator["SmallDisk"]:
    """A file system of 16 MiB, for a journal with its log."""
    with SmallDisk(tmp_path / "disk", "16m") as disk:
        yield disk


class SmallDisk:
    """A tmpfs of `size` while `with` lasts, that can be filled, grown and made read-only. Needs root."""

    def __init__(self, path: Path, size: str) -> None:
        self.path = path
        self._size = size

    def __enter__(self) -> "SmallDisk":
        self.path.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self._size},mode=0755", "tmpfs", self.path], check=True)
        return self

    def __exit__(self, kind: Optional[type], error: Optional[BaseException], where: Optional[TracebackType]) -> None:
        subprocess.run(["umount", "-l", self.path], check=True)

    def fill(self) -> None:
        """Leaves no page free."""
        with (self.path / "filler").open("ab", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(4096))
            except OSError:
                pass

    def make_room(self) -> None:
        """Grows it to 64 MiB."""
        self.remount("size=64m")

    def remount(self, option: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{option}", self.path], check=True)


def watched(request: pytest.FixtureRequest, machine: Machine) -> Machine:
    """Has the machine's log printed where the test fails."""
    request.node.stash.setdefault(_MACHINES, []).append(machine)
    return machine


_MACHINES = pytest.StashKey[list[Machine]]()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        for machine in item.stash.get(_MACHINES, []):
            if log := machine.daemon.log:
                report.sections.append((f"log of hauld in {machine.directory}", log[-_LOG_TAIL:]))


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("root") and os.geteuid() != 0:
        pytest.skip("needs root")
