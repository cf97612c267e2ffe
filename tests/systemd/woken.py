"""The example application on the booted machine, for one user: installed, called, and read."""

import shutil
from pathlib import Path
from typing import Iterable

from harness.client import TERMINAL
from harness.deadline import wait_until

from systemd.booted_machine import BootedMachine
from systemd.origin import body
from systemd.process import kill, spawn
from systemd.user import User

NAME = "org.example.HaulWokenPython"
EXAMPLES = Path(__file__).resolve().parents[2] / "client-lib/examples"
QUICK = '[wake]\nretry-delay = "400ms"\nreply-timeout = "5s"\n[transfer]\nretry-delay = "100ms"\nretry-delay-max = "500ms"\n'


class Origin:
    """origin.py inside the machine."""

    def __init__(self, machine: BootedMachine) -> None:
        self._process = spawn(machine.enter("/usr/local/bin/origin.py"))
        self._origin = self._process.stdout.readline().strip()

    def url(self, name: str, size: int = 100_000, rate: int = 0) -> str:
        return f"{self._origin}/{size}/{rate}/{name}"

    def wait_last_byte(self) -> float:
        """The time at which the next transfer is over, seconds since 1970."""
        return float(self._process.stdout.readline().split()[0])

    def close(self) -> None:
        kill(self._process)


class WokenApp:
    """woken_app.py, as it is installed and as it is started for a user."""

    def __init__(self, machine: BootedMachine, user: User, configuration: str = QUICK) -> None:
        for program in (EXAMPLES / "woken_app.py", *map(Path(__file__).with_name, ("troubled_app.py", "chat_app.py", "origin.py"))):
            target = machine.path(f"/usr/local/bin/{program.name}")
            shutil.copy(program, target)
            target.chmod(0o755)
        self.user = user
        self.home = machine.path(f"{user.home}/.local/share/{NAME}")
        user.write(".config/haul/hauld.toml", configuration)
        service = (EXAMPLES / f"{NAME}.service.in").read_text().replace("@bindir@", "/usr/local/bin")
        self.install(service)
        self._service = service

    def install(self, service: str, is_logged_in: bool = True) -> None:
        """Tells the bus how to launch it, now or when the user logs in."""
        self.user.write(f".local/share/dbus-1/services/{NAME}.service", service)
        if is_logged_in:
            self.user.run("busctl", "--user", "call", "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "ReloadConfig")

    def install_command(self, *command: str) -> None:
        """Another program in its place."""
        self.install(f"[D-BUS Service]\nName={NAME}\nExec={' '.join(command)}\n")

    def trouble(self, what: str, step: str) -> None:
        """From now on it is launched with trouble."""
        self.install_command("/usr/local/bin/troubled_app.py", what, f'"{step}"')

    def reinstall(self, is_logged_in: bool = True) -> None:
        """Without trouble."""
        self.install(self._service, is_logged_in)

    def ask(self, *arguments: object) -> None:
        """Runs it as a person does, until it exits."""
        self.user.run("woken_app.py", *arguments)

    def lines(self, *words: str) -> list[list[str]]:
        """What it has logged, of these kinds: time, word and what follows."""
        log = self.home / "events.log"
        lines = [line.split() for line in log.read_text().splitlines()] if log.exists() else []
        return [line for line in lines if line[1] in words or not words]

    @property
    def wakes(self) -> list[int]:
        return [int(line[2]) for line in self.lines("woken")]

    @property
    def completed(self) -> list[int]:
        return [int(line[2]) for line in self.lines("completed")]

    def session(self) -> str:
        """The path of its session."""
        listed = self.call("/org/hauld1", "Manager.ListSessions").split()
        return listed[listed.index(f'"{NAME}"') + 1].strip('"')

    def call(self, path: str, member: str, *arguments: str) -> str:
        """Calls a method of the daemon; the reply as text."""
        interface, _, method = member.rpartition(".")
        return self.user.run("busctl", "--user", "call", "org.hauld1", path, f"org.hauld1.{interface}", method, *arguments).stdout

    def details(self) -> str:
        return self.call(self.session(), "Session.GetDetails")

    def open(self, **options: str) -> str:
        """The session with options that are strings; its path."""
        words = [word for key, value in options.items() for word in (key.replace("_", "-"), "s", value)]
        return self.call("/org/hauld1", "Manager.OpenSession", "sa{sv}", NAME, str(len(options)), *words).split('"')[1]

    def start_download(self, url: str) -> None:
        """In its session as it is, without the application."""
        self.user.run("mkdir", "-p", f"{self.user.home}/.local/share/{NAME}/incoming")
        self.call(self.session(), "Session.CreateDownload", "sa{sv}", url, "2", "start", "b", "true",
                  "destination", "s", f"{self.user.home}/.local/share/{NAME}/incoming/")

    def is_running(self) -> bool:
        reply = self.user.run("busctl", "--user", "call", "org.freedesktop.DBus", "/org/freedesktop/DBus",
                              "org.freedesktop.DBus", "NameHasOwner", "s", NAME)
        return "true" in reply.stdout

    def is_quiet(self) -> bool:
        """Whether everything is handled, and no wake is outstanding or planned."""
        details = self.details()
        return '"events" t 0' in details and '"wake-number" t 0' in details and '"next-wake"' not in details

    def wait_quiet(self, timeout: float = 30) -> None:
        wait_until(self.is_quiet, "everything to be handled and completed", timeout, 0.05)

    def wait_wakes(self, count: int) -> None:
        wait_until(lambda: len(self.wakes) >= count, f"call {count} of HandleEvents", 20)

    def check(self, files: Iterable[str], uploads: int = 0, size: int = 100_000) -> None:
        """Every event is there, in order, with one end for each task; each file was moved to its place."""
        seen: dict[int, tuple[str, str]] = {}
        for _, _, number, task, kind in self.lines("event"):
            assert seen.setdefault(int(number), (task, kind)) == (task, kind)
        assert sorted(seen) == list(range(1, len(seen) + 1))
        told: dict[str, list[str]] = {}
        for _, (task, kind) in sorted(seen.items()):
            told.setdefault(task, []).append(kind)
        names = set(files)
        assert sorted(told.values()) == sorted([["finished-downloading", "completed"]] * len(names) + [["completed"]] * uploads)
        assert all(kinds[-1] in TERMINAL for kinds in told.values())
        for name in names:
            assert (self.home / name).read_bytes() == body(name, size)
        assert list((self.home / "incoming").iterdir()) == []

    def wait_left(self) -> None:
        """Until the application has exited."""
        wait_until(lambda: not self.is_running(), "the application to exit", 20, 0.05)


def seconds_between(lines: list[list[str]]) -> list[float]:
    """Between the lines of a log."""
    times = [float(line[0]) for line in lines]
    return [later - earlier for earlier, later in zip(times, times[1:])]


