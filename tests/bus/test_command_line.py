"""hauld's arguments and exit codes."""

import re

import pytest

from harness.client import Session
from harness.deadline import wait_until
from harness.machine import Machine
from servers.behaviours import File, silent
from servers.content import Content
from servers.scripted import ScriptedServer


def test_version_and_help(machine: Machine) -> None:
    version = machine.daemon.run(["--version"])
    assert version.returncode == 0
    assert machine.client().get("Version") in version.stdout
    assert re.search(r"\d+\.\d+\.\d+", version.stdout)
    help = machine.daemon.run(["--help"])
    assert help.returncode == 0
    for option in ("--bus", "--state-dir", "--config", "--log-level", "--check-work", "--version", "--help"):
        assert option in help.stdout


@pytest.mark.parametrize("arguments, mention", [
    (["--colour=blue"], "--colour"), (["serve"], "serve"), (["--log-level=loud"], "loud"), (["--state-dir"], "--state-dir"),
    (["--bus="], "--bus"),
])
def test_wrong_usage_is_two(machine: Machine, arguments: list[str], mention: str) -> None:
    ended = machine.daemon.run(arguments)
    assert ended.returncode == 2
    assert mention in ended.stderr


def test_a_bus_that_is_not_there_is_an_error_with_its_name(machine: Machine) -> None:
    ended = machine.daemon.run([f"--bus=unix:path={machine.directory}/nowhere", f"--state-dir={machine.directory}/other"])
    assert ended.returncode in (1, 69)
    assert "nowhere" in ended.stderr


def check_work(machine: Machine) -> int:
    return machine.daemon.run(["--check-work", f"--state-dir={machine.state}"]).returncode


def test_check_work_tells_whether_there_is_any(machine: Machine, session: Session, server: ScriptedServer) -> None:
    assert check_work(machine) == 1, "a daemon is at it"
    machine.daemon.terminate()
    assert check_work(machine) == 1, "there is none"
    machine.daemon.start()
    session = machine.client().session("test")
    done = session.download(server.serve(File(Content(1, 100))).url, start=True)
    assert done.wait() == ("finished", "")
    session.download(server.serve(silent()).url)
    machine.daemon.terminate()
    assert check_work(machine) == 1, "done or suspended is no work"
    machine.daemon.start()
    machine.client().session("test").download(server.serve(silent()).url, start=True)
    machine.daemon.kill()
    for _ in range(2):
        assert check_work(machine) == 0, "looking changes nothing"
    machine.daemon.start()
    assert [row.state for row in machine.client().tasks()] == ["finished", "suspended", "running"]


def test_check_work_without_journal_makes_none(machine: Machine) -> None:
    state = machine.directory / "other"
    assert machine.daemon.run(["--check-work", f"--state-dir={state}"]).returncode == 1
    assert not state.exists()


def test_the_state_directory_comes_from_the_environment(machine: Machine) -> None:
    machine.daemon.terminate()
    arguments = [word for word in machine.daemon.arguments if not word.startswith("--state-dir")]
    for variables, expected in (
            ({"STATE_DIRECTORY": f"{machine.directory}/a", "XDG_STATE_HOME": f"{machine.directory}/b"}, "a"),
            ({"XDG_STATE_HOME": f"{machine.directory}/b"}, "b/haul"),
            ({}, ".local/state/haul")):
        process = machine.family.spawn(arguments, variables)
        wait_until((machine.directory / expected / "journal.sqlite").exists, f"a journal in {expected}")
        wait_until(lambda: machine.bus.owner_pid("org.hauld1") == process.pid, "the daemon to be there")
        process.terminate()
        assert process.wait(5) == 0


@pytest.mark.machine(log_level="error")
def test_a_quiet_daemon_writes_no_log(machine: Machine, session: Session, server: ScriptedServer) -> None:
    session.download(server.serve(File(Content(1, 100))).url, start=True).wait()
    assert machine.daemon.log.replace("--- hauld starts\n", "") == ""
