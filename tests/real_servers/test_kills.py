"""kill -9 in the middle of a download from each real server over each protocol."""

from bus.expect import finished, types
from harness.client import Session
from harness.machine import Machine
from real_servers.expect import MIB, MODIFIED, killed_in_the_middle, publish, requests_of, start
from real_servers.sites import Site
from servers.content import Content
from servers.relay import Relay

HELD = 4 * MIB
LEAST = HELD * 9 // 10  # the rest is headers, and the frames of TLS and HTTP/2
OLD, NEW = Content(seed=41, size=2 * HELD + 4711), Content(seed=42, size=2 * HELD - 4711)
LARGE = Content(seed=43, size=32 * MIB)


def test_the_bytes_are_kept(machine: Machine, session: Session, site: Site, relay: Relay) -> None:
    publish(site.server, "kept", OLD)
    path = machine.downloads / "kept"
    before = len(site.server.served("kept"))
    relay.hold_after(HELD)
    done, task = killed_in_the_middle(machine, start(session, site, "kept", path, relay), relay, LEAST)
    finished(task, OLD, path)
    machine.wait_downloads(path)
    again = next(line for line in requests_of(site.server, "kept", before + 2)[before:] if line.status == 206)
    first = int(again.range.removeprefix("bytes=").removesuffix("-"))
    assert done <= first <= HELD
    assert types(machine.client().session("test"), task) == ["finished-downloading", "completed"]


def test_a_file_that_changed_meanwhile_is_fetched_from_zero(machine: Machine, session: Session, site: Site,
                                                            relay: Relay) -> None:
    publish(site.server, "changed", OLD)
    path = machine.downloads / "changed"
    relay.hold_after(HELD)
    task = start(session, site, "changed", path, relay)
    task.wait_for(lambda t: t.done >= LEAST, "the bytes that passed the relay")
    machine.daemon.kill()
    publish(site.server, "changed", NEW, MODIFIED + 60)
    relay.release()
    machine.daemon.start()
    task = machine.client().task(task.id)
    finished(task, NEW, path)
    machine.wait_downloads(path)
    assert types(machine.client().session("test"), task) == ["resumed-from-zero", "finished-downloading", "completed"]


def test_the_bytes_of_several_connections_are_kept(machine: Machine, session: Session, site: Site, relay: Relay) -> None:
    publish(site.server, "segments", LARGE)
    path = machine.downloads / "segments"
    before = len(site.server.served("segments"))
    # Not all that passes counts: the first connection asks for the whole file, and is cut when others took their parts.
    relay.hold_after(LARGE.size // 2)
    task = start(session, site, "segments", path, relay, connections=4)
    done, task = killed_in_the_middle(machine, task, relay, LARGE.size // 4)
    finished(task, LARGE, path)
    machine.wait_downloads(path)
    lines = requests_of(site.server, "segments", before + 4)[before:]
    assert {line.status for line in lines} <= {200, 206}
    assert len({line.range for line in lines if line.status == 206}) >= 3, lines
    assert types(machine.client().session("test"), task) == ["finished-downloading", "completed"]
