"""hauld itself: started, killed and started again on the same state."""

import os
import signal
import subprocess
from pathlib import Path
from typing import Mapping, Optional, Sequence

from .client import NAME
from .deadline import PATIENCE, wait_until
from .family import Family
from .private_bus import PrivateBus

_REPOSITORY = Path(__file__).resolve().parents[2]


def binary_directory() -> Path:
    """Where the built programs are: $HAUL_BIN, or the debug preset's."""
    return Path(os.environ.get("HAUL_BIN", _REPOSITORY / "build/debug/bin")).resolve()


class DaemonLeft(Exception):
    """The daemon ended instead of getting ready. `code` as in subprocess (negative: killed by a signal)."""

    def __init__(self, code: int, log: str) -> None:
        super().__init__(f"hauld ended with {code}:\n{log}")
        self.code = code
        self.log = log


class Daemon:
    """One hauld on one state directory. Its log goes to one file over all of its lives."""

    def __init__(self, family: Family, bus: PrivateBus, directory: Path, *, state: Optional[Path] = None,
                 config: str = "", log_level: str = "debug", user: Optional[int] = None) -> None:
        """`config` is the text of the configuration file, which lies in `directory` like the log. `user`: another one
        than the test's, to whom `directory` has to belong."""
        self._family = family
        self._bus = bus
        self.state = state or directory / "state"
        self._config = directory / "hauld.toml"
        self._config.write_text(config)
        self._log = directory / "hauld.log"
        self._log_level = log_level
        self.under: Sequence[str] = ()  # a program that runs it, in its own process
        self._other_user = {} if user is None else {"user": user, "group": user, "extra_groups": []}
        self._process: Optional[subprocess.Popen] = None

    @property
    def arguments(self) -> list[str]:
        """The command line."""
        return [str(binary_directory() / "hauld"), f"--bus={self._bus.address}", f"--state-dir={self.state}",
                f"--config={self._config}", f"--log-level={self._log_level}"]

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def resident_bytes(self) -> int:
        """What it has in memory now. Where it `is_sanitized` that is mostly the sanitizer's."""
        line, = (line for line in self._proc("status").splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) * 1024

    @property
    def context_switches(self) -> int:
        """How often one of its threads has waited or was made to, since its start."""
        return sum(int(line.split()[1]) for thread in Path(f"/proc/{self.pid}/task").iterdir()
                   for line in (thread / "status").read_text().splitlines() if "ctxt_switches" in line)

    @property
    def is_sanitized(self) -> bool:
        """Whether the running program was built with a sanitizer."""
        maps = self._proc("maps")
        return "libasan" in maps or "libtsan" in maps

    def _proc(self, name: str) -> str:
        return Path(f"/proc/{self.pid}/{name}").read_text()

    def launch(self, environment: Mapping[str, str] = {}) -> None:
        """Starts it without waiting."""
        assert not self.is_running
        with self._log.open("ab") as log:
            log.write(b"--- hauld starts\n")
            log.flush()
            self._process = self._family.spawn([*self.under, *self.arguments], environment, stdout=log, stderr=log, **self._other_user)

    def start(self, environment: Mapping[str, str] = {}) -> None:
        """Starts it and waits until it owns its name. Raises DaemonLeft where it ends instead."""
        self.launch(environment)
        self.wait_ready()

    def wait_ready(self, timeout: float = 20.0) -> None:
        def is_ready() -> bool:
            if not self.is_running:
                raise DaemonLeft(self._process.returncode, self.log)  # type: ignore[union-attr]
            return self._bus.owner_pid(NAME) == self.pid
        wait_until(is_ready, "hauld to own its name", timeout, 0.005)

    def kill(self) -> None:
        """kill -9, and waits until it is gone."""
        self.send_signal(signal.SIGKILL)
        self.wait_exit()

    def terminate(self, timeout: float = 5.0) -> int:
        """SIGTERM; the exit code."""
        self.send_signal(signal.SIGTERM)
        return self.wait_exit(timeout)

    def send_signal(self, number: int) -> None:
        assert self._process
        self._process.send_signal(number)

    def wait_exit(self, timeout: float = 10.0) -> int:
        """Its exit code; negative where a signal ended it."""
        assert self._process
        return self._process.wait(timeout * PATIENCE)

    def run(self, arguments: Sequence[str], timeout: float = 10.0) -> subprocess.CompletedProcess:
        """Runs the binary with other arguments to its end, its output captured."""
        return self._family.run([str(binary_directory() / "hauld"), *arguments], timeout=timeout * PATIENCE)
