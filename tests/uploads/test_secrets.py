"""Secrets of uploads, also those that a server gave: nobody hears of them, and they go with the task's end."""

from pathlib import Path
from typing import Any, Callable, Iterable
from urllib.parse import urlsplit

import pytest

from harness.canaries import everything_said, files_with, told
from harness.client import ENDED, Client, Session, Task, microseconds
from harness.deadline import wait_until
from harness.machine import Machine
from servers.behaviours import raw, silent, status
from servers.scripted import ScriptedServer
from servers.uploads.answers import accept, by_method, cut, early, in_turn, read_then, redirect
from servers.uploads.conduct import Conduct
from servers.uploads.gate import Gate
from servers.uploads.ietf import IetfServer
from uploads.expect import CONTENT, QUICK

pytestmark = pytest.mark.machine(log_level="trace")

HEADER, COOKIE, USER, QUERY, RESOURCE, PART, ABORT, REPLY = CANARIES = tuple(
    f"canary-{number}-83be02f1c" for number in range(8))
MIDDLE = CONTENT.size // 2


def check(machine: Machine, client: Client, session: Session, task: Task, secrets: Iterable[str] = CANARIES) -> None:
    """While the task lives, and once it has ended."""
    assert told(secrets, everything_said(client, session, task)) == []
    assert told(secrets, machine.daemon.log) == []
    if task.state in ENDED:
        wait_until(lambda: not files_with(machine, secrets), "the journal to be clean", 10, 0.1)


def with_user(url: str) -> str:
    return url.replace("http://", f"http://user:{USER}@")


PLAIN: dict[str, tuple[str, tuple, dict[str, Any]]] = {
    "finished": ("finished", (accept(201, ("Set-Cookie", f"id={REPLY}")),), {}),
    "finished in two attempts": ("finished", (cut(MIDDLE), accept()), {}),
    "refused": ("failed", (early(403, ("Set-Cookie", f"id={REPLY}")),), {}),
    "cut": ("failed", (cut(MIDDLE),), {"retries": 1}),
    "no HTTP": ("failed", (read_then(raw(b"220 mail\r\n")),), {"retries": 1}),
    "no answer": ("failed", (silent(),), {"retries": 0, "request-timeout": microseconds(0.3)}),
    "not repeated": ("failed", (cut(MIDDLE),), {"method": "POST", "resumable": "off"}),
    "redirect to a dead port": ("failed", (redirect(f"http://user:{RESOURCE}@127.0.0.1:1/?{RESOURCE}"),),
                                {"retries": 1}),
    "refused redirect": ("failed", (redirect(f"ftp://127.0.0.1/?{RESOURCE}"),), {}),
}


@pytest.mark.parametrize("name", PLAIN)
def test_of_a_plain_upload(machine: Machine, client: Client, session: Session, server: ScriptedServer, source: Path,
                           name: str) -> None:
    state, behaviours, options = PLAIN[name]
    resource = server.serve(*behaviours, secret=QUERY)
    session.attach()
    task = session.upload(with_user(resource.url), source, {
        "headers": {"X-Api-Key": HEADER, "Cookie": f"id={COOKIE}"}, "start": True, **QUICK, **options})
    assert task.wait()[0] == state
    check(machine, client, session, task)
    assert told(CANARIES, resource.requests[0].headers) == [HEADER, COOKIE, USER]
    machine.daemon.terminate()
    assert files_with(machine, CANARIES) == []


def ietf_ends() -> dict[str, Callable[[Conduct], None]]:
    def cut_once(conduct: Conduct) -> None:
        conduct.cuts = [MIDDLE]

    def gone(conduct: Conduct) -> None:
        conduct.cuts, conduct.gone_after = [MIDDLE], 0

    def refused(conduct: Conduct) -> None:
        conduct.cuts, conduct.says_offset = [MIDDLE], lambda _: "x"
    return {"finished": lambda conduct: None, "cut": cut_once, "gone": gone, "refused": refused}


@pytest.mark.parametrize("name", ietf_ends())
@pytest.mark.parametrize("resumable", ["ietf", "auto"])
def test_an_upload_url_is_one(machine: Machine, client: Client, session: Session, ietf: IetfServer, source: Path,
                              name: str, resumable: str) -> None:
    ietf.conduct.location = lambda origin, path: f"{origin}{path}?key={RESOURCE}"
    ietf_ends()[name](ietf.conduct)
    session.attach()
    task = session.upload(f"{with_user(ietf.url())}?key={QUERY}", source, {
        "method": "POST", "resumable": resumable, "headers": {"X-Api-Key": HEADER}, "start": True, **QUICK,
        "retries": 3})
    task.wait()
    ids = {request.path.rpartition("/")[2] for request in ietf.requests if request.path.startswith("/uploads/")}
    check(machine, client, session, task, [*CANARIES, *ids])


def test_an_upload_url_while_the_upload_runs(machine: Machine, client: Client, session: Session, ietf: IetfServer,
                                             source: Path) -> None:
    gate = Gate()
    ietf.conduct = Conduct(in_body=(MIDDLE, gate), location=lambda origin, path: f"{origin}{path}?key={RESOURCE}")
    task = session.upload(ietf.url(), source, {"method": "POST", "resumable": "ietf", "start": True, **QUICK})
    gate.wait_reached()
    upload, = ietf.depot.uploads()
    wait_until(lambda: files_with(machine, [upload.id]), "the journal to know it")
    check(machine, client, session, task, [*CANARIES, upload.id])
    machine.daemon.kill()
    gate.open()
    machine.daemon.start()
    client = machine.client()
    task, session = client.task(task.id), client.session("test")
    assert task.wait() == ("finished", "")
    check(machine, client, session, task, [*CANARIES, upload.id])


@pytest.mark.parametrize("kind", ["tus", "content-range"])
@pytest.mark.parametrize("end", ["finished", "refused", "cancelled"])
def test_sessions_of_other_protocols(machine: Machine, client: Client, session: Session, server: ScriptedServer,
                                     source: Path, kind: str, end: str) -> None:
    done = accept(204, ("Upload-Offset", str(CONTENT.size)))
    brought = {"finished": done, "refused": early(403),
               "cancelled": read_then(status(503, ("Retry-After", "3600")))}[end]
    upload = server.serve(by_method(
        HEAD=accept(204, ("Upload-Offset", "0")), PATCH=brought, PUT=accept(200) if end == "finished" else brought,
        DELETE=accept(204)))
    resource = server.serve(by_method(OPTIONS=accept(204),
                                      POST=accept(201, ("Location", f"{upload.url}?key={RESOURCE}"))), secret=QUERY)
    task = session.upload(with_user(resource.url), source, {
        "resumable": kind, "headers": {"X-Api-Key": HEADER}, "start": True, **QUICK})
    if end == "cancelled":
        task.wait_for(lambda t: t.blocked_by == ["retry-delay"], "the delay")
        check(machine, client, session, task)
        task.cancel()
    assert task.wait()[0] == {"refused": "failed"}.get(end, end)
    assert told([RESOURCE], upload.requests) == [RESOURCE]
    check(machine, client, session, task)
    assert urlsplit(upload.url).path not in str(everything_said(client, session, task)) + machine.daemon.log


@pytest.mark.parametrize("end", ["finished", "failed", "cancelled"])
def test_signed_urls(machine: Machine, client: Client, session: Session, server: ScriptedServer, source: Path,
                     end: str) -> None:
    part = accept(200, ("ETag", f'"{REPLY}"'))
    trouble = {"finished": part, "failed": early(403),
               "cancelled": read_then(status(503, ("Retry-After", "3600")))}[end]
    parts = [server.serve(in_turn(part), secret=PART), server.serve(in_turn(trouble), secret=PART)]
    abort, complete = server.serve(accept(204), secret=ABORT), server.serve(accept(200), secret=QUERY)
    session.attach()
    task = session.upload(complete.url, source, {
        "resumable": "s3", "part-urls": [one.url for one in parts], "part-size": MIDDLE, "abort-url": abort.url,
        "connections": 1, "start": True, **QUICK})
    if end == "cancelled":
        task.wait_for(lambda t: t.blocked_by == ["retry-delay"], "the delay")
        assert files_with(machine, [PART]), "the journal needs them until then"
        check(machine, client, session, task, [QUERY, PART, ABORT])
        task.cancel()
    assert task.wait()[0] == end
    check(machine, client, session, task, [QUERY, PART, ABORT])


def test_errors_do_not_repeat_a_secret(machine: Machine, session: Session, source: Path) -> None:
    for choice in ({"part-urls": [f"ftp://x/?{PART}"]}, {"abort-url": f"no url {ABORT}"},
                   {"headers": {"X": f"{HEADER}\n"}}, {"upload-metadata": {"a b": HEADER}}):
        with pytest.raises(Exception) as raised:
            session.upload("http://127.0.0.1:9/", source, choice)
        assert told(CANARIES, raised.value) == []
    assert told(CANARIES, machine.daemon.log) == []


def test_a_form_is_no_more_secret_than_its_spool(machine: Machine, client: Client, session: Session,
                                                 server: ScriptedServer) -> None:
    """Its values are a body: they are sent and forgotten, and no list has them."""
    task = session.upload(server.serve(accept()).url, "", form=[{"name": "password", "value": HEADER}])
    assert told(CANARIES, everything_said(client, session, task)) == [] and told(CANARIES, machine.daemon.log) == []
    task.resume()
    assert task.wait() == ("finished", "")
    check(machine, client, session, task)
