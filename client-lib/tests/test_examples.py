"""The examples do what they say, which shows the library's signals and results on the way."""

import subprocess
from pathlib import Path

import pytest
from harness.daemon import binary_directory
from harness.deadline import wait_until
from harness.machine import Machine
from servers.behaviours import File, redirect, status
from servers.content import Content
from servers.exchange import Exchange
from servers.scripted import ScriptedServer
from servers.uploads.answers import accept, early


def run(machine: Machine, *arguments: object, example: str = "spool") -> subprocess.CompletedProcess:
    argv = [str(binary_directory() / f"haul_example_{example}"), machine.bus.address, *map(str, arguments)]
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


def test_an_upload_of_an_open_file_with_its_progress(machine: Machine, server: ScriptedServer) -> None:
    content = Content(3, 1_500_000)
    content.write_to(machine.directory / "source")
    resource = server.serve(accept(201, ("ETag", '"one"'), body=b"taken\n", rate=1_000_000))
    ended = run(machine, machine.directory / "source", resource.url, example="upload")
    assert ended.returncode == 0, ended.stderr
    assert len(resource.copies) == 1 and resource.copies[0].length == content.size
    assert (machine.directory / "result").read_bytes() == b"taken\n"
    said = ended.stderr.splitlines()
    assert any(line.startswith("progress ") and line.endswith(f" of {content.size}") for line in said)
    assert "state finished" in said and "answer 201" in said and 'etag: "one"' in said


def test_an_upload_that_is_refused_shows_the_answer(machine: Machine, server: ScriptedServer) -> None:
    (machine.directory / "source").write_bytes(b"x" * 1000)
    ended = run(machine, machine.directory / "source", server.serve(early(403, body=b"not you")).url, example="upload")
    assert ended.returncode == 1
    assert "answer 403" in ended.stderr and "failed: " in ended.stderr
    assert (machine.directory / "result").read_bytes() == b"not you"


@pytest.fixture
def woken(machine: Machine) -> str:
    """The bus name of an application that keeps files in "kept" and says in "said" what it does."""
    name = "org.example.Woken"
    (machine.directory / "kept").mkdir()
    launcher = machine.directory / "launch"
    launcher.write_text(f"#!/bin/sh\nexec {binary_directory()}/haul_example_woken {machine.bus.address} {name} "
                        f"{machine.directory}/kept 2>> {machine.directory}/said\n")
    launcher.chmod(0o755)
    machine.bus.activatable(name, [str(launcher)])
    machine.client().connection.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "ReloadConfig")
    return name


def kept_files(machine: Machine) -> list[Path]:
    return [file for file in (machine.directory / "kept").iterdir() if file.is_file()]


def said_events(machine: Machine) -> list[str]:
    return (machine.directory / "said").read_text().splitlines()


def test_an_application_is_launched_for_its_downloads(machine: Machine, server: ScriptedServer, woken: str) -> None:
    content = Content(3, 100_000)
    kept = machine.directory / "kept"
    urls = [server.serve(File(content, rate=200_000), name=str(number)).url for number in range(3)]
    ended = run(machine, woken, kept, *urls, example="woken")
    assert ended.returncode == 0, ended.stderr
    session = machine.client().session("downloads")
    wait_until(lambda: len(kept_files(machine)) == 3 and session.details()["wake-number"] == 0, "the files", 20)
    for file in kept_files(machine):
        content.check(file)
    assert said_events(machine) == [
        f"task {number}: {kind}" for number in (1, 2, 3) for kind in ("finished-downloading", "completed")]
    assert session.details()["wake-attempts"] == 0 and session.events() == []


def test_an_application_handles_the_last_events_of_an_invalidated_session(machine: Machine, server: ScriptedServer,
                                                                          woken: str) -> None:
    kept = machine.directory / "kept"
    content = Content(3, 100_000)
    assert run(machine, woken, kept, server.serve(File(content, rate=200_000)).url, example="woken").returncode == 0
    client = machine.client()
    client.session("downloads").call("Invalidate", "b", False)
    wait_until(lambda: client.sessions() == [], "the session to be gone", 20)
    content.check(*kept_files(machine))
    assert said_events(machine) == ["task 1: finished-downloading", "task 1: completed"]
