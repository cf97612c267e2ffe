"""Which URLs are accepted: http and https with a host, well-formed, of at most 8192 bytes."""

import pytest

from bus.expect import finished, refused
from harness.client import Client, Session
from harness.machine import Machine
from servers.behaviours import File
from servers.content import Content
from servers.scripted import ScriptedServer

CONTENT = Content(seed=31, size=10_000)

BAD = {
    "empty": "",
    "a file": "file:///etc/passwd",
    "FTP": "ftp://127.0.0.1/file",
    "gopher": "gopher://127.0.0.1/",
    "a data URL": "data:,hello",
    "javascript": "javascript:alert(1)",
    "a WebSocket": "ws://127.0.0.1/",
    "no scheme": "127.0.0.1/file",
    "a path": "/etc/passwd",
    "no host": "http:///file",
    "no host but a port": "http://:80/file",
    "nothing after the scheme": "http://",
    "no slashes": "http:file",
    "a space in the host": "http://exa mple/",
    "a space in the path": "http://127.0.0.1/a b",
    "a line feed": "http://127.0.0.1/a\nb",
    "a header smuggled in": "http://127.0.0.1/a\r\nX-Evil: 1",
    "a tab": "http://127.0.0.1/a\tb",
    "an escape": "http://127.0.0.1/\x1b[0m",
    "a delete": "http://127.0.0.1/\x7f",
    "a port that is none": "http://127.0.0.1:http/",
    "a port out of range": "http://127.0.0.1:65536/",
    "a negative port": "http://127.0.0.1:-1/",
    "an open bracket": "http://[::1/",
    "a bad escape of the host": "http://%00/",
}


@pytest.mark.parametrize("url", BAD.values(), ids=BAD.keys())
def test_a_bad_url_is_refused_and_nothing_is_made(machine: Machine, client: Client, session: Session, url: str) -> None:
    with refused("InvalidArgument"):
        client.download(url, machine.downloads / "file")
    with refused("InvalidArgument"):
        session.download(url)
    assert client.tasks() == []
    machine.wait_downloads()


def test_the_error_names_the_scheme_and_says_what_is_possible(client: Client) -> None:
    with refused("InvalidArgument", "ftp", "http"):
        client.download("ftp://127.0.0.1/file", "")


def test_an_error_about_a_url_keeps_its_secrets(machine: Machine, client: Client) -> None:
    with pytest.raises(Exception) as raised:
        client.download("ftp://user:opensesame@127.0.0.1/file?token=opensesame", "")
    assert "opensesame" not in str(raised.value)
    assert "opensesame" not in machine.daemon.log


def test_the_longest_url_is_8192_bytes(client: Client, session: Session) -> None:
    head = "http://127.0.0.1:9/"
    session.download(head + "x" * (8192 - len(head)))
    with refused("InvalidArgument", "8192"):
        session.download(head + "x" * (8193 - len(head)))
    assert len(client.tasks()) == 1


def test_a_fragment_is_not_sent(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(File(CONTENT))
    task = session.download(resource.url + "#part", destination=machine.downloads / "file", start=True)
    finished(task, CONTENT, machine.downloads / "file")
    assert "#" not in resource.requests[0].target


def test_scheme_and_host_may_be_in_capitals(machine: Machine, session: Session, server: ScriptedServer) -> None:
    url = server.serve(File(CONTENT)).url.replace("http://127.0.0.1", "HTTP://LOCALHOST")
    finished(session.download(url, destination=machine.downloads / "file", start=True), CONTENT, machine.downloads / "file")


def test_a_query_and_its_escapes_arrive_as_they_are(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(File(CONTENT))
    query = "?a=%2F%20&b=c;d&e=%E2%82%AC&f=[]"
    finished(session.download(resource.url + query, destination=machine.downloads / "file", start=True), CONTENT,
             machine.downloads / "file")
    assert resource.requests[0].target.endswith(query)
