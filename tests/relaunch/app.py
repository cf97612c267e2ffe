"""An application as Haul launches it: org.hauld1.Client on a bus name of its own.

    app.py BUS-ADDRESS NAME LOG BEHAVIOUR

Writes a line "TIME IDENTIFIER WAKE" for each HandleEvents into LOG, then does as BEHAVIOUR says: "answer" and
nothing else, "refuse" with an error, "die" without an answer, or "handle": attach, read, acknowledge, complete,
and leave.
"""

import sys
import time

from jeepney import DBusAddress, HeaderFields, MessageType, new_method_call
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection
from jeepney.wrappers import new_error, new_method_return

MANAGER = DBusAddress("/org/hauld1", "org.hauld1", "org.hauld1.Manager")


def handle(bus, identifier: str, wake: int) -> None:
    """Everything that waits, then the completion handler."""
    path, = ask(bus, MANAGER, "OpenSession", "sa{sv}", (identifier, {}))
    session = DBusAddress(path, "org.hauld1", "org.hauld1.Session")
    ask(bus, session, "Attach", None, ())
    last = 0
    while events := ask(bus, session, "GetEvents", "tu", (last, 0))[0]:
        last = events[-1][0]
        ask(bus, session, "Acknowledge", "t", (last,))
    ask(bus, session, "Complete", "t", (wake,))
    ask(bus, session, "Detach", None, ())


def ask(bus, address: DBusAddress, member: str, signature, body: tuple) -> tuple:
    reply = bus.send_and_get_reply(new_method_call(address, member, signature, body))
    assert reply.header.message_type is MessageType.method_return, reply.body
    return reply.body


def main() -> None:
    address, name, log, behaviour = sys.argv[1:]
    bus = open_dbus_connection(address)
    bus.send_and_get_reply(message_bus.RequestName(name))
    while True:
        call = bus.receive()
        if call.header.fields.get(HeaderFields.member) != "HandleEvents":
            continue
        identifier, wake = call.body
        with open(log, "a") as lines:
            lines.write(f"{time.time()} {identifier} {wake}\n")
        if behaviour == "die":
            return
        if behaviour == "refuse":
            bus.send(new_error(call, "org.example.Error.Busy", "s", ("not now",)))
            continue
        bus.send(new_method_return(call))
        if behaviour == "handle":
            return handle(bus, identifier, wake)


if __name__ == "__main__":
    main()
