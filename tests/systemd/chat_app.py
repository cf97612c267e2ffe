#!/usr/bin/python3
"""The example woken_app.py with a chat.

chat_app.py URL   opens a WebSocket and exits
chat_app.py       what the bus starts: answers each message, and exits when there is nothing more
"""

import sys

from jeepney import DBusAddress
from jeepney.io.blocking import open_dbus_connection

sys.path.insert(0, "/usr/local/bin")
import woken_app  # noqa: E402


class Chat(woken_app.Session):
    def call(self, member, *arguments):
        result = super().call(member, *arguments)
        if member == "GetEvents":
            for _, task, kind, _, details in result[0]:
                if kind == "message":
                    self._answer(task, details["text"][1])
        return result

    def _answer(self, task, text):
        address = DBusAddress(f"/org/hauld1/task/{task}", "org.hauld1", "org.hauld1.WebSocket")
        number, = self._call(address, "Send", "s", f"re: {text}")
        woken_app.log("answered", number, text)


if __name__ == "__main__":
    if sys.argv[1:]:
        woken_app.HOME.mkdir(parents=True, exist_ok=True)
        with open_dbus_connection("SESSION") as bus:
            session = Chat(bus, {"bus-name": ("s", woken_app.NAME)})
            session.call("CreateWebSocket", "sasa{sv}", sys.argv[1], [], {"start": ("b", True)})
    else:
        woken_app.Session = Chat
        woken_app.handle_events(is_called=True)
