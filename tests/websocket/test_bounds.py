"""What a server can make grow has a bound: the inbox, by messages and by bytes, and what happens when it is full."""

import pytest

from harness.client import Session, Task
from harness.deadline import wait_stable
from harness.machine import Machine
from servers.websocket.adversary import Adversary
from servers.websocket.frames import BINARY, TEXT, Frame
from servers.websocket.peer import Peer
from websocket.expect import again, all_events, events_of, inbox, opened, until, wait_inbox, wait_opened

MIB = 1 << 20
SIZE = 64 << 10
PIPE = 16 * MIB  # more than the kernel keeps between two ends of loopback


class Pressure:
    """Numbered messages of SIZE bytes, as many as the daemon takes."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._left = b""  # of the message that was begun last
        self.begun = 0
        self.taken = 0  # bytes

    def finish(self) -> bool:
        """Pushes on with the last message; whether it is gone."""
        count = self._peer.take(self._left) if self._left else 0
        self._left, self.taken = self._left[count:], self.taken + count
        return not self._left

    def until_full(self) -> "Pressure":
        """Until nothing more is taken, or more than any pipe holds was."""
        def pushed() -> int:
            while self.taken < 2 * PIPE and self.finish():
                self._left = Frame(BINARY, numbered(self.begun)).encode()
                self.begun += 1
            return self.taken
        wait_stable(pushed, "the pipe to be full", timeout=30)
        return self


def numbered(number: int) -> bytes:
    return number.to_bytes(4, "big") * (SIZE // 4)


def numbers(session: Session, task: Task) -> list[int]:
    """Of the messages that wait, each checked."""
    found = []
    for word in inbox(session, task):
        assert isinstance(word, bytes)
        found.append(int.from_bytes(word[:4], "big"))
        assert word == numbered(found[-1])
    return found


@pytest.mark.machine(log_level="info")
@pytest.mark.parametrize("bound", [{"inbox_messages": 5}, {"inbox_bytes": 5 * SIZE}], ids=["messages", "bytes"])
def test_a_full_inbox_stops_the_server(machine: Machine, session: Session, server: Adversary, bound: dict) -> None:
    task, peer = opened(session, server.serve(), **bound)
    until(lambda: task.state == "running", "running")
    before = machine.daemon.resident_bytes
    pressure = Pressure(peer).until_full()
    assert pressure.taken < PIPE, f"{pressure.taken} bytes were taken from a server although nobody reads them"
    if not machine.daemon.is_sanitized:
        assert machine.daemon.resident_bytes - before < 8 * MIB
    assert numbers(session, task) == [0, 1, 2, 3, 4]
    assert task.state == "running"
    seen: list[int] = []
    while len(seen) < pressure.begun:
        pressure.finish()
        events = until(lambda: events_of(session, task, "message"), "messages after the acknowledgement")
        assert len(events) <= 5
        seen += [int.from_bytes(bytes(event.details["data"])[:4], "big") for event in events]
        session.acknowledge(events[-1].seq)
    assert seen == list(range(pressure.begun)), "none is lost, none comes twice, and the order holds"


def test_a_full_inbox_is_full_after_a_kill_too(machine: Machine, session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    task, peer = opened(session, endpoint, inbox_messages=3)
    peer.send(*(Frame(TEXT, str(number).encode()) for number in range(3)))
    wait_inbox(session, task, "0", "1", "2")
    machine.restart()
    task, session = again(machine, task)
    second = endpoint.peer()
    second.text("3")
    wait_opened(session, task, 2)
    first = session.events()
    assert inbox(session, task) == ["0", "1", "2"]
    session.acknowledge(first[-1].seq)
    wait_inbox(session, task, "3")


def test_a_full_inbox_still_answers_no_goodbye_before_it_has_room(session: Session, server: Adversary) -> None:
    """The goodbye stands behind messages that are not read yet."""
    task, peer = opened(session, server.serve(), inbox_messages=1)
    peer.send(Frame(TEXT, b"0"), Frame(TEXT, b"1"))
    wait_inbox(session, task, "0")
    peer.close(1000)
    session.acknowledge(session.events()[-1].seq)
    wait_inbox(session, task, "1")
    session.acknowledge(session.events()[-1].seq)
    assert peer.goodbye().code == 1000
    assert task.wait() == ("finished", "")


def test_the_oldest_are_dropped_where_that_was_asked_for(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve(), inbox_messages=5, overflow="drop-oldest")
    peer.send(*(Frame(TEXT, str(number).encode()) for number in range(20)))
    until(lambda: inbox(session, task)[-1:] == ["19"], "the last message")
    waiting = inbox(session, task)
    assert waiting == [str(number) for number in range(20 - len(waiting), 20)] and len(waiting) <= 5
    dropped = events_of(session, task, "messages-dropped")
    assert sum(event.details["messages"] for event in dropped) == 20 - len(waiting)
    assert dropped[-1].seq < events_of(session, task, "message")[0].seq, "it stands in their place"
    session.acknowledge(session.events()[-1].seq)
    peer.text("20")
    wait_inbox(session, task, "20")
    assert events_of(session, task, "messages-dropped") == []


def test_one_event_stands_for_all_that_were_dropped(machine: Machine, session: Session, server: Adversary) -> None:
    """However many they are, the queue does not grow."""
    task, peer = opened(session, server.serve(), inbox_messages=10, overflow="drop-oldest")
    for number in range(1000):
        peer.text(str(number))
    until(lambda: inbox(session, task)[-1:] == ["999"], "the last message")
    machine.restart()
    task, session = again(machine, task)
    events = all_events(session)
    assert len([event for event in events if event.type == "messages-dropped"]) <= 2, events
    assert len([event for event in events if event.type == "message"]) <= 10
    total = sum(event.details.get("messages", 1) for event in events if event.type in ("message", "messages-dropped"))
    assert total == 1000


def test_bytes_are_dropped_too(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve(), inbox_bytes=5 * SIZE, overflow="drop-oldest")
    peer.send(*(Frame(BINARY, numbered(number)) for number in range(20)))
    until(lambda: numbers(session, task)[-1:] == [19], "the last message")
    waiting = numbers(session, task)
    assert waiting == list(range(20 - len(waiting), 20)) and 1 <= len(waiting) <= 5
    assert sum(event.details["messages"] for event in events_of(session, task, "messages-dropped")) == 20 - len(waiting)


def test_a_message_larger_than_the_inbox_does_not_hang_for_ever(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve(), inbox_bytes=1000)
    peer.binary(bytes(2000))
    wait_inbox(session, task, bytes(2000))
    session.acknowledge(session.events()[-1].seq)
    peer.text("next")
    wait_inbox(session, task, "next")


def test_a_full_default_inbox_can_be_read(session: Session, server: Adversary) -> None:
    """64 MiB in messages of 1 MiB: more than D-Bus takes in one array."""
    task, peer = opened(session, server.serve())
    for number in range(64):
        peer.binary(number.to_bytes(1, "big") * MIB)
    seen: list[int] = []

    def read() -> bool:
        for event in session.events(after=0):
            if event.type == "message":
                data = bytes(event.details["data"])
                assert data == data[:1] * MIB
                seen.append(data[0])
            session.acknowledge(event.seq)
        return len(seen) >= 64

    until(lambda: sum(1 for event in all_events(session) if event.type == "message") == 64, "all messages", 60)
    until(read, "all messages once more", 60)
    assert seen == list(range(64))


def test_one_full_inbox_delays_no_other(session: Session, server: Adversary) -> None:
    full, pressing = opened(session, server.serve(), inbox_messages=1)
    Pressure(pressing).until_full()
    other, peer = opened(session, server.serve())
    other.send("ping")
    assert peer.receive().text == "ping"
    peer.text("pong")
    wait_inbox(session, other, "pong")
    assert len(inbox(session, full)) == 1
