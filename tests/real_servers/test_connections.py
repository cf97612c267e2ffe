"""How many connections a download takes, and what a change of the file does to several of them."""

import pytest

from bus.expect import finished, types
from harness.client import Session
from harness.deadline import wait_until
from harness.machine import QUICK_RETRIES, Machine
from real_servers.expect import MIB, MODIFIED, metrics, publish, start
from real_servers.sites import Site
from servers.content import Content
from servers.relay import Relay

pytestmark = pytest.mark.lengthy

OLD, NEW = Content(seed=81, size=48 * MIB + 1), Content(seed=82, size=48 * MIB - 1)


def test_the_limit_of_a_host_counts_those_of_all_tasks(machine: Machine, session: Session, site: Site,
                                                       relay: Relay) -> None:
    publish(site.server, "file", OLD)
    paths = [machine.downloads / f"file{number}" for number in range(3)]
    relay.hold_after(8 * MIB)
    tasks = [start(session, site, "file", path, relay, connections=16) for path in paths]
    wait_until(lambda: sum(task.done for task in tasks) >= 2 * MIB, "them to be in the middle")
    relay.release()
    for task, path in zip(tasks, paths):
        finished(task, OLD, path)
    assert relay.most_at_once <= 6  # the default of active-per-host


@pytest.mark.machine(config=QUICK_RETRIES + "[limits]\nactive-per-host = 16\n")
def test_as_many_as_were_asked_for(machine: Machine, session: Session, site: Site, relay: Relay) -> None:
    publish(site.server, "file", OLD)
    path = machine.downloads / "file"
    relay.hold_after(OLD.size // 2)
    task = start(session, site, "file", path, relay, connections=8)
    task.wait_for(lambda t: t.done >= OLD.size // 4, "to be in the middle")
    relay.release()
    finished(task, OLD, path)
    assert len({request["connection"] for request in metrics(task)}) == 8


def test_a_file_that_changes_while_several_connections_fetch_it(machine: Machine, session: Session, site: Site,
                                                                relay: Relay) -> None:
    """Whatever the open connections still get, the file is of one piece."""
    publish(site.server, "changing", OLD)
    path = machine.downloads / "changing"
    relay.hold_after(OLD.size // 2)
    task = start(session, site, "changing", path, relay, connections=4)
    task.wait_for(lambda t: t.done >= OLD.size // 4, "to be in the middle")
    publish(site.server, "changing", NEW, MODIFIED + 60)
    relay.release()
    assert task.wait(30) == ("finished", "")
    content = NEW if "resumed-from-zero" in types(session, task) else OLD
    content.check(path)
    machine.wait_downloads(path)


def test_a_file_that_changed_during_a_kill_of_several_connections(machine: Machine, session: Session, site: Site,
                                                                  relay: Relay) -> None:
    publish(site.server, "changed", OLD)
    path = machine.downloads / "changed"
    relay.hold_after(OLD.size // 2)
    task = start(session, site, "changed", path, relay, connections=4)
    task.wait_for(lambda t: t.done >= OLD.size // 4, "to be in the middle")
    machine.daemon.kill()
    publish(site.server, "changed", NEW, MODIFIED + 60)
    relay.release()
    machine.daemon.start()
    finished(machine.client().task(task.id), NEW, path)
    machine.wait_downloads(path)
    assert types(machine.client().session("test"), task) == ["resumed-from-zero", "finished-downloading", "completed"]
