"""Each way to go on with an upload, at a server of its own."""

from pathlib import Path
from typing import Iterator

import pytest

from harness.client import Session
from harness.deadline import wait_until
from harness.machine import Machine
from servers.content import Content
from uploads.expect import finished, taken_once, terminal, types
from uploads.sites import MIB, SITES, S3Site, Site, TusSite

CONTENT = Content(seed=609, size=8 * MIB + 4711)
HALF = CONTENT.size // 2


@pytest.fixture(params=SITES.values(), ids=SITES.keys())
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    with request.param(tmp_path / "site") as made:
        yield made


@pytest.fixture
def path(machine: Machine) -> Path:
    CONTENT.write_to(machine.directory / "large.bin")
    return machine.directory / "large.bin"


def half_way(site: Site) -> None:
    wait_until(lambda: site.relay.requests.passed >= HALF, "half of it to pass")


def test_an_upload(session: Session, site: Site, path: Path) -> None:
    task = site.send(session, path)
    details = finished(task, 30)
    taken_once(site.copies(), CONTENT)
    assert (details["protocol"], details["resumable"]) == (site.protocol,
                                                           "auto" if site.name.startswith("auto") else site.protocol)
    assert task.done == CONTENT.size and types(session, task) == ["completed"]
    assert terminal(session, task)["bytes-done"] == CONTENT.size
    if isinstance(site, TusSite):
        assert site.server.finished()[0].metadata["filename"] == path.name
        assert site.server.finished()[0].metadata["project"] == "haul"


@pytest.mark.parametrize("size", [0, 1])
def test_small_ones(machine: Machine, session: Session, site: Site, size: int) -> None:
    if isinstance(site, S3Site) and size == 0:
        pytest.skip("s3rver takes no empty part")
    content = Content(610, size)
    content.write_to(machine.directory / "small")
    finished(site.send(session, machine.directory / "small"))
    taken_once(site.copies(), content)


def test_a_cut_costs_little(session: Session, site: Site, path: Path) -> None:
    site.relay.requests.hold_after(HALF)
    task = site.send(session, path)
    half_way(site)
    site.release()
    finished(task, 30)
    taken_once(site.copies(), CONTENT)
    assert site.relay.requests.passed < CONTENT.size * 5 // 4 + (2 * MIB if isinstance(site, S3Site) else 0)
    assert "resumed-from-zero" not in types(session, task)


def test_a_pause_costs_little(session: Session, site: Site, path: Path) -> None:
    site.relay.requests.hold_after(HALF)
    task = site.send(session, path)
    half_way(site)
    task.suspend()
    assert task.state == "suspended"
    site.release()
    task.resume()
    finished(task, 30)
    taken_once(site.copies(), CONTENT)
    assert site.relay.requests.passed < CONTENT.size * 5 // 4 + (2 * MIB if isinstance(site, S3Site) else 0)


def test_a_server_that_restarts_in_the_middle(session: Session, site: Site, path: Path) -> None:
    site.relay.requests.hold_after(HALF)
    task = site.send(session, path)
    half_way(site)
    site.restart()
    site.release()
    finished(task, 30)
    taken_once(site.copies(), CONTENT)


def test_cancelling_tells_the_server(session: Session, site: Site, path: Path) -> None:
    site.relay.requests.hold_after(HALF)
    task = site.send(session, path)
    half_way(site)
    task.wait_for(lambda t: t.details()["protocol"] == site.protocol, "the protocol in force")
    task.cancel()
    assert task.wait() == ("cancelled", "client")
    site.relay.release()
    if site.has_farewell:
        wait_until(lambda: site.unfinished() == 0, "the server to forget the upload")
    assert not site.copies()
    assert "upload" not in str(task.details().get("url", "")).partition("?")[2]


def test_one_that_has_ended_leaves_nothing_unfinished(session: Session, site: Site, path: Path) -> None:
    finished(site.send(session, path), 30)
    assert site.unfinished() == 0


def test_a_file_that_changed_meanwhile_is_not_continued(session: Session, site: Site, path: Path) -> None:
    site.relay.requests.hold_after(HALF)
    task = site.send(session, path, snapshot="never")
    half_way(site)
    Content(611, CONTENT.size).write_to(path)
    site.release()
    assert task.wait(30) == ("failed", "changed")
    assert not site.copies() or isinstance(site, S3Site)
