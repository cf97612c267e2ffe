"""When a task may run: the options of haul get, put and ws, and haul why."""

import json
import subprocess
import threading
import time
from pathlib import Path

import pytest

from harness.client import Client, Session
from harness.deadline import wait_until
from harness.machine import Machine
from servers.behaviours import File, gated, status
from servers.content import Content
from servers.scripted import ScriptedServer

SMALL = Content(7, 300_000)
NOBODY = "http://127.0.0.1:9/"
NETWORK_SWITCHES = ["--no-expensive", "--no-constrained", "--no-roaming"]


def closed_window() -> str:
    """One that opens in two hours."""
    begin, end = (time.strftime("%H:%M", time.localtime(time.time() + hours * 3600)) for hours in (2, 3))
    return f"{begin}-{end}"


def detached(haul, *arguments: object) -> int:
    ended = haul(*arguments)
    assert ended.returncode == 0, ended.stderr
    return int(ended.stdout)


def why(haul, number: int) -> list[str]:
    told = haul("why", number)
    assert told.returncode == 0, told.stderr
    return told.stdout.splitlines()


@pytest.fixture
def source(machine: Machine) -> Path:
    path = machine.directory / "source.bin"
    path.write_bytes(SMALL.read_all())
    return path


@pytest.fixture(params=["get", "put", "ws"])
def begin(request: pytest.FixtureRequest, haul, source: Path):
    """A command that makes a task and leaves it."""
    words = {"get": ["get", "-d", NOBODY], "put": ["put", "-d", source, NOBODY], "ws": ["ws", "-d", NOBODY.replace("http", "ws")]}
    return lambda *options: detached(haul, *words[request.param], *options)


def test_each_kind_of_task_has_the_options(begin, client: Client) -> None:
    window = closed_window()
    before = begin("--window", window)
    number = begin(*NETWORK_SWITCHES, "--discretionary", "--keep-awake", "--window", window, "--after", before,
                   "--after-failure=continue", "--delay=1h")
    details = client.task(number).details()
    wanted = {"allow-expensive": False, "allow-constrained": False, "allow-roaming": False, "discretionary": True,
              "keep-awake": True, "window": window, "after": [before], "after-failure": "continue"}
    assert {key: details.get(key) for key in wanted} == wanted
    assert {"schedule", "queue"} <= set(details["blocked-by"])


@pytest.mark.parametrize("switch, key", [("--expensive", "allow-expensive"), ("--constrained", "allow-constrained"),
                                         ("--roaming", "allow-roaming"), ("--discretionary=false", "discretionary")])
def test_switches_go_both_ways(haul, client: Client, switch: str, key: str) -> None:
    details = client.task(detached(haul, "get", "-d", "--delay=1h", switch, NOBODY)).details()
    assert details[key] is (key != "discretionary")


def test_a_time_to_begin_at(haul, client: Client) -> None:
    at = int(time.time()) + 7200
    for text in (f"@{at}", time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at)), time.strftime("%H:%M:%S", time.localtime(at))):
        details = client.task(detached(haul, "get", "-d", "--not-before", text, NOBODY)).details()
        assert details["blocked-by"] == ["not-before"]
        assert details["next-attempt"] == at * 1_000_000


@pytest.mark.parametrize("arguments, says", [
    (["--not-before=tomorrow"], "is not a time"), (["--not-before=2027-02-30"], "is not a time"),
    (["--not-before=22:00", "--delay=1h"], "excludes"), (["--after=x"], "numbers"), (["--after=3,"], "numbers"),
    (["--after-failure=maybe"], "continue"), (["--no-roaming=perhaps"], "true or false"),
])
def test_wrong_values_say_what_they_should_be(haul, arguments: list[str], says: str) -> None:
    ended = haul("get", *arguments, NOBODY)
    assert ended.returncode == 2
    assert says in ended.stderr, ended.stderr


@pytest.mark.parametrize("arguments, code, says", [
    (["--window=9-17"], 5, "window"), (["--window=22:00-22:00"], 5, "never opens"), (["--after=4711"], 4, "4711"),
])
def test_what_the_daemon_refuses_is_named(haul, client: Client, arguments: list[str], code: int, says: str) -> None:
    ended = haul("get", "-d", *arguments, NOBODY)
    assert ended.returncode == code
    assert says in ended.stderr, ended.stderr
    assert client.session("default").tasks() == []


def test_several_files_wait_for_the_same_and_one_may_say_otherwise(haul, machine: Machine, client: Client) -> None:
    first, second = (detached(haul, "get", "-d", "--delay=1h", NOBODY) for _ in range(2))
    listing = machine.directory / "urls"
    listing.write_text(f"{NOBODY}a\n  after={second}\n  not-before=@4000000000\n{NOBODY}b\n")
    made = haul("get", "-d", "-i", listing, "--after", first, "--delay=2h")
    assert made.returncode == 0, made.stderr
    one, other = (client.task(int(number)).details() for number in made.stdout.split())
    assert (one["after"], other["after"]) == ([second], [first])
    assert one["next-attempt"] == 4_000_000_000_000_000 > other["next-attempt"]


def test_tasks_follow_each_other(haul, machine: Machine, server: ScriptedServer) -> None:
    gate = threading.Event()
    first = detached(haul, "get", "-d", "-o", "first", server.serve(gated(gate, File(SMALL))).url)
    second = detached(haul, "get", "-d", "-o", "second", "--after", first, server.serve(File(SMALL)).url)
    assert f"Before it comes task {first} (" in haul("why", second).stdout
    assert not (machine.downloads / "second").exists()
    gate.set()
    assert haul("wait", second).returncode == 0
    SMALL.check(machine.downloads / "first")
    SMALL.check(machine.downloads / "second")


def test_what_comes_after_a_failure_is_cancelled_and_says_why(haul, server: ScriptedServer) -> None:
    first = detached(haul, "get", "-d", "--delay=1h", server.serve(status(404)).url)
    second = detached(haul, "get", "-d", "--after", first, NOBODY)
    assert haul("cancel", first).returncode == 0
    assert haul("wait", second).returncode == 1
    assert why(haul, second)[0] == f"Task {second} was cancelled: a task that had to finish before it did not."


def test_why_a_window_is_waited_for(haul) -> None:
    number = detached(haul, "get", "-d", "--window", closed_window(), NOBODY)
    lines = why(haul, number)
    assert lines[0] == f"Task {number} waits."
    assert "window is closed" in lines[1]
    assert lines[-1].startswith("The next attempt is at ") and lines[-1].endswith((" min.", " h."))
    told = json.loads(haul("--json", "why", number).stdout)
    assert told["blocked-by"] == ["schedule"] and told["state"] == "waiting"
    assert told["sentences"][0] == lines[0] and told["why"] and told["next-attempt"] > time.time() * 1e6


def test_why_several_things_are_waited_for(haul) -> None:
    first = detached(haul, "get", "-d", "--delay=1h", NOBODY)
    number = detached(haul, "get", "-d", "--window", closed_window(), "--after", first, NOBODY)
    lines = why(haul, number)
    assert len(lines) == 5
    assert lines[-1].startswith("There is no attempt before ")
    told = json.loads(haul("--json", "why", number).stdout)
    assert told["after"] == [{"id": first, "state": "waiting"}]
    assert sorted(told["blocked-by"]) == ["queue", "schedule"]


def test_why_after_an_error(haul, session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(status(503)).url, start=True, retry_delay=3_600_000_000, retry_delay_max=3_600_000_000)
    wait_until(lambda: task.blocked_by == ["retry-delay"], "the first attempt to fail")
    lines = why(haul, task.id)
    assert any("503" in line for line in lines)
    assert lines[-1].startswith("The next attempt is at ")


def test_why_in_other_states(haul, client: Client, session: Session, server: ScriptedServer) -> None:
    gate = threading.Event()
    task = session.download(server.serve(gated(gate, File(SMALL))).url)
    assert why(haul, task.id) == [f"Task {task.id} is suspended.", f"\"haul resume {task.id}\" lets it go on."]
    task.resume()
    wait_until(lambda: task.state == "running", "the task to run")
    assert why(haul, task.id)[0].startswith(f"Task {task.id} is running: ")
    gate.set()
    task.wait()
    assert why(haul, task.id)[0].startswith(f"Task {task.id} has finished: saved ")
    failing = session.download(server.serve(status(404)).url, start=True)
    failing.wait()
    lines = why(haul, failing.id)
    assert lines[0].startswith(f"Task {failing.id} failed: ") and "404" in lines[0]
    assert lines[1].startswith("That was at ")
    cancelled = session.download(NOBODY)
    cancelled.cancel()
    assert why(haul, cancelled.id)[0] == f"Task {cancelled.id} was cancelled: its client called it off."


def test_show_has_the_reasons_and_the_next_attempt(haul) -> None:
    number = detached(haul, "get", "-d", "--window", closed_window(), NOBODY)
    shown = haul("show", number).stdout
    rows = dict(row.split(": ", 1) for row in shown.splitlines())
    assert "window is closed" in rows["why"] and rows["next attempt"].endswith((" min", " h"))
    assert rows["window"].strip() and "its window is closed" in rows["now"]


def test_progress_says_why_nothing_moves(haul) -> None:
    waiting = haul.start("get", "--window", closed_window(), NOBODY, stderr=subprocess.PIPE)
    line = waiting.stderr.readline()
    assert "waits: its window is closed" in line
    waiting.terminate()
    assert waiting.wait(30) == 130
