"""A real systemd, booted as PID 1 of new namespaces over a throw-away overlay of this machine.

Nothing is written to the machine underneath but an empty directory and a
control group, which go when the machine is powered off. It does not outlive the
process that booted it.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Optional

from harness.deadline import PATIENCE, wait_until

from systemd.process import run

_BOOT = Path(__file__).with_name("boot.sh")
_SYSTEMD = Path("/lib/systemd/systemd")
_TRY_OVERLAY = """
mount --make-rprivate /
mount -t tmpfs tmpfs "$1" && cd "$1" && mkdir upper work root
mount -t overlay -o lowerdir=/,upperdir=upper,workdir=work overlay root
"""


class BootFailure(Exception):
    """systemd did not come up; the message holds what it said."""


def why_no_machine() -> Optional[str]:
    """The reason why no machine can be booted here, None where one can."""
    if os.geteuid() != 0:
        return "booting systemd in namespaces needs root"
    for path in (_SYSTEMD, Path("/lib/systemd/systemd-logind"), Path("/usr/lib/systemd/user/dbus.socket")):
        if not path.exists():
            return f"{path} is not installed"
    if _cgroup2() is None:
        return "no cgroup2 hierarchy is mounted"
    if not os.access(_cgroup2(), os.W_OK):
        return f"{_cgroup2()} is read-only"
    with tempfile.TemporaryDirectory(prefix="haul-machine-") as directory:
        overlay = subprocess.run(
            ["unshare", "--mount", "bash", "-ec", _TRY_OVERLAY, "bash", directory], capture_output=True, text=True)
    if overlay.returncode != 0:
        return f"no overlay over / can be mounted: {overlay.stderr.strip()}"
    return None


class BootedMachine:
    """Boots at construction; power_off() ends every process in it."""

    def __init__(self, tree: Path) -> None:
        """`tree` holds files to lay over this machine's, e.g. tree/usr/local/bin. Raises BootFailure."""
        self._directory = Path(tempfile.mkdtemp(prefix="haul-machine-"))
        self._group = _cgroup2() / self._directory.name
        self._console = tempfile.TemporaryFile(mode="w+")
        self._group.mkdir()
        self._unshare = subprocess.Popen(
            ["bash", "-c", 'echo $$ > "$1/cgroup.procs" && shift && exec "$@"', "bash", self._group,
             "setpriv", "--pdeathsig=KILL",
             "unshare", "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--fork", "--kill-child",
             "bash", _BOOT, self._directory, tree],
            stdin=subprocess.DEVNULL, stdout=self._console, stderr=subprocess.STDOUT, start_new_session=True)
        self._pid1: Optional[int] = None
        try:
            wait_until(self._has_manager, "systemd to answer", 30)
            state = self.run("timeout", 60, "systemctl", "is-system-running", "--wait", check=False).stdout.strip()
            if state != "running":
                raise BootFailure(f"the machine is {state}:\n{self.run('systemctl', '--failed', check=False).stdout}")
        except TimeoutError as late:
            self.power_off()
            raise BootFailure(f"{late}\n{self.console()}") from None
        except BaseException:
            self.power_off()
            raise

    def enter(self, *command: object) -> list[str]:
        """The command line that runs `command` as root inside."""
        path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return ["nsenter", f"--target={self._pid1}", "--all", "--", "env", "-i", path, "HOME=/root", "LANG=C.UTF-8",
                "SYSTEMD_COLORS=0", "SYSTEMD_PAGER=cat", *map(str, command)]

    def run(self, *command: object, check: bool = True, timeout: float = 60) -> subprocess.CompletedProcess:
        """Runs a command as root inside; its output is text."""
        return run(self.enter(*command), check, timeout)

    def path(self, inside: str) -> Path:
        """Where a file of the machine is to be found from outside."""
        return Path(f"/proc/{self._pid1}/root") / inside.lstrip("/")

    def enter_network(self) -> None:
        """From now on the calling thread makes its sockets inside. It never comes back."""
        clone_newnet = 0x40000000  # setns(2); Python has it from 3.12 on
        with open(f"/proc/{self._pid1}/ns/net") as network:
            if ctypes.CDLL(None, use_errno=True).setns(network.fileno(), clone_newnet) != 0:
                raise OSError(ctypes.get_errno(), "setns")

    def console(self) -> str:
        """What boot and PID 1 wrote before the journal was there."""
        self._console.seek(0)
        return self._console.read()

    def power_off(self) -> None:
        """Orderly shutdown where that works within ten seconds, SIGKILL of PID 1 otherwise."""
        if self._pid1 is not None:
            _send(self._pid1, signal.SIGRTMIN + 3)
        try:
            self._unshare.wait(10 * PATIENCE if self._pid1 else 0)
        except subprocess.TimeoutExpired:
            self._unshare.kill()  # and with it, as --kill-child says, PID 1
            self._unshare.wait()
        self._console.close()
        wait_until(self._remove_group, "the machine's control groups to empty")
        shutil.rmtree(self._directory)

    def _has_manager(self) -> bool:
        if self._unshare.poll() is not None:
            raise BootFailure(f"PID 1 ended:\n{self.console()}")
        if self._pid1 is None:
            children = Path(f"/proc/{self._unshare.pid}/task/{self._unshare.pid}/children").read_text().split()
            names = {int(child): Path(f"/proc/{child}/comm").read_text().strip() for child in children}
            self._pid1 = next((child for child, name in names.items() if name == "systemd"), None)
        return self._pid1 is not None and self.path("/run/systemd/private").exists()

    def _remove_group(self) -> bool:
        for directory, _, _ in os.walk(self._group, topdown=False):
            try:
                os.rmdir(directory)
            except OSError:
                return False
        return True


def _cgroup2() -> Optional[Path]:
    for line in Path("/proc/mounts").read_text().splitlines():
        _, where, kind, *_ = line.split()
        if kind == "cgroup2":
            return Path(where)
    return None


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
