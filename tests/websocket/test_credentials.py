"""Challenges of servers and proxies: the task waits for its client, and connects when it has what was wanted."""

import pytest

from harness.client import Session, WebSocket
from harness.machine import Machine
from servers.authentication import digest_challenge, is_basic, is_bearer, is_digest
from servers.proxy import Proxy
from servers.tls import Certificates
from servers.websocket.adversary import Adversary
from servers.websocket.handshakes import Accept, Handshake, guarded
from websocket.expect import again, blocked, events_of, opened, start, types, wait_inbox, wait_opened

USER, SECRET = "alice", "opensesame"
VAULTS: dict[str, Handshake] = {
    "basic": guarded(Accept(), 'Basic realm="vault"', accepts=is_basic(USER, SECRET)),
    "digest": guarded(Accept(), digest_challenge(), accepts=is_digest(USER, SECRET)),
    "bearer": guarded(Accept(), 'Bearer realm="vault"', accepts=is_bearer(SECRET)),
}


def provide(task: WebSocket, scheme: str, user: str = USER, secret: str = SECRET) -> None:
    task.call("ProvideCredential", "sss", scheme, user, secret)


def user_of(vault: str) -> str:
    return "" if vault == "bearer" else USER


@pytest.mark.parametrize("vault", VAULTS)
def test_a_credential_opens_what_was_closed(session: Session, server: Adversary, vault: str) -> None:
    endpoint = server.serve(VAULTS[vault])
    task = start(session, endpoint)
    blocked(task, "credentials")
    event, = events_of(session, task)
    assert (event.type, event.details["scheme"], event.details["status"]) == ("credentials-needed", vault, 401)
    assert event.details["realm"] == "vault" and not event.details["proxy"]
    provide(task, "", user_of(vault))
    peer = endpoint.peer()
    wait_opened(session, task)
    peer.text("inside")
    wait_inbox(session, task, "inside")


@pytest.mark.parametrize("vault", VAULTS)
def test_a_credential_may_come_before_and_lasts(machine: Machine, session: Session, server: Adversary, vault: str) -> None:
    """For the next connection too, and over a kill."""
    endpoint = server.serve(VAULTS[vault])
    task = session.websocket(endpoint.url, [], {"retry-delay": 20_000})
    provide(task, vault, user_of(vault))
    task.resume()
    peer = endpoint.peer()
    wait_opened(session, task)
    peer.reset()
    endpoint.peer()
    wait_opened(session, task, 2)
    machine.restart()
    endpoint.peer()
    task, session = again(machine, task)
    wait_opened(session, task, 3)
    assert "credentials-needed" not in types(session, task)


def test_a_wrong_credential_is_asked_for_again(session: Session, server: Adversary) -> None:
    endpoint = server.serve(VAULTS["basic"])
    task = start(session, endpoint)
    blocked(task, "credentials")
    provide(task, "basic", USER, "wrong")
    task.wait_for(lambda t: types(session, t).count("credentials-needed") == 2, "asked again")
    blocked(task, "credentials")
    provide(task, "basic")
    endpoint.peer()
    assert len(endpoint.requests) <= 5


def test_a_header_will_do(session: Session, server: Adversary) -> None:
    endpoint = server.serve(VAULTS["bearer"])
    task = start(session, endpoint, headers={"Authorization": "Bearer expired"})
    blocked(task, "credentials")
    task.call("SetHeader", "ss", "Authorization", f"Bearer {SECRET}")
    endpoint.peer()
    wait_opened(session, task)


def test_a_user_of_the_url_is_one(session: Session, server: Adversary) -> None:
    endpoint = server.serve(VAULTS["basic"])
    task = session.websocket(endpoint.url.replace("ws://", f"ws://{USER}:{SECRET}@"), start=True)
    endpoint.peer()
    wait_opened(session, task)
    assert SECRET not in str(task.details())


def test_what_is_queued_waits_for_the_credential_too(session: Session, server: Adversary) -> None:
    endpoint = server.serve(VAULTS["basic"])
    task = start(session, endpoint)
    blocked(task, "credentials")
    task.send("patient")
    provide(task, "basic")
    assert endpoint.peer().receive().text == "patient"


def test_waiting_for_a_credential_outlives_a_kill(machine: Machine, session: Session, server: Adversary) -> None:
    endpoint = server.serve(VAULTS["basic"])
    task = start(session, endpoint)
    blocked(task, "credentials")
    asked = len(endpoint.requests)
    machine.restart()
    task, session = again(machine, task)
    assert (task.state, task.blocked_by) == ("waiting", ["credentials"]) and len(endpoint.requests) == asked
    provide(task, "basic")
    endpoint.peer()
    wait_opened(session, task)


def test_through_a_tunnel(session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    with Proxy() as proxy:
        task, peer = opened(session, endpoint, proxy=proxy.url())
        assert [(request.method, request.target) for request in proxy.requests] == [("CONNECT", f"127.0.0.1:{server.port}")]
        task.send("through")
        assert peer.receive().text == "through"
        peer.text("back")
        wait_inbox(session, task, "back")


def test_headers_are_not_the_proxys(session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    with Proxy() as proxy:
        opened(session, endpoint, proxy=proxy.url(), headers={"Authorization": f"Bearer {SECRET}", "X-Api-Key": SECRET})
        assert SECRET not in str(proxy.requests)
    assert endpoint.requests[0].header("X-Api-Key") == SECRET


@pytest.mark.parametrize("scheme", ["proxy-basic", "proxy-digest"])
def test_a_proxy_may_want_credentials_too(session: Session, server: Adversary, scheme: str) -> None:
    is_secret = (is_basic(USER, SECRET, "Proxy-Authorization") if scheme == "proxy-basic"
                 else is_digest(USER, SECRET, field="Proxy-Authorization"))
    endpoint = server.serve()
    with Proxy('Basic realm="gate"' if scheme == "proxy-basic" else digest_challenge(), is_secret) as proxy:
        task = start(session, endpoint, proxy=proxy.url())
        blocked(task, "credentials")
        event, = events_of(session, task, "credentials-needed")
        assert (event.details["proxy"], event.details["status"]) == (True, 407)
        provide(task, scheme)
        endpoint.peer()
        wait_opened(session, task)
    assert endpoint.requests[-1].header("Proxy-Authorization") is None


def test_a_user_of_the_proxys_url_opens_it(session: Session, tls_server: Adversary, certificates: Certificates) -> None:
    with Proxy('Basic realm="gate"', is_basic(USER, SECRET, "Proxy-Authorization")) as proxy:
        task, _ = opened(session, tls_server.serve(), proxy=proxy.url(f"{USER}:{SECRET}"), ca_file=certificates.authority)
        assert task.state == "running" and SECRET not in str(task.details())


@pytest.mark.parametrize("scheme", ["", "proxy-basic"])
def test_a_credential_comes_before_the_user_of_the_proxys_url(session: Session, server: Adversary, scheme: str) -> None:
    endpoint = server.serve()
    with Proxy('Basic realm="gate"', is_basic(USER, SECRET, "Proxy-Authorization")) as proxy:
        task = start(session, endpoint, proxy=proxy.url(f"{USER}:wrong"))
        blocked(task, "credentials")
        provide(task, scheme)
        endpoint.peer()
        wait_opened(session, task)


def test_hosts_without_proxy_and_the_environments(machine: Machine, server: Adversary) -> None:
    endpoint = server.serve()
    with Proxy() as proxy:
        machine.daemon.terminate()
        machine.daemon.start({"http_proxy": proxy.url()})
        session = machine.client().session("test")
        opened(session, endpoint)
        opened(session, endpoint, no_proxy="127.0.0.1")
        opened(session, endpoint, proxy="none")
        assert len(proxy.requests) == 1
