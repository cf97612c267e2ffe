"""One misbehaviour of a server, and what becomes of the download: plainly, and with the daemon killed in the middle."""

import itertools
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping, Optional, Union

import pytest

from bus.expect import terminal, types
from harness.client import ENDED, Session, Task, microseconds
from harness.deadline import wait_until
from harness.machine import Machine
from servers.behaviours import Behaviour
from servers.content import Content
from servers.scripted import Resource, ScriptedServer
from servers.tls import Certificates

_numbers = itertools.count(1)

ENOUGH = 512  # bytes of an error-text at most


@dataclass(frozen=True)
class Finished:
    """The file has exactly these bytes; `events` are those before the last two, "finished-downloading" and "completed"."""

    content: Union[Content, bytes]
    events: tuple[str, ...] = ()
    name: str = "file"


@dataclass(frozen=True)
class Failed:
    """No file, and this reason; `events` are those before "failed"."""

    reason: str
    events: tuple[str, ...] = ()


@dataclass(frozen=True)
class Waits:
    """The task waits, blocked by this, until somebody does something about it or a long time is over."""

    blocked_by: str
    events: tuple[str, ...] = ()


Outcome = Union[Finished, Failed, Waits]


@dataclass(frozen=True)
class Kill:
    """When the daemon is killed: the `request`-th request is answered with `after` bytes, head included.

    By default that is the last answer but one, the misbehaviour, where the
    last one is good, and the middle of that answer's last write.
    """

    request: Optional[int] = None
    after: Optional[int] = None


@dataclass
class Stage:
    """Where rows are played: a daemon, and servers of three origins."""

    machine: Machine
    server: ScriptedServer
    other_server: ScriptedServer
    tls_server: ScriptedServer
    certificates: Certificates


@dataclass(frozen=True)
class Row:
    """`answers` are those to the first request, the second, and so on, the last one to all others; or a function that
    builds something larger and returns the resource that the download begins with.

    requests: how many of them that resource has in the end, where nobody is killed.
    into_directory: the destination is a directory, so that the file's name is the server's.
    """

    name: str
    answers: Union[tuple[Behaviour, ...], Callable[[Stage], Resource]]
    outcome: Outcome
    options: Mapping[str, Any] = field(default_factory=dict)
    kill: Kill = Kill()
    requests: Optional[int] = None
    resource_name: str = "file"
    into_directory: bool = False

    def serve(self, stage: Stage) -> Resource:
        if callable(self.answers):
            return self.answers(stage)
        return stage.server.serve(*self.answers, name=self.resource_name)

    def trip(self, resource: Resource):
        ends_well = isinstance(self.outcome, Finished) and len(resource.behaviours) > 1
        request = self.kill.request or len(resource.behaviours) - (1 if ends_well else 0)
        return resource.trip(request, self.kill.after)


def both_ways(rows: list[Row]):
    """Parametrizes a test with the rows, and with whether the daemon is killed."""
    def decorate(test):
        for_rows = pytest.mark.parametrize("row", rows, ids=[row.name for row in rows])
        return pytest.mark.parametrize("killed", [False, True], ids=["plainly", "killed"])(for_rows(test))
    return decorate


def play(stage: Stage, row: Row, killed: bool) -> None:
    """Downloads the row's resource and holds everything that is left afterwards against its outcome."""
    machine = stage.machine
    directory = machine.downloads / str(next(_numbers))
    directory.mkdir()
    resource = row.serve(stage)
    wire = row.trip(resource) if killed else None
    session = machine.client().session(directory.name)
    task = session.download(resource.url, {
        "destination": f"{directory}/" if row.into_directory else directory / "file", "start": True,
        "retry-delay": microseconds(0.01), "retry-delay-max": microseconds(0.05),
        "ca-file": stage.certificates.authority, **row.options})
    try:
        if wire:
            wire.wait_reached()
            machine.daemon.kill()
            wire.release()
            machine.daemon.start()
            client = machine.client()
            task, session = client.task(task.id), client.session(directory.name)
        _check_end(row.outcome, session, task, is_exact=not killed)
    finally:
        if task.state not in ENDED:
            task.cancel()
    if not killed and row.requests is not None:
        assert len(resource.requests) == row.requests, resource.requests
    task.remove()
    wanted = {directory / row.outcome.name} if isinstance(row.outcome, Finished) else set()
    wait_until(lambda: set(directory.iterdir()) == wanted, f"only {wanted} in {directory}")
    for path in wanted:
        _check_bytes(row.outcome.content, path)


def _check_end(outcome: Outcome, session: Session, task: Task, is_exact: bool) -> None:
    if isinstance(outcome, Waits):
        task.wait_for(lambda t: t.state in ENDED or t.blocked_by == [outcome.blocked_by], f"blocked by {outcome.blocked_by}")
        assert (task.state, task.blocked_by) == ("waiting", [outcome.blocked_by])
        _check_events(outcome.events, types(session, task), is_exact)
        return
    state, reason = task.wait()
    details = task.details()
    if isinstance(outcome, Failed):
        assert (state, reason) == ("failed", outcome.reason), details.get("error-text")
        event = terminal(session, task)
        _check_text(event.details["error-text"])
        assert event.details["error"] == outcome.reason
        _check_events((*outcome.events, "failed"), types(session, task), is_exact)
        return
    assert (state, reason) == ("finished", ""), details.get("error-text")
    terminal(session, task)
    _check_events((*outcome.events, "finished-downloading", "completed"), types(session, task), is_exact)


def _check_events(wanted: tuple[str, ...], found: list[str], is_exact: bool) -> None:
    """A kill may cost bytes that the journal did not know of yet, which an event says."""
    if not is_exact:
        wanted, found = ([type for type in some if type != "resumed-from-zero"] for some in (wanted, found))
    assert list(wanted) == list(found)


def _check_bytes(content: Union[Content, bytes], path) -> None:
    if isinstance(content, bytes):
        assert path.read_bytes() == content
    else:
        content.check(path)


def _check_text(text: str) -> None:
    """A sentence for people, whatever the server put into it."""
    assert text and text.isprintable() and len(text.encode()) <= ENOUGH, text
