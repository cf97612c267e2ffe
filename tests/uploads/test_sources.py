"""Which files and descriptors can be sent."""

import os
import socket
from pathlib import Path
from typing import Callable

import pytest

from bus.expect import refused
from harness.client import Session
from harness.machine import QUICK_RETRIES, Machine
from servers.content import Content
from servers.scripted import ScriptedServer
from servers.uploads.answers import accept
from uploads.expect import CONTENT, finished, sha256, sha256s, taken_once

NOBODY = 65534


def fifo(path: Path) -> None:
    os.mkfifo(path)


def listener(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


def dangling(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere")


@pytest.mark.parametrize("make, kind", [
    (lambda path: None, ""), (dangling, ""), (fifo, "FIFO"), (Path.mkdir, "directory"), (listener, "socket"),
    (lambda path: path.symlink_to("/dev/null"), "device")],
    ids=["missing", "dangling link", "FIFO", "directory", "socket", "device"])
def test_what_is_no_readable_file(machine: Machine, session: Session, server: ScriptedServer,
                                  make: Callable[[Path], None], kind: str) -> None:
    path = machine.directory / "special"
    make(path)
    with refused("SourceUnreadable", str(path), kind):
        session.upload(server.serve(accept()).url, path)


@pytest.mark.parametrize("path", ["relative", "./relative", "~/file"])
def test_a_path_is_absolute(session: Session, server: ScriptedServer, path: str) -> None:
    with refused("InvalidArgument", "absolute"):
        session.upload(server.serve(accept()).url, path)


@pytest.mark.root
@pytest.mark.machine(config=QUICK_RETRIES, user=NOBODY)
def test_a_file_that_the_daemons_user_cannot_read(machine: Machine, server: ScriptedServer) -> None:
    path = machine.directory / "private"
    path.write_bytes(b"x")
    path.chmod(0o600)
    session = machine.stranger(NOBODY).session("test")
    with refused("SourceUnreadable", str(path)):
        session.upload(server.serve(accept()).url, path)


@pytest.mark.root
def test_another_user_gives_descriptors_and_no_paths(machine: Machine, server: ScriptedServer, source: Path) -> None:
    session = machine.stranger().session("test")
    resource = server.serve(accept())
    with refused("NotPermitted"):
        session.upload(resource.url, source)
    with refused("NotPermitted"):
        session.upload(resource.url, "", form=[{"name": "a", "file": source}])
    with source.open("rb") as file:
        finished(session.upload(resource.url, "", {"file-fd": file.fileno(), "snapshot": "copy", "start": True}))
    taken_once(resource.copies)


def test_a_link_is_followed(machine: Machine, session: Session, server: ScriptedServer, source: Path) -> None:
    link = machine.directory / "link"
    link.symlink_to(source)
    resource = server.serve(accept())
    finished(session.upload(resource.url, link, start=True))
    taken_once(resource.copies)


@pytest.mark.parametrize("snapshot", ["auto", "copy", "never"])
def test_a_descriptor_is_sent_from_its_first_byte(session: Session, server: ScriptedServer, source: Path,
                                                  snapshot: str) -> None:
    resource = server.serve(accept())
    with source.open("rb") as file:
        file.seek(1000)
        task = session.upload(resource.url, "", {"file-fd": file.fileno(), "snapshot": snapshot})
        assert file.tell() == 1000
    task.resume()
    finished(task)
    taken_once(resource.copies)


def test_a_descriptor_survives_a_crash(machine: Machine, session: Session, server: ScriptedServer,
                                       source: Path) -> None:
    resource = server.serve(accept())
    with source.open("rb") as file:
        task = session.upload(resource.url, "", {"file-fd": file.fileno()})
    machine.restart()
    task = machine.client().task(task.id)
    task.resume()
    finished(task)
    taken_once(resource.copies)


@pytest.mark.parametrize("snapshot", ["auto", "copy"])
def test_descriptors_that_are_no_readable_files(machine: Machine, session: Session, server: ScriptedServer,
                                                source: Path, snapshot: str) -> None:
    reading, writing = os.pipe()
    bad = {"write-only": os.open(source, os.O_WRONLY), "pipe": reading,
           "directory": os.open(machine.directory, os.O_RDONLY),
           "device": os.open("/dev/zero", os.O_RDONLY), "path": os.open(source, os.O_PATH)}
    try:
        for name, descriptor in bad.items():
            with refused("SourceUnreadable"):
                session.upload(server.serve(accept()).url, "", {"file-fd": descriptor, "snapshot": snapshot})
    finally:
        for descriptor in (*bad.values(), writing):
            os.close(descriptor)


def memory_file(_: Path) -> int:
    descriptor = os.memfd_create("body")
    os.write(descriptor, CONTENT.read_all())
    return descriptor


def deleted_file(directory: Path) -> int:
    CONTENT.write_to(directory / "deleted")
    descriptor = os.open(directory / "deleted", os.O_RDONLY)
    (directory / "deleted").unlink()
    return descriptor


@pytest.mark.parametrize("make", [memory_file, deleted_file])
def test_a_file_without_a_path_has_to_be_copied(machine: Machine, session: Session, server: ScriptedServer,
                                                make: Callable[[Path], int]) -> None:
    descriptor = make(machine.directory)
    resource = server.serve(accept())
    try:
        for snapshot in ("auto", "never"):
            with refused("InvalidArgument", "snapshot", "copy"):
                session.upload(resource.url, "", {"file-fd": descriptor, "snapshot": snapshot})
        task = session.upload(resource.url, "", {"file-fd": descriptor, "snapshot": "copy"})
    finally:
        os.close(descriptor)
    machine.restart()
    task = machine.client().task(task.id)
    task.resume()
    finished(task)
    taken_once(resource.copies)


def test_path_and_descriptor_exclude_each_other(session: Session, server: ScriptedServer, source: Path) -> None:
    with source.open("rb") as file, refused("InvalidArgument", "file-fd"):
        session.upload(server.serve(accept()).url, source, {"file-fd": file.fileno()})


def test_a_copy_is_the_file_of_the_call(machine: Machine, session: Session, server: ScriptedServer,
                                        source: Path) -> None:
    resource = server.serve(accept(), accept())
    task = session.upload(resource.url, source, snapshot="copy")
    source.write_bytes(b"another")
    task.resume()
    finished(task)
    again = session.upload(resource.url, source, snapshot="copy")
    source.unlink()
    machine.restart()
    task = machine.client().task(again.id)
    task.resume()
    finished(task)
    assert sha256s(resource.copies) == [sha256(CONTENT), sha256(b"another")]


def spooled(machine: Machine) -> list[Path]:
    return [path for path in (machine.state / "spool").rglob("*") if path.is_file()]


@pytest.mark.parametrize("end", ["finished", "cancelled", "removed"])
def test_a_copy_goes_with_its_task(machine: Machine, session: Session, server: ScriptedServer, source: Path,
                                   end: str) -> None:
    task = session.upload(server.serve(accept(204)).url, source, snapshot="copy")
    assert any(path.stat().st_size == CONTENT.size for path in spooled(machine))
    if end == "finished":
        task.resume()
        finished(task)
    else:
        task.cancel()
    if end == "removed":
        task.remove()
    session.wait_events(lambda _: not any(path.stat().st_size == CONTENT.size for path in spooled(machine)),
                        "no copy left")


@pytest.mark.machine(config=QUICK_RETRIES + "[limits]\nspool-bytes-per-owner = 1000000\n")
def test_copies_have_a_quota(machine: Machine, session: Session, server: ScriptedServer, source: Path) -> None:
    url = server.serve(accept()).url
    tasks = [session.upload(url, source, snapshot="copy") for _ in range(2)]
    for choice in ({"snapshot": "copy"}, {"snapshot": "copy", "token": "t"}):
        with refused("LimitExceeded"):
            session.upload(url, source, choice)
    with refused("LimitExceeded"):
        session.upload(url, "", form=[{"name": "a", "file": source}])
    assert len(session.tasks()) == 2
    session.upload(url, source, snapshot="never")
    tasks[0].cancel()
    tasks[0].wait_for(lambda _: len(spooled(machine)) < 2, "room in the spool")
    finished(session.upload(url, source, snapshot="copy", start=True))
    large = Content(605, 2_000_000)
    large.write_to(source)
    with refused("LimitExceeded"):
        session.upload(url, source, snapshot="copy")


@pytest.mark.machine(config=QUICK_RETRIES + "[limits]\nspool-bytes-per-owner = 1300000\n")
def test_a_known_token_takes_no_room(machine: Machine, session: Session, server: ScriptedServer, source: Path) -> None:
    url, choice = server.serve(accept()).url, {"snapshot": "copy", "token": "t"}
    task = session.upload(url, source, choice)
    for _ in range(5):
        assert session.upload(url, source, choice) == task
    task.wait_for(lambda _: len(spooled(machine)) == 1, "one copy to be left")
    assert session.create_many([("upload", url, {"file": source, "snapshot": "copy", "token": "u"})] * 2)[0] != task
    task.wait_for(lambda _: len(spooled(machine)) == 2, "one more copy")
