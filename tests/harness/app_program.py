"""An application that the bus launches for its events, and that does with them what its test says.

Arguments: BUS NAME LOG CONDUCT. CONDUCT is a file with a line for each call of
HandleEvents; the last one stays. LOG gets a line of JSON for everything that
the application sees and has done.

    handle              all that it should: attach, read, acknowledge, complete, exit
    answer              answer, and nothing else, ever
    attach              answer, attach, and nothing else
    error               answer with an error
    silent              no answer
    exit                exit instead of answering
    forget              everything but completing
    leave               everything but acknowledging
    work URL            everything, and a new download before completing
    reply               everything, and an answer to each message before it is acknowledged: "re: " and its text
    die POINT           killed with SIGKILL at a point: called, answered, attached,
                        read, acknowledged, delivered, completed
"""

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Optional

from jeepney import HeaderFields, Message
from jeepney.wrappers import new_error, new_method_return

from .client import Client, Event, Session, WebSocket
from .connection import Connection, Signal

_PAGE = 1000  # events that come at once at most


class Application:
    def __init__(self, bus: str, name: str, log: str, conduct: str) -> None:
        self._log = Path(log)
        self._conduct = Path(conduct)
        self._name = name
        self._calls: list[tuple[str, int, str]] = []  # identifier, wake and what to do; not handled yet
        self._bus = Connection(bus)
        self._bus.on_call = self._on_call
        self._client = Client(self._bus)

    def run(self) -> None:
        """Until it has handled a call, or the bus goes."""
        self._tell("started")
        self._bus.own(self._name)
        stays = True
        while stays:
            while not self._calls:
                self._bus.wait_message(3600)
            stays = self._handle(*self._calls.pop(0))

    def _on_call(self, message: Message) -> Optional[Message]:
        if message.header.fields.get(HeaderFields.interface) != "org.hauld1.Client":
            return new_error(message, "org.freedesktop.DBus.Error.UnknownMethod")
        identifier, wake = message.body
        what = self._next_conduct()
        self._tell("called", identifier=identifier, wake=wake)
        self._pass("called", what)
        if what == "exit":
            os._exit(0)
        if what == "silent":
            return None
        if what == "error":
            return new_error(message, "org.example.Error.NotNow", "s", ("not now",))
        self._calls.append((identifier, wake, what))
        return new_method_return(message)

    def _next_conduct(self) -> str:
        calls = sum(record["what"] == "called" for record in read_log(self._log))
        conducts = self._conduct.read_text().splitlines()
        return conducts[min(calls, len(conducts) - 1)]

    def _handle(self, identifier: str, wake: int, what: str) -> bool:
        """Whether the application stays afterwards."""
        self._pass("answered", what)
        if what == "answer":
            return True
        session = self._find_session(identifier)
        session.attach()
        self._pass("attached", what)
        if what == "attach":
            return True
        if what == "leave":
            self._read(session, what)
        elif not self._drain(session, what):
            self._bus.close()
            return False
        if what.startswith("work "):
            task = session.download(what.partition(" ")[2], start=True)
            self._tell("made", task=task.id)
        if what != "forget":
            session.complete(wake)
            self._tell("completed", wake=wake)
            self._pass("completed", what)
        self._bus.close()
        return False

    def _find_session(self, identifier: str) -> Session:
        """Also one that was invalidated, which OpenSession refuses."""
        path = next(path for name, path, _ in self._client.sessions() if name == identifier)
        return Session(self._bus, path)

    def _read(self, session: Session, what: str) -> list[Event]:
        events = session.events()
        for event in events:
            text = {"text": event.details["text"]} if "text" in event.details else {}
            self._tell("event", seq=event.seq, task=event.task, type=event.type, **text)
        self._pass("read", what)
        if what == "reply":
            self._reply(events)
        return events

    def _reply(self, events: list[Event]) -> None:
        for event in events:
            if event.type == "message":
                number = WebSocket(self._bus, f"/org/hauld1/task/{event.task}").send("re: " + event.details["text"])
                self._tell("replied", seq=event.seq, number=number)

    def _drain(self, session: Session, what: str) -> bool:
        """Until the daemon says that everything was delivered. False where the session was invalidated and has gone
        with its last event."""
        handled = 0

        def is_news(signal: Signal) -> bool:
            return (signal.member == "Detached" or (signal.member == "EventsAvailable" and signal.body[1] > handled)
                    or (signal.member == "AllEventsDelivered" and signal.body[0] >= handled))

        while True:
            while events := self._read(session, what):
                handled = events[-1].seq
                session.acknowledge(handled)
                self._tell("acknowledged", seq=handled)
                self._pass("acknowledged", what)
                if len(events) < _PAGE:
                    break
            news = self._bus.wait_signal(is_news, "word of the queue")
            if news.member == "Detached":
                self._tell("detached")
                return False
            if news.member == "AllEventsDelivered":
                self._tell("delivered", seq=news.body[0], wake=news.body[1])
                self._pass("delivered", what)
                return True

    def _pass(self, point: str, what: str) -> None:
        if what == f"die {point}":
            os.kill(os.getpid(), signal.SIGKILL)

    def _tell(self, what: str, **more: object) -> None:
        line = json.dumps({"what": what, "when": time.time(), "pid": os.getpid(), **more}) + "\n"
        with self._log.open("a") as log:
            log.write(line)


def read_log(log: Path) -> list[dict]:
    """What applications have written to a log so far."""
    return [json.loads(line) for line in log.read_text().splitlines()]


if __name__ == "__main__":
    try:
        Application(*sys.argv[1:]).run()
    except (ConnectionError, EOFError):
        pass  # the bus has gone
