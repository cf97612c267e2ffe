"""WebSockets of a Session: a delegate, streams, pings; what is acknowledged is handled."""

from typing import Iterator

import pytest

from harness.client import Session
from harness.deadline import wait_until
from harness.machine import Machine
from harness.session_probe import kill_daemon
from harness.socket_probe import SocketProbe
from servers.rooms import Rooms, Socket

OPENED = {"type": "opened", "subprotocol": ""}


def text(size: int) -> dict:
    return {"type": "text", "size": size}


def closed(code: int, reason: str = "", clean: bool = True) -> dict:
    return {"type": "closed", "code": code, "reason": reason, "clean": clean}


def ended(state: str = "finished") -> dict:
    return {"type": "ended", "state": state}


@pytest.fixture
def probe(machine: Machine) -> Iterator[SocketProbe]:
    with SocketProbe(machine) as probe:
        yield probe


@pytest.fixture
def rooms() -> Iterator[Rooms]:
    with Rooms() as rooms:
        yield rooms


def types(session: Session) -> list[str]:
    """Of the events that nobody has acknowledged."""
    return [event.type for event in session.events()]


def test_a_delegate_is_told(probe: SocketProbe, probed: Session, rooms: Rooms) -> None:
    async def conduct(socket: Socket) -> None:
        await socket.send("hello")
        await socket.send(b"\0\1\2")
        await socket.close(1000, "done")
    probe.do("attach")
    task = probe.make(f"make {rooms.serve(conduct).url}")
    probe.do(f"connect {task}")
    assert [probe.told() for _ in range(5)] == [OPENED, text(5), {"type": "data", "size": 3}, closed(1000, "done"), ended()]
    wait_until(lambda: types(probed) == [], "the acknowledgement")


def test_what_is_sent_is_told_and_arrives_in_order(probe: SocketProbe, rooms: Rooms) -> None:
    room = rooms.listen()
    probe.do("attach")
    task = probe.make(f"make {room.url}")
    for number in range(10):  # before there is a connection
        probe.do(f"send {task} {number}")
    probe.do(f"connect {task}")
    assert probe.told() == OPENED
    sent = 0
    while sent < 10:
        said = probe.told()
        assert said["type"] == "sent" and said["last"] > sent
        sent = said["last"]
    probe.do(f"close {task} 4001 enough")
    assert room.goodbye() == (4001, "enough")
    assert room.received == [str(number) for number in range(10)]
    assert [probe.told(), probe.told()] == [closed(4001, "enough"), ended()]
    assert probe.fails(f"send {task} more") == "InvalidState"


def test_a_message_whose_handler_throws_comes_again(probe: SocketProbe, probed: Session, rooms: Rooms) -> None:
    room = rooms.listen()
    probe.do("attach")
    task = probe.make(f"make {room.url}")
    probe.do(f"connect {task}")
    assert probe.told() == OPENED
    probe.do("refuse 1")
    rooms.say(room, "one", "three")
    assert probe.told() == text(3)
    assert "has thrown: not now" in probe.hear("warning")["text"]
    assert types(probed) == ["message", "message"]
    assert [probe.told(), probe.told()] == [text(3), text(5)]
    wait_until(lambda: types(probed) == [], "the acknowledgement")


def test_a_stream_acknowledges_what_its_reader_has_come_back_from(probe: SocketProbe, probed: Session,
                                                                  rooms: Rooms) -> None:
    room = rooms.listen()
    task = probe.make(f"make {room.url}")
    probe.do(f"stream {task}")
    probe.do("attach")
    probe.do(f"connect {task}")
    assert probe.read() == OPENED
    rooms.say(room, "one", "three")
    assert probe.read() == text(3)
    wait_until(lambda: types(probed) == ["message", "message"], "the first to be acknowledged")
    assert probe.read() == text(5)
    wait_until(lambda: types(probed) == ["message"], "the second to be acknowledged")
    probe.send("read")
    wait_until(lambda: types(probed) == [], "the third to be acknowledged")
    rooms.dismiss(room, 1000, "done")
    assert probe.hear("read")["event"] == closed(1000, "done")
    assert probe.read() == ended()
    probe.send("read")
    assert probe.hear("over") == {"said": "over"}
    wait_until(lambda: types(probed) == [], "the end to be acknowledged")


def test_a_message_that_its_reader_leaves_at_comes_again(probe: SocketProbe, probed: Session, rooms: Rooms) -> None:
    room = rooms.listen()
    task = probe.make(f"make {room.url}")
    probe.do(f"stream {task}")
    probe.do("attach")
    probe.do(f"connect {task}")
    assert probe.read() == OPENED
    rooms.say(room, "one", "three")
    assert probe.read() == text(3)
    probe.do("leave")
    assert [probe.told(), probe.told()] == [text(3), text(5)], "the delegate has them now"
    wait_until(lambda: types(probed) == [], "the acknowledgement")


def test_messages_that_waited_are_for_a_stream_that_is_there_in_time(probe: SocketProbe, probed: Session, rooms: Rooms) -> None:
    room = rooms.listen()
    task = probe.make(f"make {room.url}")
    probe.do(f"connect {task}")
    wait_until(lambda: room.sockets, "the connection")
    rooms.say(room, "one", "three")
    rooms.dismiss(room)
    wait_until(lambda: types(probed) == ["opened", "message", "message", "closed", "completed"], "the end")
    probe.do(f"stream {task}")
    probe.do("attach")
    assert [probe.read() for _ in range(5)] == [OPENED, text(3), text(5), closed(1000), ended()]


def test_a_stream_of_what_is_over_has_its_end(probe: SocketProbe, probed: Session, rooms: Rooms) -> None:
    async def conduct(socket: Socket) -> None:
        await socket.close(4000, "no")
    probe.do("attach")
    task = probe.make(f"make {rooms.serve(conduct).url}")
    probe.do(f"connect {task}")
    assert [probe.told() for _ in range(3)] == [OPENED, closed(4000, "no"), ended("failed")]
    wait_until(lambda: types(probed) == [], "the acknowledgement")
    probe.do(f"stream {task}")
    assert probe.read() == ended("failed")
    probe.send("read")
    probe.hear("over")
    assert probe.fails("stream 77") == "NoSuchTask"


def test_a_stream_ends_with_the_attachment(probe: SocketProbe, rooms: Rooms) -> None:
    task = probe.make(f"make {rooms.listen().url}")
    probe.do(f"stream {task}")
    probe.do("attach")
    probe.send("read")
    probe.send("detach")
    assert {probe.hear("over", "done")["said"] for _ in range(2)} == {"over", "done"}


def test_messages_are_received_one_by_one(probe: SocketProbe, rooms: Rooms) -> None:
    async def conduct(socket: Socket) -> None:
        await socket.send("one")
        await socket.send("two")
    task = probe.make(f"make {rooms.serve(conduct).url}")
    probe.do(f"stream {task}")
    probe.do("attach")
    probe.do(f"connect {task}")
    for wanted in ("one", "two"):
        probe.send("receive")
        assert probe.hear("received")["text"] == wanted
    probe.send("receive")
    assert probe.hear("received")["error"] == "InvalidState"


def test_a_ping_has_its_pong(probe: SocketProbe, rooms: Rooms) -> None:
    room = rooms.listen()
    probe.do("attach")
    task = probe.make(f"make {room.url}")
    probe.send(f"ping {task}")
    assert probe.hear("pong")["error"] == "InvalidState"  # it is not connected
    probe.do(f"connect {task}")
    assert probe.told() == OPENED
    for _ in range(3):
        probe.send(f"ping {task}")
    assert all(probe.hear("pong")["microseconds"] > 0 for _ in range(3))


def test_a_ping_ends_with_the_connection(probe: SocketProbe, probed: Session, rooms: Rooms) -> None:
    room = rooms.listen()
    task = probe.make(f"make {room.url}")
    probe.do(f"connect {task}")
    wait_until(lambda: types(probed) == ["opened"], "the connection")
    rooms.deafen(room)
    probe.send(f"ping {task}")
    probe.do(f"send {task} behind the ping")
    rooms.cut(room)
    assert probe.hear("pong")["error"] == "InvalidState"


def test_a_ping_ends_with_the_daemon(machine: Machine, probe: SocketProbe, probed: Session, rooms: Rooms) -> None:
    room = rooms.listen()
    task = probe.make(f"make {room.url}")
    probe.do(f"connect {task}")
    wait_until(lambda: types(probed) == ["opened"], "the connection")
    rooms.deafen(room)
    probe.send(f"ping {task}")
    probe.do(f"send {task} behind the ping")
    kill_daemon(machine.client())
    assert probe.hear("pong")["error"] == "Unreachable"


def test_a_stream_goes_on_with_a_daemon_that_was_killed(machine: Machine, probe: SocketProbe, probed: Session,
                                                        rooms: Rooms) -> None:
    room = rooms.listen()
    task = probe.make(f"make {room.url}")
    probe.do(f"stream {task}")
    probe.do("attach")
    probe.do(f"connect {task}")
    assert probe.read() == OPENED
    probe.send("read")
    wait_until(lambda: types(probed) == [], "the acknowledgement")
    kill_daemon(machine.client())
    wait_until(lambda: len(room.sockets) == 2, "another connection", 30)
    said = [probe.hear("read", timeout=30)["event"]]
    while said[-1] != OPENED:
        said.append(probe.read())
    assert [event["type"] for event in said[:-1]] in ([], ["closed"], ["closed", "waiting"])
    rooms.say(room, "again")
    assert probe.read() == text(5)
