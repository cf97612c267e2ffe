"""Any task in the journal is addressable by its path, also with a hundred thousand of them."""

import random
import threading
import time

import pytest

from bus.expect import unknown_object
from harness.client import Client, Session
from harness.connection import BusError
from harness.deadline import PATIENCE
from harness.machine import Machine
from servers.behaviours import File, gated
from servers.content import Content
from servers.scripted import ScriptedServer

URL = "http://127.0.0.1:9/file"
COUNT = 100_000
LOT = 10_000


def test_a_hundred_thousand_tasks_are_addressable(machine: Machine, client: Client, session: Session) -> None:
    # The requests are alike, so one message body does for all lots.
    ids = [task.id for _ in range(COUNT // LOT) for task in session.create_many([("download", URL, {})] * LOT)]
    assert len(set(ids)) == COUNT
    choice = random.Random(1).sample(ids, 300)

    def look_at(seen: Client) -> None:
        for id in choice:
            assert seen.task(id).get("Id") == id
        assert seen.task(choice[0]).details()["state"] == "suspended"
        assert seen.find_task(choice[-1]).path == f"/org/hauld1/task/{choice[-1]}"

    look_at(client)
    machine.daemon.kill()
    began = time.monotonic()
    machine.daemon.start()
    again = machine.client()
    assert again.task(ids[-1]).state == "suspended"
    assert time.monotonic() - began < 2 * PATIENCE
    look_at(again)
    if not machine.daemon.is_sanitized:
        assert machine.daemon.resident_bytes <= 64 << 20


def test_a_thousand_calls_in_flight_to_as_many_tasks_are_all_answered(session: Session) -> None:
    tasks = session.create_many([("download", URL, {})] * 1000)
    for member in ("GetDetails", "Cancel"):
        for call in [task.begin(member) for task in tasks]:
            session.connection.finish(call)
    assert len(session.tasks("cancelled")) == 1000


def test_a_wait_is_answered_whatever_else_is_called_meanwhile(machine: Machine, client: Client, session: Session,
                                                              server: ScriptedServer) -> None:
    gate = threading.Event()
    task = session.download(server.serve(gated(gate, File(Content(1, 1000)))).url, start=True)
    wait = task.begin("Wait", "t", 0)
    for other in session.create_many([("download", URL, {})] * 1000):
        assert other.state == "suspended"
    for path in ("/", "/org/hauld1", task.path):
        client.connection.call("org.hauld1", path, "org.freedesktop.DBus.Introspectable", "Introspect")
    gate.set()
    assert task.result(wait) == ("finished", "")


@pytest.mark.parametrize("number", ["0", "12345", "18446744073709551615", "18446744073709551616",
                                    "99999999999999999999999999", "x", "01", "1x", "1/2", "_31"])
def test_a_path_without_task_is_unknown(client: Client, session: Session, number: str) -> None:
    session.download(URL)
    seen = client.task(1)
    seen.path = f"/org/hauld1/task/{number}"
    with unknown_object():
        seen.details()
    with unknown_object():
        seen.get("State")
    with unknown_object():
        seen.get_all()


def test_an_unknown_member_of_a_task_is_an_error_of_the_bus(client: Client, session: Session) -> None:
    task = session.download(URL)
    with pytest.raises(BusError) as raised:
        task.call("Fly")
    assert raised.value.word == "UnknownMethod"
    with pytest.raises(BusError) as raised:
        task.get("Colour")
    assert raised.value.word in ("UnknownProperty", "InvalidArgs")
    with pytest.raises(BusError) as raised:
        task.call("Wait", "s", "long")
    assert raised.value.word == "InvalidArgs"
    assert task.state == "suspended"
