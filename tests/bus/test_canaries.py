"""Secrets of every kind, put through every end that a download can have: nobody hears of them who was not meant to."""

import itertools
from dataclasses import dataclass, field
from typing import Any, Callable

import pytest

from harness.canaries import everything_said, files_with, told
from harness.client import ENDED, Client, Session, Task, microseconds
from harness.deadline import wait_until
from harness.machine import Machine
from servers.authentication import basic, digest, is_basic
from servers.behaviours import Behaviour, File, raw, redirect, silent, status
from servers.content import Content
from servers.proxy import Proxy
from servers.scripted import ScriptedServer

SIZE, CUT = 600_000, 350_000
CONTENT = Content(261, SIZE)
FIRST, WHOLE = File(CONTENT, etag='"one"', cut=CUT), File(CONTENT, etag='"one"')

HEADER, COOKIE, USER, QUERY, PROXY, MIRROR, MIRROR_USER, CREDENTIAL, TARGET, REPLACED = CANARIES = tuple(
    f"canary-{number}-7f3a9c51e" for number in range(10))

pytestmark = pytest.mark.machine(log_level="trace")


def with_user(url: str, secret: str) -> str:
    return url.replace("http://", f"http://user:{secret}@")


@dataclass
class End:
    """How a download ends. The behaviours may be those of a redirect's target or a mirror, at another origin."""

    state: str
    behaviours: tuple[Behaviour, ...]
    options: dict[str, Any] = field(default_factory=dict)
    elsewhere: tuple[Behaviour, ...] = (status(404),)


def redirected(then: Behaviour, state: str) -> End:
    return End(state, (), elsewhere=(then,))


ENDS = {
    "finished": End("finished", (WHOLE,)),
    "finished in two parts": End("finished", (FIRST, WHOLE)),
    "404": End("failed", (status(404),)),
    "500": End("failed", (status(500),)),
    "404 in the middle": End("failed", (FIRST, status(404))),
    "cut": End("failed", (File(CONTENT, cut=10),)),
    "no HTTP": End("failed", (raw(b"220 mail.example.com\r\n"),)),
    "no answer": End("failed", (silent(),), {"request-timeout": microseconds(0.3)}),
    "too large": End("failed", (WHOLE,), {"max-size": 1000}),
    "another size": End("failed", (WHOLE,), {"expected-size": 1000}),
    "another checksum": End("failed", (WHOLE,), {"checksum": "sha-256=" + "0" * 64}),
    "refused redirect": End("failed", (redirect(f"ftp://user:{TARGET}@127.0.0.1/?{TARGET}"),)),
    "redirect to a dead port": End("failed", (redirect(f"http://user:{TARGET}@127.0.0.1:1/?{TARGET}"),)),
    "redirect without end": End("failed", (redirect(f"?again={TARGET}"),)),
    "redirected and finished": redirected(WHOLE, "finished"),
    "redirected and refused": redirected(status(403), "failed"),
    "redirected and broken": redirected(raw(b"no HTTP\r\n"), "failed"),
    "finished at a mirror": End("finished", (status(404),), {"mirrors": []}, (WHOLE,)),
    "continued at a mirror": End("finished", (FIRST, status(404)), {"mirrors": []}, (WHOLE,)),
    "refused at the mirror too": End("failed", (status(404),), {"mirrors": []}, (status(403),)),
    "continued after trouble": End("finished", (FIRST, raw(b""), status(503), WHOLE), {"retries": 5}),
}


def check(machine: Machine, client: Client, session: Session, task: Task) -> None:
    """While the task lives, and once it has ended."""
    assert told(CANARIES, everything_said(client, session, task)) == []
    assert told(CANARIES, machine.daemon.log) == []
    assert told(CANARIES, " ".join(command for _, command in machine.family.members())) == []
    if task.state in ENDED:
        wait_until(lambda: not files_with(machine, CANARIES), "the journal to be clean", 10, 0.1)


@pytest.mark.parametrize("name", ENDS)
def test_nobody_else_hears_of_them(machine: Machine, client: Client, session: Session, server: ScriptedServer,
                                   other_server: ScriptedServer, name: str) -> None:
    end = ENDS[name]
    far = other_server.serve(*end.elsewhere, secret=TARGET if not end.behaviours else MIRROR)
    near = server.serve(*(end.behaviours or (redirect(far.url),)), secret=QUERY)
    options = dict(end.options)
    if "mirrors" in options:
        options["mirrors"] = [with_user(far.url, MIRROR_USER)]
    session.attach()
    task = session.download(with_user(near.url, USER), {
        "destination": machine.downloads / "file", "headers": {"X-Api-Key": HEADER, "Cookie": f"id={COOKIE}"}, "start": True,
        "retries": 1, **options})
    assert task.wait()[0] == end.state
    check(machine, client, session, task)
    assert told(CANARIES, near.requests[0]) == [HEADER, COOKIE, USER, QUERY], "the origin that they were meant for"
    assert told((HEADER, COOKIE, USER, QUERY), far.requests) == []
    for event in session.events():
        assert told(CANARIES, bytes(event.details.get("resume-data", b""))) == []
    machine.daemon.terminate()
    assert files_with(machine, CANARIES) == []


@pytest.mark.parametrize("wanted", ["finished", "failed", "cancelled"])
def test_a_proxys_password_is_the_proxys_alone(machine: Machine, client: Client, session: Session, server: ScriptedServer,
                                               wanted: str) -> None:
    resource = server.serve({"finished": WHOLE, "failed": status(404), "cancelled": silent()}[wanted])
    with Proxy('Basic realm="gate"', is_basic("user", PROXY, "Proxy-Authorization")) as proxy:
        task = session.download(resource.url, destination=machine.downloads / "file", start=True,
                                proxy=proxy.url(f"user:{PROXY}"))
        if wanted == "cancelled":
            wait_until(lambda: resource.requests, "the request")
            check(machine, client, session, task)
            task.cancel()
        assert task.wait()[0] == wanted
    check(machine, client, session, task)
    assert told(CANARIES, resource.requests) == []


def test_a_wrong_password_of_a_proxy_is_not_told(machine: Machine, client: Client, session: Session, server: ScriptedServer) -> None:
    with Proxy('Basic realm="gate"', is_basic("user", "another", "Proxy-Authorization")) as proxy:
        task = session.download(server.serve(WHOLE).url, destination=machine.downloads / "file", start=True,
                                proxy=proxy.url(f"user:{PROXY}"))
        task.wait_for(lambda t: t.blocked_by == ["credentials"], "blocked by credentials")
        check(machine, client, session, task)
        task.cancel()
    check(machine, client, session, task)


@pytest.mark.parametrize("vault", [basic, digest], ids=["basic", "digest"])
@pytest.mark.parametrize("given", [CREDENTIAL, CREDENTIAL + "-wrong"], ids=["right", "wrong"])
def test_a_credential_is_its_origins_alone(machine: Machine, client: Client, session: Session, server: ScriptedServer,
                                           other_server: ScriptedServer, vault: Callable, given: str) -> None:
    far = other_server.serve(WHOLE)
    near = server.serve(vault(redirect(far.url), "user", CREDENTIAL))
    task = session.download(near.url, destination=machine.downloads / "file", start=True)
    task.wait_for(lambda t: t.blocked_by == ["credentials"], "blocked by credentials")
    task.call("ProvideCredential", "sss", "", "user", given)
    if given == CREDENTIAL:
        assert task.wait() == ("finished", "")
    else:
        session.wait_events(lambda events: len(events) == 2, "asked again")
        check(machine, client, session, task)
        task.cancel()
    check(machine, client, session, task)
    assert told(CANARIES, far.requests) == []


def test_resume_data_has_none(machine: Machine, client: Client, session: Session, server: ScriptedServer) -> None:
    near = server.serve(FIRST, status(503, ("Retry-After", "3600")), secret=QUERY)
    task = session.download(with_user(near.url, USER), destination=machine.downloads / "file", start=True,
                            headers={"X-Api-Key": HEADER})
    task.wait_for(lambda t: t.blocked_by == ["retry-delay"] and len(near.requests) == 2, "half done")
    data = bytes(task.call("CancelProducingResumeData"))
    assert data and told(CANARIES, data) == []
    check(machine, client, session, task)


def test_a_replaced_url_is_forgotten(machine: Machine, client: Client, session: Session, server: ScriptedServer) -> None:
    task = session.download(with_user(server.serve(WHOLE, secret=QUERY).url, USER), destination=machine.downloads / "file")
    task.call("ReplaceUrl", "s", with_user(server.serve(WHOLE, secret=REPLACED).url, REPLACED))
    check(machine, client, session, task)
    task.resume()
    assert task.wait() == ("finished", "")
    check(machine, client, session, task)


def test_secrets_of_a_task_that_was_killed_with_its_daemon_are_wiped(machine: Machine, session: Session, server: ScriptedServer,
                                                                     other_server: ScriptedServer) -> None:
    for number, end in zip(itertools.count(), (WHOLE, status(404))):
        resource = server.serve(end, secret=QUERY)
        wire = resource.trip(1, after=40)
        mirror = with_user(other_server.serve(end, secret=MIRROR).url, MIRROR_USER)
        task = session.download(with_user(resource.url, USER), destination=machine.downloads / str(number), start=True,
                                headers={"X-Api-Key": HEADER}, mirrors=[mirror])
        wire.wait_reached()
        assert files_with(machine, CANARIES), "the journal needs them until then"
        machine.daemon.kill()
        wire.release()
        machine.daemon.start()
        client = machine.client()
        task, session = client.task(task.id), client.session("test")
        assert task.wait()[0] in ("finished", "failed")
        check(machine, client, session, task)
