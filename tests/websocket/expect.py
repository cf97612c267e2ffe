"""What many tests of WebSockets do and expect."""

from dataclasses import dataclass
from typing import Any, Callable, Optional, Union

from harness.client import Event, Session, Task, WebSocket, microseconds
from harness.deadline import wait_until
from harness.machine import Machine
from servers.websocket.adversary import Endpoint
from servers.websocket.peer import Goodbye, Peer

# As soon as may be, so that a test with some connections does not take seconds.
QUICK = {"retry-delay": microseconds(0.02), "reconnect-max-delay": microseconds(0.05)}
FOR_HOURS = {"retry-delay": microseconds(3600), "reconnect-max-delay": microseconds(7200)}

Word = Union[str, bytes]  # a text message, or a binary one


@dataclass(frozen=True)
class Closed:
    """An event "closed"."""

    code: int
    reason: str
    clean: bool


def start(session: Session, endpoint: Endpoint, *subprotocols: str, **options: Any) -> WebSocket:
    """A task that connects. Options as those of `Session.websocket`, on top of QUICK."""
    return session.websocket(endpoint.url, subprotocols, {**QUICK, "start": True, **dashed(options)})


def opened(session: Session, endpoint: Endpoint, *subprotocols: str, **options: Any) -> tuple[WebSocket, Peer]:
    """A task that is connected, for the daemon too, and the server's end of it."""
    task = start(session, endpoint, *subprotocols, **options)
    peer = endpoint.peer()
    wait_opened(session, task)
    return task, peer


def dashed(options: dict[str, Any]) -> dict[str, Any]:
    return {key.replace("_", "-"): value for key, value in options.items()}


def events_of(session: Session, task: Task, *types: str) -> list[Event]:
    """The task's waiting events, of these types, in order."""
    return [event for event in all_events(session) if event.task == task.id and (event.type in types or not types)]


def all_events(session: Session) -> list[Event]:
    """The queue, in as many pages as it takes."""
    events: list[Event] = []
    while page := session.events(after=events[-1].seq if events else 0):
        events += page
    return events


def types(session: Session, task: Task) -> list[str]:
    return [event.type for event in events_of(session, task)]


def wait_opened(session: Session, task: Task, times: int = 1) -> None:
    wait_until(lambda: types(session, task).count("opened") >= times, f"task {task.id} to be connected for time {times}", 15, 0.02)


def word_of(event: Event) -> Word:
    """What an event "message" brings: a str where it is a text, bytes where it is binary."""
    details = event.details
    assert details["type"] in ("text", "binary"), event
    assert ("text" in details) != ("data" in details), event
    if "text" in details:
        assert details["type"] == "text", event
        return details["text"]
    data = bytes(details["data"])
    return data.decode() if details["type"] == "text" else data


def inbox(session: Session, task: Task) -> list[Word]:
    """The messages that wait."""
    return [word_of(event) for event in events_of(session, task, "message")]


def wait_inbox(session: Session, task: Task, *words: Word, timeout: float = 15.0) -> None:
    """Until exactly these messages wait, in this order."""
    def arrived() -> bool:
        return len(inbox(session, task)) >= len(words)
    try:
        wait_until(arrived, f"{len(words)} messages", timeout, 0.02)
    except TimeoutError:
        pass
    assert inbox(session, task) == list(words)


def closes(session: Session, task: Task) -> list[Closed]:
    return [Closed(event.details["code"], event.details.get("close-reason", ""), event.details["clean"])
            for event in events_of(session, task, "closed")]


def wait_closed(session: Session, task: Task, times: int = 1) -> Closed:
    """Until so many connections of the task have ended; how the last of them did."""
    def found() -> Optional[Closed]:
        all_closes = closes(session, task)
        return all_closes[times - 1] if len(all_closes) >= times else None
    return wait_until(found, f"task {task.id}: end {times} of a connection", 15, 0.02)


def finished(task: Task, timeout: float = 15.0) -> None:
    end = task.wait(timeout)
    assert end == ("finished", ""), (end, task.details().get("error-text"))


def failed(task: Task, reason: str, says: str = "", timeout: float = 15.0) -> dict[str, Any]:
    """The task fails for this reason, and says so in a sentence. Its details."""
    end = task.wait(timeout)
    details = task.details()
    assert end == ("failed", reason), (end, details.get("error-text"))
    text = details["error-text"]
    assert text and text.isprintable() and says in text, text
    return details


def blocked(task: Task, *by: str) -> None:
    task.wait_for(lambda t: t.state == "waiting" and set(by) <= set(t.blocked_by), f"blocked by {by}")


def part(peer: Peer) -> Goodbye:
    """The daemon says goodbye, and the server answers."""
    return peer.goodbye(answer=True)


def echo(peer: Peer) -> None:
    """A conduct: every message comes back, until the client says goodbye."""
    try:
        while True:
            peer.message(peer.receive(timeout=60))
    except Goodbye as goodbye:
        peer.close(goodbye.code)


def again(machine: Machine, task: Task, session: str = "test") -> tuple[WebSocket, Session]:
    """The task and its session for a new client, as after a restart of the daemon."""
    client = machine.client()
    return WebSocket(client.connection, task.path), client.session(session)


def until(condition: Callable[[], Any], what: str, timeout: float = 15.0) -> Any:
    return wait_until(condition, what, timeout, 0.02)
