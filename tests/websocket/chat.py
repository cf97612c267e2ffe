"""A chat server that talks on, goes down and comes up, and an account of what it said and what its reader saw."""

import threading
from dataclasses import dataclass, field
from typing import Iterable

from harness.app import App
from servers.websocket.frames import CLOSE, PING, TEXT
from servers.websocket.peer import Gone, Peer

_PACE = 0.002  # seconds between two messages


@dataclass
class Line:
    """One connection, as the server saw it."""

    number: int
    said: int = 0  # messages, numbered from 0
    is_promised: bool = False  # the client has answered the goodbye: it has all of them
    heard: list[str] = field(default_factory=list)


class Chat:
    """A conduct of an Endpoint. Each connection hears "LINE:NUMBER" again and again, until the server goes down."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._changed = threading.Lock()
        self._goes_down = threading.Event()
        self._is_over = False

    def __call__(self, peer: Peer) -> None:
        with self._changed:
            line = Line(len(self.lines))
            self.lines.append(line)
        try:
            while not self._goes_down.wait(_PACE):
                peer.text(f"{line.number}:{line.said}")
                line.said += 1
                while peer.is_readable():
                    self._hear(peer, line)
            peer.close(1000 if self._is_over else 1012)
            while not self._hear(peer, line):
                pass
            line.is_promised = True
        except Gone:
            pass

    def go_down(self) -> None:
        """Says goodbye to everyone. Until up() each new connection hears a goodbye at once."""
        self._goes_down.set()

    def up(self) -> None:
        self._goes_down.clear()

    def end(self) -> None:
        """For good."""
        self._is_over = True
        self.go_down()

    def _hear(self, peer: Peer, line: Line) -> bool:
        """Whether it was a goodbye."""
        frame = peer.frame(60)
        if frame.opcode == TEXT:
            line.heard.append(frame.payload.decode())
        elif frame.opcode == PING:
            peer.pong(frame.payload)
        return frame.opcode == CLOSE


@dataclass(frozen=True)
class Account:
    """What the reader saw, held against what the server said."""

    said: int
    promised: int
    read: int
    read_twice: int
    in_flight: int  # said and not read, of lines without an answered goodbye

    def __str__(self) -> str:
        return (f"{self.said} messages said, {self.promised} of them before an answered goodbye; {self.read} read, "
                f"{self.read_twice} of these more than once before their acknowledgement; {self.in_flight} lost in flight")


def settle(chat: Chat, app: App) -> Account:
    """Raises AssertionError where a promise is broken."""
    by_number: dict[int, str] = {}
    readings = acknowledged = 0
    for record in app.records("event", "acknowledged"):
        if record["what"] == "acknowledged":
            acknowledged = max(acknowledged, record["seq"])
        elif record["type"] == "message":
            readings += 1
            assert record["seq"] > acknowledged, f"{record} was acknowledged"
            assert by_number.setdefault(record["seq"], record["text"]) == record["text"], "an event that changed"
        assert record["what"] == "acknowledged" or record["type"] != "messages-dropped"
    texts = [by_number[seq] for seq in sorted(by_number)]
    assert len(set(texts)) == len(texts), "a message twice"
    seen = [tuple(map(int, text.split(":"))) for text in texts]
    assert seen == sorted(seen), "out of order"
    for line in chat.lines:
        _check_line(line, [number for which, number in seen if which == line.number])
    said = sum(line.said for line in chat.lines)
    return Account(said, sum(line.said for line in chat.lines if line.is_promised), len(texts), readings - len(texts),
                   said - len(texts))


def _check_line(line: Line, numbers: list[int]) -> None:
    assert numbers == list(range(len(numbers))), f"a gap in line {line.number}: {numbers}"
    if line.is_promised:
        assert len(numbers) == line.said, f"{line.said - len(numbers)} of {line.said} promised messages of line {line.number} are missing"


def heard(lines: Iterable[Line]) -> list[str]:
    """All that clients have said, in order."""
    return [text for line in lines for text in line.heard]
