"""A program over libhaul's Session that does what it is told, and what it says."""

import json
import os
import queue
import signal
import subprocess
import threading
from collections import deque

from servers.behaviours import File
from servers.content import Content
from servers.scripted import ScriptedServer

from .client import NAME, Client
from .daemon import binary_directory
from .deadline import wait_until
from .machine import Machine

CONTENT = Content(3, 50_000)
DOWNLOADED = ["finished-downloading", "finished"]  # the events of a download, as the probe calls them


class Probe:
    """Runs haul_session_probe while `with` lasts. Each method that says something to it waits for the answer."""

    def __init__(self, machine: Machine, mode: str, *, identifier: str = "probed", patience: int = 25_000) -> None:
        """`mode`: "thread" or "loop", where its callbacks run; `patience`: in milliseconds."""
        self._start(machine, [binary_directory() / "haul_session_probe", machine.bus.address, identifier, mode, patience])

    def _start(self, machine: Machine, argv: list) -> None:
        self.process = machine.family.spawn(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._lines: "queue.Queue[dict]" = queue.Queue()
        self._unheard: "deque[dict]" = deque()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> "Probe":
        assert self.hear("open") == {"said": "open"}
        return self

    def __exit__(self, *error: object) -> None:
        if self.process.poll() is None:
            self.process.stdin.close()  # the end of its input ends it
        code = self.process.wait(30)
        self._reader.join()
        self.process.stdout.close()
        assert error[0] is not None or code == 0, f"the probe ended with {code}"

    def send(self, command: str) -> None:
        """Without waiting for what comes of it."""
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def hear(self, *whats: str, timeout: float = 20.0) -> dict:
        """The next thing that it says, which has to be one of these kinds."""
        said = self._next(timeout)
        assert said["said"] in whats, said
        return said

    def hear_until(self, what: str, timeout: float = 20.0) -> list[dict]:
        """Everything up to and with the next thing of this kind."""
        heard = [self._next(timeout)]
        while heard[-1]["said"] != what:
            heard.append(self._next(timeout))
        return heard

    def ask(self, command: str, answer: str = "done", timeout: float = 40.0) -> dict:
        """Sends a command and returns the answer; what its session tells before that is for whoever hears next."""
        self.send(command)
        *before, said = self.hear_until(answer, timeout)
        self._unheard.extendleft(reversed(before))
        return said

    def do(self, command: str) -> None:
        """The same for a command that has to succeed."""
        said = self.ask(command)
        assert said == {"said": "done"}, said

    def make(self, command: str) -> int:
        """The number of the task that a command makes."""
        return self.ask(command, "made")["task"]

    def hear_events(self, task: int, *kinds: str) -> None:
        """These events of a task and no other ones, with the end of the queue, however often that comes between them."""
        said: list[tuple[int, str]] = []
        while len(said) < len(kinds):
            said += events_of(self.hear_until("all"))
            assert self.hear("completed") == {"said": "completed"}
        assert said == [(task, kind) for kind in kinds]

    def hear_download(self, task: int) -> None:
        self.hear_events(task, *DOWNLOADED)

    def _next(self, timeout: float) -> dict:
        return self._unheard.popleft() if self._unheard else self._lines.get(timeout=timeout)

    def _read(self) -> None:
        for line in self.process.stdout:
            self._lines.put(json.loads(line))


def event(kind: str, task: int) -> dict:
    return {"said": "event", "type": kind, "task": task}


def events_of(said: list[dict]) -> list[tuple[int, str]]:
    """Task and type of each event among what was said."""
    return [(line["task"], line["type"]) for line in said if line["said"] == "event"]


def url_of(server: ScriptedServer) -> str:
    """Of something small."""
    return server.serve(File(CONTENT)).url


def kill_daemon(client: Client) -> None:
    """kill -9, whoever started it; harmless where it is not there."""
    pid = client.connection.pid_of(NAME)
    if pid is None:
        return
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: client.connection.pid_of(NAME) != pid, "the daemon to be gone")
