"""A chat with everybody going down: the server, the application and the daemon."""

import os
import random
import signal
import time
from pathlib import Path
from typing import Callable

import pytest

from harness.app import QUICK_WAKES, App
from harness.client import Session, WebSocket, microseconds
from harness.deadline import wait_until
from harness.fixtures import watched
from harness.machine import QUICK_RETRIES, Machine
from servers.websocket.adversary import Adversary
from websocket.chat import Chat, heard, settle

MORE = 30  # messages that are read between two troubles


class Campaign:
    """One task, its application and its server, and ways to trouble them."""

    def __init__(self, machine: Machine, app: App, server: Adversary) -> None:
        self.machine = machine
        self.app = app
        self.chat = Chat()
        self._endpoint = server.serve(conduct=self.chat)
        app.does("reply")
        session = app.session(machine.client())
        self.task = session.websocket(self._endpoint.url, [], {
            "start": True, "retry-delay": microseconds(0.02), "reconnect-max-delay": microseconds(0.1)})

    def seen(self) -> int:
        return sum(record["type"] == "message" for record in self.app.records("event"))

    def wait_more(self, count: int = MORE) -> None:
        wanted = self.seen() + count
        wait_until(lambda: self.seen() >= wanted, f"{count} more messages to be read", 60, 0.05)

    def trouble_server(self) -> None:
        lines = len(self.chat.lines)
        self.chat.go_down()
        wait_until(lambda: len(self.chat.lines) > lines, "the client to come again", 30)
        self.chat.up()

    def trouble_app(self) -> None:
        def running() -> list[int]:
            return [record["pid"] for record in self.app.records("called") if Path(f"/proc/{record['pid']}").exists()]
        os.kill(wait_until(running, "the application to run", 30)[-1], signal.SIGKILL)

    def trouble_daemon(self) -> None:
        self.machine.restart()
        client = self.machine.client()
        self.task = WebSocket(client.connection, self.task.path)

    def end(self) -> None:
        self.chat.end()
        assert self.task.wait(60) == ("finished", ""), self.task.details().get("error-text")
        session = Session(self.task.connection, self.app.session(self.machine.client()).path)
        wait_until(lambda: session.details()["events"] == 0, "everything to be acknowledged", 120, 0.05)
        wait_until(lambda: session.details()["wake-number"] == 0, "the last wake to be completed", 60, 0.05)


@pytest.mark.parametrize("servers, apps, daemons", [(2, 1, 1), pytest.param(10, 5, 5, marks=pytest.mark.long)])
def test_nothing_that_was_promised_is_lost(request: pytest.FixtureRequest, record_property: Callable[[str, object], None],
                                           servers: int, apps: int, daemons: int) -> None:
    seed = int(os.environ.get("HAUL_TEST_SEED", time.time_ns() % 1_000_000))
    print(f"HAUL_TEST_SEED={seed}")
    machine = Machine(config=QUICK_RETRIES + QUICK_WAKES, log_level="info")
    app = App(machine)
    with watched(request, machine), Adversary() as server:
        campaign = Campaign(machine, app, server)
        troubles = ([campaign.trouble_server] * servers + [campaign.trouble_app] * apps + [campaign.trouble_daemon] * daemons)
        random.Random(seed).shuffle(troubles)
        for trouble in troubles:
            campaign.wait_more()
            trouble()
        campaign.wait_more()
        campaign.end()
        account = settle(campaign.chat, app)
        answers = heard(campaign.chat.lines)
        figures = f"{account}; {len(answers)} answers arrived, {len(answers) - len(set(answers))} of them twice"
        record_property("account", figures)
        print(figures)
        assert account.promised > 0 and account.read > 0
        assert sum(not line.is_promised for line in campaign.chat.lines) <= daemons + 1
        assert set(answers) <= {f"re: {record['text']}" for record in app.records("event") if record["type"] == "message"}
