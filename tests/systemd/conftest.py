"""One machine for all of these tests, a new user of it for each."""

import itertools
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator

import pytest
from harness.daemon import binary_directory

from systemd.booted_machine import BootedMachine, why_no_machine
from systemd.process import kill, spawn
from systemd.user import User

_DEMO_SERVER = Path(__file__).resolve().parents[2] / "packaging/demo-server"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class ServedFile:
    """A file that a server inside the machine offers."""

    url: str
    sha256: str


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BootedMachine]:
    """A booted machine with the build installed into it, as cmake --install does it."""
    reason = why_no_machine()
    if reason:
        pytest.skip(reason)
    tree = tmp_path_factory.mktemp("installed")
    subprocess.run(["cmake", "--install", binary_directory().parent], env={"DESTDIR": tree, "PATH": "/usr/bin:/bin"},
                   check=True, stdout=subprocess.DEVNULL)
    shutil.copy(_DEMO_SERVER, tree / "usr/local/bin")  # the machine does not see this one's /tmp
    machine = BootedMachine(tree)
    machine.run("ldconfig")
    yield machine
    machine.power_off()


@pytest.fixture
def newcomer(machine: BootedMachine) -> Iterator[User]:
    """A user who has not logged in yet."""
    user = User(machine, f"tester{next(_numbers)}")
    yield user
    user.log_out()
    print(machine.run("journalctl", "--quiet", f"_UID={user.uid}").stdout)  # for whoever reads a failure


@pytest.fixture
def user(newcomer: User) -> User:
    """A user who is logged in and has not called the daemon yet."""
    newcomer.log_in()
    return newcomer


@pytest.fixture
def serve(machine: BootedMachine) -> Iterator[Callable[[float, float], ServedFile]]:
    """serve(size, rate): offers a file of so many MiB at so many MiB a second, 0: as fast as it goes."""
    servers = []

    def start(size: float, rate: float) -> ServedFile:
        server = spawn(machine.enter(_DEMO_SERVER.name, f"--size={size}", f"--rate={rate}"))
        servers.append(server)
        return ServedFile(server.stdout.readline().strip(), server.stdout.readline().strip())

    yield start
    for server in servers:
        kill(server)
