"""The stretches of a transfer's life in which the daemon is killed at every call."""

import itertools
from dataclasses import dataclass
from typing import Callable, Mapping, NamedTuple, Optional

from harness.connection import BusError
from harness.machine import Machine
from servers.behaviours import Behaviour, File, status
from servers.content import Content
from servers.scripted import ScriptedServer
from servers.uploads.answers import accept
from servers.uploads.ietf import IetfServer
from servers.websocket.adversary import Adversary

from crash.ledger import Ledger
from crash.orders import DownloadOrder, Order
from crash.sockets import EACH, SocketOrder, Talk
from crash.uploads import ANSWER, IetfTarget, UploadOrder


class Servers(NamedTuple):
    """Where the transfers go."""

    scripted: ScriptedServer
    ietf: IetfServer
    sockets: Adversary


class Stage:
    """What a scenario plays on: the ledger with its client, and files to order."""

    def __init__(self, machine: Machine, servers: Servers) -> None:
        self.machine = machine
        self.ledger = Ledger(machine)
        self._servers = servers
        self._numbers = itertools.count()

    def file(self, size: int = 40_000, *, spool: bool = False, rate: Optional[float] = None,
             choice: Mapping[str, object] = {}, first: Optional[Behaviour] = None) -> DownloadOrder:
        """An order for a file of its own. `first` answers the first request instead of the file."""
        number = next(self._numbers)
        content = Content(3000 + number, size)
        whole = File(content, etag=f'"{number}"', rate=rate)
        resource = self._servers.scripted.serve(*([first] if first else []), whole)
        return DownloadOrder(f"order-{number}", "test", resource, choice, content=content,
                             destination=None if spool else self.machine.downloads / f"file-{number}")

    def upload(self, size: int = 40_000, *, is_form: bool = False, is_resumable: bool = False,
               choice: Mapping[str, object] = {}) -> UploadOrder:
        """An order for an upload of a file of its own, with that content, to a URL of its own."""
        number = next(self._numbers)
        content, source = Content(3000 + number, size), self.machine.directory / f"source-{number}"
        content.write_to(source)
        if is_resumable:
            target = IetfTarget(self._servers.ietf, f"{self.machine.directory.name}-{number}")
            choice = {**choice, "resumable": "ietf"}
        else:
            target = self._servers.scripted.serve(accept(body=ANSWER))
        return UploadOrder(f"order-{number}", "test", target, choice, content=content, source=source, is_form=is_form)

    def socket(self, messages: int, choice: Mapping[str, object] = {}) -> SocketOrder:
        """An order for a WebSocket to a server of its own, on which so many messages go out."""
        talk = Talk()
        endpoint = self._servers.sockets.serve(conduct=talk)
        return SocketOrder(f"order-{next(self._numbers)}", "test", endpoint, choice, talk=talk, wanted=messages)


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


COPY = {"snapshot": "copy"}


def _order_uploads(stage: Stage) -> None:
    stage.ledger.order(stage.upload(choice=COPY))
    stage.ledger.order(stage.upload(), stage.upload(choice=COPY), stage.upload(is_form=True))


def _upload(stage: Stage) -> None:
    _order_uploads(stage)
    for order in stage.ledger.orders:
        if isinstance(order, UploadOrder) and order.keeps_source:
            order.spoil()
    _publish(stage)


def _upload_in_steps(stage: Stage) -> None:
    order = stage.upload(300_000, is_resumable=True, choice={**START, **COPY, "max-rate": 1_500_000})
    stage.ledger.order(order)
    for done in (75_000, 150_000, 225_000):
        stage.ledger.wait_progress(order, done)
        _suspend_and_resume(stage, order)
    stage.ledger.wait(order)


def _prepare_uploads(stage: Stage) -> None:
    """One of each kind that a crash can leave behind."""
    slowly = {**START, "max-rate": 1_500_000}
    _order_uploads(stage)
    stage.ledger.order(stage.upload(300_000, choice={**slowly, **COPY}))
    stage.ledger.order(stage.upload(300_000, is_resumable=True, choice=slowly))
    for order in stage.ledger.orders[-2:]:
        stage.ledger.wait_progress(order, 50_000)


def _cancel_uploads(stage: Stage) -> None:
    """Two of which the server has not heard, and one that runs. The others go on."""
    for order in stage.ledger.orders[2:-1]:
        stage.ledger.cancel(order)
    _recover(stage)


def _talk(stage: Stage) -> None:
    """Two goodbyes of the server, and one of the client."""
    order = stage.socket(2 * EACH + 2, START)
    stage.ledger.order(order)
    for goodbye in (1, 2):
        _say(stage, order, EACH)
        stage.ledger.wait_promise(order, goodbye)
        events = stage.ledger.read("test")
        stage.ledger.acknowledge("test", events[len(events) // 2].seq)
    _say(stage, order, 2)
    _part(stage, order)


def _say(stage: Stage, order: SocketOrder, count: int) -> None:
    for _ in range(count):
        stage.ledger.send(order)


def _part(stage: Stage, order: SocketOrder) -> None:
    stage.ledger.close(order)
    stage.ledger.wait(order)


def _prepare_sockets(stage: Stage) -> None:
    """One with messages that wait for a connection, and one in the middle of a talk."""
    waiting, talking = stage.socket(EACH + 2), stage.socket(2 * EACH, START)
    for order in (waiting, talking):
        stage.ledger.order(order)
        _say(stage, order, EACH - 1)
    stage.ledger.wait_heard(talking, EACH - 1)


def _recover_sockets(stage: Stage) -> None:
    stage.ledger.read("test")
    waiting, talking = (order for order in stage.ledger.orders if isinstance(order, SocketOrder))
    stage.ledger.do(waiting, "Resume")
    for order in (waiting, talking):
        _say(stage, order, EACH)
        stage.ledger.wait_promise(order)
        _part(stage, order)


SCENARIOS = [
    Scenario("first start", _enqueue, from_start=True),
    Scenario("enqueue", _enqueue),
    Scenario("progress", _progress),
    Scenario("publish", _publish, _prepare_publish),
    Scenario("cancel", _cancel, _prepare_cancel),
    Scenario("acknowledge", _acknowledge, _prepare_ended),
    Scenario("remove", _remove, _prepare_ended),
    Scenario("recover", _recover, _prepare_recover, from_start=True),
    Scenario("upload", _upload),
    Scenario("upload in steps", _upload_in_steps),
    Scenario("recover uploads", _recover, _prepare_uploads, from_start=True),
    Scenario("cancel uploads", _cancel_uploads, _prepare_uploads),
    Scenario("talk", _talk),
    Scenario("recover talks", _recover_sockets, _prepare_sockets, from_start=True),
]
