"""What the daemon has told its client so far, and whether it keeps to it after a crash."""

from dataclasses import dataclass, field
from typing import Callable, Collection, Optional

from harness.client import ENDED, Client, Event, Task, WebSocket, wall_time
from harness.connection import BusError
from harness.deadline import wait_until
from harness.machine import Machine

from crash.orders import Order
from crash.sockets import SocketOrder

_PAGE = 1000  # events that come at once at most


class Gone(Exception):
    """The daemon died under a call; what became of the call nobody knows."""


@dataclass
class Queue:
    """What is known of one session's events."""

    seen: dict[int, Event] = field(default_factory=dict)
    acknowledged: int = 0  # once told
    asked_to_acknowledge: int = 0

    def take(self, events: list[Event]) -> None:
        """Takes in what GetEvents gave. Raises AssertionError where events came back, changed, or are missing."""
        numbers = [event.seq for event in events]
        if numbers:
            first = numbers[0]
            assert first > self.acknowledged, f"event {first} came back after {self.acknowledged} was acknowledged"
            assert numbers == sorted(set(numbers)), f"out of order: {numbers}"
            _check_gaps(events, min(first, self.asked_to_acknowledge + 1))
        for seq, known in self.seen.items():
            is_there = seq <= self.asked_to_acknowledge or seq in numbers or len(numbers) == _PAGE
            assert is_there or known.type == "sent", f"{known} was seen and is gone"
        for event in events:
            known = self.seen.setdefault(event.seq, event)
            assert known == event, f"{known} became {event}"

    @property
    def highest(self) -> int:
        return max(self.seen, default=0)

    def of(self, task: Optional[int]) -> list[Event]:
        """What came of this task, in order."""
        return [event for _, event in sorted(self.seen.items()) if event.task == task]

    def check_ends(self, downloads: Collection[Optional[int]]) -> dict[int, str]:
        """The type of each task's one terminal event. Numbers must be complete from 1 on."""
        _check_gaps(self.seen.values(), 1)
        ends: dict[int, str] = {}
        for seq, event in sorted(self.seen.items()):
            if event.is_terminal:
                assert event.task not in ends, f"task {event.task} ended twice: {ends[event.task]}, {event.type}"
                ends[event.task] = event.type
            else:
                assert event.task not in ends, f"{event} after the end"
            if event.type == "completed" and event.task in downloads:
                before = self.seen[seq - 1]
                assert (before.task, before.type) == (event.task, "finished-downloading"), f"{before} before {event}"
        return ends


def _check_gaps(events: Collection[Event], first: int) -> None:
    """Numbers go on from `first`; those alone are missing whose place a newer event "sent" has taken."""
    numbers = {event.seq for event in events}
    newest_sent = max((event.seq for event in events if event.type == "sent"), default=0)
    missing = [number for number in range(first, max(numbers, default=0)) if number not in numbers]
    assert all(number < newest_sent for number in missing), f"{missing} are missing of {sorted(numbers)}"


class Ledger:
    """Makes calls, keeps what was asked and what was told, and settles the account after the crash.

    Each call raises Gone where the daemon dies under it.
    """

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.client: Client
        self.orders: list[Order] = []
        self._lots: list[tuple[Order, ...]] = []
        self._queues: dict[str, Queue] = {}

    def connect(self) -> None:
        """To the daemon's present life."""
        self.client = self._machine.client()

    def queue(self, session: str) -> Queue:
        return self._queues.setdefault(session, Queue())

    def order(self, *orders: Order) -> None:
        """Creates the tasks: one with CreateDownload, several of one session with CreateMany."""
        for order in orders:
            if order not in self.orders:
                self.orders.append(order)
        session = self._call(lambda: self.client.session(orders[0].session))
        if len(orders) == 1:
            paths = [self._call(lambda: orders[0].create(session))]
        else:
            self._lots.append(orders)
            paths = self._call(lambda: session.call("CreateMany", "a(ssa{sv})", [order.row for order in orders]))
        for order, path in zip(orders, paths):
            id = Task(self.client.connection, path).id
            assert order.id in (None, id), f"{order.token} was task {order.id} and is {id} now"
            order.id = id

    def task(self, order: Order) -> Task:
        assert order.id is not None
        return self.client.task(order.id)

    def _socket(self, order: SocketOrder) -> WebSocket:
        return WebSocket(self.client.connection, self.task(order).path)

    def do(self, order: Order, member: str) -> object:
        """Calls a member without arguments of the order's task."""
        return self._call(lambda: self.task(order).call(member))

    def state(self, order: Order) -> str:
        return self._call(lambda: self.task(order).state)

    def cancel(self, order: Order) -> None:
        """A task that has ended meanwhile stays as it is."""
        order.asked_to_cancel = True
        try:
            self.do(order, "Cancel")
            order.cancelled = True
        except BusError as error:
            if error.word != "InvalidState":
                raise

    def send(self, order: SocketOrder) -> None:
        """Its next message."""
        order.note_sent(self._call(lambda: self._socket(order).send(order.next_text())))

    def close(self, order: SocketOrder) -> None:
        """A task that has ended meanwhile, or closes already, stays as it is."""
        order.asked_to_close = True
        try:
            self._call(lambda: self._socket(order).close())
        except BusError as error:
            if error.word != "InvalidState":
                raise

    def wait_heard(self, order: SocketOrder, count: int) -> None:
        """Until the server has so many messages."""
        wait_until(lambda: self.state(order) in ENDED or sum(len(line.heard) for line in order.talk.lines) >= count,
                   f"{order.token}: {count} messages to arrive", 30)

    def wait_promise(self, order: SocketOrder, count: int = 1) -> None:
        """Until the daemon has answered so many goodbyes of the server."""
        wait_until(lambda: self.state(order) in ENDED or order.talk.promises >= count,
                   f"{order.token}: goodbye {count} to be answered", 30)

    def remove(self, order: Order) -> None:
        order.asked_to_remove = True
        self.do(order, "Remove")
        order.removed = True

    def wait(self, order: Order) -> None:
        """Until it has ended."""
        state, _ = self._call(lambda: self.task(order).wait(30))
        assert state in ENDED, f"{order.token} is still {state}"

    def wait_progress(self, order: Order, done: int) -> None:
        """Until it has so many bytes, or has ended."""
        def is_there() -> bool:
            return self._call(lambda: self.task(order).done) >= done or self.state(order) in ENDED
        wait_until(is_there, f"{order.token}: {done} bytes", 30)

    def read(self, session: str) -> list[Event]:
        """The queue, held against what is known of it."""
        opened = self._call(lambda: self.client.session(session))
        events = self._call(opened.events)
        self.queue(session).take(events)
        return events

    def acknowledge(self, session: str, seq: int) -> None:
        queue = self.queue(session)
        opened = self._call(lambda: self.client.session(session))
        queue.asked_to_acknowledge = max(queue.asked_to_acknowledge, seq)
        self._call(lambda: opened.acknowledge(seq))
        queue.acknowledged = max(queue.acknowledged, seq)

    def settle(self) -> None:
        """On a daemon that lives: brings every order to its end and holds everything against what was told."""
        self._check_promises()
        for order in self.orders:
            if order.id is None:
                self.order(order)
        for order in self.orders:
            if not order.asked_to_remove:
                self._bring_to_end(order)
        for session in {order.session for order in self.orders}:
            self._drain(session)
        self._check_ends()
        self._check_nothing_else()

    def _check_promises(self) -> None:
        there = {row.id for row in self.client.tasks()}
        for order in self.orders:
            assert order.id is None or order.id in there or order.asked_to_remove, f"{order.token} is lost: task {order.id}"
            assert not order.removed or order.id not in there, f"{order.token} was removed and is back"
            if order.cancelled and not order.asked_to_remove:
                assert self.task(order).state == "cancelled"
        tokens = {self.client.task(id).details().get("token") for id in there}
        for lot in self._lots:
            made = [order.token for order in lot if order.token in tokens or order.asked_to_remove]
            assert len(made) in (0, len(lot)), f"a part of a lot was made: {made}"
        if any(order.keeps_source for order in self.orders):
            wait_until(self._has_its_sources, "the spool to have what tasks send that were made and have not ended")

    def _has_its_sources(self) -> bool:
        states = {row.id: row.state for row in self.client.tasks()}
        tokens = {self.client.task(id).details().get("token") for id, state in states.items() if state not in ENDED}
        wanted = [order for order in self.orders if order.keeps_source and order.token in tokens]
        return len(list((self._machine.state / "spool").glob("*.source"))) == len(wanted)

    def _bring_to_end(self, order: Order) -> None:
        task = self.task(order)
        if task.state == "suspended":
            task.resume()
        if task.details().get("next-attempt", 0) > wall_time(60):
            self.cancel(order)  # a server asked it to wait for long
        if isinstance(order, SocketOrder):
            self._end_talk(order)
        state, reason = task.wait(60)
        if order.cancelled or (order.asked_to_cancel and state != "finished"):
            assert (state, reason) == ("cancelled", "client"), f"{order.token}: {state} {reason}"
        else:
            assert (state, reason) == ("finished", ""), f"{order.token}: {state} {reason}"

    def _end_talk(self, order: SocketOrder) -> None:
        while order.asked < order.wanted and not order.asked_to_close:
            self.send(order)
        self.close(order)

    def _drain(self, session: str) -> None:
        opened = self.client.session(session)
        while events := self.read(session):
            for event in events:
                self._check_spooled(event)
            self.acknowledge(session, events[-1].seq)
        assert opened.events() == []

    def _check_spooled(self, event: Event) -> None:
        order = next(order for order in self.orders if order.id == event.task)
        if event.type == "completed" and not order.asked_to_remove:
            order.check_spooled(self.task(order))

    def _check_ends(self) -> None:
        downloads = {order.id for order in self.orders if order.kind == "download"}
        ends = {task: end for queue in self._queues.values() for task, end in queue.check_ends(downloads).items()}
        assert set(ends) == {order.id for order in self.orders}
        for order in self.orders:
            assert order.id is not None
            if ends[order.id] == "completed":
                order.check(self.queue(order.session).of(order.id))
            assert ends[order.id] == "completed" or order.asked_to_cancel
            assert ends[order.id] == "cancelled" or not order.cancelled
            if not order.asked_to_remove:
                wanted = {"completed": "finished", "cancelled": "cancelled"}[ends[order.id]]
                assert self.task(order).state == wanted

    def _check_nothing_else(self) -> None:
        """No task, file or part of one that nobody ordered, and no journal that had to be salvaged."""
        assert not list(self._machine.state.rglob("*.damaged-*"))
        known = {order.id for order in self.orders}
        assert {row.id for row in self.client.tasks()} <= known
        wait_until(lambda: not self._machine.part_files(), "part files to be gone")
        wait_until(lambda: not list((self._machine.state / "spool").iterdir()), "the spool to be empty")
        wanted = {order.path for order in self.orders if order.path is not None}
        assert set(self._machine.downloads.iterdir()) <= wanted
        for order in self.orders:
            if order.path is not None and order.cancelled:
                assert not order.path.exists()

    def _call(self, call: Callable):
        try:
            return call()
        except BusError as error:
            if error.is_gone:
                raise Gone from error
            raise
