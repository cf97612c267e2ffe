"""SIGTERM: a clean end within two seconds, every transfer checkpointed."""

import os
import signal
import time

import pytest

from bus.expect import finished, types
from harness.client import Client, Session
from harness.connection import BusError
from harness.deadline import PATIENCE
from harness.machine import Machine
from servers.behaviours import File, silent
from servers.content import Content
from servers.scripted import ScriptedServer

CONTENT = Content(seed=151, size=800_000)
LIMIT = 2.0 * PATIENCE


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_with_transfers_under_way(machine: Machine, session: Session, server: ScriptedServer, number: int) -> None:
    resources = [server.serve(File(CONTENT, etag='"a"', rate=800_000)) for _ in range(5)]
    tasks = [session.download(resource.url, destination=machine.downloads / str(index), start=True)
             for index, resource in enumerate(resources)]
    stalled = session.download(server.serve(silent()).url, start=True)
    for task in tasks:
        task.wait_for(lambda t: t.done > 50_000, "some bytes")
    done = [task.done for task in tasks]
    began = time.monotonic()
    machine.daemon.send_signal(number)
    assert machine.daemon.wait_exit() == 0
    assert time.monotonic() - began < LIMIT
    machine.daemon.start()
    client = machine.client()
    for index, task in enumerate(tasks):
        finished(client.task(task.id), CONTENT, machine.downloads / str(index))
        assert resources[index].requests[1].range_start >= done[index]
        assert types(client.session("test"), task) == ["finished-downloading", "completed"]
    client.task(stalled.id).cancel()


def test_a_call_that_blocks_does_not_hold_the_end_up(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(silent()).url, start=True)
    waits = [task.begin("Wait", "t", 0) for _ in range(50)]
    session.details()
    began = time.monotonic()
    assert machine.daemon.terminate() == 0
    assert time.monotonic() - began < LIMIT
    for wait in waits:
        with pytest.raises(BusError):
            task.result(wait)


def test_it_ends_cleanly_with_much_queued(machine: Machine, session: Session) -> None:
    session.create_many([("download", "http://127.0.0.1:9/", {})] * 10_000)
    began = time.monotonic()
    assert machine.daemon.terminate() == 0
    assert time.monotonic() - began < LIMIT


def test_calls_in_flight_are_answered_or_undone_never_both(machine: Machine, client: Client) -> None:
    session = client.session("test")
    calls = [session.begin("CreateDownload", "sa{sv}", "http://127.0.0.1:9/", {}) for _ in range(500)]
    assert machine.daemon.terminate() == 0
    promised = set()
    for call in calls:
        try:
            promised.add(session.result(call))
        except BusError as error:
            assert error.is_gone or error.word == "JournalUnavailable", error
    machine.daemon.start()
    assert promised <= {row.path for row in machine.client().tasks()}


def test_losing_the_bus_is_a_failure_that_loses_nothing(machine: Machine, session: Session) -> None:
    machine.bus.stop()
    assert machine.daemon.wait_exit() == 1
    assert "bus" in machine.daemon.log


def test_a_signal_while_it_starts_is_a_clean_end(machine: Machine) -> None:
    machine.daemon.terminate()
    machine.daemon.launch()
    os.kill(machine.daemon.pid, signal.SIGTERM)
    assert machine.daemon.wait_exit() in (0, -signal.SIGTERM)
    machine.daemon.start()
