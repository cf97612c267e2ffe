"""The stretches of a download's life in which the daemon is killed at every call."""

import itertools
from dataclasses import dataclass
from typing import Callable, Mapping, Optional

from harness.connection import BusError
from harness.machine import Machine
from servers.behaviours import Behaviour, File, status
from servers.content import Content
from servers.scripted import ScriptedServer

from crash.ledger import Ledger, Order


class Stage:
    """What a scenario plays on: the ledger with its client, and files to order."""

    def __init__(self, machine: Machine, server: ScriptedServer) -> None:
        self.machine = machine
        self.ledger = Ledger(machine)
        self._server = server
        self._numbers = itertools.count()

    def file(self, size: int = 40_000, *, spool: bool = False, rate: Optional[float] = None,
             choice: Mapping[str, object] = {}, first: Optional[Behaviour] = None) -> Order:
        """An order for a file of its own. `first` answers the first request instead of the file."""
        number = next(self._numbers)
        content = Content(3000 + number, size)
        whole = File(content, etag=f'"{number}"', rate=rate)
        resource = self._server.serve(*([first] if first else []), whole)
        return Order(f"order-{number}", "test", resource, content,
                     None if spool else self.machine.downloads / f"file-{number}", choice)


@dataclass(frozen=True)
class Scenario:
    """`prepare` comes before the first call that counts, `act` makes the calls."""

    name: str
    act: Callable[[Stage], None]
    prepare: Callable[[Stage], None] = lambda stage: None
    # Whether the calls count from the daemon's start on. Then what was prepared
    # was prepared in an earlier life that ended with kill -9.
    from_start: bool = False


START = {"start": True}


def _enqueue(stage: Stage) -> None:
    stage.ledger.order(stage.file())
    stage.ledger.order(*[stage.file() for _ in range(5)])
    stage.ledger.order(stage.file(spool=True, choice={"headers": {"X-Key": "secret"}}))


def _progress(stage: Stage) -> None:
    order = stage.file(600_000, rate=1_500_000, choice=START)
    stage.ledger.order(order)
    for done in (100_000, 250_000, 400_000):
        stage.ledger.wait_progress(order, done)
        _suspend_and_resume(stage, order)
    stage.ledger.wait(order)


def _suspend_and_resume(stage: Stage, order: Order) -> None:
    """Suspending is a checkpoint on demand. The task may have come to its end meanwhile."""
    try:
        stage.ledger.do(order, "Suspend")
        stage.ledger.do(order, "Resume")
    except BusError as error:
        if error.word != "InvalidState":
            raise


def _prepare_publish(stage: Stage) -> None:
    replaced = stage.file(choice={"if-exists": "replace"})
    assert replaced.path
    replaced.path.write_bytes(b"old")
    stage.ledger.order(stage.file(), replaced, stage.file(spool=True), stage.file(choice={"mode": 0o600}))


def _publish(stage: Stage) -> None:
    for order in stage.ledger.orders:
        stage.ledger.do(order, "Resume")
    for order in stage.ledger.orders:
        stage.ledger.wait(order)


def _prepare_cancel(stage: Stage) -> None:
    running = stage.file(300_000, rate=300_000, choice=START)
    waiting = stage.file(first=status(503, ("Retry-After", "3600")), choice=START)
    stage.ledger.order(running, stage.file(), waiting, stage.file(300_000, rate=300_000, spool=True, choice=START))
    for order in (stage.ledger.orders[0], stage.ledger.orders[3]):
        stage.ledger.wait_progress(order, 10_000)


def _cancel(stage: Stage) -> None:
    for order in stage.ledger.orders:
        stage.ledger.cancel(order)


def _prepare_ended(stage: Stage) -> None:
    stage.ledger.order(*[stage.file(choice=START, spool=spool) for spool in (False, True, False, True)])
    for order in stage.ledger.orders:
        stage.ledger.wait(order)


def _acknowledge(stage: Stage) -> None:
    while events := stage.ledger.read("test"):
        stage.ledger.acknowledge("test", events[min(2, len(events) - 1)].seq)


def _remove(stage: Stage) -> None:
    for order in stage.ledger.orders[:2]:
        stage.ledger.remove(order)
    events = stage.ledger.read("test")
    stage.ledger.acknowledge("test", events[-1].seq)
    for order in stage.ledger.orders[2:]:
        stage.ledger.remove(order)


def _prepare_recover(stage: Stage) -> None:
    """One of each kind of task that a crash can leave behind."""
    stage.ledger.order(
        stage.file(800_000, rate=1_000_000, choice=START), stage.file(), stage.file(spool=True, choice=START),
        stage.file(800_000, rate=1_000_000, spool=True, choice=START), stage.file(choice=START))
    first, _, spooled, second, done = stage.ledger.orders
    for order in (first, second):
        stage.ledger.wait_progress(order, 50_000)
    for order in (spooled, done):
        stage.ledger.wait(order)


def _recover(stage: Stage) -> None:
    stage.ledger.read("test")
    for order in stage.ledger.orders:
        if stage.ledger.state(order) == "suspended":
            stage.ledger.do(order, "Resume")
        stage.ledger.wait(order)


SCENARIOS = [
    Scenario("first start", _enqueue, from_start=True),
    Scenario("enqueue", _enqueue),
    Scenario("progress", _progress),
    Scenario("publish", _publish, _prepare_publish),
    Scenario("cancel", _cancel, _prepare_cancel),
    Scenario("acknowledge", _acknowledge, _prepare_ended),
    Scenario("remove", _remove, _prepare_ended),
    Scenario("recover", _recover, _prepare_recover, from_start=True),
]
