#!/usr/bin/python3
"""An application that asks for transfers, leaves, and is launched when there is something to handle.

    woken_app.py URL...              asks for downloads and exits
    woken_app.py --upload FILE URL   asks for an upload and exits
    woken_app.py                     what the bus starts: handles what waits and exits
    woken_app.py --handle-events     what a systemd unit starts: the same without being called

Files come to ~/.local/share/org.example.HaulWokenPython, with a line for each
event in events.log.
"""

import os
import sys
import time
from collections import deque
from contextlib import ExitStack
from pathlib import Path

from jeepney import DBusAddress, HeaderFields, MatchRule, message_bus, new_method_call
from jeepney.io.blocking import open_dbus_connection
from jeepney.wrappers import new_method_return, unwrap_msg

NAME = "org.example.HaulWokenPython"  # on the bus, and of the session
HOME = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local/share")) / NAME
INCOMING = HOME / "incoming"
PATIENCE = 2.0  # seconds in which something has to happen, or the application exits


class Session:
    """The application's session at the daemon."""

    def __init__(self, bus, options):
        """Opens it, or makes it. Without options it stays as it is."""
        self._bus = bus
        manager = DBusAddress("/org/hauld1", "org.hauld1", "org.hauld1.Manager")
        path, = self._call(manager, "OpenSession", "sa{sv}", NAME, options)
        self._address = DBusAddress(path, "org.hauld1", "org.hauld1.Session")

    def call(self, member, signature=None, *arguments):
        """Calls a method and returns what it returns, as a tuple. Raises DBusErrorResponse."""
        return self._call(self._address, member, signature, *arguments)

    def _call(self, address, member, signature, *arguments):
        return unwrap_msg(self._bus.send_and_get_reply(new_method_call(address, member, signature, arguments)))


def request(arguments):
    """Asks for transfers. They go on without this process, and the session says whom to launch for them."""
    INCOMING.mkdir(parents=True, exist_ok=True)
    with open_dbus_connection("SESSION") as bus:
        session = Session(bus, {"bus-name": ("s", NAME)})
        if arguments[0] == "--upload":
            _, file, url = arguments
            session.call("CreateUpload", "ssa{sv}", url, os.path.abspath(file), {"start": ("b", True)})
        else:
            options = {"destination": ("s", f"{INCOMING}/"), "start": ("b", True)}
            session.call("CreateMany", "a(ssa{sv})", [("download", url, options) for url in arguments])


def handle_events(is_called):
    """Does what has to be done after transfers. `is_called`: whether HandleEvents says when."""
    with open_dbus_connection("SESSION") as bus, ExitStack() as filters:
        inbox = deque()
        for rule in (MatchRule(type="method_call", interface="org.hauld1.Client"),
                     MatchRule(type="signal", interface="org.hauld1.Session")):
            filters.enter_context(bus.filter(rule, queue=inbox))
        bus.send_and_get_reply(message_bus.RequestName(NAME))
        session = Session(bus, {})
        if not is_called:
            session.call("Attach")
        try:
            while True:
                on_message(bus, session, bus.recv_until_filtered(inbox, timeout=PATIENCE))
        except TimeoutError:
            pass  # nothing more to do; a wake that is not completed comes again


def on_message(bus, session, message):
    """A call or a signal of the daemon. Where this process ends in the middle of it, everything comes again."""
    match message.header.fields[HeaderFields.member]:
        case "HandleEvents":
            _, wake = message.body
            log("woken", wake)
            bus.send(new_method_return(message))
            session.call("Attach")  # and the daemon tells what waits
        case "EventsAvailable":
            while events := session.call("GetEvents", "tu", 0, 0)[0]:
                for number, task, kind, _, details in events:
                    handle(number, task, kind, {key: value for key, (_, value) in details.items()})
                session.call("Acknowledge", "t", events[-1][0])
        case "AllEventsDelivered":
            _, wake = message.body
            if wake != 0:
                session.call("Complete", "t", wake)
                log("completed", wake)


def handle(number, task, kind, details):
    """One event. It may have been handled before, by a process that died before it could acknowledge it."""
    if kind == "completed" and "path" in details:
        arrived = Path(details["path"])
        if arrived.parent == INCOMING and arrived.exists():
            arrived.rename(HOME / arrived.name)
    log("event", number, task, kind)


def log(*words):
    with open(HOME / "events.log", "a") as lines:
        print(f"{time.time():.6f}", *words, file=lines)


if __name__ == "__main__":
    if sys.argv[1:] in ([], ["--handle-events"]):
        handle_events(is_called=len(sys.argv) == 1)
    else:
        request(sys.argv[1:])
