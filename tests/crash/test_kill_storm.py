"""Kills at random moments over a mix of downloads: nothing lost, nothing twice, nothing left behind."""

import os
import random
import threading
import time

import pytest

from harness.daemon import DaemonLeft
from harness.fixtures import watched
from harness.machine import Machine
from servers.behaviours import File
from servers.content import Content
from servers.scripted import ScriptedServer

from crash.ledger import Gone, Ledger
from crash.orders import DownloadOrder

DOWNLOADS = 60
SESSIONS = ["music", "films", "books", "default"]


def orders(machine: Machine, server: ScriptedServer, chance: random.Random, large: int) -> list[DownloadOrder]:
    """The mix: mostly small files, some of `large` bytes, some chunked without length, some for the spool."""
    made = []
    for number in range(DOWNLOADS):
        kind = ["small", "small", "large", "chunked", "plain chunked", "spooled"][number % 6]
        size = {"large": large, "chunked": large // 4}.get(kind, chance.randrange(0, 100_000))
        content = Content(5000 + number, size)
        # A body without length and validator starts over after each kill, so it
        # has to be short enough for one life.
        file = File(content, etag=None if kind == "plain chunked" else f'"{number}"', chunked="chunked" in kind,
                    rate=300_000 if size > 100_000 else None)
        path = None if kind == "spooled" else machine.downloads / f"{kind}-{number}"
        made.append(DownloadOrder(f"order-{number}", chance.choice(SESSIONS), server.serve(file), {"start": True},
                                  content=content, destination=path))
    chance.shuffle(made)
    return made


class Storm:
    """Acts like a client with much to do while somebody else kills the daemon."""

    def __init__(self, machine: Machine, ledger: Ledger, waiting: list[DownloadOrder], chance: random.Random) -> None:
        self._machine = machine
        self._ledger = ledger
        self._waiting = waiting  # orders that are not made yet
        self._chance = chance
        self._to_cancel = set(chance.sample([order.token for order in waiting], DOWNLOADS // 8))

    def live(self, kills_left: int) -> None:
        """One life of the daemon, from its start to its kill at a random moment."""
        self._machine.daemon.launch()
        # Every fourth life ends during the start, if it is that slow.
        moment = self._chance.uniform(0, 0.04) if kills_left % 4 == 0 else self._chance.uniform(0.04, 0.35)
        killer = threading.Timer(moment, self._machine.daemon.kill)
        killer.start()
        try:
            self._machine.daemon.wait_ready()
            self._ledger.connect()
            while True:
                self._act(kills_left)
        except (Gone, DaemonLeft):
            killer.join()

    def _act(self, kills_left: int) -> None:
        # The rest of the orders is spread over the rest of the lives.
        if self._waiting and self._chance.random() < 2 * len(self._waiting) / (kills_left * 4 + 1):
            order = self._waiting.pop()
            self._ledger.order(order)
        known = [order for order in self._ledger.orders if order.id is None]
        if known:
            self._ledger.order(known[0])
        cancellable = [order for order in self._ledger.orders
                       if order.token in self._to_cancel and order.id is not None and not order.asked_to_cancel]
        if cancellable and self._chance.random() < 0.1:
            self._ledger.cancel(cancellable[0])
        session = self._chance.choice(SESSIONS)
        events = self._ledger.read(session)
        if events and self._chance.random() < 0.3:
            self._ledger.acknowledge(session, self._chance.choice(events).seq)

    def finish(self) -> None:
        """The storm is over: what was not ordered yet is ordered, and the account is settled."""
        for order in self._ledger.orders + self._waiting:
            order.resource.behaviours = (File(
                order.content, etag=order.resource.behaviours[0].etag, chunked=order.resource.behaviours[0].chunked),)
        self._machine.daemon.start()
        self._ledger.connect()
        for order in self._waiting:
            self._ledger.order(order)
        self._ledger.settle()


@pytest.mark.parametrize("kills, large", [(40, 2_000_000), pytest.param(200, 8_000_000, marks=pytest.mark.long)])
def test_a_storm_of_kills_loses_nothing(request: pytest.FixtureRequest, server: ScriptedServer, kills: int, large: int) -> None:
    seed = int(os.environ.get("HAUL_TEST_SEED", time.time_ns() % 1_000_000))
    print(f"HAUL_TEST_SEED={seed}")
    chance = random.Random(seed)
    machine = watched(request, Machine())
    with machine.without_daemon():
        ledger = Ledger(machine)
        storm = Storm(machine, ledger, orders(machine, server, chance, large), chance)
        for left in range(kills, 0, -1):
            storm.live(left)
        storm.finish()
        # What was acknowledged stays gone, and what ended stays ended.
        machine.restart()
        ledger.connect()
        assert [ledger.client.session(session).events() for session in SESSIONS] == [[]] * len(SESSIONS)
        assert {row.state for row in ledger.client.tasks()} <= {"finished", "cancelled"}
        assert len(ledger.client.tasks()) == DOWNLOADS
