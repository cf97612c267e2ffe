"""The examples of WebSockets do what they say, against a server that is not ours."""

import json
import subprocess
from typing import Iterator

import pytest
from harness.daemon import binary_directory
from harness.deadline import wait_until
from harness.machine import Machine
from servers.rooms import Rooms, Socket


@pytest.fixture
def rooms() -> Iterator[Rooms]:
    with Rooms(["graphql-transport-ws", "chat"]) as rooms:
        yield rooms


def run(machine: Machine, example: str, *arguments: object, said: str = "") -> list[str]:
    """The lines that it writes before it ends well."""
    argv = [binary_directory() / f"haul_example_ws_{example}", machine.bus.address, *arguments]
    process = machine.family.spawn(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out, errors = process.communicate(said, timeout=60)
    assert process.returncode == 0, errors + out
    return out.splitlines()


def test_a_connection(machine: Machine, rooms: Rooms) -> None:
    room = rooms.echo()
    text, data, pong, closed = run(machine, "connection", room.url, "grüße")
    assert (text, data, closed) == ("text grüße", "data of 3 bytes", "closed with 1000 (normal)")
    assert pong.startswith("pong after ") and pong.endswith(" us")
    assert room.received == ["grüße", b"\1\2\3"]
    assert room.goodbye() == (1000, "done")
    session = machine.client().session("org.example.Connection")
    assert session.events() == [] and session.details()["attached"] is False


def test_a_manager(machine: Machine, rooms: Rooms) -> None:
    room = rooms.echo()
    said = run(machine, "manager", room.url, said="one\ntwo\nbye\n")
    said.remove("the line is good")
    assert said == ["connected", "< one", "< two", "< bye", "disconnected: 1000 (normal) "]
    assert room.goodbye() == (1000, "")


def test_a_client_that_connects_again(machine: Machine, rooms: Rooms) -> None:
    async def conduct(socket: Socket) -> None:
        number = len(room.sockets)
        await socket.send(str(number))
        if number == 1:
            await socket.close(1012)
        elif number == 2:
            await socket.drain()
            socket.transport.abort()
        else:
            await socket.close(4000, "enough")
    room = rooms.serve(conduct)
    said = run(machine, "reconnecting", room.url)
    # What was said right before the cut may be lost with it.
    assert [line for line in said if line != "message 2"] == [
        "connected", "message 1", "disconnected with 1012 (service restart)",
        "connected", "disconnected with 1006 (lost)",
        "connected", "message 3", "disconnected with 4000", "given up: rejected"]


def test_a_typed_chat(machine: Machine, rooms: Rooms) -> None:
    def packed(type: str, **payload: object) -> str:
        return json.dumps({"type": type, "payload": payload})

    heard = []

    async def conduct(socket: Socket) -> None:
        heard.append(json.loads(await socket.recv()))
        await socket.send("this is no JSON")
        await socket.send(packed("weather", sun=True))
        await socket.send(packed("join", name="bob").encode())  # a binary message is as good
        heard.append(json.loads(await socket.recv()))
        await socket.send(packed("chat", name="bob", text="hello alice"))
        await socket.send(packed("members", count=0))
        await socket.wait_closed()
    said = run(machine, "typed_chat", rooms.serve(conduct).url, "alice", "hello bob")
    assert said == ["not understood: this is no JSON", 'not understood: {"type": "weather", "payload": {"sun": true}}',
                    "bob has come", "bob: hello alice"]
    assert heard == [{"type": "join", "payload": {"name": "alice"}},
                     {"type": "chat", "payload": {"name": "alice", "text": "hello bob"}}]


@pytest.mark.parametrize("way", ["header", "query"])
def test_who_asks(way: str, machine: Machine, rooms: Rooms) -> None:
    async def conduct(socket: Socket) -> None:
        by_header = socket.request_headers.get("Authorization") == "Bearer canary"
        by_query = socket.path.endswith("?token=canary")
        await socket.send("hello, " + ("header" if by_header else "query" if by_query else "stranger"))
        await socket.wait_closed()
    room = rooms.serve(conduct)
    assert run(machine, "authenticated", room.url, way, "canary") == [f"hello, {way}"]
    task, = machine.client().session("org.example.Authenticated").tasks()
    assert "canary" not in str(machine.client().task(task.id).details())


def test_subprotocols(machine: Machine, rooms: Rooms) -> None:
    async def conduct(socket: Socket) -> None:
        await socket.send("welcome")
        assert await socket.recv() == "got it"
        await socket.close(1000, "that was all")
    room = rooms.serve(conduct)
    assert run(machine, "subprotocol", room.url, "unknown", "graphql-transport-ws") == [
        "connected with subprotocol graphql-transport-ws", "message welcome", "closed: 1000 (normal) - that was all"]
    assert run(machine, "subprotocol", room.url)[0] == "connected with subprotocol none"
    wait_until(lambda: machine.client().session("org.example.Subprotocol").events() == [], "the acknowledgement")
