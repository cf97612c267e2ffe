#!/usr/bin/python3
"""The example woken_app.py, with trouble at one step of it.

Arguments: WHAT STEP. At the first time that it comes to STEP, which is the name
of a method of the daemon ("before GetEvents", "after Complete") or "when
called", WHAT happens: "app" kills the application, "daemon" kills hauld,
"silence" leaves every call without an answer, "nothing" but that it stays
for long, "refusal" answers with an error and leaves.
"""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

from jeepney.wrappers import new_error

sys.path.insert(0, "/usr/local/bin")
import woken_app  # noqa: E402

WHAT, STEP = sys.argv[1:]
DONE = woken_app.HOME / f"{WHAT} {STEP}".replace(" ", "-")


def come_to(step):
    if step != STEP or DONE.exists():
        return
    if WHAT == "daemon":
        kill_daemon()
    DONE.touch()
    if WHAT == "app":
        os.kill(os.getpid(), signal.SIGKILL)


def kill_daemon():
    """Returns when it is gone: whoever sees that this is done calls another one."""
    shown = subprocess.check_output(["systemctl", "--user", "show", "--property=MainPID", "--value", "hauld.service"])
    process = os.pidfd_open(int(shown))
    signal.pidfd_send_signal(process, signal.SIGKILL)
    select.select([process], [], [])
    os.close(process)


class TroubledSession(woken_app.Session):
    def call(self, member, *arguments):
        come_to(f"before {member}")
        result = super().call(member, *arguments)
        come_to(f"after {member}")
        return result


def on_message(bus, session, message, original=woken_app.on_message):
    if message.body and isinstance(message.body[0], str):  # HandleEvents
        if WHAT == "silence":
            return woken_app.log("woken", message.body[1])
        if WHAT == "refusal":
            bus.send(new_error(message, "org.example.Error.NotNow"))
            sys.exit()
        come_to("when called")
    original(bus, session, message)


woken_app.Session = TroubledSession
woken_app.on_message = on_message
woken_app.PATIENCE = 60.0 if WHAT in ("silence", "nothing") else 0.5
Path(woken_app.INCOMING).mkdir(parents=True, exist_ok=True)
woken_app.handle_events(is_called=True)
