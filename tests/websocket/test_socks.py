"""SOCKS proxies: who resolves the name, who gets through, and what is to be done about one that refuses."""

from typing import Iterator

import pytest

from harness.client import Session
from harness.deadline import wait_until
from harness.machine import Machine
from servers.socks import HOST_UNREACHABLE, NOT_ALLOWED, SUCCEEDED, SocksProxy, SocksRequest
from servers.tls import Certificates
from servers.websocket.adversary import Adversary
from websocket.expect import again, blocked, events_of, failed, opened, start, types, wait_inbox, wait_opened

USER, SECRET = "alice", "opensesame"
LOGIN = USER, SECRET
NAME = "chat.example"  # RFC 6761, 6.5: nobody but the proxy resolves it
NAMES = {NAME: "127.0.0.1"}


@pytest.fixture
def proxy() -> Iterator[SocksProxy]:
    """Open to everybody."""
    with SocksProxy(names=NAMES) as running:
        yield running
    assert running.faults == []


@pytest.fixture
def gate() -> Iterator[SocksProxy]:
    """For those with the login."""
    with SocksProxy(LOGIN, names=NAMES) as running:
        yield running
    assert running.faults == []


def at(url: str, host: str) -> str:
    """The same place by another name."""
    return url.replace("127.0.0.1", host)


def test_the_proxy_resolves_with_socks5h(session: Session, server: Adversary, proxy: SocksProxy) -> None:
    endpoint = server.serve()
    task = session.websocket(at(endpoint.url, NAME), start=True, proxy=proxy.url("socks5h"))
    peer = endpoint.peer()
    wait_opened(session, task)
    assert proxy.requests == [SocksRequest(NAME, server.port, is_name=True)]
    assert peer.request.header("Host") == f"{NAME}:{server.port}"
    task.send("through")
    assert peer.receive().text == "through"
    peer.text("back")
    wait_inbox(session, task, "back")


def test_the_daemon_resolves_with_socks5(session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    with SocksProxy(names={"::1": "127.0.0.1"}) as proxy:  # the server has no other
        task = session.websocket(at(endpoint.url, "localhost"), start=True, proxy=proxy.url("socks5"))
        peer = endpoint.peer()
        wait_opened(session, task)
        request, = proxy.requests
        assert request in [SocksRequest(host, server.port, is_name=False) for host in ("127.0.0.1", "::1")]
        task.send("through")
        assert peer.receive().text == "through"
        peer.text("back")
        wait_inbox(session, task, "back")


def test_a_name_that_the_proxy_alone_knows_is_none_for_socks5(session: Session, server: Adversary,
                                                              proxy: SocksProxy) -> None:
    endpoint = server.serve()
    task = session.websocket(at(endpoint.url, NAME), start=True, proxy=proxy.url("socks5"), retries=0)
    failed(task, "connection")
    assert proxy.requests == [] and endpoint.requests == []


def test_headers_are_not_the_proxys_nor_is_a_connection_kept(session: Session, server: Adversary,
                                                             proxy: SocksProxy) -> None:
    endpoint = server.serve()
    task, peer = opened(session, endpoint, proxy=proxy.url(), headers={"X-Api-Key": SECRET})
    assert endpoint.requests[0].header("X-Api-Key") == SECRET
    peer.reset()
    endpoint.peer()
    wait_opened(session, task, 2)
    assert len(proxy.requests) == 2


def test_tls_goes_through_to_the_server(session: Session, tls_server: Adversary, certificates: Certificates,
                                            proxy: SocksProxy) -> None:
    task, peer = opened(session, tls_server.serve(), proxy=proxy.url(), ca_file=certificates.authority)
    task.send("through")
    assert peer.receive().text == "through"
    assert len(proxy.requests) == 1


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_a_user_of_the_proxys_url_opens_it(machine: Machine, session: Session, server: Adversary, gate: SocksProxy,
                                           scheme: str) -> None:
    endpoint = server.serve()
    task, peer = opened(session, endpoint, proxy=gate.url(scheme, f"{USER}:{SECRET}"))
    assert gate.logins == [LOGIN] and gate.refused == 0
    assert SECRET not in str(task.details()) and USER not in task.details()["proxy"]
    assert SECRET not in machine.daemon.log
    machine.restart()
    endpoint.peer()
    wait_opened(again(machine, task)[1], task, 2)
    assert gate.logins == [LOGIN] * 2


def test_what_a_url_has_to_escape_comes_as_it_is(session: Session, server: Adversary) -> None:
    with SocksProxy(("al:ice", "open se@me/")) as gate:
        opened(session, server.serve(), proxy=gate.url(user_info="al%3Aice:open%20se%40me%2F"))
        assert gate.logins == [("al:ice", "open se@me/")]


@pytest.mark.parametrize("user_info", ["", f"{USER}:wrong"], ids=["nobody", "wrong"])
def test_a_proxy_that_wants_another_login_asks_for_it(machine: Machine, session: Session, server: Adversary,
                                                      gate: SocksProxy, user_info: str) -> None:
    """And is left alone meanwhile. What is provided counts for the next connection too, and over a kill."""
    endpoint = server.serve()
    task = start(session, endpoint, proxy=gate.url(user_info=user_info))
    blocked(task, "credentials")
    event, = events_of(session, task, "credentials-needed")
    assert (event.details["scheme"], event.details["proxy"], event.details["status"]) == ("basic", True, 407)
    assert (gate.refused, len(gate.logins)) == ((0, 1) if user_info else (1, 0))
    task.call("ProvideCredential", "sss", "", USER, SECRET)
    endpoint.peer().reset()
    wait_opened(session, task)
    endpoint.peer()
    wait_opened(session, task, 2)
    machine.restart()
    endpoint.peer()
    task, session = again(machine, task)
    wait_opened(session, task, 3)
    assert gate.logins[-3:] == [LOGIN] * 3 and types(session, task).count("credentials-needed") == 1


def test_a_wrong_login_is_asked_for_again(session: Session, server: Adversary, gate: SocksProxy) -> None:
    endpoint = server.serve()
    task = start(session, endpoint, proxy=gate.url())
    blocked(task, "credentials")
    task.call("ProvideCredential", "sss", "proxy-basic", USER, "wrong")
    task.wait_for(lambda t: types(session, t).count("credentials-needed") == 2, "asked again")
    task.call("ProvideCredential", "sss", "proxy-basic", USER, SECRET)
    endpoint.peer()
    assert gate.logins == [(USER, "wrong"), LOGIN]


@pytest.mark.parametrize("answer", [NOT_ALLOWED, HOST_UNREACHABLE])
def test_a_proxy_that_refuses_is_asked_again(session: Session, server: Adversary, answer: int) -> None:
    endpoint = server.serve()
    with SocksProxy(answer=answer) as proxy:
        task = start(session, endpoint, proxy=proxy.url(), retries=2)
        failed(task, "connection", "SOCKS5")
        assert len(proxy.requests) == 3
    assert endpoint.requests == [], "it is not gone around"


def test_one_that_refused_for_a_while_lets_through(session: Session, server: Adversary, proxy: SocksProxy) -> None:
    proxy.answer = NOT_ALLOWED
    endpoint = server.serve()
    task = start(session, endpoint, proxy=proxy.url())
    task.send("patient")
    wait_until(lambda: len(proxy.requests) >= 2, "the second try")
    proxy.answer = SUCCEEDED
    assert endpoint.peer().receive().text == "patient"


def test_hosts_without_proxy(session: Session, server: Adversary, proxy: SocksProxy) -> None:
    opened(session, server.serve(), proxy=proxy.url(), no_proxy="127.0.0.1")
    assert proxy.requests == []
