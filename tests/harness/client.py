"""The contract of proto/*.xml as Python: Client (the Manager), Session, Task, Event."""

import time
from dataclasses import dataclass
from typing import Any, Callable, Mapping, Optional, Sequence

from .channel import Channel
from .connection import CALL_TIMEOUT, Connection
from .deadline import wait_until

NAME = "org.hauld1"
UNKNOWN_TOTAL = 2**64 - 1  # of a list; the property and the details say -1
ENDED = ("finished", "failed", "cancelled")
TERMINAL = ("completed", "failed", "cancelled")  # types of the events that end a task

# The type of each option's value.
_OPTION_TYPES = {
    "description": "s", "headers": "a{ss}", "request-timeout": "t", "resource-timeout": "t",
    "allow-expensive": "b", "allow-constrained": "b", "allow-roaming": "b", "discretionary": "b",
    "priority": "d", "max-rate": "t", "accept-status": "s", "redirects": "s", "max-redirects": "u",
    "redirect-headers": "b", "allow-downgrade": "b", "proxy": "s", "no-proxy": "s", "ca-file": "s", "client-cert": "s",
    "client-key": "s", "public-key-pin": "s", "cookies": "b", "compressed": "b", "remote-time": "b", "preallocate": "b",
    "retry-delay": "t", "retry-delay-max": "t", "retries": "u", "wake": "s", "bus-name": "s", "unit": "s",
    "token": "s", "start": "b", "destination": "s", "filename": "s", "if-exists": "s", "mode": "u",
    "checksum": "s", "max-size": "t", "expected-size": "t", "resume-data": "ay", "mirrors": "as",
    "connections": "u", "range": "s", "if-none-match": "s", "not-before": "t", "window": "s", "after": "at",
    "method": "s", "file": "s", "file-fd": "h", "content-type": "s", "form": "aa{sv}", "resumable": "s", "interop": "u",
    "upload-metadata": "a{ss}", "part-urls": "as", "part-size": "t", "abort-url": "s", "snapshot": "s",
    "retry-non-idempotent": "b", "ask-before-start": "b",
    "subprotocols": "as", "delivery": "s", "max-message": "t", "ping-interval": "t", "pong-timeout": "t", "reconnect": "b",
    "reconnect-max-delay": "t", "final-close-codes": "s", "retried-status": "s", "inbox-messages": "u", "inbox-bytes": "t",
    "overflow": "s",
}
_PART_TYPES = {"name": "s", "value": "s", "file": "s", "file-fd": "h", "filename": "s", "content-type": "s"}


def options(mapping: Mapping[str, Any] = {}, **named: Any) -> dict[str, tuple[str, Any]]:
    """An a{sv} from plain values. `if_exists="fail"` is the key "if-exists"; a path becomes its text.

    A value that is a pair of a signature and a value is taken as it is, for
    unknown keys and wrong types. The parts of a form are such mappings too.
    """
    return _variants({**mapping, **{key.replace("_", "-"): value for key, value in named.items()}}, _OPTION_TYPES)


def _variants(values: Mapping[str, Any], types: Mapping[str, str]) -> dict[str, tuple[str, Any]]:
    variants = {}
    for key, value in values.items():
        if isinstance(value, tuple):
            variants[key] = value
        elif types[key] == "aa{sv}":
            variants[key] = (types[key], [_variants(part, _PART_TYPES) for part in value])
        else:
            variants[key] = (types[key], str(value) if types[key] == "s" else value)
    return variants


def plain(variants: Mapping[str, tuple[str, Any]]) -> dict[str, Any]:
    """The values of an a{sv} without their signatures."""
    return {key: value for key, (_, value) in variants.items()}


@dataclass(frozen=True)
class Event:
    seq: int
    task: int
    type: str
    when: int  # µs since 1970
    details: Mapping[str, Any]

    @property
    def is_terminal(self) -> bool:
        return self.type in TERMINAL


@dataclass(frozen=True)
class Row:
    """One line of ListTasks."""

    id: int
    path: str
    kind: str
    state: str
    reason: str
    done: int
    total: int


@dataclass(frozen=True)
class WaitingRow:
    """One line of ListWaiting."""

    id: int
    blocked_by: list[str]
    next_attempt: int  # µs since 1970; 0: not by time


class _Object:
    """An object of the daemon, called through one connection."""

    interface = ""

    def __init__(self, connection: Connection, path: str) -> None:
        self.connection = connection
        self.path = path

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Object) and self.path == other.path

    def __hash__(self) -> int:
        return hash(self.path)

    def call(self, member: str, signature: str = "", *body: Any, timeout: float = CALL_TIMEOUT) -> Any:
        """Calls a member and returns its result: None, the value, or a tuple of several."""
        return self.result(self.begin(member, signature, *body), timeout)

    def begin(self, member: str, signature: str = "", *body: Any) -> int:
        return self.connection.begin(NAME, self.path, self.interface, member, signature, *body)

    def result(self, serial: int, timeout: float = CALL_TIMEOUT) -> Any:
        values = self.connection.finish(serial, timeout)
        return None if not values else values[0] if len(values) == 1 else values

    def get(self, name: str) -> Any:
        """One property's value."""
        (_, value), = self.connection.call(
            NAME, self.path, "org.freedesktop.DBus.Properties", "Get", "ss", self.interface, name)
        return value

    def get_all(self) -> dict[str, Any]:
        found, = self.connection.call(
            NAME, self.path, "org.freedesktop.DBus.Properties", "GetAll", "s", self.interface)
        return plain(found)

    def details(self) -> dict[str, Any]:
        return plain(self.call("GetDetails"))


class Task(_Object):
    interface = "org.hauld1.Task"

    @property
    def id(self) -> int:
        return int(self.path.rpartition("/")[2])

    @property
    def state(self) -> str:
        return self.get("State")

    @property
    def reason(self) -> str:
        return self.get("Reason")

    @property
    def blocked_by(self) -> list[str]:
        return self.get("BlockedBy")

    @property
    def done(self) -> int:
        return self.get("BytesDone")

    @property
    def total(self) -> int:
        return self.get("BytesTotal")

    def resume(self) -> None:
        self.call("Resume")

    def suspend(self) -> None:
        self.call("Suspend")

    def cancel(self) -> None:
        self.call("Cancel")

    def remove(self) -> None:
        self.call("Remove")

    def wait(self, timeout: float = 15.0) -> tuple[str, str]:
        """State and reason when the task has ended, or after `timeout` seconds."""
        return self.call("Wait", "t", int(timeout * 1e6), timeout=timeout + CALL_TIMEOUT)

    def wait_for(self, condition: Callable[["Task"], Any], what: str, timeout: float = 15.0) -> Any:
        return wait_until(lambda: condition(self), f"task {self.id}: {what}", timeout)

    def open_result(self):
        """A binary file over the descriptor of the spooled result. The caller closes it."""
        return self.call("OpenResult").to_file("rb")


class _Socket(_Object):
    interface = "org.hauld1.WebSocket"


class WebSocket(Task):
    """A task of kind "websocket", with both of its interfaces."""

    @property
    def socket(self) -> _Socket:
        """The interface that it has besides."""
        return _Socket(self.connection, self.path)

    def send(self, text: str) -> int:
        return self.socket.call("Send", "s", text)

    def send_bytes(self, data: bytes) -> int:
        return self.socket.call("SendBytes", "ay", data)

    def ping(self) -> int:
        """µs until the pong."""
        return self.socket.call("Ping")

    def close(self, code: int = 0, reason: str = "") -> None:
        self.socket.call("Close", "qs", code, reason)

    def open_channel(self) -> Channel:
        return Channel(self.socket.call("OpenChannel").to_socket())

    @property
    def subprotocol(self) -> str:
        return self.socket.get("Subprotocol")

    @property
    def close_code(self) -> int:
        return self.socket.get("CloseCode")

    @property
    def close_reason(self) -> str:
        return self.socket.get("CloseReason")

    @property
    def queued(self) -> int:
        return self.socket.get("Queued")


class Session(_Object):
    interface = "org.hauld1.Session"

    def download(self, url: str, mapping: Mapping[str, Any] = {}, **named: Any) -> Task:
        return Task(self.connection, self.call("CreateDownload", "sa{sv}", url, options(mapping, **named)))

    def upload(self, url: str, file: Any = "", mapping: Mapping[str, Any] = {}, **named: Any) -> Task:
        return Task(self.connection, self.call("CreateUpload", "ssa{sv}", url, str(file), options(mapping, **named)))

    def websocket(self, url: str, subprotocols: Sequence[str] = (), mapping: Mapping[str, Any] = {}, **named: Any) -> WebSocket:
        return WebSocket(self.connection, self.call(
            "CreateWebSocket", "sasa{sv}", url, list(subprotocols), options(mapping, **named)))

    def create_many(self, requests: Sequence[tuple[str, str, Mapping[str, Any]]]) -> list[Task]:
        rows = [(kind, url, options(mapping)) for kind, url, mapping in requests]
        return [Task(self.connection, path) for path in self.call("CreateMany", "a(ssa{sv})", rows, timeout=60)]

    def attach(self) -> None:
        self.call("Attach")

    def take_over(self) -> None:
        self.call("TakeOver")

    def detach(self) -> None:
        self.call("Detach")

    def complete(self, wake: int) -> None:
        self.call("Complete", "t", wake)

    def invalidate(self, cancel: bool) -> None:
        self.call("Invalidate", "b", cancel)

    def events(self, after: int = 0, limit: int = 0) -> list[Event]:
        return [Event(seq, task, kind, when, plain(details))
                for seq, task, kind, when, details in self.call("GetEvents", "tu", after, limit)]

    def acknowledge(self, seq: int) -> None:
        self.call("Acknowledge", "t", seq)

    def tasks(self, state: str = "", after: int = 0, limit: int = 0) -> list[Row]:
        return [Row(*row) for row in self.call("ListTasks", "stu", state, after, limit)]

    def waiting(self, after: int = 0, limit: int = 0) -> list[WaitingRow]:
        return [WaitingRow(*row) for row in self.call("ListWaiting", "tu", after, limit)]

    def wait_events(self, matches: Callable[[list[Event]], Any], what: str, timeout: float = 15.0) -> list[Event]:
        """Reads the queue until `matches` likes it, and returns it."""
        def read() -> Optional[list[Event]]:
            events = self.events()
            return events if matches(events) else None
        return wait_until(read, f"events: {what}", timeout, 0.02)


class Client(_Object):
    interface = "org.hauld1.Manager"

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, "/org/hauld1")

    def close(self) -> None:
        self.connection.close()

    def download(self, url: str, destination: Any = "") -> Task:
        return Task(self.connection, self.call("Download", "ss", url, str(destination)))

    def upload(self, url: str, file: Any, method: str = "") -> Task:
        return Task(self.connection, self.call("Upload", "sss", url, str(file), method))

    def websocket(self, url: str, subprotocols: str = "") -> WebSocket:
        return WebSocket(self.connection, self.call("OpenWebSocket", "ss", url, subprotocols))

    def session(self, identifier: str = "default", mapping: Mapping[str, Any] = {}, **named: Any) -> Session:
        return Session(self.connection, self.call("OpenSession", "sa{sv}", identifier, options(mapping, **named)))

    def sessions(self) -> list[tuple[str, str, int]]:
        return self.call("ListSessions")

    def tasks(self, state: str = "") -> list[Row]:
        return [Row(*row) for row in self.call("ListTasks", "s", state)]

    def find_task(self, id: int) -> Task:
        """GetTask: the path that the daemon gives for a number."""
        return Task(self.connection, self.call("GetTask", "t", id))

    def task(self, id: int) -> Task:
        """The object of a number, without asking the daemon for its path."""
        return Task(self.connection, f"/org/hauld1/task/{id}")

    def limits(self) -> dict[str, int]:
        return self.call("GetLimits")


def microseconds(seconds: float) -> int:
    """A duration as the contract wants it."""
    return int(seconds * 1e6)


def wall_time(in_seconds: float = 0.0) -> int:
    """The wall time some seconds from now, in µs since 1970."""
    return int((time.time() + in_seconds) * 1e6)
