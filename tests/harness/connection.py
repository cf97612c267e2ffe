"""One connection to the bus: calls in flight, signals kept, the bus's own errors as exceptions."""

import itertools
import socket
import time
from dataclasses import dataclass
from typing import Any, Callable, Optional

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_method_call, new_signal
from jeepney.io.blocking import DBusConnection, prep_socket
from jeepney.wrappers import new_error, new_method_return

from .deadline import PATIENCE

CALL_TIMEOUT = 20.0 * PATIENCE  # seconds; no reply of the daemon but Wait's takes nearly so long

_BUS = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")


class BusError(Exception):
    """An error reply. `word` is the last part of its name, e.g. "InvalidArgument"."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message
        self.word = name.rpartition(".")[2]

    @property
    def is_gone(self) -> bool:
        """Whether the service left the bus before it replied, so that nobody knows what became of the call."""
        return self.name in (
            "org.freedesktop.DBus.Error.NoReply",
            "org.freedesktop.DBus.Error.ServiceUnknown",
            "org.freedesktop.DBus.Error.NameHasNoOwner",
            "org.freedesktop.DBus.Error.Disconnected",
        )


@dataclass(frozen=True)
class Signal:
    path: str
    interface: str
    member: str
    body: tuple
    when: float  # time.monotonic()


class Connection:
    """Not for use by two threads. Replies and signals are read while a method of this class waits."""

    def __init__(self, address: str, sock: Optional[socket.socket] = None) -> None:
        """Connects to `address`, or takes over `sock`, which has been authenticated already."""
        if sock is None:
            sock = prep_socket(address.removeprefix("unix:path="), enable_fds=True, timeout=10.0)
        self._bus = DBusConnection(sock, enable_fds=True)
        self._serials = itertools.count(1000)
        self._replies: dict[int, Message] = {}
        self.signals: list[Signal] = []
        self.answers_pings = True
        self.on_call: Optional[Callable[[Message], Optional[Message]]] = None  # returns the reply; None: none yet

    @property
    def unique_name(self) -> str:
        return self._bus.unique_name

    def close(self) -> None:
        self._bus.close()

    def begin(self, destination: str, path: str, interface: str, member: str, signature: str = "", *body: Any) -> int:
        """Sends a call and returns the serial number to finish() it with."""
        address = DBusAddress(path, destination, interface)
        serial = next(self._serials)
        self._bus.send(new_method_call(address, member, signature or None, body), serial=serial)
        return serial

    def send_signal(self, destination: str, path: str, interface: str, member: str, signature: str, *body: Any) -> None:
        """To one receiver alone, whoever is said to send such a signal otherwise."""
        signal = new_signal(DBusAddress(path, interface=interface), member, signature, body)
        signal.header.fields[HeaderFields.destination] = destination
        self._bus.send(signal)

    def finish(self, serial: int, timeout: float = CALL_TIMEOUT) -> tuple:
        """Waits for a reply and returns its arguments. Raises BusError or TimeoutError."""
        end = time.monotonic() + timeout
        while serial not in self._replies:
            self._receive(end - time.monotonic())
        return _unwrap(self._replies.pop(serial))

    def call(self, destination: str, path: str, interface: str, member: str, signature: str = "", *body: Any,
             timeout: float = CALL_TIMEOUT) -> tuple:
        return self.finish(self.begin(destination, path, interface, member, signature, *body), timeout)

    def is_answered(self, serial: int) -> bool:
        """Whether the reply is here already."""
        self.read_pending()
        return serial in self._replies

    def read_pending(self) -> None:
        """Takes in everything that has arrived."""
        try:
            while True:
                self._receive(0)
        except TimeoutError:
            pass

    def wait_signal(self, matches: Callable[[Signal], bool], what: str, timeout: float = 10.0) -> Signal:
        """The first signal kept that matches; it stays in `signals`. Raises TimeoutError naming `what`."""
        end = time.monotonic() + timeout * PATIENCE
        looked_at = 0
        while True:
            for signal in self.signals[looked_at:]:
                if matches(signal):
                    return signal
            looked_at = len(self.signals)
            try:
                self._receive(end - time.monotonic())
            except TimeoutError:
                raise TimeoutError(f"no signal within {timeout} s: {what}; got {self.signals}") from None

    def pid_of(self, name: str) -> Optional[int]:
        """Process id of a name's owner, None where it has none."""
        try:
            return self._call_bus("GetConnectionUnixProcessID", "s", name)[0]
        except BusError:
            return None

    def names(self) -> list[str]:
        """Everybody on the bus."""
        return self._call_bus("ListNames", "")[0]

    def owner_of(self, name: str) -> str:
        """The unique name of a well-known one's owner."""
        return self._call_bus("GetNameOwner", "s", name)[0]

    def own(self, name: str) -> None:
        """Takes a well-known name that nobody owns."""
        assert self._call_bus("RequestName", "su", name, 4) == (1,), f"{name} has an owner"

    def disown(self, name: str) -> None:
        self._call_bus("ReleaseName", "s", name)

    def wait_message(self, timeout: float) -> bool:
        """Takes in what comes next; whether something has come within `timeout` seconds."""
        try:
            self._receive(timeout)
            return True
        except TimeoutError:
            return False

    def uid_of(self, name: str) -> int:
        return self._call_bus("GetConnectionUnixUser", "s", name)[0]

    def _call_bus(self, member: str, signature: str, *body: Any) -> tuple:
        return self.call(_BUS.bus_name, _BUS.object_path, _BUS.interface, member, signature, *body)

    def _receive(self, timeout: float) -> None:
        message = self._bus.receive(timeout=max(timeout, 0))
        fields = message.header.fields
        kind = message.header.message_type
        if kind in (MessageType.method_return, MessageType.error):
            self._replies[fields[HeaderFields.reply_serial]] = message
        elif kind is MessageType.signal and fields[HeaderFields.interface] == _BUS.interface:
            pass  # the bus telling of our own name
        elif kind is MessageType.signal:
            self.signals.append(Signal(
                fields[HeaderFields.path], fields[HeaderFields.interface], fields[HeaderFields.member],
                tuple(message.body), time.monotonic()))
        elif fields.get(HeaderFields.member) == "Ping":
            if self.answers_pings:
                self._bus.send(new_method_return(message))
        elif self.on_call is None:
            self._bus.send(new_error(message, "org.freedesktop.DBus.Error.UnknownMethod"))
        elif reply := self.on_call(message):
            self._bus.send(reply)


def _unwrap(message: Message) -> tuple:
    if message.header.message_type is MessageType.error:
        text = message.body[0] if message.body and isinstance(message.body[0], str) else ""
        raise BusError(message.header.fields[HeaderFields.error_name], text)
    return tuple(message.body)
