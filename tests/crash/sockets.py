"""WebSockets that were ordered: a server that talks, a client that answers, and what either has to know in the end."""

import threading
from dataclasses import dataclass, field
from typing import ClassVar, Optional, Sequence

from harness.client import Event, Session
from servers.websocket.frames import CLOSE, PING, TEXT, close_of
from servers.websocket.peer import Gone, Peer

from crash.orders import Order

EACH = 4  # messages that the server has to hear before it leaves
LEAVES = 1012


@dataclass
class Line:
    """One connection, as the server saw it."""

    number: int
    said: int = 0  # messages "LINE:0" and so on; of the last one the server may not know whether it went
    heard: list[int] = field(default_factory=list)
    is_promised: bool = False  # its goodbye was answered: the client has all that was said


class Talk:
    """A conduct of an Endpoint. It says EACH messages, and one for each that it hears; after EACH it leaves, for the
    client to come again. A client may leave before."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._changed = threading.Lock()

    @property
    def promises(self) -> int:
        return sum(line.is_promised for line in self.lines)

    def __call__(self, peer: Peer) -> None:
        with self._changed:
            line = Line(len(self.lines))
            self.lines.append(line)
        mouth = Mouth(peer, line)
        for _ in range(EACH):
            mouth.say()
        try:
            while (code := self._hear(peer, mouth, line)) is None:
                pass
            if code == LEAVES:
                line.is_promised = True
            else:
                peer.close(code)
        except Gone:
            pass

    def _hear(self, peer: Peer, mouth: "Mouth", line: Line) -> Optional[int]:
        """The code of a goodbye."""
        frame = peer.frame(60)
        if frame.opcode == CLOSE:
            return close_of(frame)[0]
        if frame.opcode == PING:
            peer.pong(frame.payload)
        elif frame.opcode == TEXT:
            line.heard.append(int(frame.payload))
            if len(line.heard) < EACH:
                mouth.say()
            elif len(line.heard) == EACH:
                mouth.leave()
        return None


class Mouth:
    """What the server says on a connection whose client may be dead; what that one said before can still be heard."""

    def __init__(self, peer: Peer, line: Line) -> None:
        self._peer = peer
        self._line = line
        self._is_heard = True

    def say(self) -> None:
        if self._is_heard:
            self._line.said += 1
            self._try(lambda: self._peer.text(f"{self._line.number}:{self._line.said - 1}"))

    def leave(self) -> None:
        self._try(lambda: self._peer.close(LEAVES))

    def _try(self, say) -> None:
        try:
            say()
        except Gone:
            self._is_heard = False


@dataclass
class SocketOrder(Order):
    """Its client sends "1", "2" and so on, `wanted` in all, and asks it to close."""

    kind: ClassVar[str] = "websocket"

    talk: Talk = field(kw_only=True)
    wanted: int = field(kw_only=True)
    asked: int = field(default=0, init=False)  # messages
    numbers: dict[int, int] = field(default_factory=dict, init=False)  # that the daemon gave, and the messages
    asked_to_close: bool = field(default=False, init=False)

    def create(self, session: Session) -> str:
        return session.call("CreateWebSocket", "sasa{sv}", self.resource.url, [], self.options)

    def next_text(self) -> str:
        self.asked += 1
        return str(self.asked)

    def note_sent(self, number: int) -> None:
        """The reply to the last one."""
        last = max(self.numbers, default=0)
        unknown = self.asked - self.numbers.get(last, 0) - 1  # that were asked for, and have no reply
        assert last < number <= last + 1 + unknown, f"{self.token}: {self.asked} is number {number} after {last}"
        self.numbers[number] = self.asked

    def check(self, events: Sequence[Event]) -> None:
        self._check_inbox([event.details["text"] for event in events if event.type == "message"])
        self._check_outbox([event.details["number"] for event in events if event.type == "sent"])

    def _check_inbox(self, texts: Sequence[str]) -> None:
        seen = [tuple(map(int, text.split(":"))) for text in texts]
        assert seen == sorted(set(seen)), f"{self.token}: twice, or out of order: {texts}"
        for line in self.talk.lines:
            numbers = [number for which, number in seen if which == line.number]
            assert numbers == list(range(len(numbers))), f"{self.token}: a gap in {line}: {numbers}"
            is_kept = len(numbers) == line.said if line.is_promised else len(numbers) <= line.said
            assert is_kept, f"{self.token}: {len(numbers)} came of {line}"

    def _check_outbox(self, sent: Sequence[int]) -> None:
        heard: set[int] = set()
        replied = set(self.numbers.values())
        for line in self.talk.lines:
            assert line.heard == sorted(set(line.heard)), f"{self.token}: twice, or out of order: {line}"
            passed = set(range(line.heard[0], line.heard[-1])) - set(line.heard) if line.heard else set()
            assert not passed & replied, f"{self.token}: {passed & replied} had a reply and were passed over: {line}"
            heard.update(line.heard)
        missing = replied - heard
        assert not missing, f"{self.token}: {missing} had a reply and never came: {self.talk.lines}"
        assert heard <= set(range(1, self.asked + 1))
        assert list(sent) == sorted(set(sent)), f"{self.token}: told twice that it was sent: {sent}"
        assert not self.numbers or sent[-1] >= max(self.numbers), f"{self.token}: not told that it was sent: {sent}"
