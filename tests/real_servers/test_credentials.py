"""Basic and Digest as the real servers ask for them."""

import pytest

from bus.expect import finished, types
from harness.client import Event, Session, Task
from harness.machine import Machine
from real_servers.expect import MIB, killed_in_the_middle, metrics, publish, start
from real_servers.sites import Site
from servers.content import Content
from servers.real import REALM, SECRET, USER
from servers.relay import Relay

HELD = 4 * MIB
LEAST = HELD * 9 // 10  # the rest is headers, and the frames of TLS and HTTP/2
CONTENT = Content(seed=71, size=2 * HELD + 4711)


@pytest.fixture(params=["basic", "digest"], autouse=True)
def scheme(request: pytest.FixtureRequest, site: Site) -> str:
    if request.param == "digest" and not site.server.has_digest:
        pytest.skip(f"{site.server.name} has no Digest")
    publish(site.server, f"{request.param}/file", CONTENT)
    return request.param


def provide(task: Task, secret: str, scheme: str = "") -> None:
    task.call("ProvideCredential", "sss", scheme, USER, secret)


def wait_asked(session: Session, task: Task, count: int = 1) -> Event:
    """Until the task has asked for credentials so many times; the latest event of it."""
    events = session.wait_events(
        lambda events: sum(event.type == "credentials-needed" for event in events) >= count, "credentials-needed")
    task.wait_for(lambda t: t.blocked_by == ["credentials"], "to wait for credentials")
    return [event for event in events if event.type == "credentials-needed"][-1]


def test_the_challenge_is_told_and_answered(machine: Machine, session: Session, site: Site, scheme: str) -> None:
    path = machine.downloads / "file"
    task = start(session, site, f"{scheme}/file", path)
    asked = wait_asked(session, task)
    assert asked.details["scheme"] == scheme
    assert scheme in asked.details["schemes"]
    assert (asked.details["realm"], asked.details["proxy"], asked.details["status"]) == (REALM, False, 401)
    provide(task, SECRET)
    finished(task, CONTENT, path)
    assert metrics(task)[-1]["status"] == 200
    machine.wait_downloads(path)
    assert SECRET not in machine.daemon.log


def test_a_wrong_secret_is_asked_for_again(machine: Machine, session: Session, site: Site, scheme: str) -> None:
    path = machine.downloads / "file"
    task = start(session, site, f"{scheme}/file", path)
    wait_asked(session, task)
    provide(task, "guess", scheme)
    wait_asked(session, task, 2)
    assert not path.exists()
    provide(task, SECRET, scheme)
    finished(task, CONTENT, path)


def test_credentials_given_beforehand_are_not_asked_for(machine: Machine, session: Session, site: Site,
                                                        scheme: str) -> None:
    path = machine.downloads / "file"
    task = start(session, site, f"{scheme}/file", path, start=False)
    provide(task, SECRET, scheme)
    task.resume()
    finished(task, CONTENT, path)
    assert types(session, task) == ["finished-downloading", "completed"]


def test_a_kill_in_the_middle_asks_nobody_again(machine: Machine, session: Session, site: Site, scheme: str,
                                                relay: Relay) -> None:
    path = machine.downloads / "file"
    task = start(session, site, f"{scheme}/file", path, relay)
    wait_asked(session, task)
    relay.hold_after(HELD)
    provide(task, SECRET)
    _, task = killed_in_the_middle(machine, task, relay, LEAST)
    finished(task, CONTENT, path)
    seen = types(machine.client().session("test"), task)
    assert seen.count("credentials-needed") == 1
    assert "resumed-from-zero" not in seen
