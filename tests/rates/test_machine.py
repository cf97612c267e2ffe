"""The machine's max-rate: everything together, whosever it is."""

import pytest

from harness.client import Client
from harness.machine import QUICK_RETRIES, Machine
from servers.behaviours import File
from servers.content import Content
from servers.scripted import ScriptedServer

LARGE = Content(341, 4_000_000)
LITTLE = 20_000  # bytes a second: LARGE takes minutes

pytestmark = pytest.mark.machine(config=QUICK_RETRIES)


def test_it_holds_for_all_sessions_and_a_change_holds_at_once(machine: Machine, client: Client, server: ScriptedServer) -> None:
    client.call("SetLimit", "st", "max-rate", LITTLE)
    url = server.serve(File(LARGE)).url
    tasks = [client.session(name).download(url, destination=machine.downloads / name, start=True) for name in ("one", "other")]
    for task in tasks:
        task.wait_for(lambda running: running.done > 0, "bytes")
        assert task.state == "running"
    client.call("SetLimit", "st", "max-rate", 0)
    for task, name in zip(tasks, ("one", "other")):
        assert task.wait(30) == ("finished", "")
        LARGE.check(machine.downloads / name)


def test_a_session_gets_no_more_than_the_machine(machine: Machine, client: Client, server: ScriptedServer) -> None:
    client.call("SetLimit", "st", "max-rate", LITTLE)
    session = client.session("wide", max_rate=2**62)
    task = session.download(server.serve(File(LARGE)).url, destination=machine.downloads / "file", start=True)
    task.wait_for(lambda running: running.done > 0, "bytes")
    assert task.state == "running"
    client.call("SetLimit", "st", "max-rate", 4 * LARGE.size)
    assert task.wait(30) == ("finished", "")
    LARGE.check(machine.downloads / "file")
