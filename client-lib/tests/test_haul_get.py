"""haul get: the file, the progress, the ends, and what happens in between."""

import json
import os
import pty
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from harness.client import NAME, Client
from harness.deadline import wait_until
from harness.machine import Machine
from servers.behaviours import File, gated, silent, status
from servers.content import Content
from servers.scripted import ScriptedServer

SMALL = Content(7, 300_000)
ETAG = '"one"'


def lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def only_task(client: Client):
    tasks = client.session("default").tasks()
    assert len(tasks) == 1
    return client.task(tasks[0].id)


def wait_for_bytes(client: Client) -> None:
    """Until the only task has some."""
    wait_until(lambda: client.session("default").tasks() and only_task(client).done > 0, "the first bytes")


def test_get_makes_the_file_and_leaves_nothing_behind(haul, machine: Machine, client: Client, server: ScriptedServer) -> None:
    ended = haul("get", server.serve(File(SMALL), name="a%20file.bin").url)
    assert ended.returncode == 0, ended.stderr
    SMALL.check(machine.downloads / "a file.bin")
    assert ended.stdout == ""
    assert ended.stderr.splitlines()[-1].startswith(f"haul: saved {machine.downloads}/a file.bin (293 KiB")
    session = client.session("default")
    assert session.tasks() == []
    assert session.events() == []


def test_get_in_a_session_leaves_its_events_to_it(haul, client: Client, server: ScriptedServer) -> None:
    assert haul("get", "--session", "mine", server.serve(File(SMALL)).url).returncode == 0
    assert [event.type for event in client.session("mine").events()] == ["finished-downloading", "completed"]


def test_events_of_others_are_left_alone(haul, machine: Machine, client: Client, server: ScriptedServer) -> None:
    other = client.session("default").download(server.serve(File(SMALL)).url, destination=machine.downloads / "other", start=True)
    other.wait()
    assert haul("get", server.serve(File(SMALL)).url).returncode == 0
    tasks = [event.task for event in client.session("default").events()]
    assert tasks[:2] == [other.id, other.id]


@pytest.mark.parametrize("output, made", [
    ("name", "name"), ("./sub/../name", "name"), ("sub", "sub/file"), ("sub/", "sub/file"), ("sub/name", "sub/name"),
])
def test_output_may_be_a_file_or_a_directory(haul, machine: Machine, server: ScriptedServer, output: str, made: str) -> None:
    (machine.downloads / "sub").mkdir()
    ended = haul("get", server.serve(File(SMALL)).url, "-o", output)
    assert ended.returncode == 0, ended.stderr
    SMALL.check(machine.downloads / made)


def test_an_existing_file_is_kept_unless_told_otherwise(haul, machine: Machine, server: ScriptedServer) -> None:
    there = machine.downloads / "file"
    there.write_text("old")
    arguments = [server.serve(File(SMALL)).url, "-o", "file"]
    refused = haul("get", *arguments)
    assert refused.returncode == 5
    assert str(there) in refused.stderr and "--replace" in refused.stderr
    assert there.read_text() == "old"
    assert haul("get", "--rename", *arguments).returncode == 0
    assert there.read_text() == "old"
    beside = [path for path in machine.downloads.iterdir() if path != there]
    assert len(beside) == 1
    SMALL.check(beside[0])
    assert haul("get", "--replace", *arguments).returncode == 0
    SMALL.check(there)


def test_headers_are_sent_from_the_line_and_from_a_file(haul, machine: Machine, server: ScriptedServer) -> None:
    secret = machine.directory / "headers"
    secret.write_text("X-Two: second\n\nX-Three:third\n")
    resource = server.serve(File(SMALL))
    assert haul("get", "-H", "X-One: first", "-H", f"@{secret}", resource.url).returncode == 0
    sent = [resource.requests[0].header(name) for name in ("X-One", "X-Two", "X-Three")]
    assert sent == ["first", "second", "third"]


def test_options_reach_the_task(haul, client: Client, server: ScriptedServer) -> None:
    ended = haul("get", "-d", "--retries=3", "--retry-delay=2s", "--retry-delay-max=1min", "--request-timeout=30s",
                 "--timeout=1h", "--priority=0.75", "--redirects=same-origin", "--max-size=1M", "--mode=640",
                 "--description=words", "--token=t1", "--delay=1h", server.serve(File(SMALL)).url)
    assert ended.returncode == 0, ended.stderr
    details = client.task(int(ended.stdout)).details()
    wanted = {"retries": 3, "retry-delay": 2_000_000, "retry-delay-max": 60_000_000, "request-timeout": 30_000_000,
              "resource-timeout": 3_600_000_000, "priority": 0.75, "redirects": "same-origin", "max-size": 1 << 20,
              "mode": 0o640, "description": "words", "token": "t1"}
    assert {key: details.get(key) for key in wanted} == wanted
    assert details["blocked-by"] == ["not-before"]


def test_a_failed_download_says_why_and_stays(haul, machine: Machine, client: Client, server: ScriptedServer) -> None:
    ended = haul("get", server.serve(status(404)).url)
    assert ended.returncode == 1
    assert "404" in ended.stderr
    task = only_task(client)
    assert f"haul --bus='{machine.bus.address}' show {task.id}" in ended.stderr
    shown = haul("show", task.id)
    assert "http-status" in shown.stdout and "404" in shown.stdout


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x", "file:///etc/passwd", "nonsense", "http:///x", "http://h/\x01"])
def test_a_url_that_is_none_is_refused_by_name(haul, machine: Machine, url: str) -> None:
    ended = haul("get", url)
    assert ended.returncode == 5
    assert ended.stderr.startswith("haul: ") and "\x01" not in ended.stderr
    assert list(machine.downloads.iterdir()) == []


@pytest.mark.parametrize("arguments", [
    [], ["--replace", "--rename", "http://h/"], ["--max-size=lots", "http://h/"], ["--timeout=5", "http://h/"],
    ["--header=nonsense", "http://h/"], ["--header=@/nonexistent", "http://h/"], ["--mode=rwx", "http://h/"],
    ["--priority=2", "http://h/"], ["--redirects=maybe", "http://h/"], ["--retries=-1", "http://h/"], ["--shiny", "http://h/"],
])
def test_wrong_usage_is_two(haul, arguments: list[str]) -> None:
    ended = haul("get", *arguments)
    assert ended.returncode == 2
    assert ended.stderr and not ended.stdout


def test_json_is_a_line_for_each_report(haul, machine: Machine, server: ScriptedServer) -> None:
    ended = haul("--json", "get", server.serve(File(SMALL, rate=400_000)).url)
    assert ended.returncode == 0 and ended.stderr == ""
    reports = lines(ended.stdout)
    assert [report["type"] for report in reports] == ["progress"] * (len(reports) - 1) + ["ended"]
    done = [report["bytes-done"] for report in reports]
    assert done == sorted(done)
    assert reports[-1]["state"] == "finished" and reports[-1]["bytes-total"] == SMALL.size
    assert reports[-1]["path"] == str(machine.downloads / "file")


def test_quiet_says_nothing_of_success(haul, server: ScriptedServer) -> None:
    ended = haul("get", "-q", server.serve(File(SMALL)).url)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_detached_prints_the_number_alone(haul, client: Client, server: ScriptedServer) -> None:
    ended = haul("get", "--detach", server.serve(File(SMALL)).url)
    assert ended.returncode == 0
    assert client.task(int(ended.stdout)).wait() == ("finished", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_the_download_running(haul, machine: Machine, client: Client, server: ScriptedServer,
                                                  number: signal.Signals) -> None:
    gate = threading.Event()
    running = haul.start("get", server.serve(gated(gate, File(SMALL))).url, stderr=subprocess.PIPE)
    wait_until(lambda: client.session("default").tasks("running"), "the task to run")
    running.send_signal(number)
    _, said = running.communicate(timeout=30)
    assert running.returncode == 130
    task = only_task(client)
    assert f"wait {task.id}" in said and f"cancel {task.id}" in said
    gate.set()
    assert haul("wait", task.id).returncode == 0
    SMALL.check(machine.downloads / "file")


def test_a_killed_daemon_is_waited_for(haul, machine: Machine, client: Client, server: ScriptedServer) -> None:
    content = Content(9, 2_000_000)
    resource = server.serve(File(content, etag=ETAG, rate=1_000_000))
    running = haul.start("get", resource.url, stderr=subprocess.PIPE)
    wait_for_bytes(client)
    machine.daemon.kill()
    machine.daemon.start()
    _, said = running.communicate(timeout=60)
    assert running.returncode == 0, said
    content.check(machine.downloads / "file")
    assert "the daemon is back" in said


def test_a_daemon_that_the_bus_starts_may_be_killed_again_and_again(activated, server: ScriptedServer) -> None:
    machine, content = activated.machine, Content(11, 8_000_000)
    resource = server.serve(File(content, etag=ETAG, rate=2_000_000))
    running = activated.start("get", resource.url, stderr=subprocess.PIPE)
    for kill in range(3):
        wait_until(lambda: len(resource.requests) > kill and resource.requests[kill].sent > 500_000, "some bytes")
        os.kill(machine.bus.owner_pid(NAME), signal.SIGKILL)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 0, said
    content.check(machine.downloads / "file")


def test_the_first_command_starts_the_daemon(activated, server: ScriptedServer) -> None:
    ended = activated("get", server.serve(File(SMALL)).url)
    assert ended.returncode == 0, ended.stderr
    SMALL.check(activated.machine.downloads / "file")


def test_many_run_at_the_same_time(haul, machine: Machine, server: ScriptedServer) -> None:
    contents = {f"file-{seed}": Content(seed, 200_000) for seed in range(12)}
    running = [haul.start("get", server.serve(File(content), name=name).url, stderr=subprocess.DEVNULL)
               for name, content in contents.items()]
    assert [process.wait(60) for process in running] == [0] * len(running)
    for name, content in contents.items():
        content.check(machine.downloads / name)


def test_plain_lines_say_why_it_waits_and_until_when(haul, server: ScriptedServer) -> None:
    resource = server.serve(status(503, ("Retry-After", "3")), File(SMALL))
    ended = haul("get", resource.url)
    assert ended.returncode == 0
    assert "tries again in 0:0" in ended.stderr and "503" in ended.stderr
    assert "\r" not in ended.stderr and "\x1b" not in ended.stderr


def test_a_terminal_gets_a_moving_bar(haul, server: ScriptedServer) -> None:
    master, slave = pty.openpty()
    url = server.serve(File(SMALL, rate=200_000)).url
    running = haul.machine.family.spawn(haul.argv("get", url), {"TERM": "xterm"}, cwd=haul.machine.downloads, stderr=slave)
    os.close(slave)
    shown = b""
    while True:
        try:
            shown += os.read(master, 65536)
        except OSError:  # how Linux says that the last one who could write has left
            break
    os.close(master)
    assert running.wait(30) == 0
    assert shown.count(b"\r\x1b[K") >= 3
    assert b"%" in shown and b"[" in shown and b"left" in shown
    assert b"saved" in shown.rpartition(b"\x1b[K")[2]


def test_a_vanished_working_directory_is_an_error(haul, machine: Machine, server: ScriptedServer) -> None:
    gone = machine.directory / "gone"
    gone.mkdir()
    ended = machine.family.run(
        ["/bin/sh", "-c", 'rmdir "$PWD"; exec "$@"', "sh", *haul.argv("get", server.serve(silent()).url)], cwd=gone)
    assert ended.returncode == 2
    assert "current directory" in ended.stderr


def test_no_directory_is_made(haul, machine: Machine, server: ScriptedServer) -> None:
    ended = haul("get", server.serve(File(SMALL)).url, "-o", "nowhere/file")
    assert ended.returncode == 5
    assert "nowhere" in ended.stderr
    assert not Path(machine.downloads / "nowhere").exists()
