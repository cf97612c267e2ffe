"""A client's own token: the same token is the same task, whatever became of the first reply."""

from bus.expect import finished, refused
from harness.client import Client, Session
from harness.machine import Machine
from servers.behaviours import File
from servers.content import Content
from servers.scripted import ScriptedServer

CONTENT = Content(seed=11, size=20_000)


def test_the_same_token_is_the_same_task(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(File(CONTENT))
    choice = {"token": "song-1", "destination": machine.downloads / "file", "start": True}
    first = session.download(resource.url, choice)
    finished(first, CONTENT, machine.downloads / "file")
    assert session.download(resource.url, choice) == first
    assert len(session.tasks()) == 1
    assert len(resource.requests) == 1


def test_the_same_token_is_the_same_task_after_a_crash(machine: Machine, session: Session, server: ScriptedServer) -> None:
    url = server.serve(File(CONTENT)).url
    first = session.download(url, token="song-1")
    machine.restart()
    again = machine.client().session("test")
    assert again.download(url, token="song-1") == first
    assert again.download(url, token="song-2") != first


def test_a_token_counts_in_its_own_session(client: Client, server: ScriptedServer) -> None:
    url = server.serve(File(CONTENT)).url
    assert client.session("a").download(url, token="t") != client.session("b").download(url, token="t")


def test_two_calls_in_flight_make_one_task(session: Session, server: ScriptedServer) -> None:
    url = server.serve(File(CONTENT)).url
    calls = [session.begin("CreateDownload", "sa{sv}", url, {"token": ("s", "t")}) for _ in range(20)]
    assert len({session.result(call) for call in calls}) == 1


def test_a_repeated_lot_gives_the_same_tasks(session: Session, server: ScriptedServer) -> None:
    url = server.serve(File(CONTENT)).url
    lot = [("download", url, {"token": f"t{number}"}) for number in range(20)]
    first = session.create_many(lot)
    assert session.create_many(lot) == first
    assert session.create_many(lot + [("download", url, {"token": "more"})])[:20] == first
    assert len(session.tasks()) == 21


def test_a_token_has_at_most_255_bytes(session: Session, server: ScriptedServer) -> None:
    session.download(server.serve(File(CONTENT)).url, token="x" * 255)
    with refused("InvalidArgument", "token"):
        session.download(server.serve(File(CONTENT)).url, token="x" * 256)
