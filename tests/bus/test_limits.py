"""Everything is bounded: passing a limit is a clear error that loses nothing."""

import threading

import pytest

from bus.expect import finished, refused
from harness.client import Client, Session
from harness.machine import Machine
from servers.behaviours import File, gated, silent
from servers.content import Content
from servers.scripted import ScriptedServer, many

CONTENT = Content(seed=131, size=10_000)


@pytest.mark.machine(config="[limits]\ntasks-per-owner = 5\n")
def test_tasks_of_an_owner(machine: Machine, client: Client, session: Session, server: ScriptedServer) -> None:
    url = server.serve(File(CONTENT)).url
    tasks = [session.download(url) for _ in range(4)]
    with refused("LimitExceeded", "5"):
        session.create_many([("download", url, {})] * 2)
    assert len(client.tasks()) == 4
    tasks.append(session.download(url))
    with refused("LimitExceeded", "5"):
        client.download(url)
    with refused("LimitExceeded", "5"):
        client.session("other").download(url)
    assert [row.id for row in client.tasks()] == [task.id for task in tasks]
    tasks[0].cancel()
    session.acknowledge(1)
    tasks[0].remove()
    session.download(url)


@pytest.mark.machine(config="[limits]\nsessions-per-owner = 3\n")
def test_sessions_of_an_owner(client: Client) -> None:
    for identifier in "abc":
        client.session(identifier)
    with refused("LimitExceeded", "3"):
        client.session("d")
    assert client.session("a")
    assert len(client.sessions()) == 3


@pytest.mark.machine(config="[limits]\nwaits-per-owner = 4\n")
def test_waits_of_an_owner(machine: Machine, session: Session, server: ScriptedServer) -> None:
    gate = threading.Event()
    task = session.download(server.serve(gated(gate, File(CONTENT))).url, start=True)
    waits = [task.begin("Wait", "t", 0) for _ in range(4)]
    with refused("LimitExceeded", "4"):
        task.wait()
    gate.set()
    assert [task.result(wait) for wait in waits] == [("finished", "")] * 4
    assert task.wait() == ("finished", "")


@pytest.mark.machine(config="[limits]\nwaits-per-owner = 2\n")
def test_the_waits_of_a_client_that_left_are_given_back(machine: Machine, client: Client, server: ScriptedServer) -> None:
    task = client.download(server.serve(silent()).url)
    leaving = machine.client()
    for _ in range(2):
        leaving.task(task.id).begin("Wait", "t", 0)
    leaving.find_task(task.id)
    leaving.connection.close()
    task.wait_for(lambda t: _can_wait(t), "a wait to be free")


def _can_wait(task) -> bool:
    try:
        task.wait(0.01)
        return True
    except Exception as error:
        assert error.word == "LimitExceeded"
        return False


@pytest.mark.machine(config="[limits]\nactive-transfers = 3\n")
def test_transfers_at_a_time(machine: Machine, session: Session, server: ScriptedServer) -> None:
    gate = threading.Event()
    resource = server.serve(gated(gate, File(CONTENT)))
    tasks = [session.download(resource.url, start=True) for _ in range(8)]
    tasks[-1].wait_for(lambda _: len(resource.requests) == 3, "three requests")
    assert sorted(row.state for row in session.tasks()) == ["running"] * 3 + ["waiting"] * 5
    assert tasks[-1].blocked_by == ["queue"]
    gate.set()
    for task in tasks:
        assert task.wait() == ("finished", "")


@pytest.mark.machine(config="[limits]\nactive-per-host = 2\n")
def test_transfers_from_one_host(machine: Machine, session: Session, server: ScriptedServer, other_server: ScriptedServer) -> None:
    gate = threading.Event()
    one, other = server.serve(gated(gate, File(CONTENT))), other_server.serve(File(CONTENT))
    held = [session.download(one.url, start=True) for _ in range(4)]
    held[-1].wait_for(lambda _: len(one.requests) == 2, "two requests")
    path = machine.downloads / "other"
    free = session.download(other.url.replace("127.0.0.1", "localhost"), destination=path, start=True)
    finished(free, CONTENT, path)
    assert len(one.requests) == 2
    gate.set()
    for task in held:
        assert task.wait() == ("finished", "")


def test_headers_of_a_task(session: Session, server: ScriptedServer) -> None:
    url = server.serve(File(CONTENT)).url
    with refused("LimitExceeded"):
        session.download(url, headers={f"X-{number}": "x" for number in range(10_000)})
    with refused("LimitExceeded"):
        session.download(url, headers={"X": "x" * 10_000_000})
    assert session.tasks() == []
    task = session.download(url)
    with refused("LimitExceeded"):
        for number in range(10_000):
            task.call("SetHeader", "ss", f"X-{number}", "x")


def test_the_length_of_a_description(session: Session, server: ScriptedServer) -> None:
    url = server.serve(File(CONTENT)).url
    with pytest.raises(Exception) as raised:
        session.download(url, description="x" * 10_000_000)
    assert raised.value.word in ("LimitExceeded", "InvalidArgument")
    assert session.tasks() == []


def test_many_downloads_at_once_all_end(machine: Machine, session: Session, server: ScriptedServer) -> None:
    files = many(server, 200, 3_000, first_seed=1000)
    tasks = session.create_many([
        ("download", resource.url, {"destination": machine.downloads / str(content.seed), "start": True})
        for resource, content in files])
    for task, (_, content) in zip(tasks, files):
        finished(task, content, machine.downloads / str(content.seed))
    assert len(list(machine.downloads.iterdir())) == 200
