"""Small files at once: HTTP/2 takes them all over one connection."""

import pytest

from bus.expect import finished
from harness.client import Session
from harness.deadline import wait_until
from harness.machine import Machine
from real_servers.expect import MIB, metrics, publish
from real_servers.sites import Site
from servers.content import Content
from servers.relay import Relay

FILES = [Content(seed=60 + number, size=10_000 + number) for number in range(20)]


@pytest.fixture(autouse=True)
def published(site: Site) -> None:
    for number, content in enumerate(FILES):
        publish(site.server, f"small{number}", content)


def test_twenty_files_at_once(machine: Machine, session: Session, site: Site, relay: Relay) -> None:
    paths = [machine.downloads / str(number) for number in range(len(FILES))]
    choice = {"start": True, **site.options}
    tasks = session.create_many([
        ("download", site.server.url(f"small{number}", relay.port), {"destination": path, **choice})
        for number, path in enumerate(paths)])
    for task, content, path in zip(tasks, FILES, paths):
        finished(task, content, path)
    machine.wait_downloads(*paths)
    requests = [request for task in tasks for request in metrics(task)]
    assert {request["protocol"] for request in requests} == {site.protocol}
    assert sum(not request["reused"] for request in requests) == relay.connections
    if site.way == "h2":
        assert relay.connections == 1
    else:
        # Six at once, the default of active-per-host, of which each is used again.
        assert 1 < relay.connections <= len(FILES) // 2
    wait_until(lambda: sum(line.target.startswith("/small") for line in site.server.served()) >= len(FILES), "the log")


def test_large_files_at_once_are_not_mixed_up(machine: Machine, session: Session, site: Site) -> None:
    contents = [Content(seed=90 + number, size=5_000_000 + number) for number in range(4)]
    paths = [machine.downloads / f"large{number}" for number in range(len(contents))]
    for path, content in zip(paths, contents):
        publish(site.server, path.name, content)
    tasks = session.create_many([
        ("download", site.server.url(path.name), {"destination": path, "start": True, **site.options}) for path in paths])
    for task, content, path in zip(tasks, contents, paths):
        finished(task, content, path)


def test_files_that_hang_do_not_hold_up_others(machine: Machine, session: Session, site: Site, relay: Relay) -> None:
    contents = [Content(seed=98 + number, size=8 * MIB) for number in range(3)]
    paths = [machine.downloads / f"hangs{number}" for number in range(len(contents))]
    for path, content in zip(paths, contents):
        publish(site.server, path.name, content)
    relay.hold_after(MIB)
    tasks = session.create_many([
        ("download", site.server.url(path.name, relay.port), {"destination": path, "start": True, **site.options})
        for path in paths])
    wanted = 1 if site.way == "h2" else len(tasks)
    wait_until(lambda: relay.connections == wanted and any(task.done for task in tasks), f"{wanted} connections")
    relay.release()
    for task, content, path in zip(tasks, contents, paths):
        finished(task, content, path)
    assert relay.connections == wanted


def test_a_server_that_stutters_gets_every_byte_through(machine: Machine, session: Session, site: Site,
                                                        relay: Relay) -> None:
    """Bytes of one stream arrive while libcurl reads for another one, and wait for their turn."""
    content = Content(seed=77, size=12 * MIB + 1)
    publish(site.server, "stutters", content)
    paths = [machine.downloads / f"stutters{number}" for number in range(6)]
    relay.stutter(seed=7)
    tasks = session.create_many([
        ("download", site.server.url("stutters", relay.port), {"destination": path, "start": True, **site.options})
        for path in paths])
    for task, path in zip(tasks, paths):
        assert task.wait(60) == ("finished", "")
        content.check(path)
