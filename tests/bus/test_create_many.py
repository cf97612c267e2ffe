"""CreateMany: one call, one commit, all or none."""

import pytest

from bus.expect import refused
from harness.client import Client, Session
from harness.machine import Machine
from servers.behaviours import File
from servers.content import Content
from servers.scripted import ScriptedServer, many

URL = "http://127.0.0.1:9/file"


def test_all_are_made_in_the_same_order(machine: Machine, session: Session, server: ScriptedServer) -> None:
    files = many(server, 50, 5_000)
    tasks = session.create_many([
        ("download", resource.url, {"destination": machine.downloads / str(content.seed), "start": True})
        for resource, content in files])
    assert [task.id for task in tasks] == list(range(tasks[0].id, tasks[0].id + 50))
    for task, (_, content) in zip(tasks, files):
        assert task.wait() == ("finished", "")
        content.check(machine.downloads / str(content.seed))


def test_ten_thousand_in_one_call(client: Client, session: Session) -> None:
    tasks = session.create_many([("download", URL, {})] * 10_000)
    assert len({task.id for task in tasks}) == 10_000
    assert len(client.tasks("suspended")) == 10_000
    session.download(URL)
    with refused("LimitExceeded"):
        client.tasks()


def test_more_than_ten_thousand_are_refused(session: Session) -> None:
    with refused("LimitExceeded", "10000"):
        session.create_many([("download", URL, {})] * 10_001)
    assert session.tasks() == []


def test_none_at_all_is_no_work(session: Session) -> None:
    assert session.create_many([]) == []


@pytest.mark.parametrize("bad, word, mention", [
    (("download", "ftp://127.0.0.1/bad", {}), "InvalidArgument", "ftp"),
    (("carry", URL, {}), "InvalidArgument", "carry"),
    (("upload", URL, {}), "InvalidArgument", "file"),
    (("websocket", URL, {}), "InvalidArgument", "ws and wss"),
    (("download", URL, {"destination": "not/absolute"}), "InvalidArgument", "not/absolute"),
    (("download", URL, {"colour": ("s", "blue")}), "InvalidArgument", "colour"),
    (("download", URL, {"retries": ("s", "3")}), "InvalidArgument", "retries"),
    (("download", URL, {"checksum": "sha-256=00"}), "InvalidArgument", "checksum"),
    (("download", URL, {"destination": "/nowhere/at/all"}), "DestinationDenied", "/nowhere/at/all"),
])
def test_one_bad_request_leaves_none_behind(session: Session, bad: tuple, word: str, mention: str) -> None:
    worse = ("download", "gopher://127.0.0.1/worse", {})
    with refused(word, mention, "8"):
        session.create_many([("download", URL, {"start": True})] * 7 + [bad] + [worse])
    assert session.tasks() == []
    assert session.events() == []


def test_two_of_one_call_cannot_share_a_destination(machine: Machine, session: Session, server: ScriptedServer) -> None:
    """At the latest the end decides: one of them gets the name, and the other one does not overwrite it."""
    resource = server.serve(File(Content(1, 1000)))
    path = machine.downloads / "same"
    tasks = session.create_many([("download", resource.url, {"destination": path, "start": True})] * 2)
    ends = sorted(task.wait() for task in tasks)
    assert ends == [("failed", "destination"), ("finished", "")]
    Content(1, 1000).check(path)
