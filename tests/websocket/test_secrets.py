"""Secrets of WebSockets, put through every end that they can have: nobody hears of them who was not meant to."""

from typing import Any

import pytest

from harness.canaries import everything_said, files_with, told
from harness.client import ENDED, Client, Session, Task
from harness.deadline import wait_until
from harness.machine import Machine
from servers.authentication import is_basic
from servers.proxy import Proxy
from servers.websocket.adversary import Adversary
from servers.websocket.frames import CLOSE, Frame, close_payload
from servers.websocket.handshakes import Accept, Handshake, Raw, guarded, redirect, refuse
from servers.websocket.peer import Peer
from websocket.expect import QUICK, again, blocked, finished, wait_opened

pytestmark = pytest.mark.machine(log_level="trace")

HEADER, COOKIE, USER, QUERY, TARGET, PROXY, CREDENTIAL, SAID, HEARD = CANARIES = tuple(
    f"canary-{number}-6d10c7a4f" for number in range(9))
HEADERS = {"Authorization": f"Bearer {HEADER}", "Cookie": f"id={COOKIE}", "X-Api-Key": HEADER}


def check(machine: Machine, client: Client, session: Session, task: Task, *but: str) -> None:
    """While the task lives, and once it has ended. `but`: what was said in messages, and is its events'."""
    secrets = [canary for canary in CANARIES if canary not in but]
    assert told(secrets, everything_said(client, session, task)) == []
    assert told(CANARIES, machine.daemon.log) == []
    if task.state in ENDED:
        wait_until(lambda: not files_with(machine, secrets), "the journal to be clean", 10, 0.1)


def with_user(url: str) -> str:
    return url.replace("ws://", f"ws://user:{USER}@")


ENDS: dict[str, tuple[str, Handshake, Any, dict[str, Any]]] = {
    "finished": ("finished", Accept(), lambda peer: peer.close(1000), {}),
    "rejected": ("failed", Accept(), lambda peer: peer.close(4000), {}),
    "lost": ("failed", Accept(), Peer.reset, {"retries": 1}),
    "broken": ("failed", Accept(), lambda peer: peer.send(Frame(3, b"x")), {}),
    "half a goodbye": ("failed", Accept(), lambda peer: peer.send(Frame(CLOSE, close_payload(999))), {}),
    "a wrong answer": ("failed", Accept(key="wrong"), None, {}),
    "403": ("failed", refuse(403, ("Set-Cookie", f"id={TARGET}")), None, {}),
    "503": ("failed", refuse(503), None, {"retries": 1}),
    "no HTTP": ("failed", Raw(b"220 mail\r\n"), None, {"retries": 1}),
    "a redirect to a dead port": ("failed", redirect(f"ws://user:{TARGET}@127.0.0.1:1/?{TARGET}"), None, {"retries": 1}),
    "a refused redirect": ("failed", redirect(f"ftp://user:{TARGET}@127.0.0.1/?{TARGET}"), None, {}),
}


@pytest.mark.parametrize("name", ENDS)
def test_nobody_else_hears_of_them(machine: Machine, client: Client, session: Session, server: Adversary, name: str) -> None:
    state, handshake, conduct, options = ENDS[name]

    def act(peer: Peer) -> None:
        conduct(peer)
        peer.wait_gone()
    endpoint = server.serve(handshake, conduct=act, secret=QUERY)
    session.attach()
    headers = {name: value for name, value in HEADERS.items() if name != "Authorization"}
    task = session.websocket(with_user(endpoint.url), [], {"headers": headers, "start": True, **QUICK, **options})
    assert task.wait()[0] == state
    assert told(CANARIES, [endpoint.requests[0].headers, endpoint.requests[0].target]) == [HEADER, COOKIE, USER, QUERY], "who was meant"
    check(machine, client, session, task)
    machine.daemon.terminate()
    assert files_with(machine, CANARIES) == []


def test_while_it_is_open_and_over_a_kill(machine: Machine, client: Client, session: Session, server: Adversary) -> None:
    endpoint = server.serve(secret=QUERY)
    task = session.websocket(endpoint.url, [], {"headers": HEADERS, "start": True, **QUICK})
    endpoint.peer()
    wait_opened(session, task)
    check(machine, client, session, task)
    assert files_with(machine, [HEADER]), "the journal needs them until then"
    machine.restart()
    peer = endpoint.peer()
    task, session = again(machine, task)
    assert endpoint.requests[-1].header("Authorization") == f"Bearer {HEADER}"
    peer.close(1000)
    finished(task)
    check(machine, machine.client(), session, task)


def test_messages_are_in_no_log(machine: Machine, client: Client, session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    task = session.websocket(endpoint.url, [], {"start": True, **QUICK})
    task.send(SAID)
    peer = endpoint.peer()
    assert peer.receive().text == SAID
    peer.text(HEARD)
    peer.close(1000, HEARD)
    finished(task)
    check(machine, client, session, task, SAID, HEARD)
    assert told([SAID], everything_said(client, session, task)) == []
    session.acknowledge(session.events()[-1].seq)
    wait_until(lambda: not files_with(machine, [SAID]), "the journal to have forgotten what was sent", 10, 0.1)


def test_a_credential_and_a_proxys_password(machine: Machine, client: Client, session: Session, server: Adversary) -> None:
    endpoint = server.serve(guarded(Accept(), 'Basic realm="vault"', accepts=is_basic("user", CREDENTIAL)))
    with Proxy('Basic realm="gate"', is_basic("user", PROXY, "Proxy-Authorization")) as proxy:
        task = session.websocket(endpoint.url, [], {"start": True, "proxy": proxy.url(f"user:{PROXY}"), **QUICK})
        blocked(task, "credentials")
        check(machine, client, session, task)
        task.call("ProvideCredential", "sss", "basic", "user", CREDENTIAL)
        peer = endpoint.peer()
        wait_opened(session, task)
        check(machine, client, session, task)
        assert told([CREDENTIAL], [request.headers for request in proxy.requests]) == []
        assert told([PROXY], [request.headers for request in endpoint.requests]) == []
        peer.close(1000)
        finished(task)
        check(machine, client, session, task)


def test_errors_do_not_repeat_a_secret(machine: Machine, session: Session) -> None:
    for url, options in ((f"ws://user:{USER}@[/", {}), (f"ws://x/?{QUERY}#", {}), (f"http://user:{USER}@x/?{QUERY}", {}),
                         ("ws://x/", {"headers": {"X": f"{HEADER}\n"}}), ("ws://x/", {"proxy": f"no://user:{PROXY}@x"})):
        with pytest.raises(Exception) as raised:
            session.websocket(url, [], options)
        assert told(CANARIES, raised.value) == []
    assert told(CANARIES, machine.daemon.log) == []


def test_a_cancelled_task_forgets_them(machine: Machine, client: Client, session: Session, server: Adversary) -> None:
    endpoint = server.serve(refuse(503, ("Retry-After", "3600")), secret=QUERY)
    task = session.websocket(with_user(endpoint.url), [], {"headers": {"X-Api-Key": HEADER}, "start": True})
    task.send(SAID)
    task.wait_for(lambda t: t.blocked_by == ["retry-delay"], "the delay")
    check(machine, client, session, task, SAID)
    task.cancel()
    check(machine, client, session, task)
