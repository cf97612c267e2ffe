"""haul ws: lines are messages, in pipes and on terminals."""

import json
import os
import pty
import signal
import subprocess
from pathlib import Path
from typing import Iterator, Optional

import pytest

from harness.client import Client
from harness.deadline import wait_until
from harness.machine import Machine
from servers.rooms import Room, Rooms, Socket

pytestmark = pytest.mark.lengthy


@pytest.fixture
def rooms() -> Iterator[Rooms]:
    with Rooms(["chat.v2", "chat.v1"]) as rooms:
        yield rooms


def say(haul, text: Optional[str], *arguments: object, **popen) -> subprocess.CompletedProcess:
    """Runs it with this input; bytes in and out with text=False."""
    process = haul.start(*arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **popen)
    out, said = process.communicate(text, timeout=60)
    return subprocess.CompletedProcess(arguments, process.returncode, out, said)


def test_lines_are_messages(haul, rooms: Rooms) -> None:
    room = rooms.listen()
    ended = say(haul, "one\n\nthree, without an end", "ws", room.url)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert room.received == ["one", "", "three, without an end"]
    assert room.goodbye() == (1000, "")


def test_messages_are_lines(haul, rooms: Rooms) -> None:
    async def conduct(socket: Socket) -> None:
        for number in range(1000):
            await socket.send(f"{number}: grüße")
    ended = say(haul, "", "ws", "--linger=forever", rooms.serve(conduct).url)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines() == [f"{number}: grüße" for number in range(1000)]


def test_many_messages_go_both_ways(haul, rooms: Rooms) -> None:
    count = 50_000

    async def conduct(socket: Socket) -> None:
        for _ in range(count):
            await socket.send(await socket.recv())
    lines = "".join(f"{number}\n" for number in range(count))
    ended = say(haul, lines, "ws", "--linger=forever", rooms.serve(conduct).url)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == lines


def test_nothing_stays_behind(haul, rooms: Rooms, client: Client) -> None:
    assert say(haul, "hello\n", "ws", rooms.listen().url).returncode == 0
    assert client.tasks() == []
    assert client.session().events() == []


def test_bytes_are_one_message(haul, rooms: Rooms) -> None:
    async def conduct(socket: Socket) -> None:
        message = await socket.recv()
        await socket.send(message)
        await socket.send("and text")
    content = bytes(range(256)) * 100
    process = haul.start("ws", "--binary", "--linger=forever", rooms.serve(conduct).url, text=False,
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.communicate(content, timeout=60)[0] == content + b"and text"
    assert process.returncode == 0


def test_binary_messages_are_told_of(haul, rooms: Rooms) -> None:
    async def conduct(socket: Socket) -> None:
        await socket.send(b"\0\1")
        await socket.send("text")
    ended = say(haul, "", "ws", "--linger=forever", rooms.serve(conduct).url)
    assert ended.stdout == "text\n"
    assert "a binary message of 2 bytes" in ended.stderr


def test_json_has_each_event(haul, rooms: Rooms) -> None:
    async def conduct(socket: Socket) -> None:
        await socket.send("a\nb")
        await socket.send(b"\xff")
        await socket.close(1000, "done")
    ended = say(haul, "", "--json", "ws", "-p", "chat.v2", "--linger=forever", rooms.serve(conduct).url)
    assert ended.returncode == 0, ended.stderr
    events = [json.loads(line) for line in ended.stdout.splitlines()]
    assert {event["task"] for event in events} == {1}
    assert [(event["type"], event["details"]) for event in events[:-1]] == [
        ("opened", {"subprotocol": "chat.v2"}),
        ("message", {"type": "text", "text": "a\nb"}),
        ("message", {"type": "binary", "data": "/w=="}),
        ("closed", {"code": 1000, "close-reason": "done", "clean": True})]
    assert events[-1]["type"] == "completed"


@pytest.mark.parametrize("arguments, chosen", [
    ([], None), (["-p", "chat.v1"], "chat.v1"), (["--subprotocol=other", "--subprotocol=chat.v2"], "chat.v2")])
def test_a_subprotocol_is_agreed_upon(haul, rooms: Rooms, arguments: list[str], chosen: Optional[str]) -> None:
    room = rooms.listen()
    assert say(haul, "", "ws", *arguments, room.url).returncode == 0
    assert room.sockets[0].subprotocol == chosen


def test_headers_go_along(haul, rooms: Rooms, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("Authorization: Bearer canary\n")
    room = rooms.listen()
    assert say(haul, "", "ws", "-H", f"@{tmp_path}/token", "--header=X-Room: 7", room.url).returncode == 0
    assert room.sockets[0].request_headers["Authorization"] == "Bearer canary"
    assert room.sockets[0].request_headers["X-Room"] == "7"


def test_an_answer_is_waited_for(haul, rooms: Rooms) -> None:
    room = rooms.echo()
    ended = say(haul, "hello\n", "ws", "--linger=1s", room.url)
    assert (ended.returncode, ended.stdout) == (0, "hello\n")
    assert room.goodbye() == (1000, "")


def test_it_connects_again(haul, rooms: Rooms) -> None:
    async def conduct(socket: Socket) -> None:
        if len(room.sockets) == 1:
            await socket.send("first")
            await socket.close(1012, "restart")
        else:
            await socket.send("second")
    room = rooms.serve(conduct)
    ended = say(haul, "", "ws", "--linger=forever", "--retry-delay=10ms", room.url)
    assert (ended.returncode, ended.stdout) == (0, "first\nsecond\n")


def test_a_goodbye_that_is_no_success_is_told(haul, rooms: Rooms) -> None:
    async def conduct(socket: Socket) -> None:
        await socket.close(4001, "not you")
    ended = say(haul, "", "ws", "--linger=forever", rooms.serve(conduct).url)
    assert ended.returncode == 1
    assert "task 1 failed: " in ended.stderr and "4001" in ended.stderr
    assert "haul" in ended.stderr and "show 1" in ended.stderr


def test_a_refusal_fails(haul, rooms: Rooms) -> None:
    ended = say(haul, "", "ws", f"ws://127.0.0.1:{rooms.port}/nowhere")
    assert ended.returncode == 1
    assert "404" in ended.stderr


@pytest.mark.parametrize("arguments, code", [
    (["ftp://127.0.0.1/"], 5), (["http://127.0.0.1/"], 5), ([], 2), (["ws://127.0.0.1/", "--overflow=explode"], 2),
    (["ws://127.0.0.1/", "--detach", "--binary"], 2), (["ws://127.0.0.1/", "--linger=long"], 2)])
def test_what_is_wrong_is_refused(haul, arguments: list[str], code: int) -> None:
    ended = say(haul, "", "ws", *arguments)
    assert ended.returncode == code and ended.stderr


def test_a_line_that_is_too_long_is_not_sent(haul, rooms: Rooms) -> None:
    room = rooms.listen()
    ended = say(haul, "good\n" + "x" * 1000 + "\n", "ws", "--max-message=999", room.url)
    assert ended.returncode == 5
    assert "line 2 is longer" in ended.stderr
    assert room.goodbye() == (1000, "") and room.received == ["good"]


def test_a_line_that_is_no_text_is_not_sent(haul, rooms: Rooms) -> None:
    room = rooms.listen()
    process = haul.start("ws", room.url, text=False, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert b"line 1 is not UTF-8" in process.communicate(b"\xff\n", timeout=60)[1]
    assert process.returncode == 5 and room.received == []


def test_an_interrupt_says_goodbye(haul, rooms: Rooms, client: Client) -> None:
    room = rooms.listen()
    process = haul.start("ws", room.url, stdin=subprocess.PIPE)
    wait_until(lambda: room.sockets, "the connection")
    process.stdin.write("one\n")
    process.stdin.flush()
    wait_until(lambda: room.received == ["one"], "the message")
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 130
    process.stdin.close()
    assert room.goodbye() == (1001, "")
    assert client.tasks() == []


def test_an_interrupt_calls_off_what_is_not_connected(haul, client: Client) -> None:
    process = haul.start("ws", "ws://127.0.0.1:9/", stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    said = process.stderr.readline()
    assert "not connected: " in said
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 130
    process.stdin.close()
    process.stderr.close()
    assert client.tasks() == []


def test_a_reader_that_leaves_ends_it(haul, rooms: Rooms, client: Client) -> None:
    async def conduct(socket: Socket) -> None:
        while True:
            await socket.send("again")
    room = rooms.serve(conduct)
    process = haul.start("ws", "--linger=forever", room.url, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout.readline() == "again\n"
    process.stdout.close()
    assert process.wait(30) == 5
    wait_until(lambda: room.sockets[0].closed, "the goodbye")
    assert client.tasks() == []


def test_a_terminal_is_not_steered(haul, rooms: Rooms) -> None:
    async def conduct(socket: Socket) -> None:
        await socket.send("\x1b]0;owned\x07evil\nnext")
    master, slave = pty.openpty()
    process = haul.start("ws", "--linger=forever", rooms.serve(conduct).url, stdout=slave, stderr=subprocess.DEVNULL)
    assert process.wait(30) == 0
    os.close(slave)
    shown = os.read(master, 1 << 16).decode()
    os.close(master)
    assert shown.splitlines() == ["< ?]0;owned?evil", "< next"]


def test_a_terminal_hears_of_the_connection(haul, rooms: Rooms) -> None:
    room = rooms.echo()
    master, slave = pty.openpty()
    process = haul.start("ws", "-p", "chat.v1", room.url, stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    os.close(slave)
    assert process.stderr.readline() == "haul: connected, subprotocol chat.v1\n"
    os.write(master, b"hello\n")
    assert process.stdout.readline() == "hello\n"
    os.write(master, b"\x04")  # the end of a terminal's input
    said = process.communicate(timeout=30)[1]
    os.close(master)
    assert process.returncode == 0 and "closed with 1000" in said


def test_a_detached_one_keeps_its_messages(haul, rooms: Rooms, client: Client) -> None:
    room = rooms.listen()
    made = haul("ws", "--detach", "--session=feed", "--overflow=drop-oldest", room.url)
    assert made.stdout == "1\n", made.stderr
    wait_until(lambda: room.sockets, "the connection")
    rooms.say(room, "one", b"\0\1\2", "two")
    session = client.session("feed")
    session.wait_events(lambda events: len(events) == 4, "the messages")
    told = [line.split("  ")[-1].strip() for line in haul("events", "--session=feed").stdout.splitlines()]
    assert told == [f"opened: {room.url}", "message: one", "message: binary, 3 bytes", "message: two"]
    events = [json.loads(line) for line in haul("--json", "events", "--session=feed", "--ack").stdout.splitlines()]
    assert [event["details"].get("text") or event["details"].get("data") for event in events[1:]] == ["one", "AAEC", "two"]
    assert session.events() == []
    assert haul("cancel", "1").returncode == 0


def test_it_is_shown_and_listed(haul, rooms: Rooms, client: Client) -> None:
    room = rooms.listen()
    assert haul("ws", "--detach", "-p", "chat.v2", "--max-message=64K", room.url).returncode == 0
    wait_until(lambda: client.task(1).details()["open"], "the connection")
    shown = dict(line.split(":", 1) for line in haul("show", "1").stdout.splitlines())
    assert {key: value.strip() for key, value in shown.items() if key in ("kind", "connected", "subprotocol", "delivery")} == {
        "kind": "websocket", "connected": "yes", "subprotocol": "chat.v2", "delivery": "durable"}
    assert shown["max-message"].strip() == "64.0 KiB (65536 bytes)" and "done" not in shown
    row = haul("list", "--long").stdout.splitlines()[1].split()
    assert row[1:3] == ["running", "websocket"] and row[-1] == room.url
    rooms.dismiss(room, 4000, "enough")
    wait_until(lambda: client.task(1).state == "failed", "the end")
    assert "last closed:      4000: enough" in haul("show", "1").stdout


def test_it_goes_on_with_a_daemon_that_was_killed(activated, rooms: Rooms) -> None:
    machine: Machine = activated.machine
    room = rooms.echo()
    process = activated.start("ws", "--linger=forever", "--retry-delay=10ms", room.url, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE)
    process.stdin.write("one\n")
    process.stdin.flush()
    assert process.stdout.readline() == "one\n"
    os.kill(machine.client().connection.pid_of("org.hauld1"), signal.SIGKILL)
    wait_until(lambda: len(room.sockets) == 2, "another connection", 30)
    process.stdin.write("two\n")
    process.stdin.flush()
    assert process.stdout.readline() == "two\n"
    process.send_signal(signal.SIGINT)
    process.stdin.close()
    assert process.wait(30) == 130
    process.stdout.close()
