"""The examples do what they say, which shows the library's signals and results on the way."""

import re
import signal
import subprocess
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from harness.daemon import binary_directory
from harness.deadline import wait_until
from harness.machine import Machine
from servers.behaviours import File, gated, redirect, status
from servers.content import Content
from servers.exchange import Exchange
from servers.scripted import ScriptedServer
from servers.uploads.answers import accept, early

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
NAME = "org.example.HaulWoken"


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


class Woken:
    """The application that is launched: installed by its service file, on a machine's bus."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.home = machine.directory / ".local/share" / NAME
        service = (EXAMPLES / f"{NAME}.service.in").read_text()
        program = re.search("^Exec=(.*)$", service.replace("@bindir@", str(binary_directory())), re.MULTILINE).group(1)
        # As it is installed, but for a file to say things into.
        launcher = machine.directory / "launch"
        launcher.write_text(f"#!/bin/sh\nexec {program} 2>> {machine.directory}/said\n")
        launcher.chmod(0o755)
        machine.bus.activatable(NAME, [str(launcher)])
        machine.client().connection.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                         "ReloadConfig")

    def ask_for(self, *urls: str) -> None:
        argv = [str(binary_directory() / "haul_example_woken"), *urls]
        asked = self._machine.family.spawn(argv, {"DBUS_SESSION_BUS_ADDRESS": self._machine.bus.address})
        assert asked.wait(20) == 0

    @property
    def files(self) -> list[Path]:
        return [file for file in self.home.iterdir() if file.is_file()] if self.home.exists() else []

    @property
    def said(self) -> list[str]:
        return (self._machine.directory / "said").read_text().splitlines()


@pytest.fixture
def woken(machine: Machine) -> Woken:
    return Woken(machine)


def test_an_application_is_launched_for_its_downloads(machine: Machine, server: ScriptedServer, woken: Woken) -> None:
    content = Content(3, 100_000)
    woken.ask_for(*(server.serve(File(content, rate=200_000), name=str(number)).url for number in range(3)))
    session = machine.client().session(NAME)
    wait_until(lambda: len(woken.files) == 3 and session.details()["wake-number"] == 0, "the files", 20)
    for file in woken.files:
        content.check(file)
    assert woken.said == [f"task {number}: {kind}" for number in (1, 2, 3) for kind in ("finished-downloading", "completed")]
    assert session.details()["wake-attempts"] == 0 and session.events() == []


def test_an_application_handles_the_last_events_of_an_invalidated_session(machine: Machine, server: ScriptedServer,
                                                                          woken: Woken) -> None:
    content = Content(3, 100_000)
    woken.ask_for(server.serve(File(content, rate=200_000)).url)
    client = machine.client()
    client.session(NAME).call("Invalidate", "b", False)
    wait_until(lambda: client.sessions() == [], "the session to be gone", 20)
    content.check(*woken.files)
    assert woken.said == ["task 1: finished-downloading", "task 1: completed"]


def test_the_desktop_file_starts_the_same_program() -> None:
    service, desktop = ((EXAMPLES / f"{NAME}.{kind}.in").read_text() for kind in ("service", "desktop"))
    assert f"Name={NAME}\n" in service
    assert "Exec=@bindir@/haul_example_woken\n" in service and "Exec=@bindir@/haul_example_woken %U\n" in desktop


def test_a_download_manager(machine: Machine, server: ScriptedServer) -> None:
    contents = [Content(3, 600_000), Content(5, 10_000)]
    urls = [server.serve(File(content, rate=1_000_000), name=f"file{content.seed}").url for content in contents]
    ended = run(machine, machine.downloads, *urls, example="download_manager")
    assert ended.returncode == 0, ended.stderr
    said = (machine.directory / "result").read_text().splitlines()
    for content in contents:
        content.check(machine.downloads / f"file{content.seed}")
        assert f"downloaded {machine.downloads}/file{content.seed}" in said
    assert any(line.startswith("task 1: ") and line.endswith(" %") for line in said)


def test_a_download_manager_keeps_what_an_interrupted_download_goes_on_from(machine: Machine, server: ScriptedServer) -> None:
    content = Content(3, 600_000)
    whole = File(content, etag='"one"')
    resource = server.serve(replace(whole, cut=300_000), status(404), whole, name="file")
    ended = run(machine, machine.downloads, resource.url, example="download_manager")
    assert "failed " in (machine.directory / "result").read_text(), ended.stderr
    assert len(list((machine.downloads / ".resume").iterdir())) == 1
    assert run(machine, machine.downloads, resource.url, example="download_manager").returncode == 0
    content.check(machine.downloads / "file")
    assert resource.requests[-1].range_start == 300_000


def test_a_download_manager_that_was_killed_hears_of_what_it_missed(machine: Machine, server: ScriptedServer) -> None:
    gate, content = threading.Event(), Content(3, 10_000)
    url = server.serve(gated(gate, File(content)), name="file").url
    argv = [str(binary_directory() / "haul_example_download_manager"), machine.bus.address, str(machine.downloads), url]
    killed = machine.family.spawn(argv)
    session = machine.client().session("org.example.DownloadManager")
    wait_until(lambda: session.details()["tasks"] == 1 and session.details()["attached"], "the manager")
    killed.kill()
    killed.wait()
    gate.set()
    wait_until(lambda: session.details()["events"] == 2, "the end of the download")
    ended = run(machine, machine.downloads, example="download_manager")
    assert ended.returncode == 0, ended.stderr
    assert (machine.directory / "result").read_text() == f"downloaded {machine.downloads}/file\n"


def test_a_progress_tracker(machine: Machine, server: ScriptedServer) -> None:
    urls = [server.serve(File(Content(3, 600_000), rate=1_000_000)).url, server.serve(status(404)).url]
    assert run(machine, machine.downloads, *urls, example="progress_tracker").returncode == 0
    said = [line.split() for line in (machine.directory / "result").read_text().splitlines()]
    for url, last in zip(urls, (["100", "%", "completed"], ["0", "%", "failed"])):
        changes = [words[1:] for words in said if words[0] == url]
        assert changes[0] == ["0", "%", "downloading"] and changes[-1] == last
        percents = [int(words[0]) for words in changes]
        assert percents == sorted(percents)
    assert any(0 < int(words[1]) < 100 for words in said), "nothing between beginning and end"


def test_downloads_are_awaited(machine: Machine, server: ScriptedServer) -> None:
    content = Content(3, 600_000)
    urls = [server.serve(File(content, rate=1_000_000), name="file").url, server.serve(status(404)).url]
    assert run(machine, machine.downloads, *urls, example="await").returncode == 1  # one of them failed
    said = (machine.directory / "result").read_text()
    assert f"task 1: {machine.downloads}/file\n" in said and "task 2: the server answered with status 404" in said
    assert " bytes\n" in said
    content.check(machine.downloads / "file")


def test_a_wait_is_interrupted_and_the_download_goes_on(machine: Machine, server: ScriptedServer) -> None:
    gate, content = threading.Event(), Content(3, 10_000)
    url = server.serve(gated(gate, File(content)), name="file").url
    argv = [str(binary_directory() / "haul_example_await"), machine.bus.address, str(machine.downloads), url]
    waiting = machine.family.spawn(argv, stderr=subprocess.PIPE, text=True)
    session = machine.client().session("org.example.Await")
    wait_until(lambda: session.details()["tasks"] == 1, "the download")
    waiting.send_signal(signal.SIGINT)
    assert "Stopped: " in waiting.communicate(timeout=20)[1]
    gate.set()
    wait_until((machine.downloads / "file").exists, "the download to go on")
    content.check(machine.downloads / "file")


@pytest.mark.parametrize("loop", ["sd_event", "glib", "qt"])
def test_a_download_in_a_loop_of(loop: str, machine: Machine, server: ScriptedServer) -> None:
    content = Content(3, 600_000)
    file = machine.downloads / "file"
    ended = run(machine, server.serve(File(content, rate=1_000_000)).url, file, example=f"loop_{loop}")
    assert ended.returncode == 0, ended.stderr
    *progress, last = (machine.directory / "result").read_text().splitlines()
    assert progress and all(line.endswith(" bytes") for line in progress) and last == f"finished {file}"
    content.check(file)
    assert run(machine, server.serve(status(404)).url, file, example=f"loop_{loop}").returncode == 1
