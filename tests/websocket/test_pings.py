"""Pings both ways: each of the server's has its own pong, each of ours its own answer."""

import pytest

from bus.expect import refused
from harness.client import Session, microseconds
from harness.deadline import wait_stable
from harness.machine import Machine
from servers.websocket.adversary import Adversary
from servers.websocket.frames import CONTINUATION, PING, PONG, TEXT, Frame
from servers.websocket.peer import Peer
from websocket.expect import opened, types, wait_inbox

LONGEST = bytes(range(125))


def pongs(peer: Peer, count: int) -> list[bytes]:
    found = []
    while len(found) < count:
        frame = peer.frame()
        assert frame.opcode == PONG, frame
        found.append(frame.payload)
    return found


@pytest.mark.parametrize("payload", [b"", b"x", b"\xff\xfe\0", LONGEST], ids=["empty", "one byte", "no text", "the longest"])
def test_a_pong_has_the_pings_payload(session: Session, server: Adversary, payload: bytes) -> None:
    _, peer = opened(session, server.serve())
    peer.ping(payload)
    assert pongs(peer, 1) == [payload]


@pytest.mark.parametrize("count", [2, 100, 1000])
def test_every_single_ping_back_to_back_is_answered(session: Session, server: Adversary, count: int) -> None:
    _, peer = opened(session, server.serve())
    payloads = [f"ping {number}".encode() for number in range(count)]
    peer.send(*(Frame(PING, payload) for payload in payloads))
    assert pongs(peer, count) == payloads


def test_pings_between_fragments_are_answered_before_the_message_ends(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    peer.send(Frame(TEXT, b"one ", fin=False), Frame(PING, b"1"))
    assert pongs(peer, 1) == [b"1"]
    peer.send(Frame(CONTINUATION, b"two ", fin=False), Frame(PING, b"2"), Frame(PING, b"3"), Frame(CONTINUATION, b"three"))
    assert pongs(peer, 2) == [b"2", b"3"]
    wait_inbox(session, task, "one two three")


def test_a_ping_byte_by_byte(session: Session, server: Adversary) -> None:
    _, peer = opened(session, server.serve())
    for byte in Frame(PING, b"slow").encode():
        peer.raw(bytes([byte]))
    assert pongs(peer, 1) == [b"slow"]


def test_pings_are_answered_between_our_own_messages(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    for number in range(20):
        task.send(f"message {number}")
        peer.ping(str(number).encode())
    frames = [peer.frame() for _ in range(40)]
    assert [frame.payload for frame in frames if frame.opcode == PONG] == [str(number).encode() for number in range(20)]
    assert [frame.payload for frame in frames if frame.opcode == TEXT] == [f"message {number}".encode() for number in range(20)]


def test_pongs_that_nobody_asked_for_are_passed_over(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    peer.send(Frame(PONG), Frame(PONG, b"unasked"), Frame(TEXT, b"x", fin=False), Frame(PONG, LONGEST), Frame(CONTINUATION, b"y"))
    wait_inbox(session, task, "xy")
    assert types(session, task) == ["opened", "message"]


@pytest.mark.machine(log_level="info")
def test_a_flood_of_pings_from_a_server_that_does_not_read(machine: Machine, session: Session, server: Adversary) -> None:
    """The pongs have nowhere to go: the daemon stops reading, or drops old ones, and does not grow."""
    task, peer = opened(session, server.serve())
    peer.bounded()
    before = machine.daemon.resident_bytes
    ping = Frame(PING, LONGEST).encode()
    sent = 0

    def pour() -> int:
        nonlocal sent
        while sent < 128 << 20 and (count := peer.take((ping * 1000)[sent % len(ping):])):
            sent += count
        return sent
    wait_stable(pour, "the pipe to be full, or enough to be taken", timeout=60)
    if not machine.daemon.is_sanitized:
        assert machine.daemon.resident_bytes - before < 8 << 20
    assert task.state == "running"


def test_ping_returns_when_its_pong_is_there(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    call = task.socket.begin("Ping")
    frame = peer.frame()
    assert frame.opcode == PING and frame.payload
    assert not task.connection.is_answered(call)
    peer.pong(b"another")
    peer.text("marker")
    wait_inbox(session, task, "marker")
    assert not task.connection.is_answered(call), "that was not its pong"
    peer.pong(frame.payload)
    assert 0 < task.socket.result(call) < microseconds(60)


def test_several_under_way_have_their_own_pongs(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    calls, payloads = [], []
    for _ in range(10):
        calls.append(task.socket.begin("Ping"))
        payloads.append(peer.frame().payload)
    assert len(set(payloads)) == 10
    for index in (7, 3, 9):
        peer.pong(payloads[index])
        assert task.socket.result(calls[index]) > 0
    assert not task.connection.is_answered(calls[8])
    for index in (8, 0, 1, 2, 4, 5, 6):
        peer.pong(payloads[index])
        assert task.socket.result(calls[index]) > 0


def test_the_same_pong_twice_answers_once(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    first = task.socket.begin("Ping")
    payload = peer.frame().payload
    peer.send(Frame(PONG, payload), Frame(PONG, payload))
    assert task.socket.result(first) > 0
    second = task.socket.begin("Ping")
    other = peer.frame().payload
    assert other != payload and not task.connection.is_answered(second)
    peer.pong(other)
    task.socket.result(second)


def test_too_many_under_way(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    calls = [task.socket.begin("Ping") for _ in range(100)]
    payloads = [peer.frame().payload for _ in range(100)]
    with refused("LimitExceeded"):
        task.ping()
    for payload in payloads:
        peer.pong(payload)
    for call in calls:
        task.socket.result(call)
    last = task.socket.begin("Ping")
    peer.pong(peer.frame().payload)
    task.socket.result(last)


def test_without_a_connection_there_is_no_ping(session: Session, server: Adversary) -> None:
    with refused("InvalidState"):
        session.websocket("ws://127.0.0.1:9/").ping()
    task, peer = opened(session, server.serve(), reconnect=False)
    call = task.socket.begin("Ping")
    peer.frame()
    peer.reset()
    with refused("InvalidState"):
        task.socket.result(call)
    task.wait()
    with refused("InvalidState"):
        task.ping()


def test_a_kill_ends_a_ping(machine: Machine, session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    call = task.socket.begin("Ping")
    peer.frame()
    machine.daemon.kill()
    with pytest.raises(Exception, match="NoReply|ServiceUnknown|disconnect"):
        task.socket.result(call)
    machine.daemon.start()
