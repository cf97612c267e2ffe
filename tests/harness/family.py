"""All processes that one test starts, directly or through the bus, known by a mark in their environment."""

import os
import signal
import subprocess
import uuid
from pathlib import Path
from typing import Mapping, Sequence

from .deadline import wait_until

_MARK = "HAUL_TEST_FAMILY"


class Family:
    """Starts processes with a clean environment and finds every descendant of them.

    The mark is inherited, so a daemon that the bus activated belongs to the
    family too, whoever its parent is now.
    """

    def __init__(self, home: Path) -> None:
        self._id = uuid.uuid4().hex
        self._home = home
        self._children: list[subprocess.Popen] = []

    def environment(self, extra: Mapping[str, str] = {}) -> dict[str, str]:
        """What a member sees: no proxies, no bus, no home of the person who runs the tests."""
        return {
            "PATH": os.environ.get("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
            "HOME": str(self._home),
            "XDG_RUNTIME_DIR": str(self._home),
            "LANG": "C.UTF-8",
            # There is none unless the test starts it: nothing depends on the machine that the tests run on.
            "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self._home}/system/bus",
            **{key: value for key, value in os.environ.items() if key.endswith("SAN_OPTIONS")},
            **extra,
            _MARK: self._id,
        }

    def spawn(self, argv: Sequence[str], extra: Mapping[str, str] = {}, **popen) -> subprocess.Popen:
        """Starts a member. Its standard input is closed unless `popen` says otherwise."""
        popen.setdefault("stdin", subprocess.DEVNULL)
        child = subprocess.Popen([str(word) for word in argv], env=self.environment(extra), **popen)
        self._children.append(child)
        return child

    def run(self, argv: Sequence[str], extra: Mapping[str, str] = {}, timeout: float = 30.0, **popen) -> subprocess.CompletedProcess:
        """Runs a member to its end with its output captured as text."""
        return subprocess.run(
            [str(word) for word in argv], env=self.environment(extra), timeout=timeout, text=True,
            capture_output=True, stdin=subprocess.DEVNULL, **popen)

    def members(self) -> list[tuple[int, str]]:
        """Process id and command line of everything that lives and carries the mark."""
        mark = f"{_MARK}={self._id}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            try:
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                    found.append((int(entry.name), command.strip()))
            except OSError:
                continue
        return found

    def disband(self, grace: float = 5.0) -> list[str]:
        """Waits `grace` seconds for everyone to leave, kills the rest, and returns the command lines of those."""
        try:
            wait_until(lambda: self._reap() or not self.members(), "the test's processes to end", grace, 0.005)
            return []
        except TimeoutError:
            stragglers = self.members()
            for pid, _ in stragglers:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            wait_until(lambda: self._reap() or not self.members(), "killed processes to end", grace, 0.005)
            return [command for _, command in stragglers]

    def _reap(self) -> None:
        for child in self._children:
            child.poll()
