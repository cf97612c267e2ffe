"""Servers and proxies that want to know who sends."""

from pathlib import Path
from typing import Callable

import pytest

from harness.client import Session
from harness.deadline import wait_until
from harness.machine import Machine
from servers.authentication import digest_challenge, is_basic, is_bearer, is_digest
from servers.behaviours import Behaviour
from servers.exchange import Exchange, Request
from servers.proxy import Proxy
from servers.scripted import ScriptedServer
from servers.uploads.answers import accept, early
from uploads.expect import CONTENT, LARGE, QUICK, failed, finished, taken_once

BASIC = 'Basic realm="vault"'
VAULTS = {"basic": (BASIC, is_basic("ann", "s3cret")), "digest": (digest_challenge(), is_digest("ann", "s3cret"))}


def vault(challenge: str, accepts: Callable[[Request], bool], after: int = 0) -> Behaviour:
    """401 to everybody else, after so many bytes of the body."""
    async def answer(exchange: Exchange) -> None:
        refusal = early(401, ("WWW-Authenticate", challenge), after=after)
        await (accept() if accepts(exchange.request) else refusal)(exchange)
    return answer


@pytest.mark.parametrize("kind", VAULTS)
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_credential_is_asked_for_and_given(session: Session, server: ScriptedServer, source: Path, kind: str,
                                             method: str) -> None:
    resource = server.serve(vault(*VAULTS[kind]))
    task = session.upload(resource.url, source, method=method, start=True)
    task.wait_for(lambda t: (t.state, t.blocked_by) == ("waiting", ["credentials"]), "blocked by credentials")
    assert resource.copies == []
    task.call("ProvideCredential", "sss", "", "ann", "s3cret")
    finished(task)
    taken_once(resource.copies)


def test_a_bearer_token(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(vault('Bearer realm="vault"', is_bearer("t0ken")))
    task = session.upload(resource.url, source, start=True)
    task.wait_for(lambda t: t.blocked_by == ["credentials"], "blocked by credentials")
    task.call("ProvideCredential", "sss", "bearer", "", "t0ken")
    finished(task)
    taken_once(resource.copies)


def test_user_info_of_the_url(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(vault(*VAULTS["basic"]))
    finished(session.upload(resource.url.replace("http://", "http://ann:s3cret@"), source, start=True))
    taken_once(resource.copies)


def test_a_wrong_one_is_asked_for_again(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(vault(*VAULTS["basic"]))
    task = session.upload(resource.url, source, start=True)
    task.wait_for(lambda t: t.blocked_by == ["credentials"], "blocked by credentials")
    asked = len(resource.requests)
    task.call("ProvideCredential", "sss", "", "ann", "wrong")
    wait_until(lambda: len(resource.requests) > asked and task.blocked_by == ["credentials"], "asked again")
    task.call("ProvideCredential", "sss", "", "ann", "s3cret")
    finished(task)
    taken_once(resource.copies)


@pytest.mark.parametrize("kind", VAULTS)
def test_a_large_body_is_not_sent_for_nothing(session: Session, server: ScriptedServer, large: Path, kind: str) -> None:
    resource = server.serve(vault(*VAULTS[kind], after=100_000))
    task = session.upload(resource.url, large, start=True)
    task.wait_for(lambda t: t.blocked_by == ["credentials"], "blocked by credentials")
    wait_until(lambda: all(request.is_over for request in resource.requests), "the end of the sending")
    assert resource.received < LARGE.size // 2
    task.call("ProvideCredential", "sss", "", "ann", "s3cret")
    finished(task, 30)
    taken_once(resource.copies, LARGE)


def test_a_credential_survives_no_task_but_a_crash(machine: Machine, session: Session, server: ScriptedServer,
                                                   source: Path) -> None:
    resource = server.serve(vault(*VAULTS["basic"]))
    task = session.upload(resource.url, source, start=True)
    task.wait_for(lambda t: t.blocked_by == ["credentials"], "blocked by credentials")
    machine.restart()
    task = machine.client().task(task.id)
    assert task.blocked_by == ["credentials"]
    task.call("ProvideCredential", "sss", "", "ann", "s3cret")
    finished(task)
    taken_once(resource.copies)


def test_403_is_no_question(session: Session, server: ScriptedServer, source: Path) -> None:
    failed(session.upload(server.serve(early(403)).url, source, start=True), "http-status")


def test_through_a_proxy(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(accept())
    with Proxy(BASIC, is_basic("ann", "s3cret", "Proxy-Authorization")) as proxy:
        finished(session.upload(resource.url, source, {"proxy": proxy.url("ann:s3cret"), **QUICK, "start": True}))
        assert len(proxy.requests) >= 1
    taken_once(resource.copies)
    assert resource.requests[-1].header("Proxy-Authorization") is None
    assert CONTENT.size == resource.copies[0].length
