"""A program over libhaul's Session that does what it is told, and what it says."""

import json
import queue
import subprocess
import threading

from .daemon import binary_directory
from .machine import Machine


class Probe:
    """Runs haul_session_probe while `with` lasts. Each method that says something to it waits for the answer."""

    def __init__(self, machine: Machine, mode: str, *, identifier: str = "probed", patience: int = 25_000) -> None:
        """`mode`: "thread" or "loop", where its callbacks run; `patience`: in milliseconds."""
        argv = [str(binary_directory() / "haul_session_probe"), machine.bus.address, identifier, mode, str(patience)]
        self.process = machine.family.spawn(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._lines: "queue.Queue[dict]" = queue.Queue()
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
        said = self._lines.get(timeout=timeout)
        assert said["said"] in whats, said
        return said

    def hear_until(self, what: str, timeout: float = 20.0) -> list[dict]:
        """Everything up to and with the next thing of this kind."""
        heard = [self._lines.get(timeout=timeout)]
        while heard[-1]["said"] != what:
            heard.append(self._lines.get(timeout=timeout))
        return heard

    def ask(self, command: str, answer: str = "done", timeout: float = 40.0) -> dict:
        """Sends a command and returns the answer, which has to come next."""
        self.send(command)
        return self.hear(answer, timeout=timeout)

    def do(self, command: str) -> None:
        """The same for a command that has to succeed."""
        said = self.ask(command)
        assert said == {"said": "done"}, said

    def make(self, command: str) -> int:
        """The number of the task that a command makes."""
        return self.ask(command, "made")["task"]

    def _read(self) -> None:
        for line in self.process.stdout:
            self._lines.put(json.loads(line))


def event(kind: str, task: int) -> dict:
    return {"said": "event", "type": kind, "task": task}


def events_of(said: list[dict]) -> list[tuple[int, str]]:
    """Task and type of each event among what was said."""
    return [(line["task"], line["type"]) for line in said if line["said"] == "event"]
