"""Each option of haul put: that the task has it, and that the requests show it."""

import base64
import subprocess
from pathlib import Path

import pytest

from harness.client import Client
from harness.deadline import PATIENCE
from harness.machine import Machine
from servers.behaviours import Behaviour
from servers.content import Content
from servers.exchange import Exchange
from servers.scripted import ScriptedServer
from servers.uploads.answers import accept, early

SMALL = Content(7, 300_000)
NOBODY = "http://127.0.0.1:9/"


@pytest.fixture
def source(machine: Machine) -> Path:
    path = machine.downloads / "source.bin"
    SMALL.write_to(path)
    return path


def guarded(right: str) -> Behaviour:
    """Takes the body from whoever brings this, and asks all others."""
    refusal = early(401, ("WWW-Authenticate", 'Basic realm="staff"'))

    async def answer(exchange: Exchange) -> None:
        await (accept() if exchange.request.header("Authorization") == right else refusal)(exchange)
    return answer


@pytest.mark.parametrize("arguments, wanted", [
    (["--method=POST"], {"method": "POST"}),
    (["--content-type=image/png"], {"content-type": "image/png"}),
    (["--resumable=ietf", "--interop=6"], {"resumable": "ietf", "interop": 6}),
    (["--resumable=off"], {"resumable": "off"}),
    (["--resumable=content-range"], {"resumable": "content-range", "method": "POST"}),
    (["--resumable=tus", "--metadata=album=a=b", "--metadata", "year=2026"],
     {"resumable": "tus", "upload-metadata": {"album": "a=b", "year": "2026"}}),
    (["--snapshot=never"], {"snapshot": "never"}),
    (["--retry-non-idempotent"], {"retry-non-idempotent": True}),
    (["--retry-non-idempotent=false"], {"retry-non-idempotent": False}),
    (["--if-none-match=*"], {"if-none-match": "*"}),
    (["--accept-status=200-299,409"], {"accept-status": "200-299,409"}),
    (["--max-rate=500K", "--redirects=deny", "--max-redirects=3"],
     {"max-rate": 512_000, "redirects": "deny", "max-redirects": 3}),
    (["--redirect-headers", "--allow-downgrade", "--cookies"],
     {"redirect-headers": True, "allow-downgrade": True, "cookies": True}),
    (["--proxy=none", "--no-proxy=localhost"], {"proxy": "none", "no-proxy": "localhost"}),
    (["--ca-file=/etc/hosts", "--cert=/etc/hosts", "--key=/etc/hostname"],
     {"ca-file": "/etc/hosts", "client-cert": "/etc/hosts", "client-key": "/etc/hostname"}),
    (["--retries=3", "--retry-delay=2s", "--retry-delay-max=1min", "--request-timeout=30s", "--timeout=1h"],
     {"retries": 3, "retry-delay": 2_000_000, "retry-delay-max": 60_000_000, "request-timeout": 30_000_000,
      "resource-timeout": 3_600_000_000}),
    (["--priority=0.75", "--description=words", "--token=t1"],
     {"priority": 0.75, "description": "words", "token": "t1"}),
])
def test_the_task_has_the_option(haul, client: Client, source: Path, arguments: list[str], wanted: dict) -> None:
    ended = haul("put", "-d", "--delay=1h", *arguments, source, NOBODY)
    assert ended.returncode == 0, ended.stderr
    details = client.task(int(ended.stdout)).details()
    assert {key: details.get(key) for key in wanted} == wanted
    assert details["kind"] == "upload"
    assert haul("show", int(ended.stdout)).returncode == 0


class Parts:
    """So many places for parts, and one that makes a whole of them."""

    def __init__(self, server: ScriptedServer, count: int) -> None:
        self.places = [server.serve(accept(200, ("ETag", f'"part{number}"'))) for number in range(count)]
        self.whole = server.serve(accept(200, body=b"<CompleteMultipartUploadResult/>"))
        self.listing = "".join(f"{place.url}?signature=canary\n\n" for place in self.places)
        self.url = self.whole.url + "?signature=canary"

    @property
    def lengths(self) -> list[int]:
        return [copy.length for place in self.places for copy in place.copies]


def test_the_urls_of_parts_come_from_files(haul, machine: Machine, client: Client, server: ScriptedServer,
                                           source: Path) -> None:
    parts = Parts(server, 3)
    for name, text in (("parts", parts.listing), ("abort", f"{NOBODY}abort?signature=canary\n"), ("whole", parts.url)):
        (machine.directory / name).write_text(text)
    ended = haul("put", "-d", "--resumable=s3", "--part-size=100000", f"--part-urls={machine.directory}/parts",
                 f"--abort-url=@{machine.directory}/abort", "-x2", source, f"@{machine.directory}/whole")
    assert ended.returncode == 0, ended.stderr
    task = client.task(int(ended.stdout))
    assert task.wait() == ("finished", "")
    assert parts.lengths == [100_000] * 3 and len(parts.whole.copies) == 1
    details = task.details()
    assert (details["part-size"], details["connections"], details["resumable"]) == (100_000, 2, "s3")
    shown = haul("show", task.id).stdout + haul("list", "-l").stdout
    assert "canary" not in shown and "canary" not in machine.daemon.log


def test_the_urls_of_parts_may_come_from_standard_input(haul, server: ScriptedServer, source: Path) -> None:
    parts = Parts(server, 2)
    running = haul.start("put", "--resumable=s3", "--part-size=200000", "--part-urls=-", source, parts.url,
                         stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    _, said = running.communicate(parts.listing, timeout=30 * PATIENCE)
    assert running.returncode == 0, said
    assert parts.lengths == [200_000, 100_000]


@pytest.mark.parametrize("arguments, says", [
    (["--resumable=s3"], "part-urls"), (["--part-size=1M"], "part-size"), (["--metadata=a=b"], "upload-metadata"),
    (["--resumable=tus", "--method=PUT"], "method"), (["-x", "2"], "connections"),
])
def test_what_does_not_go_together_is_refused_by_name(haul, source: Path, arguments: list[str], says: str) -> None:
    ended = haul("put", *arguments, source, NOBODY)
    assert ended.returncode == 5
    assert says in ended.stderr


def test_headers_are_sent(haul, machine: Machine, server: ScriptedServer, source: Path) -> None:
    secret = machine.directory / "headers"
    secret.write_text("X-Two: second\n")
    resource = server.serve(accept())
    ended = haul("put", "-H", "X-One: first", "-H", f"@{secret}", "--content-type=text/x-test", "--if-none-match=*",
                 source, resource.url)
    assert ended.returncode == 0, ended.stderr
    request = resource.requests[-1]
    assert [request.header(name) for name in ("X-One", "X-Two", "Content-Type", "If-None-Match")] == [
        "first", "second", "text/x-test", "*"]


def test_a_user_with_a_password(haul, machine: Machine, server: ScriptedServer, source: Path) -> None:
    password = machine.directory / "password"
    password.write_text("open sesame\n")
    resource = server.serve(guarded("Basic " + base64.b64encode(b"me:open sesame").decode()))
    ended = haul("put", "--user", "me", "--password-file", password, source, resource.url)
    assert ended.returncode == 0, ended.stderr
    assert len(resource.copies) == 1
    assert "open sesame" not in machine.daemon.log


def test_nobody_to_ask_is_six(haul, client: Client, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(guarded("Basic " + base64.b64encode(b"me:pw").decode()))
    ended = haul("put", source, resource.url)
    assert ended.returncode == 6
    number = client.session("default").tasks()[0].id
    assert f"credential {number}" in ended.stderr
    client.task(number).call("ProvideCredential", "sss", "", "me", "pw")
    assert haul("wait", number).returncode == 0
    assert len(resource.copies) == 1


def test_the_same_token_is_the_same_task(haul, source: Path) -> None:
    arguments = ["put", "-d", "--delay=1h", "--token=once", source, NOBODY]
    assert haul(*arguments).stdout == haul(*arguments).stdout


def test_a_session_keeps_its_events(haul, client: Client, server: ScriptedServer, source: Path) -> None:
    assert haul("put", "--session", "mine", source, server.serve(accept()).url).returncode == 0
    assert [event.type for event in client.session("mine").events()] == ["completed"]
