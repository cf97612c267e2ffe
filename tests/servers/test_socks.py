"""The SOCKS proxy lets through, refuses and complains as it says."""

import socket
import subprocess

import pytest

from harness.deadline import wait_until
from servers.behaviours import File
from servers.content import Content
from servers.scripted import ScriptedServer
from servers.socks import NOT_ALLOWED, SocksProxy, SocksRequest

CONTENT = Content(seed=7, size=300_000)


def test_a_real_client_gets_through(server: ScriptedServer) -> None:
    url = server.serve(File(CONTENT)).url
    with SocksProxy(names={"file.example": "127.0.0.1"}) as proxy:
        for scheme, where in (("socks5", url), ("socks5h", url.replace("127.0.0.1", "file.example"))):
            subprocess.run(["curl", "-sf", "-o", "/dev/null", "-x", proxy.url(scheme), where], check=True, env={})
        assert proxy.requests == [SocksRequest("127.0.0.1", server.port, False), SocksRequest("file.example", server.port, True)]
        assert proxy.faults == []


@pytest.mark.parametrize("user, code", [("user:secret", 0), ("user:wrong", 97), ("", 97)])
def test_a_login_is_checked(server: ScriptedServer, user: str, code: int) -> None:
    resource = server.serve(File(CONTENT))
    with SocksProxy(("user", "secret")) as proxy:
        ended = subprocess.run(["curl", "-s", "-o", "/dev/null", "-x", proxy.url(user_info=user), resource.url], env={})
        assert ended.returncode == code
        wait_until(lambda: proxy.refused == (not user), "the proxy to have counted")
        assert proxy.logins == ([tuple(user.split(":"))] if user else [])
    assert len(resource.requests) == (code == 0)


# Port 1, where nobody listens; a method that it does not know.
@pytest.mark.parametrize("data, answer", [
    (b"\x05\x01\x00" b"\x05\x01\x00\x01\x7f\x00\x00\x01\x00\x01", b"\x05\x00" b"\x05\x05\x00\x01" + bytes(6)),
    (b"\x05\x01\x01", b"\x05\xff"),
])
def test_it_answers_as_the_rfc_says(data: bytes, answer: bytes) -> None:
    with SocksProxy() as proxy:
        assert talk(proxy, data) == answer
        assert proxy.faults == []


def test_it_refuses_as_it_is_told() -> None:
    with SocksProxy(answer=NOT_ALLOWED) as proxy:
        assert talk(proxy, b"\x05\x01\x00\x05\x01\x00\x03\x01a\x00\x50") == b"\x05\x00" b"\x05\x02\x00\x01" + bytes(6)
        assert proxy.requests == [SocksRequest("a", 80, True)]


@pytest.mark.parametrize("data", [b"\x04\x01", b"\x05\x01\x00\x05\x02\x00\x01", b"\x05\x01\x00\x05\x01\x00\x02"])
def test_a_client_that_is_wrong_is_seen(data: bytes) -> None:
    with SocksProxy() as proxy:
        talk(proxy, data)
        wait_until(lambda: proxy.faults, "the complaint")


def talk(proxy: SocksProxy, data: bytes) -> bytes:
    """All that it says to this, until it hangs up."""
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as client:
        client.sendall(data)
        return client.makefile("rb").read()
