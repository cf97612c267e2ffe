"""A person with an account on the booted machine."""

import shlex
import subprocess
from pathlib import Path

from harness.deadline import wait_until

from systemd.booted_machine import BootedMachine
from systemd.process import run

HAULD = "hauld.service"
LOGIN = "haul-login.service"


class User:
    """Made logged out. Between log_in() and log_out() it has a user manager and a session bus."""

    def __init__(self, machine: BootedMachine, name: str) -> None:
        machine.run("useradd", "--create-home", name)
        self.name = name
        self.uid = int(machine.run("id", "--user", name).stdout)
        self.home = f"/home/{name}"
        self._machine = machine

    def log_in(self) -> None:
        self._machine.run("systemctl", "start", f"user@{self.uid}.service")
        bus = self._machine.path(f"/run/user/{self.uid}/bus")
        wait_until(bus.is_socket, f"the session bus of {self.name}")

    def log_out(self) -> None:
        """Ends the user manager and everything that it started."""
        self._machine.run("systemctl", "stop", f"user@{self.uid}.service")

    def enter(self, *command: object) -> list[str]:
        """The command line that runs `command` in the user's session."""
        runtime = f"/run/user/{self.uid}"
        return self._machine.enter(
            "setpriv", f"--reuid={self.name}", f"--regid={self.name}", "--init-groups",
            "env", f"--chdir={self.home}", f"HOME={self.home}", f"USER={self.name}", f"XDG_RUNTIME_DIR={runtime}",
            f"DBUS_SESSION_BUS_ADDRESS=unix:path={runtime}/bus", *command)

    def run(self, *command: object, check: bool = True, timeout: float = 60) -> subprocess.CompletedProcess:
        """Runs a command in the user's session; its output is text."""
        return run(self.enter(*command), check, timeout)

    def systemctl(self, *arguments: object, check: bool = True) -> str:
        return self.run("systemctl", "--user", *arguments, check=check).stdout.strip()

    def show(self, key: str, unit: str = HAULD) -> str:
        """A property of a unit."""
        return self.systemctl("show", "--value", f"--property={key}", unit)

    def wait_for(self, key: str, value: str, unit: str = HAULD, timeout: float = 10) -> None:
        wait_until(lambda: self.show(key, unit) == value, f"{key}={value} of {unit}", timeout, 0.05)

    def write(self, path: str, text: str) -> None:
        """Writes a file in the home directory, with the directories that it needs."""
        self.run("mkdir", "--parents", Path(path).parent)
        self.run("sh", "-c", f"printf %s {shlex.quote(text)} > {shlex.quote(path)}")

    def override(self, text: str, unit: str = HAULD) -> None:
        """Adds a drop-in to a unit."""
        self.write(f".config/systemd/user/{unit}.d/test.conf", text)
        self.systemctl("daemon-reload")

    def call(self, path: str, member: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess:
        """Calls a method of the daemon with dbus-send, waiting long enough for Task.Wait."""
        return self.run("dbus-send", "--session", "--print-reply=literal", "--reply-timeout=60000",
                        "--dest=org.hauld1", path, member, *arguments, check=check)

    def download(self, url: str, destination: str) -> str:
        """Starts a download and returns its path."""
        return self.call("/org/hauld1", "org.hauld1.Manager.Download", f"string:{url}", f"string:{destination}").stdout.strip()

    def wait(self, task: str) -> list[str]:
        """Blocks until a task has ended, at most 50 s; its state and, where there is one, its reason."""
        return self.call(task, "org.hauld1.Task.Wait", "uint64:50000000").stdout.split()

    def bytes_done(self, task: str) -> int:
        """How many bytes of a task have arrived."""
        reply = self.call(task, "org.freedesktop.DBus.Properties.Get", "string:org.hauld1.Task", "string:BytesDone")
        return int(reply.stdout.split()[-1])

    def digest(self, path: str) -> str:
        """SHA-256 of a file."""
        return self.run("sha256sum", path).stdout.split()[0]
