"""What many tests of waking do."""

import threading
from contextlib import contextmanager
from datetime import datetime
from typing import Iterator

from harness.app import App, Call, ResidentApp
from harness.client import Client, Session, Task
from harness.daemon import Daemon
from harness.deadline import wait_until
from servers.behaviours import File, gated
from servers.content import Content
from servers.scripted import ScriptedServer

CONTENT = Content(seed=301, size=20_000)

# How much later than planned a launch may come on a loaded machine, and how
# much sooner by the clocks of two processes.
EARLY = 0.02  # seconds


def download(session: Session, server: ScriptedServer, **choice: object) -> Task:
    """One that is over soon."""
    return session.download(server.serve(File(CONTENT)).url, {"start": True, **choice})


def end_one(session: Session, server: ScriptedServer) -> Task:
    """One that has ended, with two events."""
    task = download(session, server)
    assert task.wait() == ("finished", "")
    return task


@contextmanager
def held_back(session: Session, server: ScriptedServer) -> Iterator[Task]:
    """A download that runs until the block is left."""
    gate = threading.Event()
    task = session.download(server.serve(gated(gate, File(CONTENT))).url, start=True)
    try:
        task.wait_for(lambda t: t.state == "running", "running")
        yield task
    finally:
        gate.set()


def wakes_of(app: "App | ResidentApp", session: str = "woken") -> list[int]:
    """The numbers that HandleEvents was called with for a session, in order."""
    return [call.wake for call in app.calls if call.identifier == session]


def is_quiet(session: Session) -> bool:
    """Whether no wake is outstanding or planned."""
    details = session.details()
    return details["wake-number"] == 0 and "next-wake" not in details


def not_woken(app: App, client: Client, server: ScriptedServer, session: Session) -> None:
    """Nobody is launched for the session: not before a wake of another one, which begins now, is completed."""
    assert is_quiet(session), session.details()
    before = len(app.completed)
    sentinel = app.session(client, "sentinel")
    end_one(sentinel, server)
    wait_until(lambda: len(app.completed) > before, "the wake of another session", 15)
    assert is_quiet(session), session.details()
    assert wakes_of(app, session.details()["identifier"]) == []


def gaps(calls: list[Call]) -> list[float]:
    """Seconds between calls."""
    return [later.when - earlier.when for earlier, later in zip(calls, calls[1:])]


def launches(daemon: Daemon) -> list[datetime]:
    """When the daemon says that it launched clients, over all of its lives: to the millisecond, however long a client takes to
    come up."""
    return [datetime.fromisoformat(line.split(" ", 1)[0]) for line in daemon.log.splitlines() if " I control: wake " in line]


def forget_limiter(client: Client, session: Session) -> None:
    """As a client in the foreground does it: attaches while no wake is outstanding."""
    session.attach()
    session.detach()
