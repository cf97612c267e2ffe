"""A directory as the destination: the file's name comes from the client, the server or the URL, in that order."""

import os
from pathlib import Path

import pytest

from bus.expect import failed, finished, refused, terminal
from harness.client import Session
from harness.machine import Machine
from servers.behaviours import File, redirect, status
from servers.content import Content
from servers.scripted import ScriptedServer

CONTENT = Content(181, 50_000)


def named(disposition: str) -> File:
    return File(CONTENT, headers=(("Content-Disposition", disposition),))


@pytest.mark.parametrize("slash", ["/", ""], ids=["with a slash", "without"])
def test_the_url_gives_the_name(machine: Machine, session: Session, server: ScriptedServer, slash: str) -> None:
    task = session.download(server.serve(File(CONTENT), name="song%20one.ogg").url, destination=f"{machine.downloads}{slash}",
                            start=True)
    finished(task, CONTENT, machine.downloads / "song one.ogg")
    assert terminal(session, task).details["path"] == str(machine.downloads / "song one.ogg")
    assert task.details()["path"] == str(machine.downloads / "song one.ogg")


@pytest.mark.parametrize("disposition, name", [
    ('attachment; filename="song.ogg"', "song.ogg"),
    ("attachment; filename=song.ogg", "song.ogg"),
    ("inline; filename=song.ogg", "song.ogg"),
    ("attachment; filename=\"plain.ogg\"; filename*=UTF-8''gr%C3%B6%C3%9Fe.ogg", "größe.ogg"),
    ("attachment; filename*=iso-8859-1'de'gr%F6%DFe.ogg", "größe.ogg"),
    (r'attachment; filename="a \"quoted\" name"', 'a "quoted" name'),
    ("attachment", "from-url"),
    ("attachment; size=5", "from-url"),
])
def test_the_server_gives_the_name(machine: Machine, session: Session, server: ScriptedServer, disposition: str, name: str) -> None:
    task = session.download(server.serve(named(disposition), name="from-url").url, destination=f"{machine.downloads}/", start=True)
    finished(task, CONTENT, machine.downloads / name)


def test_an_existing_file_makes_another_name(machine: Machine, session: Session, server: ScriptedServer) -> None:
    (machine.downloads / "song.ogg").write_bytes(b"what was there before")
    paths = set()
    for _ in range(2):
        task = session.download(server.serve(File(CONTENT), name="song.ogg").url, destination=f"{machine.downloads}/", start=True)
        assert task.wait() == ("finished", "")
        path = Path(terminal(session, task).details["path"])
        assert path.parent == machine.downloads and path.suffix == ".ogg"
        CONTENT.check(path)
        paths.add(path)
    assert len(paths) == 2
    assert (machine.downloads / "song.ogg").read_bytes() == b"what was there before"


def test_an_existing_file_may_be_replaced_or_in_the_way(machine: Machine, session: Session, server: ScriptedServer) -> None:
    path = machine.downloads / "song.ogg"
    path.write_bytes(b"what was there before")
    resource = server.serve(File(CONTENT), name="song.ogg")
    task = session.download(resource.url, destination=f"{machine.downloads}/", if_exists="fail", start=True)
    failed(task, "destination")
    assert str(path) in terminal(session, task).details["error-text"]
    assert path.read_bytes() == b"what was there before"
    finished(session.download(resource.url, destination=f"{machine.downloads}/", if_exists="replace", start=True), CONTENT, path)
    machine.wait_downloads(path)


def test_the_name_stays_over_attempts_and_crashes(machine: Machine, session: Session, server: ScriptedServer) -> None:
    content = Content(182, 600_000)
    first = File(content, etag='"one"', cut=350_000, headers=(("Content-Disposition", 'attachment; filename="first"'),))
    resource = server.serve(first, File(content, etag='"one"', headers=(("Content-Disposition", 'attachment; filename="first"'),)))
    wire = resource.trip(2, after=50_000)
    task = session.download(resource.url, destination=f"{machine.downloads}/", start=True)
    wire.wait_reached()
    machine.daemon.kill()
    wire.release()
    machine.daemon.start()
    finished(machine.client().task(task.id), content, machine.downloads / "first")
    machine.wait_downloads(machine.downloads / "first")


def test_behind_redirects_the_last_url_gives_the_name(machine: Machine, session: Session, server: ScriptedServer) -> None:
    target = server.serve(File(CONTENT), name="target")
    task = session.download(server.serve(redirect(target.url), name="start").url, destination=f"{machine.downloads}/", start=True)
    finished(task, CONTENT, machine.downloads / "target")


def test_a_query_is_no_part_of_the_name(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(File(CONTENT), name="file", secret="a/b").url, destination=f"{machine.downloads}/",
                            start=True)
    finished(task, CONTENT, machine.downloads / "file")


def test_a_directory_that_is_not_there_is_denied(machine: Machine, session: Session) -> None:
    with refused("DestinationDenied", "nowhere"):
        session.download("http://127.0.0.1:9/file", destination=f"{machine.downloads}/nowhere/")


def test_a_failure_leaves_nothing_in_the_directory(machine: Machine, session: Session, server: ScriptedServer) -> None:
    failed(session.download(server.serve(status(404)).url, destination=f"{machine.downloads}/", start=True), "http-status")
    machine.wait_downloads()


def test_two_tasks_into_one_directory_take_different_names(machine: Machine, session: Session, server: ScriptedServer) -> None:
    contents = [Content(183 + number, 40_000) for number in range(5)]
    tasks = [session.download(server.serve(File(content), name="same").url, destination=f"{machine.downloads}/", start=True)
             for content in contents]
    for task, content in zip(tasks, contents):
        assert task.wait() == ("finished", "")
        content.check(Path(task.details()["path"]))
    assert len(list(machine.downloads.iterdir())) == 5


def test_a_directory_may_be_given_as_a_descriptor(machine: Machine, session: Session, server: ScriptedServer) -> None:
    directory = machine.downloads / "before"
    directory.mkdir()
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        task = session.download(server.serve(File(CONTENT), name="from-url").url,
                                {"destination-fd": ("h", descriptor), "filename": "mine", "start": True})
    finally:
        os.close(descriptor)
    finished(task, CONTENT, directory / "mine")
    with refused("InvalidArgument", "destination-fd"), (machine.downloads / "file").open("wb") as file:
        session.download("http://127.0.0.1:9/file", {"destination-fd": ("h", file.fileno())})


def test_the_client_gives_the_name(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(named('attachment; filename="theirs"')).url, destination=f"{machine.downloads}/",
                            filename="mine", start=True)
    finished(task, CONTENT, machine.downloads / "mine")
    assert task.details()["filename"] == "mine"


@pytest.mark.parametrize("name", ["a/b", "/etc/passwd", "..", ".", "", "a\0b", "a\nb", "x" * 256])
def test_a_name_that_is_none_is_refused(machine: Machine, session: Session, server: ScriptedServer, name: str) -> None:
    with refused("InvalidArgument") if "\0" not in name else pytest.raises(Exception):
        session.download("http://127.0.0.1:9/file", destination=f"{machine.downloads}/", filename=name)
