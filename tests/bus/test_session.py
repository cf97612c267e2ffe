"""org.hauld1.Session: named, owned, opened again."""

import pytest

from bus.expect import finished, refused, unknown_object
from harness.client import Client, Session
from harness.connection import BusError
from harness.machine import Machine
from servers.behaviours import File
from servers.content import Content
from servers.scripted import ScriptedServer

CONTENT = Content(seed=2, size=100_000)


def test_opening_an_identifier_again_gives_the_same_session(machine: Machine, client: Client) -> None:
    first = client.session("music")
    assert client.session("music") == first
    assert machine.client().session("music") == first
    assert client.session("films") != first


def test_a_session_survives_a_crash(machine: Machine, client: Client) -> None:
    first = client.session("music", description="songs")
    machine.restart()
    assert machine.client().session("music") == first
    assert [identifier for identifier, _, _ in machine.client().sessions()] == ["music"]


@pytest.mark.parametrize("identifier", ["a", "x" * 255, "with space", "größe", "日本語", "a/b", "'; drop table session; --"])
def test_any_text_without_control_characters_is_an_identifier(client: Client, identifier: str) -> None:
    assert client.session(identifier).details()["identifier"] == identifier


@pytest.mark.parametrize("identifier", ["", "x" * 256, "é" * 128, "a\nb", "a\tb", "a\x7fb", "a\u0085b"])
def test_an_identifier_that_is_none_is_refused(client: Client, identifier: str) -> None:
    with refused("InvalidArgument"):
        client.session(identifier)
    assert client.sessions() == []


def test_sessions_are_listed_with_their_number_of_tasks(client: Client, server: ScriptedServer) -> None:
    full, empty = client.session("full"), client.session("empty")
    for _ in range(2):
        full.download(server.serve(File(CONTENT)).url)
    assert sorted(client.sessions()) == [("empty", empty.path, 0), ("full", full.path, 2)]


def test_details_tell_options_and_counts(client: Client, server: ScriptedServer) -> None:
    session = client.session("music", description="songs", retries=3, headers={"X-Api-Key": "opensesame"})
    session.download(server.serve(File(CONTENT)).url).cancel()
    details = session.details()
    assert details["identifier"] == "music"
    assert details["description"] == "songs"
    assert details["retries"] == 3
    assert (details["tasks"], details["events"], details["last-event"]) == (1, 1, 1)
    assert (details["acknowledged"], details["attached"]) == (0, False)
    assert "opensesame" not in str(details)


def test_a_task_takes_the_defaults_of_its_session_when_it_is_made(machine: Machine, client: Client,
                                                                   server: ScriptedServer) -> None:
    resource = server.serve(File(CONTENT))
    session = client.session("music", headers={"X-Mood": "calm"})
    early = session.download(resource.url, destination=machine.downloads / "early")
    client.session("music", headers={"X-Mood": "wild"})
    late = session.download(resource.url, destination=machine.downloads / "late")
    for task, name, mood in ((early, "early", "calm"), (late, "late", "wild")):
        task.resume()
        finished(task, CONTENT, machine.downloads / name)
        assert resource.requests[-1].header("X-Mood") == mood


def test_opening_again_with_options_replaces_all_defaults(client: Client) -> None:
    client.session("music", description="songs", retries=3)
    again = client.session("music", retries=5)
    details = again.details()
    assert details["retries"] == 5
    assert "description" not in details


def test_tasks_are_listed_in_pages(session: Session, server: ScriptedServer) -> None:
    url = server.serve(File(CONTENT)).url
    tasks = session.create_many([("download", url, {})] * 25)
    seen: list[int] = []
    while page := session.tasks(after=seen[-1] if seen else 0, limit=10):
        assert len(page) <= 10
        seen += [row.id for row in page]
    assert seen == [task.id for task in tasks]
    with refused("InvalidArgument", "asleep"):
        session.tasks("asleep")


def test_a_page_has_at_most_a_thousand_tasks(session: Session, server: ScriptedServer) -> None:
    session.create_many([("download", server.serve(File(CONTENT)).url, {})] * 1100)
    assert len(session.tasks()) == 1000
    assert len(session.tasks(limit=5000)) == 1000


def test_a_session_lists_only_its_own_tasks(client: Client, session: Session, server: ScriptedServer) -> None:
    url = server.serve(File(CONTENT)).url
    mine, other = session.download(url), client.session("other").download(url)
    assert [row.id for row in session.tasks()] == [mine.id]
    assert [row.id for row in client.session("other").tasks()] == [other.id]


@pytest.mark.parametrize("number", ["0", "99", "18446744073709551615", "18446744073709551616", "x", "01", "-1", "1/2"])
def test_a_path_without_session_is_unknown(client: Client, session: Session, number: str) -> None:
    path = f"/org/hauld1/session/{number}"
    if number == "-1":
        with pytest.raises((BusError, ConnectionError)):
            Session(client.connection, path).details()
        return
    with unknown_object():
        Session(client.connection, path).details()
    with unknown_object():
        Session(client.connection, path).get("Anything")
