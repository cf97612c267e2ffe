"""org.hauld1.Manager: entry points and what the machine says of itself."""

import re

import pytest

from bus.expect import finished, refused
from harness.client import UNKNOWN_TOTAL, Client, Session
from harness.machine import Machine
from servers.behaviours import File, silent
from servers.content import Content
from servers.scripted import ScriptedServer

CONTENT = Content(seed=1, size=200_000)


def test_download_starts_at_once_in_the_default_session(machine: Machine, client: Client, server: ScriptedServer) -> None:
    path = machine.downloads / "file"
    task = client.download(server.serve(File(CONTENT)).url, path)
    assert re.fullmatch(r"/org/hauld1/task/\d+", task.path)
    finished(task, CONTENT, path)
    assert [identifier for identifier, _, _ in client.sessions()] == ["default"]
    assert task.details()["session"] == client.session("default").path


def test_download_over_https_with_the_authority_told(machine: Machine, session: Session, tls_server: ScriptedServer,
                                                     certificates) -> None:
    path = machine.downloads / "file"
    task = session.download(tls_server.serve(File(CONTENT)).url, destination=path, start=True,
                            ca_file=certificates.authority)
    finished(task, CONTENT, path)


def test_download_over_https_from_an_unknown_authority_fails(machine: Machine, session: Session,
                                                             tls_server: ScriptedServer) -> None:
    task = session.download(tls_server.serve(File(CONTENT)).url, destination=machine.downloads / "file", start=True)
    assert task.wait() == ("failed", "tls")
    machine.wait_downloads()


def test_version_and_features_name_what_there_is(client: Client) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", client.get("Version"))
    features = client.get("Features")
    assert {"download", "upload", "websocket"} <= set(features)
    assert isinstance(client.get("Conditions"), list)
    assert set(client.get_all()) == {"Version", "Features", "Conditions", "ActiveTasks"}


def test_active_tasks_counts_what_runs(client: Client, server: ScriptedServer) -> None:
    assert client.get("ActiveTasks") == 0
    task = client.download(server.serve(silent()).url)
    task.wait_for(lambda t: t.state == "running", "running")
    assert client.get("ActiveTasks") == 1
    task.cancel()
    assert client.get("ActiveTasks") == 0


def test_list_tasks_shows_each_task_by_rising_id(client: Client, server: ScriptedServer) -> None:
    session = client.session("list")
    tasks = [session.download(server.serve(File(CONTENT)).url) for _ in range(3)]
    tasks[1].cancel()
    rows = client.tasks()
    assert [row.path for row in rows] == [task.path for task in tasks]
    assert [row.id for row in rows] == sorted(task.id for task in tasks)
    assert [(row.kind, row.state, row.reason) for row in rows] == [
        ("download", "suspended", ""), ("download", "cancelled", "client"), ("download", "suspended", "")]
    assert rows[0].done == 0 and rows[0].total == UNKNOWN_TOTAL
    assert [row.id for row in client.tasks("cancelled")] == [tasks[1].id]
    assert client.tasks("running") == []


def test_list_tasks_refuses_a_word_that_is_no_state(client: Client) -> None:
    with refused("InvalidArgument", "sleeping"):
        client.tasks("sleeping")


def test_get_task_gives_the_path_of_a_number(client: Client, session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(File(CONTENT)).url)
    assert client.find_task(task.id) == task


@pytest.mark.parametrize("id", [0, 4711, 2**63 - 1, 2**63, 2**64 - 1])
def test_get_task_of_a_number_without_task_is_refused(client: Client, id: int) -> None:
    with refused("NoSuchTask", str(id)):
        client.find_task(id)


def test_limits_are_named_as_in_the_configuration(client: Client) -> None:
    limits = client.limits()
    assert limits["tasks-per-owner"] == 1_000_000
    assert limits["sessions-per-owner"] == 1000
    assert limits["active-transfers"] == 32
    assert limits["active-per-host"] == 6
    assert (limits["active-per-owner"], limits["active-per-session"]) == (24, 18)
    assert limits["waits-per-owner"] == 1000
    assert limits["spool-bytes-per-owner"] == 10 << 30


def test_a_limit_is_set_at_once(client: Client) -> None:
    client.call("SetLimit", "st", "active-transfers", 1)
    assert client.limits()["active-transfers"] == 1
    with refused("InvalidArgument", "active-transfers"):
        client.call("SetLimit", "st", "active-transfers", 0)
