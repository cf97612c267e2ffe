"""The examples do what they say, which shows the library's signals and results on the way."""

import subprocess

from harness.daemon import binary_directory
from harness.machine import Machine
from servers.behaviours import File, redirect, status
from servers.content import Content
from servers.exchange import Exchange
from servers.scripted import ScriptedServer


def run(machine: Machine, url: str, *arguments: str, example: str = "spool") -> subprocess.CompletedProcess:
    argv = [str(binary_directory() / f"haul_example_{example}"), machine.bus.address, url, *arguments]
    with open(machine.directory / "result", "wb") as result:
        process = machine.family.spawn(argv, stdout=result, stderr=subprocess.PIPE, text=True)
        _, said = process.communicate(timeout=60)
    return subprocess.CompletedProcess(argv, process.returncode, "", said)


def test_a_spooled_download_with_its_signals(machine: Machine, server: ScriptedServer) -> None:
    content = Content(3, 1_500_000)
    ended = run(machine, server.serve(File(content, rate=1_000_000)).url)
    assert ended.returncode == 0, ended.stderr
    content.check(machine.directory / "result")
    said = ended.stderr.splitlines()
    assert any(line.startswith("progress ") for line in said)
    assert "state finished" in said
    assert said[-1] == "event 2: completed"
    session = machine.client().session("org.example.Spool")
    assert session.events() == [] and session.details()["attached"] is False


def test_a_failed_one_has_no_result(machine: Machine, server: ScriptedServer) -> None:
    ended = run(machine, server.serve(status(404)).url)
    assert ended.returncode == 1
    assert "state failed" in ended.stderr and "InvalidState" in ended.stderr


def test_a_token_is_given_when_it_is_asked_for(machine: Machine, server: ScriptedServer) -> None:
    content = Content(3, 200_000)
    refusal, file = status(401, ("WWW-Authenticate", 'Bearer realm="api"')), File(content)

    async def guarded(exchange: Exchange) -> None:
        await (file if exchange.request.header("Authorization") == "Bearer canary" else refusal)(exchange)
    resource = server.serve(redirect(server.serve(guarded, name="guarded").url))
    ended = run(machine, resource.url, "canary", example="token")
    assert ended.returncode == 0, ended.stderr
    said = ended.stderr.splitlines()
    assert "event redirected" in said and "api wants bearer" in said
    assert any(line.startswith("redirected to http://") and line.endswith("/guarded") for line in said)
    requests = [line.split()[:3] for line in (machine.directory / "result").read_text().splitlines()]
    assert [request[0] for request in requests] == ["302", "401", "302", "200"]
    assert requests[-1] == ["200", "http/1.1", "200000"]
