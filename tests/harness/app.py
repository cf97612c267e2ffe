"""Applications that want to be woken: one that the bus launches, and one that is there already."""

import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from jeepney import Message
from jeepney.wrappers import new_error, new_method_return

from .app_program import read_log
from .client import Client, Session
from .connection import Connection
from .deadline import wait_until
from .machine import Machine

_TESTS = Path(__file__).resolve().parents[1]

# Launches are repeated soon, so that a test of them does not take seconds.
QUICK_WAKES = """\
[wake]
retry-delay = "200ms"
retry-delay-max = "2s"
reply-timeout = "5s"
"""


@dataclass(frozen=True)
class Call:
    """A call of HandleEvents."""

    identifier: str
    wake: int
    when: float  # seconds since 1970


class App:
    """A program that the bus launches when somebody calls its name. To be made before the machine's bus starts."""

    def __init__(self, machine: Machine, name: str = "org.example.App") -> None:
        self.name = name
        self._log = machine.directory / f"{name}.log"
        self._log.touch()
        self._conduct = machine.directory / f"{name}.conduct"
        self.does("handle")
        machine.bus.activatable(name, ["/usr/bin/env", f"PYTHONPATH={_TESTS}", sys.executable, "-m", "harness.app_program",
                                       machine.bus.address, name, self._log, self._conduct])

    def does(self, *conducts: str) -> None:
        """What it does at its first call, at its second, and so on, as app_program says; the last one stays."""
        self._conduct.write_text("\n".join(conducts) + "\n")

    def session(self, client: Client, identifier: str = "woken", **options: object) -> Session:
        """A session for which this application is launched."""
        return client.session(identifier, bus_name=self.name, **options)

    def records(self, *whats: str) -> list[dict]:
        """What it has written down, of these kinds."""
        return [record for record in read_log(self._log) if record["what"] in whats or not whats]

    @property
    def calls(self) -> list[Call]:
        return [Call(record["identifier"], record["wake"], record["when"]) for record in self.records("called")]

    @property
    def completed(self) -> list[int]:
        """The wakes that it has completed, in order."""
        return [record["wake"] for record in self.records("completed")]

    def wait_calls(self, count: int, timeout: float = 15.0) -> list[Call]:
        """Until it was called so many times, or more."""
        return wait_until(lambda: self.calls if len(self.calls) >= count else None, f"call {count} of {self.name}", timeout)

    def wait_completed(self, *wakes: int) -> None:
        """Until it has completed these wakes and no other one."""
        wait_until(lambda: self.completed[:len(wakes)] == list(wakes), f"{self.name} to complete {wakes}", 15)
        assert self.completed == list(wakes)


class ResidentApp:
    """Owns a name on a connection of the test's own process while `with` lasts, and answers in a thread of its own."""

    def __init__(self, machine: Machine, name: str = "org.example.Resident", bus: Optional[Connection] = None) -> None:
        """`bus`: a connection to own the name with, which it closes."""
        self.name = name
        self.calls: list[Call] = []
        self.answer = "reply"  # or "error", or "silence"
        self._bus = bus or machine.bus.connect()
        self._bus.on_call = self._on_call
        self._leaves = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "ResidentApp":
        self._bus.own(self.name)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._leaves.set()
        self._thread.join()
        self._bus.close()

    def session(self, client: Client, identifier: str = "woken", **options: object) -> Session:
        """A session for which this application is called."""
        return client.session(identifier, bus_name=self.name, **options)

    def wait_calls(self, count: int, timeout: float = 15.0) -> list[Call]:
        """Until it was called so many times, or more."""
        return wait_until(lambda: list(self.calls) if len(self.calls) >= count else None, f"call {count} of {self.name}", timeout)

    def _run(self) -> None:
        try:
            while not self._leaves.is_set():
                self._bus.wait_message(0.02)
        except (ConnectionError, EOFError):
            pass  # the bus has gone

    def _on_call(self, message: Message) -> Optional[Message]:
        identifier, wake = message.body
        self.calls.append(Call(identifier, wake, time.time()))
        if self.answer == "error":
            return new_error(message, "org.example.Error.NotNow", "s", ("not now",))
        return new_method_return(message) if self.answer == "reply" else None
