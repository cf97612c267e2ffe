"""kill -9 at each station of an upload's life, for every protocol: the bytes are right, and there is one copy."""

import signal
from pathlib import Path
from typing import Callable, Iterator

import pytest

from harness.client import Task
from harness.deadline import wait_until
from harness.machine import Machine
from servers.content import Content
from uploads.expect import MAY_HAVE_IT, finished, sha256, sha256s
from uploads.sites import MIB, PLAIN, SITES, IetfSite, PlainSite, S3Site, Site

CONTENT = Content(seed=612, size=4 * MIB + 4711)


@pytest.fixture(params=[*SITES.values(), *PLAIN.values()], ids=[*SITES.keys(), *PLAIN.keys()])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    with request.param(tmp_path / "site") as made:
        yield made


def before_the_first_answer(machine: Machine, site: Site, start: Callable[[], Task]) -> Task:
    """For the IETF's protocol that is the 104."""
    site.relay.hold_after(0)
    task = start()
    wait_until(lambda: site.relay.requests.passed > 0, "the first request")
    return task


def after_the_first_answer(machine: Machine, site: Site, start: Callable[[], Task]) -> Task:
    site.relay.requests.hold_after(64 << 10)
    task = start()
    wait_until(lambda: site.relay.requests.passed >= 64 << 10, "the first bytes")
    return task


def in_the_middle(machine: Machine, site: Site, start: Callable[[], Task]) -> Task:
    site.relay.requests.hold_after(CONTENT.size // 2)
    task = start()
    wait_until(lambda: site.relay.requests.passed >= CONTENT.size // 2, "half of it")
    return task


def before_the_last_answer(machine: Machine, site: Site, start: Callable[[], Task]) -> Task:
    """The server has everything and has acted on it."""
    task = in_the_middle(machine, site, start)
    site.last.hold_after(0)
    site.relay.requests.release()
    wait_until(lambda: len(site.copies()) == 1, "the server to have it all")
    return task


def before_the_commit(machine: Machine, site: Site, start: Callable[[], Task]) -> Task:
    """The answer is there, and the daemon has not read it."""
    task = before_the_last_answer(machine, site, start)
    machine.daemon.send_signal(signal.SIGSTOP)
    passed = site.last.answers.passed
    site.last.release()
    wait_until(lambda: site.last.answers.passed > passed, "the answer to pass")
    return task


def about_the_commit(machine: Machine, site: Site, start: Callable[[], Task]) -> Task:
    """Somewhere between the answer's last byte and the end that the journal knows of."""
    task = before_the_last_answer(machine, site, start)
    passed = site.last.answers.passed
    site.last.release()
    wait_until(lambda: site.last.answers.passed > passed, "the answer to pass", interval=0.0005)
    return task


PLACES = [before_the_first_answer, after_the_first_answer, in_the_middle, before_the_last_answer, before_the_commit,
          about_the_commit]


def may_fail(site: Site, place: Callable) -> bool:
    """Where nobody can know whether the server has acted, and it must not act twice."""
    at_the_end = place in (before_the_last_answer, before_the_commit, about_the_commit)
    if isinstance(site, PlainSite):
        return site.method == "POST"
    if isinstance(site, IetfSite):
        return place in (before_the_first_answer, after_the_first_answer)
    # s3rver answers a second completion with 500.
    return isinstance(site, S3Site) and at_the_end


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_a_kill(machine: Machine, site: Site, place: Callable[[Machine, Site, Callable[[], Task]], Task]) -> None:
    path = machine.directory / "source.bin"
    CONTENT.write_to(path)
    session = machine.client().session("test")
    task = place(machine, site, lambda: site.send(session, path, retries=4))
    machine.daemon.kill()
    site.release()
    machine.daemon.start()
    task = machine.client().task(task.id)
    state, reason = task.wait(30)
    text = task.details().get("error-text", "")
    copies = sha256s(site.copies())
    assert set(copies) <= {sha256(CONTENT)}, "other bytes than those of the file"
    assert len(copies) <= 1 or site.method == "PUT", "two copies"
    if state == "finished":
        assert copies, "the server has nothing"
    else:
        assert state == "failed" and may_fail(site, place), (state, reason, text)
        assert MAY_HAVE_IT in text or isinstance(site, S3Site), text
    ends = [event for event in machine.client().session("test").events() if event.is_terminal]
    assert len(ends) == 1


@pytest.mark.parametrize("site", list(SITES.values()), ids=list(SITES.keys()), indirect=True)
def test_a_kill_in_the_middle_costs_little(machine: Machine, site: Site) -> None:
    path = machine.directory / "source.bin"
    CONTENT.write_to(path)
    session = machine.client().session("test")
    task = in_the_middle(machine, site, lambda: site.send(session, path))
    machine.daemon.kill()
    site.release()
    machine.daemon.start()
    task = machine.client().task(task.id)
    finished(task, 30)
    assert site.relay.requests.passed < CONTENT.size * 5 // 4 + (2 * MIB if isinstance(site, S3Site) else 0)
