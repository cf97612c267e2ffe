"""The examples do what they say, which shows the library's signals and results on the way."""

import subprocess

from harness.daemon import binary_directory
from harness.machine import Machine
from servers.behaviours import File, status
from servers.content import Content
from servers.scripted import ScriptedServer


def run(machine: Machine, url: str) -> subprocess.CompletedProcess:
    argv = [str(binary_directory() / "haul_example_spool"), machine.bus.address, url]
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
