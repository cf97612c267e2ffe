"""Durable messages that come in: in order, whole, and there until they are acknowledged."""

import random
import signal

import pytest

from harness.client import Session
from harness.machine import Machine
from servers.websocket.adversary import Adversary
from servers.websocket.frames import BINARY, CLOSE, PING, TEXT, Frame, close_payload, fragments
from servers.websocket.handshakes import Accept
from servers.websocket.peer import Peer
from websocket.expect import (Word, again, closes, events_of, failed, finished, inbox, opened, types, wait_inbox, wait_opened)

MIB = 1 << 20
WORDS: list[Word] = ["first", b"second", "", b"", "größer, 字, 🙂", bytes(range(256)), "a\nb", "last"]


def say(peer: Peer, words: list[Word]) -> None:
    for word in words:
        peer.text(word) if isinstance(word, str) else peer.binary(word)


def test_messages_come_in_order_with_their_types(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    say(peer, WORDS)
    wait_inbox(session, task, *WORDS)
    assert types(session, task) == ["opened"] + ["message"] * len(WORDS)
    numbers = [event.seq for event in session.events()]
    assert numbers == list(range(1, len(WORDS) + 2))


def test_the_event_that_tells_of_the_connection(session: Session, server: Adversary) -> None:
    endpoint = server.serve(Accept(subprotocol="chat"), secret="opensesame")
    task, _ = opened(session, endpoint, "other", "chat")
    event, = events_of(session, task, "opened")
    assert event.details["url"] == endpoint.url.partition("?")[0]
    assert event.details["subprotocol"] == "chat"


def test_a_text_with_a_nul_comes_as_data(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    say(peer, ["a\0b", "\0", "plain"])
    wait_inbox(session, task, "a\0b", "\0", "plain")
    one, two, three = (event.details for event in events_of(session, task, "message"))
    assert (one["type"], bytes(one["data"])) == ("text", b"a\0b") and "text" not in one
    assert (two["type"], bytes(two["data"])) == ("text", b"\0")
    assert (three["type"], three["text"]) == ("text", "plain")


def test_large_messages_in_one_frame_and_in_many(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    data = random.Random(1).randbytes(MIB)
    text = "é" * (MIB // 2)
    peer.binary(data)
    peer.text(text)
    peer.fragmented(BINARY, *(data[offset:offset + 1000] for offset in range(0, MIB, 1000)))
    wait_inbox(session, task, data, text, data)


def test_fragments_make_one_message(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    peer.fragmented(TEXT, *(bytes([byte]) for byte in "größer 字".encode()))
    peer.fragmented(TEXT, b"", b"", b"x", b"")
    peer.fragmented(BINARY, b"", b"")
    wait_inbox(session, task, "größer 字", "x", b"")


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_frames_in_any_pieces_of_the_stream(session: Session, server: Adversary, size: int) -> None:
    task, peer = opened(session, server.serve())
    data = b"".join(frame.encode() for frame in [
        Frame(TEXT, b"one"), Frame(BINARY, bytes(300)), *fragments(TEXT, b"tw", b"o"), Frame(PING), Frame(TEXT, b"three")])
    for offset in range(0, len(data), size):
        peer.raw(data[offset:offset + size])
    wait_inbox(session, task, "one", bytes(300), "two", "three")


def test_what_comes_with_the_handshake_is_not_lost(session: Session, server: Adversary) -> None:
    first = Frame(TEXT, b"at once").encode() + Frame(BINARY, bytes(100_000)).encode()
    task, _ = opened(session, server.serve(Accept(first=first)))
    wait_inbox(session, task, "at once", bytes(100_000))
    assert types(session, task)[0] == "opened"


def test_they_are_read_again_until_they_are_acknowledged(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    say(peer, ["a", "b", "c"])
    wait_inbox(session, task, "a", "b", "c")
    events = session.events()
    assert session.events() == events
    session.acknowledge(events[2].seq)
    assert session.events() == events[3:] and inbox(session, task) == ["c"]
    say(peer, ["d"])
    wait_inbox(session, task, "c", "d")
    session.acknowledge(session.events()[-1].seq)
    assert session.events() == []


def test_they_outlive_the_daemon(machine: Machine, session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    task, peer = opened(session, endpoint)
    say(peer, WORDS)
    wait_inbox(session, task, *WORDS)
    before = session.events()
    machine.restart()
    task, session = again(machine, task)
    second = endpoint.peer()
    wait_opened(session, task, 2)
    assert session.events()[:len(before)] == before
    session.acknowledge(before[-1].seq)
    say(second, ["more"])
    wait_inbox(session, task, "more")
    machine.restart()
    assert inbox(again(machine, task)[1], task) == ["more"], "what was acknowledged stays gone"


@pytest.mark.parametrize("count", [1, 10, 300])
def test_a_goodbye_is_answered_when_all_is_journalled(machine: Machine, session: Session, server: Adversary, count: int) -> None:
    """The answer is there, and in the same moment the daemon is killed."""
    task, peer = opened(session, server.serve())
    words: list[Word] = [f"{number} " + "x" * 1000 for number in range(count)]
    peer.send(*(Frame(TEXT, str(word).encode()) for word in words), Frame(CLOSE, close_payload(1000, b"done")))
    peer.goodbye()
    machine.daemon.kill()
    machine.daemon.start()
    task, session = again(machine, task)
    assert inbox(session, task) == words
    finished(task)
    assert types(session, task).count("completed") == 1 and len(closes(session, task)) == 1


def test_a_stopped_daemon_loses_nothing_that_it_answers(machine: Machine, session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    task, peer = opened(session, endpoint)
    machine.daemon.send_signal(signal.SIGSTOP)
    say(peer, ["a", "b"])
    peer.close(1001)
    machine.daemon.send_signal(signal.SIGCONT)
    assert peer.goodbye().code == 1001
    assert inbox(session, task) == ["a", "b"]


def test_a_whole_conversation_with_its_end(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    say(peer, ["a"])
    peer.close(1000, "done")
    finished(task)
    assert types(session, task) == ["opened", "message", "closed", "completed"]
    assert closes(session, task)[0].reason == "done"


def test_messages_behind_a_goodbye_are_none(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    peer.send(Frame(TEXT, b"before"), Frame(CLOSE, close_payload(1000)), Frame(TEXT, b"after"))
    finished(task)
    assert inbox(session, task) == ["before"]


def test_half_a_message_is_none(session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    task, peer = opened(session, endpoint)
    peer.send(Frame(TEXT, b"whole"), Frame(TEXT, b"half", fin=False))
    peer.reset()
    second = endpoint.peer()
    wait_opened(session, task, 2)
    second.text("new")
    wait_inbox(session, task, "whole", "new")


def test_messages_of_an_ended_task_stay_readable(machine: Machine, session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    say(peer, ["a", b"b"])
    peer.close(3000)
    failed(task, "rejected")
    task.remove()
    machine.daemon.kill()
    machine.daemon.start()
    assert inbox(again(machine, task)[1], task) == ["a", b"b"]


def test_two_tasks_of_a_session_share_its_queue(session: Session, server: Adversary) -> None:
    first, one = opened(session, server.serve())
    second, two = opened(session, server.serve())
    for number in range(20):
        say(one, [f"one {number}"])
        say(two, [f"two {number}"])
    wait_inbox(session, first, *(f"one {number}" for number in range(20)))
    wait_inbox(session, second, *(f"two {number}" for number in range(20)))
    assert [event.seq for event in session.events()] == list(range(1, 43))


def test_an_attached_client_is_told(session: Session, server: Adversary) -> None:
    session.attach()
    task, peer = opened(session, server.serve())
    session.acknowledge(session.events()[-1].seq)
    peer.text("news")
    told = session.connection.wait_signal(lambda s: s.member == "EventsAvailable" and s.body[1] >= 2, "the message")
    assert told.body == (2, 2)
    wait_inbox(session, task, "news")
