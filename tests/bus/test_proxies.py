"""Proxies: by option, by configuration, by environment, and what is reached without them."""

import pytest

from bus.expect import failed, finished
from harness.client import Client, Session
from harness.connection import BusError
from harness.machine import QUICK_RETRIES, Machine
from servers.authentication import is_basic
from servers.behaviours import File
from servers.content import Content
from servers.proxy import Proxy
from servers.scripted import ScriptedServer
from servers.socks import SocksProxy

SIZE, CUT = 600_000, 350_000
CONTENT = Content(251, SIZE)
WHOLE = File(CONTENT, etag='"one"')


def get(machine: Machine, session: Session, url: str, **choice) -> None:
    finished(session.download(url, destination=machine.downloads / "file", if_exists="replace", start=True, **choice), CONTENT,
             machine.downloads / "file")


def test_a_request_goes_through_the_proxy(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(WHOLE)
    with Proxy() as proxy:
        get(machine, session, resource.url, proxy=proxy.url())
        assert [(request.method, request.target) for request in proxy.requests] == [("GET", resource.url)]


def test_https_goes_through_a_tunnel(machine: Machine, session: Session, tls_server: ScriptedServer, certificates) -> None:
    with Proxy() as proxy:
        get(machine, session, tls_server.serve(WHOLE).url, proxy=proxy.url(), ca_file=certificates.authority)
        assert [(request.method, request.target) for request in proxy.requests] == [("CONNECT", f"127.0.0.1:{tls_server.port}")]


def test_a_user_of_the_proxys_url_opens_it(machine: Machine, session: Session, server: ScriptedServer, tls_server: ScriptedServer,
                                           certificates) -> None:
    plain = server.serve(WHOLE)
    with Proxy('Basic realm="gate"', is_basic("user", "opensesame", "Proxy-Authorization")) as proxy:
        for resource in (plain, tls_server.serve(WHOLE)):
            get(machine, session, resource.url, proxy=proxy.url("user:opensesame"), ca_file=certificates.authority)
    assert "opensesame" not in str(plain.requests)
    assert plain.requests[0].header("Proxy-Authorization") is None


def test_the_clients_headers_are_not_the_proxys(machine: Machine, session: Session, tls_server: ScriptedServer, certificates) -> None:
    resource = tls_server.serve(WHOLE)
    with Proxy() as proxy:
        get(machine, session, resource.url, proxy=proxy.url(), ca_file=certificates.authority,
            headers={"Authorization": "Bearer opensesame", "X-Api-Key": "opensesame"})
        assert "opensesame" not in str(proxy.requests)
    assert resource.requests[0].header("X-Api-Key") == "opensesame"


def test_a_dead_proxy_is_not_gone_around(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(WHOLE)
    task = session.download(resource.url, destination=machine.downloads / "file", start=True, proxy="http://127.0.0.1:1", retries=1)
    failed(task, "connection")
    assert resource.requests == []


@pytest.mark.parametrize("code", [403, 500])
def test_a_tunnel_that_is_refused_is_no_answer_of_the_server(machine: Machine, session: Session, tls_server: ScriptedServer,
                                                             certificates, code: int) -> None:
    resource = tls_server.serve(WHOLE)
    with Proxy(failure=code) as proxy:
        task = session.download(resource.url, destination=machine.downloads / "file", start=True, proxy=proxy.url(), retries=1,
                                ca_file=certificates.authority)
        assert task.wait()[0] == "failed"
    assert resource.requests == []
    machine.wait_downloads()


def test_a_broken_connection_is_continued_through_the_proxy(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(File(CONTENT, etag='"one"', cut=CUT), WHOLE)
    with Proxy() as proxy:
        get(machine, session, resource.url, proxy=proxy.url())
        assert [request.range_start for request in proxy.requests] == [None, CUT]


def test_a_socks_proxy_lets_through_who_has_its_login(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(WHOLE)
    with SocksProxy(("user", "opensesame")) as proxy:
        get(machine, session, resource.url, proxy=proxy.url(user_info="user:opensesame"))
        task = session.download(resource.url, destination=machine.downloads / "file", if_exists="replace", start=True,
                                proxy=proxy.url(user_info="user:wrong"))
        task.wait_for(lambda t: t.blocked_by == ["credentials"], "asked for a login")
        task.call("ProvideCredential", "sss", "proxy-basic", "user", "opensesame")
        finished(task, CONTENT, machine.downloads / "file")
        # The last request may go over the connection of the first, which has the same login.
        assert proxy.logins[:2] == [("user", "opensesame"), ("user", "wrong")]
        assert proxy.faults == []


def test_what_is_excluded_is_reached_directly(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(WHOLE)
    with Proxy() as proxy:
        for exclusion in ("127.0.0.1", "example.com,127.0.0.1", "*"):
            get(machine, session, resource.url, proxy=proxy.url(), no_proxy=exclusion)
        assert proxy.requests == []
        get(machine, session, resource.url, proxy=proxy.url(), no_proxy="example.com")
        assert len(proxy.requests) == 1


def test_the_environment_names_a_proxy_and_none_overrules_it(machine: Machine, server: ScriptedServer) -> None:
    resource = server.serve(WHOLE)
    with Proxy() as proxy:
        machine.daemon.terminate()
        machine.daemon.start({"http_proxy": proxy.url()})
        session = machine.client().session("test")
        get(machine, session, resource.url)
        assert len(proxy.requests) == 1
        get(machine, session, resource.url, proxy="none")
        assert len(proxy.requests) == 1
        machine.daemon.terminate()
        machine.daemon.start({"http_proxy": proxy.url(), "no_proxy": "127.0.0.1"})
        get(machine, machine.client().session("test"), resource.url)
        assert len(proxy.requests) == 1


def test_the_configuration_overrules_the_environment(server: ScriptedServer) -> None:
    resource = server.serve(WHOLE)
    with Proxy() as configured, Proxy() as environmental, Proxy() as chosen:
        with Machine(config=f'{QUICK_RETRIES}\n[network]\nproxy = "{configured.url()}"\n').without_daemon() as machine:
            machine.daemon.start({"http_proxy": environmental.url()})
            session = machine.client().session("test")
            get(machine, session, resource.url)
            get(machine, session, resource.url, proxy=chosen.url())
        assert (len(configured.requests), len(environmental.requests), len(chosen.requests)) == (1, 0, 1)


def test_a_session_may_say_it_for_its_tasks(machine: Machine, client: Client, server: ScriptedServer) -> None:
    with Proxy() as proxy:
        get(machine, client.session("through", proxy=proxy.url()), server.serve(WHOLE).url)
        assert len(proxy.requests) == 1


def test_a_proxy_is_shown_without_its_user(session: Session) -> None:
    task = session.download("http://127.0.0.1:9/file", proxy="socks5h://user:opensesame@127.0.0.1:1080")
    shown = task.details()["proxy"]
    assert "opensesame" not in shown and "user" not in shown and "127.0.0.1:1080" in shown


@pytest.mark.parametrize("value", ["", "127.0.0.1", "ftp://127.0.0.1", "file:///etc/passwd", "http://", "http://127.0.0.1:99999",
                                   "socks6://127.0.0.1", "None", "http://user:opensesame@127.0.0.1:x"])
def test_what_is_no_proxy_is_refused(session: Session, value: str) -> None:
    with pytest.raises(BusError) as raised:
        session.download("http://127.0.0.1:9/file", proxy=value)
    assert raised.value.word == "InvalidArgument" and "proxy" in raised.value.message
    assert "opensesame" not in raised.value.message
