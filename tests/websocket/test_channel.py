"""The live channel: framing, back-pressure both ways, its life beside that of connections, and going back to durable."""

import contextlib
import random
import threading
from pathlib import Path
from typing import Iterator

import pytest

from harness.channel import BINARY, CLOSED, OPENED, TEXT, Channel, Record, Truncated, head
from harness.client import Session, WebSocket
from harness.deadline import wait_stable
from harness.machine import Machine
from servers.websocket import frames
from servers.websocket.adversary import Adversary
from servers.websocket.frames import Frame, Message
from servers.websocket.handshakes import Accept
from servers.websocket.peer import Peer
from websocket.expect import (again, events_of, failed, finished, inbox, opened, part, until, wait_inbox,
                              wait_opened)

MIB = 1 << 20
PIPE = 24 * MIB  # more than the kernel keeps between client, daemon and server


def live(session: Session, server: Adversary, *subprotocols: str, **options: object) -> tuple[WebSocket, Peer, Channel]:
    """A task of live delivery with its channel, which has told of the connection."""
    task, peer = opened(session, server.serve(Accept(subprotocol=subprotocols[0] if subprotocols else None)), *subprotocols,
                        **{"delivery": "live", **options})
    channel = task.open_channel()
    assert channel.expect(OPENED).payload == (subprotocols[0].encode() if subprotocols else b"")
    return task, peer, channel


def fill(take, unit: bytes, most: int) -> int:
    """Writes `unit` again and again for as long as it is taken; bytes."""
    done = 0

    def push() -> int:
        nonlocal done
        while done < most and (count := take((unit * 2)[done % len(unit):][:len(unit)])):
            done += count
        return done
    wait_stable(push, "the pipe to be full", timeout=60)
    return done


def test_messages_both_ways(session: Session, server: Adversary) -> None:
    task, peer, channel = live(session, server, "chat")
    noise = random.Random(4).randbytes(MIB)
    words = [Message(frames.TEXT, b""), Message(frames.TEXT, "größer 🙂".encode()), Message(frames.BINARY, b""), Message(frames.BINARY, noise),
             Message(frames.TEXT, b"a\0b"), Message(frames.BINARY, bytes(126))]
    for word in words:
        peer.message(word)
        assert channel.receive() == Record(word.opcode, word.data)
        channel.send(word.opcode, word.data)
        assert peer.receive() == word
    assert events_of(session, task, "message", "sent") == [], "nothing of it is journalled"
    assert task.details()["delivery"] == "live"


def test_many_records_in_one_write_and_one_in_many(session: Session, server: Adversary) -> None:
    _, peer, channel = live(session, server)
    data = b"".join(head(TEXT, 5) + f"{number:5}".encode() for number in range(1000))
    channel.raw(data)
    assert [peer.receive().text for _ in range(1000)] == [f"{number:5}" for number in range(1000)]
    for byte in head(BINARY, 3) + b"abc" + head(TEXT, 0) + head(TEXT, 1) + b"x":
        channel.raw(bytes([byte]))
    assert [peer.receive().data for _ in range(3)] == [b"abc", b"", b"x"]


def test_a_stream_of_messages_both_ways_at_once(session: Session, server: Adversary) -> None:
    _, peer, channel = live(session, server)
    count, data = 300, bytes(20_000)

    def talk() -> None:
        for number in range(count):
            channel.binary(number.to_bytes(4, "big") + data)
    writer = threading.Thread(target=talk)
    echoing = threading.Thread(target=lambda: [peer.message(peer.receive()) for _ in range(count)])
    writer.start()
    echoing.start()
    for number in range(count):
        assert channel.expect(BINARY).payload == number.to_bytes(4, "big") + data
    writer.join()
    echoing.join()


def test_a_message_of_16_mib(session: Session, server: Adversary) -> None:
    _, peer, channel = live(session, server, max_message=64 * MIB)
    noise = random.Random(5).randbytes(16 * MIB)
    sending = threading.Thread(target=channel.binary, args=(noise,))
    sending.start()
    assert peer.receive(60).data == noise
    sending.join()
    sending = threading.Thread(target=peer.binary, args=(noise,))
    sending.start()
    assert channel.expect(BINARY, 60).payload == noise
    sending.join()


def test_without_a_channel_nothing_is_read(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve(), delivery="live")
    peer.text("first")
    taken = fill(peer.take, Frame(frames.BINARY, bytes(60_000)).encode(), 2 * PIPE)
    assert taken < PIPE and inbox(session, task) == []
    channel = task.open_channel()
    channel.expect(OPENED)
    assert channel.expect(TEXT).text == "first"
    for _ in range(taken // 60_004):
        assert channel.expect(BINARY).payload == bytes(60_000)


@pytest.mark.machine(log_level="info")
def test_a_client_that_never_reads_stops_the_server(machine: Machine, session: Session, server: Adversary) -> None:
    task, peer, channel = live(session, server)
    before = machine.daemon.resident_bytes
    taken = fill(peer.take, Frame(frames.BINARY, bytes(60_000)).encode(), 2 * PIPE)
    assert taken < PIPE, f"{taken} bytes were taken although nobody reads them"
    if not machine.daemon.is_sanitized:
        assert machine.daemon.resident_bytes - before < 16 * MIB
    for _ in range(taken // 60_004):
        assert channel.expect(BINARY).payload == bytes(60_000)
    assert task.state == "running"


@pytest.mark.machine(log_level="info")
def test_a_server_that_never_reads_stops_the_client(machine: Machine, session: Session, server: Adversary) -> None:
    task, peer, channel = live(session, server)
    peer.bounded()
    before = machine.daemon.resident_bytes
    record = head(BINARY, 60_000) + bytes(60_000)
    taken = fill(channel.take, record, 2 * PIPE)
    assert taken < PIPE, f"{taken} bytes were taken although the server reads none"
    if not machine.daemon.is_sanitized:
        assert machine.daemon.resident_bytes - before < 16 * MIB
    for _ in range(taken // len(record)):
        assert peer.receive().data == bytes(60_000)
    assert task.state == "running"


@pytest.mark.parametrize("misuse", [
    head(3, 0), head(0, 1) + b"x", head(255, 0), head(9, 0), b"\x01\x01\0\0\0\0\0\0", head(TEXT, 2) + b"\xc3(", head(TEXT, 1) + b"\xff",
    head(BINARY, MIB + 1), head(TEXT, (1 << 32) - 1), head(8, 1) + b"\x03", head(8, 2) + (1005).to_bytes(2, "big"),
    head(8, 200) + (1000).to_bytes(2, "big") + b"x" * 198],
    ids=["type 3", "type 0", "type 255", "type 9", "no zeros", "bad UTF-8", "bad byte", "too long", "far too long", "half a code",
         "a code that may not be sent", "a long reason"])
def test_misuse_ends_the_channel_and_not_the_task(session: Session, server: Adversary, misuse: bytes) -> None:
    task, peer, channel = live(session, server)
    channel.text("good")
    channel.raw(misuse)
    assert peer.receive().text == "good"
    channel.wait_end()
    assert task.state == "running"
    with task.open_channel() as second:
        second.expect(OPENED)
        second.text("better")
        assert peer.receive().text == "better"


def test_the_limit_of_a_message(session: Session, server: Adversary) -> None:
    task, peer, channel = live(session, server, max_message=1000)
    channel.binary(bytes(1000))
    assert peer.receive().data == bytes(1000)
    peer.binary(bytes(1000))
    assert channel.expect(BINARY).payload == bytes(1000)
    peer.binary(bytes(1001))
    assert channel.expect(CLOSED).close[0] == 1009
    failed(task, "limit")
    assert channel.wait_end() == []


@pytest.mark.parametrize("part_of", [b"\x01", head(TEXT, 4) + b"ab"], ids=["of a head", "of a payload"])
def test_a_channel_that_ends_in_a_record_sends_none(session: Session, server: Adversary, part_of: bytes) -> None:
    task, peer, channel = live(session, server)
    channel.text("whole")
    channel.raw(part_of)
    channel.close()
    assert peer.receive().text == "whole"
    with task.open_channel() as second:
        second.expect(OPENED)
        second.text("next")
        assert peer.receive().text == "next"


def test_a_half_closed_channel_sends_what_it_had(session: Session, server: Adversary) -> None:
    task, peer, channel = live(session, server)
    for number in range(100):
        channel.text(str(number))
    channel.half_close()
    assert [peer.receive().text for _ in range(100)] == [str(number) for number in range(100)]
    assert task.state == "running"


def test_a_new_channel_closes_the_one_before(session: Session, server: Adversary) -> None:
    task, peer, first = live(session, server)
    second = task.open_channel()
    assert first.wait_end() == []
    second.expect(OPENED)
    peer.text("to the second")
    assert second.expect(TEXT).text == "to the second"


def test_goodbyes_of_the_client(session: Session, server: Adversary) -> None:
    task, peer, channel = live(session, server)
    channel.text("last")
    channel.say_goodbye(3001, "enough")
    assert peer.receive().text == "last"
    goodbye = part(peer)
    assert (goodbye.code, goodbye.reason) == (3001, "enough")
    finished(task)
    assert all(record.type == CLOSED for record in channel.wait_end())


@pytest.mark.parametrize("code, reason", [(1000, "done"), (4000, "größer")])
def test_goodbyes_of_the_server(session: Session, server: Adversary, code: int, reason: str) -> None:
    task, peer, channel = live(session, server)
    peer.text("last")
    peer.close(code, reason)
    assert channel.expect(TEXT).text == "last"
    assert channel.expect(CLOSED).close == (code, reason)
    assert channel.wait_end() == [], "it ends with the task"
    task.wait()


def test_a_goodbye_without_a_code(session: Session, server: Adversary) -> None:
    task, peer, channel = live(session, server)
    peer.close(None)
    record = channel.expect(CLOSED)
    assert record.payload == b"" and record.close == (1005, "")


def test_it_outlives_a_connection(session: Session, server: Adversary) -> None:
    endpoint = server.serve(Accept(subprotocol="a"), Accept(subprotocol="b"))
    task, peer = opened(session, endpoint, "a", "b", delivery="live")
    channel = task.open_channel()
    assert channel.expect(OPENED).payload == b"a"
    peer.reset()
    assert channel.expect(CLOSED).close[0] == 1006
    channel.text("for the next")
    second = endpoint.peer()
    assert channel.expect(OPENED).payload == b"b"
    assert second.receive().text == "for the next"
    second.text("hello")
    assert channel.expect(TEXT).text == "hello"


def test_its_end_shows_that_something_was_not_read(session: Session, server: Adversary) -> None:
    endpoint = server.serve(Accept(), Accept(gate=threading.Event()))
    task, peer = opened(session, endpoint, delivery="live")
    channel = task.open_channel()
    channel.expect(OPENED)
    peer.reset()
    channel.expect(CLOSED)
    channel.text("nobody will read this")
    task.cancel()
    with pytest.raises(ConnectionResetError):
        channel.receive()


def test_nothing_is_read_from_it_between_connections(session: Session, server: Adversary) -> None:
    gate = threading.Event()
    endpoint = server.serve(Accept(), Accept(gate=gate))
    task, peer = opened(session, endpoint, delivery="live")
    channel = task.open_channel()
    channel.expect(OPENED)
    peer.reset()
    channel.expect(CLOSED)
    record = head(BINARY, 60_000) + bytes(60_000)
    taken = fill(channel.take, record, 2 * PIPE)
    assert taken < PIPE
    gate.set()
    second = endpoint.peer()
    for _ in range(taken // len(record)):
        assert second.receive().data == bytes(60_000)


def test_it_may_be_there_before_the_connection(session: Session, server: Adversary) -> None:
    endpoint = server.serve(Accept(first=Frame(frames.TEXT, b"first").encode()))
    task = session.websocket(endpoint.url, [], delivery="live")
    channel = task.open_channel()
    channel.text("early")
    task.resume()
    channel.expect(OPENED)
    assert endpoint.peer().receive().text == "early"
    assert channel.expect(TEXT).text == "first"


def test_durable_live_and_durable_again(session: Session, server: Adversary) -> None:
    """Nothing is lost at either turn, and nothing comes twice: each message is an event or has come through the channel."""
    task, peer = opened(session, server.serve())
    peer.text("durable 0")
    wait_inbox(session, task, "durable 0")
    channel = task.open_channel()
    channel.expect(OPENED)
    peer.text("live 0")
    assert channel.expect(TEXT).text == "live 0"
    assert inbox(session, task) == ["durable 0"]
    channel.close()
    until(lambda: (peer.text("probe"), "probe" in inbox(session, task))[1], "the channel's end to be seen")
    peer.text("durable 1")
    until(lambda: inbox(session, task)[-1] == "durable 1", "the last message")
    assert task.send("still here") == 1
    assert peer.receive().text == "still here"


def whole_records(channel: Channel) -> Iterator[Record]:
    """Those of texts that come before the end, which may be in the middle of one."""
    with contextlib.suppress(Truncated, ConnectionResetError):
        while (record := channel.receive()) is not None:
            if record.type == TEXT:
                yield record


def test_a_channel_that_closes_in_a_stream_leaves_the_rest_as_events(session: Session, server: Adversary) -> None:
    """What the daemon has not handed to the channel becomes events, in order and without a gap."""
    task, peer = opened(session, server.serve())
    channel = task.open_channel()
    channel.expect(OPENED)
    count = 3000
    sending = threading.Thread(target=lambda: [peer.text(f"{number} " + "x" * 1000) for number in range(count)])
    sending.start()
    read = [int(channel.expect(TEXT).text.split()[0]) for _ in range(500)]
    channel.half_close()
    rest = [int(record.payload.split()[0]) for record in whole_records(channel)]
    sending.join()
    handed = read + rest
    assert handed == list(range(len(handed)))
    until(lambda: [str(word).split()[0] for word in inbox(session, task)[-1:]] == [str(count - 1)], "the last message", 30)
    stored = [int(str(word).split()[0]) for word in inbox(session, task)]
    assert stored == list(range(len(handed), count)), "the events go on where the channel ended"


def test_sends_and_the_channel_share_the_connection(session: Session, server: Adversary) -> None:
    task, peer, channel = live(session, server)
    task.send("durable")
    assert peer.receive().text == "durable"
    channel.text("live")
    assert peer.receive().text == "live"


def test_it_ends_with_its_task(session: Session, server: Adversary) -> None:
    task, _, channel = live(session, server)
    task.cancel()
    assert all(record.type == CLOSED for record in channel.wait_end())
    other, _, second = live(session, server)
    other.close()
    assert all(record.type == CLOSED for record in second.wait_end(30))


def test_it_ends_with_the_daemon_and_can_be_opened_again(machine: Machine, session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    task, _ = opened(session, endpoint, delivery="live")
    channel = task.open_channel()
    channel.expect(OPENED)
    machine.daemon.kill()
    channel.wait_end()
    machine.daemon.start()
    task, session = again(machine, task)
    peer = endpoint.peer()
    wait_opened(session, task, 2)
    with task.open_channel() as second:
        second.expect(OPENED)
        peer.text("again")
        assert second.expect(TEXT).text == "again"


def test_a_client_that_dies_leaves_a_live_task_waiting(machine: Machine, session: Session, server: Adversary) -> None:
    task, peer, channel = live(session, server)
    # On its way through the bus, the client's end had copies: what is written while one is open is handed over.
    files = Path("/proc", str(machine.daemon.pid), "fd")
    with_channel = wait_stable(lambda: len(list(files.iterdir())), "the descriptors that the daemon has")
    channel.close()
    until(lambda: len(list(files.iterdir())) < with_channel, "the channel's end to be seen")
    peer.text("for the next client")
    with WebSocket(machine.client().connection, task.path).open_channel() as second:
        second.expect(OPENED)
        assert second.expect(TEXT).text == "for the next client"
