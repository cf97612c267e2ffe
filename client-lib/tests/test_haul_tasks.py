"""haul list, show, wait, suspend, resume, cancel, remove, events, sessions, version."""

import json
import signal
import subprocess
import threading

import pytest

from harness.client import Client, Session
from harness.deadline import wait_until
from harness.machine import Machine
from servers.behaviours import File, gated, silent
from servers.content import Content
from servers.scripted import ScriptedServer

SMALL = Content(7, 300_000)
NOBODY = "http://127.0.0.1:9/"


def lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_list_shows_all_sessions_or_one(haul, client: Client) -> None:
    one, two = (client.session(name).download(NOBODY) for name in ("one", "two"))
    listed = haul("list")
    assert listed.returncode == 0
    assert [row.split()[:3] for row in listed.stdout.splitlines()[1:]] == [
        [str(one.id), "suspended", "download"], [str(two.id), "suspended", "download"]]
    assert [row["id"] for row in lines(haul("--json", "list", "-s", "two").stdout)] == [two.id]
    assert haul("list", "-s", "three").returncode == 4


def test_list_by_state(haul, session: Session, server: ScriptedServer) -> None:
    done = session.download(server.serve(File(SMALL)).url, start=True)
    done.wait()
    session.download(NOBODY)
    found, = lines(haul("--json", "list", "--state=finished").stdout)
    assert found == {"id": done.id, "kind": "download", "state": "finished", "bytes-done": SMALL.size,
                     "bytes-total": SMALL.size, "session": "test"}
    assert haul("list", "--state=done").returncode == 2


def test_list_pages_through_thousands(haul, session: Session) -> None:
    tasks = session.create_many([("download", NOBODY, {})] * 3500)
    listed = lines(haul("--json", "list").stdout)
    assert [row["id"] for row in listed] == [task.id for task in tasks]
    assert listed[0]["bytes-total"] is None


def test_list_long_tells_where_from_and_where_to(haul, machine: Machine, session: Session) -> None:
    session.download("http://user:secret@127.0.0.1:9/x?key=secret", destination=machine.downloads / "there")
    listed = haul("list", "-l")
    assert "http://127.0.0.1:9/x" in listed.stdout and f"{machine.downloads}/there" in listed.stdout
    assert "secret" not in listed.stdout


def test_show_tells_all(haul, session: Session) -> None:
    task = session.download(NOBODY, description="words")
    shown = haul("show", task.id)
    assert shown.returncode == 0
    rows = dict(row.split(": ", 1) for row in shown.stdout.splitlines())
    assert rows["task"].strip() == str(task.id) and rows["state"].strip() == "suspended"
    assert rows["description"].strip() == "words"
    details = json.loads(haul("show", "--json", task.id).stdout)
    assert details["id"] == task.id and details["bytes-total"] is None and details["url"] == NOBODY


@pytest.mark.parametrize("command", ["show", "why", "wait", "suspend", "resume", "cancel", "remove", "metrics"])
def test_no_such_task_is_four(haul, command: str) -> None:
    ended = haul(command, 4711)
    assert ended.returncode == 4
    assert "4711" in ended.stderr and "haul list" in ended.stderr


def test_control_goes_on_after_a_refusal(haul, session: Session) -> None:
    first, second = session.download(NOBODY), session.download(NOBODY)
    refused = haul("cancel", first.id, 4711, second.id)
    assert refused.returncode == 4
    assert [first.state, second.state] == ["cancelled", "cancelled"]
    done = haul("--json", "remove", first.id, second.id)
    assert done.returncode == 0
    assert json.loads(done.stdout) == [{"id": first.id, "done": True}, {"id": second.id, "done": True}]
    assert session.tasks() == []


def test_suspend_and_resume(haul, session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(silent()).url, start=True)
    assert haul("suspend", task.id).returncode == 0
    assert task.state == "suspended"
    assert haul("resume", task.id).returncode == 0
    assert task.state in ("waiting", "running")


def test_what_does_not_fit_the_state_is_refused(haul, session: Session) -> None:
    task = session.download(NOBODY)
    refused = haul("remove", task.id)
    assert refused.returncode == 5
    assert f"task {task.id}" in refused.stderr
    refused = haul("--json", "remove", task.id)
    assert refused.returncode == 5
    assert json.loads(refused.stdout)[0]["error"] == "InvalidState"


def test_wait_for_several(haul, session: Session, server: ScriptedServer) -> None:
    gate = threading.Event()
    tasks = [session.download(server.serve(gated(gate, File(SMALL))).url, start=True) for _ in range(3)]
    waiting = haul.start("--json", "wait", *[task.id for task in tasks], stdout=subprocess.PIPE)
    gate.set()
    said, _ = waiting.communicate(timeout=30)
    assert waiting.returncode == 0
    assert {line["id"] for line in lines(said) if line["type"] == "ended"} == {task.id for task in tasks}


def test_wait_tells_a_cancelled_task_by_its_code(haul, session: Session) -> None:
    task = session.download(NOBODY)
    task.cancel()
    ended = haul("wait", task.id)
    assert ended.returncode == 1
    assert "cancelled" in ended.stderr


def test_events_are_shown_until_they_are_acknowledged(haul, session: Session) -> None:
    for _ in range(3):
        session.download(NOBODY).cancel()
    shown = lines(haul("--json", "events", "-s", "test").stdout)
    assert [(event["seq"], event["type"]) for event in shown] == [(1, "cancelled"), (2, "cancelled"), (3, "cancelled")]
    rest = lines(haul("--json", "events", "-s", "test", "--ack=1").stdout)
    assert [event["seq"] for event in rest] == [2, 3]
    assert len(haul("events", "-s", "test", "--ack").stdout.splitlines()) == 2
    assert haul("events", "-s", "test").stdout == ""


def test_events_that_could_not_be_written_are_not_acknowledged(haul, session: Session) -> None:
    session.download(NOBODY).cancel()
    with open("/dev/full", "w") as full:
        process = haul.start("events", "-s", "test", "--ack", stdout=full, stderr=subprocess.PIPE)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 5
    assert said.count("cannot write to standard output") == 1
    assert len(session.events()) == 1


def test_acknowledging_what_never_was_is_refused(haul, session: Session) -> None:
    assert haul("events", "-s", "test", "--ack=99").returncode == 5
    assert haul("events", "-s", "test", "--ack=x").returncode == 2
    assert haul("events", "-s", "none").returncode == 4


def test_following_goes_on_after_a_restart_of_the_daemon(haul, machine: Machine, session: Session) -> None:
    with open(machine.directory / "followed", "w+") as followed:
        following = haul.start("--json", "events", "-s", "test", "--follow", "--ack", stdout=followed)
        seen = lambda: lines((machine.directory / "followed").read_text())  # noqa: E731
        session.download(NOBODY).cancel()
        wait_until(lambda: len(seen()) == 1, "the first event")
        machine.daemon.kill()
        machine.daemon.start()
        machine.client().session("test").download(NOBODY).cancel()
        wait_until(lambda: len(seen()) == 2, "the second event")
        following.send_signal(signal.SIGTERM)
        assert following.wait(30) == 130
    assert [event["seq"] for event in seen()] == [1, 2]
    assert machine.client().session("test").events() == []


def test_a_second_follower_is_refused(haul, session: Session) -> None:
    session.attach()
    assert haul("events", "-s", "test", "--follow").returncode == 5


def test_a_follower_that_is_taken_over_says_so(haul, session: Session) -> None:
    following = haul.start("events", "-s", "test", "--follow", stderr=subprocess.PIPE)
    wait_until(lambda: session.details()["attached"], "the follower to be attached")
    session.call("TakeOver")
    _, said = following.communicate(timeout=30)
    assert following.returncode == 5 and "taken the session over" in said


def test_a_follower_of_a_session_that_goes_says_so(haul, session: Session) -> None:
    following = haul.start("events", "-s", "test", "--follow", stderr=subprocess.PIPE)
    wait_until(lambda: session.details()["attached"], "the follower to be attached")
    session.call("Invalidate", "b", True)
    _, said = following.communicate(timeout=30)
    assert following.returncode == 4 and "invalidated" in said


def test_sessions(haul, session: Session) -> None:
    session.download(NOBODY).cancel()
    found = {row["identifier"]: row for row in json.loads(haul("--json", "sessions").stdout)}
    assert found["test"]["tasks"] == 1 and found["test"]["events"] == 1 and found["test"]["attached"] is False
    assert any(row.split() == ["1", "1", "no", "-", "test"] for row in haul("sessions").stdout.splitlines())


def test_version(haul, client: Client) -> None:
    said = json.loads(haul("--json", "version").stdout)
    assert said["hauld"] == client.get("Version") and "download" in said["features"]
    assert haul("--version").returncode == 0


def test_without_a_daemon_the_error_says_what_to_do(haul, machine: Machine) -> None:
    machine.daemon.terminate()
    for command in (["list"], ["get", NOBODY], ["wait", 1], ["version"]):
        ended = haul(*command)
        assert ended.returncode == 3, command
        assert f"hauld --bus={machine.bus.address}" in ended.stderr
    error = json.loads(haul("--json", "list").stderr)
    assert error["error"] == "Unreachable" and error["message"]


def test_without_a_bus_the_error_names_it(haul, machine: Machine) -> None:
    ended = machine.family.run([haul.binary, "--bus=unix:path=/nonexistent/bus", "list"])
    assert ended.returncode == 3
    assert "/nonexistent/bus" in ended.stderr


def test_the_session_bus_is_the_one_of_the_environment(haul, machine: Machine) -> None:
    ended = machine.family.run([haul.binary, "list"], {"DBUS_SESSION_BUS_ADDRESS": machine.bus.address})
    assert ended.returncode == 0, ended.stderr


def test_every_command_explains_itself(haul) -> None:
    overview = haul("--help").stdout
    assert "Exit codes" in overview and "130" in overview
    for command in ("get", "list", "status", "show", "why", "wait", "suspend", "resume", "cancel", "remove", "credential",
                    "replace-url", "metrics", "events", "limit", "data-saver", "sessions", "version"):
        assert command in overview
        assert haul(command, "--help").returncode == 0
    assert haul().returncode == 2
