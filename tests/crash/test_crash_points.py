"""The daemon killed right before and right after each file-system call that changes something."""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Iterator

import pytest

from harness.connection import BusError
from harness.daemon import DaemonLeft
from harness.deadline import wait_until
from harness.machine import Machine
from servers.scripted import ScriptedServer
from servers.uploads.conduct import Conduct
from servers.uploads.ietf import IetfServer
from servers.websocket.adversary import Adversary

from crash.kill_points import KillPoint, counted, sample
from crash.ledger import Gone
from crash.scenarios import SCENARIOS, Scenario, Servers, Stage
from crash.uploads import ANSWER

pytestmark = pytest.mark.lengthy

# Points of one scenario in a run that is not the long one.
MOST = 10
# Workers that pytest-xdist starts are at it side by side already.
AT_ONCE = 1 if "PYTEST_XDIST_WORKER" in os.environ else 2
KILLED = -9


@pytest.fixture(scope="module")
def servers(server: ScriptedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    conduct = Conduct(progress=50_000, answer_body=ANSWER)
    with IetfServer(tmp_path_factory.mktemp("ietf"), conduct=conduct) as ietf, Adversary() as sockets:
        yield Servers(server, ietf, sockets)


def play(scenario: Scenario, servers: Servers, point: KillPoint) -> list[tuple[str, str]]:
    """Plays the scenario up to the kill, starts again and settles; returns the calls that were counted."""
    machine = Machine()
    with machine.without_daemon():
        try:
            return _play(scenario, Stage(machine, servers), point)
        except (AssertionError, TimeoutError, BusError) as error:
            raise AssertionError(f"{scenario.name}, killed {point}: {error!r}\n{machine.daemon.log[-6000:]}") from error


def _play(scenario: Scenario, stage: Stage, point: KillPoint) -> list[tuple[str, str]]:
    machine, log, arm = stage.machine, stage.machine.directory / "calls", stage.machine.directory / "armed"
    watched = [machine.state, machine.downloads]
    try:
        if scenario.from_start:
            machine.daemon.start()
            stage.ledger.connect()
            scenario.prepare(stage)
            machine.daemon.kill()
            if not stage.ledger.orders:
                _forget_state(machine)
            machine.daemon.start(point.environment(watched, log))
            stage.ledger.connect()
        else:
            machine.daemon.start(point.environment(watched, log, arm))
            stage.ledger.connect()
            scenario.prepare(stage)
            arm.touch()
        scenario.act(stage)
        _let_settle(machine, lambda: len(counted(log)))
    except Gone:
        assert machine.daemon.wait_exit() == KILLED
    except DaemonLeft as left:
        assert left.code == KILLED, left.log
    if machine.daemon.is_running:
        machine.daemon.kill()
    machine.daemon.start()
    stage.ledger.connect()
    stage.ledger.settle()
    return counted(log)


def _forget_state(machine: Machine) -> None:
    """So that the next start is a first one."""
    for path in sorted(machine.state.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    machine.state.rmdir()


def _let_settle(machine: Machine, count) -> None:
    """Waits for what the daemon still does after its last reply: until no call has come for a while, or it is dead."""
    last, quiet = count(), 0

    def is_settled() -> bool:
        nonlocal last, quiet
        now = count()
        last, quiet = now, quiet + 1 if now == last else 0
        return quiet >= 5 or not machine.daemon.is_running

    wait_until(is_settled, "the daemon to have nothing left to do", interval=0.02)


def play_all(scenario: Scenario, servers: Servers, when: str, most: int) -> None:
    calls = play(scenario, servers, KillPoint())
    assert calls, "nothing was counted: is the library loaded?"
    points = [KillPoint(number, when) for number in sample(len(calls), most)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        reached = [len(seen) >= point.number
                   for point, seen in zip(points, pool.map(lambda point: play(scenario, servers, point), points))]
    # Threads and timing move the count a little from one run to the next.
    assert sum(reached) >= 0.7 * len(points), f"only {sum(reached)} of {len(points)} points were reached"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_all_promises_hold_after_a_kill(servers: Servers, scenario: Scenario, when: str) -> None:
    play_all(scenario, servers, when, MOST)


@pytest.mark.long
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_all_promises_hold_after_a_kill_at_every_call(servers: Servers, scenario: Scenario, when: str) -> None:
    play_all(scenario, servers, when, 10**6)
