"""Idle is free: with nothing to do no thread of the daemon wakes up."""

import time
from pathlib import Path

import pytest

from harness.client import Session
from harness.deadline import wait_stable
from harness.machine import Machine
from servers.behaviours import File
from servers.content import Content
from servers.scripted import ScriptedServer, many


def context_switches(pid: int) -> dict[str, int]:
    """Switches of each thread so far, by thread id and name."""
    found = {}
    for thread in Path(f"/proc/{pid}/task").iterdir():
        lines = dict(line.split(":\t", 1) for line in (thread / "status").read_text().splitlines() if ":\t" in line)
        found[f"{thread.name} {lines['Name']}"] = \
            int(lines["voluntary_ctxt_switches"]) + int(lines["nonvoluntary_ctxt_switches"])
    return found


def assert_still(machine: Machine, seconds: float) -> None:
    """After it has settled, watches the daemon for so long."""
    # It may hold connections for some seconds in case that more work comes.
    wait_stable(lambda: context_switches(machine.daemon.pid), "the daemon to settle", quiet=3.0, timeout=30)
    before = context_switches(machine.daemon.pid)
    time.sleep(seconds)  # the stretch that is observed
    assert context_switches(machine.daemon.pid) == before


def fill(machine: Machine, session: Session, server: ScriptedServer) -> None:
    """A journal with work that is done, work that waits for its client, and events that nobody reads."""
    for resource, content in many(server, 10, 50_000, first_seed=2000):
        session.download(resource.url, destination=machine.downloads / str(content.seed), start=True).wait()
    session.create_many([("download", "http://127.0.0.1:9/", {})] * 1000)
    session.download(server.serve(File(Content(1, 1000))).url, start=True).wait()


OBSERVED = [5.0, pytest.param(30.0, marks=pytest.mark.long)]


@pytest.mark.machine(config='idle-exit = "never"\n')
@pytest.mark.parametrize("seconds", OBSERVED)
def test_a_full_journal_and_nothing_to_do(machine: Machine, session: Session, server: ScriptedServer, seconds: float) -> None:
    fill(machine, session, server)
    session.connection.close()
    assert_still(machine, seconds)


@pytest.mark.parametrize("seconds", OBSERVED)
def test_an_attached_client_and_nothing_to_do(machine: Machine, session: Session, server: ScriptedServer, seconds: float) -> None:
    session.attach()
    fill(machine, session, server)
    session.acknowledge(session.events()[-1].seq)
    session.connection.read_pending()
    assert_still(machine, seconds)
