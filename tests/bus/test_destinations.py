"""Where a file may go, and what an existing one has to fear: nothing."""

import os
import threading
from pathlib import Path

import pytest

from bus.expect import failed, finished, refused, terminal
from harness.client import Client, Session
from harness.machine import Machine
from servers.behaviours import File, gated, status
from servers.content import Content
from servers.scripted import ScriptedServer

CONTENT = Content(seed=21, size=100_000)
OLD = b"what was there before"


@pytest.fixture
def url(server: ScriptedServer) -> str:
    return server.serve(File(CONTENT)).url


@pytest.mark.parametrize("path", ["file", "./file", "../file", "~/file", "file:///tmp/file"])
def test_a_relative_destination_is_refused(client: Client, session: Session, url: str, path: str) -> None:
    with refused("InvalidArgument", path):
        client.download(url, path)
    with refused("InvalidArgument", path):
        session.download(url, destination=path)
    assert client.tasks() == []


@pytest.mark.parametrize("path", ["/tmp/" + "x" * 256, "/tmp/" + "x/" * 2100 + "y", "/proc/self/", "/tmp/no/such/"])
def test_a_path_that_can_be_no_file_is_refused(client: Client, url: str, path: str) -> None:
    with pytest.raises(Exception) as raised:
        client.download(url, path)
    assert raised.value.word in ("InvalidArgument", "DestinationDenied", "DestinationExists")
    assert client.tasks() == []


def test_a_directory_that_is_not_there_is_denied(machine: Machine, client: Client, url: str) -> None:
    path = machine.downloads / "nowhere" / "file"
    with refused("DestinationDenied", str(path.parent)):
        client.download(url, path)


def test_a_parent_that_is_a_file_is_denied(machine: Machine, client: Client, url: str) -> None:
    (machine.downloads / "plain").write_bytes(OLD)
    with refused("DestinationDenied", "plain"):
        client.download(url, machine.downloads / "plain" / "file")


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_destination_that_is_a_directory_gets_the_file_in_it(machine: Machine, session: Session, url: str, slash: str) -> None:
    directory = machine.downloads / "directory"
    directory.mkdir()
    for _ in range(2):
        task = session.download(url, destination=f"{directory}{slash}", start=True)
        assert task.wait() == ("finished", "")
        given = Path(terminal(session, task).details["path"])
        assert given.parent == directory
        CONTENT.check(given)
    assert len(list(directory.iterdir())) == 2, "the second one has got another name"


def test_a_filename_is_the_name_in_the_directory(machine: Machine, session: Session, url: str) -> None:
    task = session.download(url, destination=machine.downloads, filename="name", start=True)
    finished(task, CONTENT, machine.downloads / "name")
    with refused("DestinationExists", "name"):
        session.download(url, destination=machine.downloads, filename="name")
    with refused("InvalidArgument", "filename"):
        session.download(url, destination=machine.downloads / "file", filename="name")


@pytest.mark.root
def test_a_read_only_file_system_is_denied(client: Client, small_disk, url: str) -> None:
    small_disk.remount("ro")
    with refused("DestinationDenied", str(small_disk.path)):
        client.download(url, small_disk.path / "file")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_directory_is_denied(machine: Machine, client: Client, url: str) -> None:
    directory = machine.downloads / "locked"
    directory.mkdir(mode=0o555)
    with refused("DestinationDenied", str(directory)):
        client.download(url, directory / "file")


def test_an_existing_file_is_an_error_unless_told_otherwise(machine: Machine, client: Client, session: Session,
                                                            url: str) -> None:
    path = machine.downloads / "file"
    path.write_bytes(OLD)
    with refused("DestinationExists", str(path)):
        client.download(url, path)
    with refused("DestinationExists", str(path)):
        session.download(url, destination=path, if_exists="fail")
    assert path.read_bytes() == OLD


def test_replace_puts_the_new_file_there_at_once(machine: Machine, session: Session, server: ScriptedServer) -> None:
    gate = threading.Event()
    path = machine.downloads / "file"
    path.write_bytes(OLD)
    inode = path.stat().st_ino
    task = session.download(server.serve(gated(gate, File(CONTENT))).url, destination=path, if_exists="replace", start=True)
    task.wait_for(lambda t: t.state == "running", "running")
    assert path.read_bytes() == OLD
    gate.set()
    finished(task, CONTENT, path)
    assert path.stat().st_ino != inode
    machine.wait_downloads(path)


def test_a_failed_replacement_leaves_the_old_file(machine: Machine, session: Session, server: ScriptedServer) -> None:
    path = machine.downloads / "file"
    path.write_bytes(OLD)
    task = session.download(server.serve(status(404)).url, destination=path, if_exists="replace", start=True)
    failed(task, "http-status")
    assert path.read_bytes() == OLD
    machine.wait_downloads(path)


def test_rename_finds_a_free_name_and_tells_it(machine: Machine, session: Session, url: str) -> None:
    path = machine.downloads / "song.ogg"
    path.write_bytes(OLD)
    names = set()
    for _ in range(3):
        task = session.download(url, destination=path, if_exists="rename", start=True)
        assert task.wait() == ("finished", "")
        given = Path(terminal(session, task).details["path"])
        assert given.parent == machine.downloads and given.suffix == ".ogg" and given.name.startswith("song")
        CONTENT.check(given)
        names.add(given)
        assert task.details()["path"] == str(given)
    assert len(names) == 3
    assert path.read_bytes() == OLD
    assert set(machine.downloads.iterdir()) == names | {path}


def test_a_file_that_appears_meanwhile_survives(machine: Machine, session: Session, server: ScriptedServer) -> None:
    gate = threading.Event()
    path = machine.downloads / "file"
    task = session.download(server.serve(gated(gate, File(CONTENT))).url, destination=path, start=True)
    task.wait_for(lambda t: t.state == "running", "running")
    path.write_bytes(OLD)
    gate.set()
    failed(task, "destination")
    assert path.read_bytes() == OLD
    machine.wait_downloads(path)
    assert str(path) in terminal(session, task).details["error-text"]


def test_a_directory_that_vanishes_fails_the_task_with_its_name(machine: Machine, session: Session,
                                                                server: ScriptedServer) -> None:
    directory = machine.downloads / "soon-gone"
    directory.mkdir()
    task = session.download(server.serve(File(CONTENT)).url, destination=directory / "file")
    directory.rmdir()
    task.resume()
    failed(task, "destination")
    assert str(directory) in terminal(session, task).details["error-text"]


def test_a_directory_that_is_renamed_in_the_middle_gets_no_stray_file(machine: Machine, session: Session,
                                                                      server: ScriptedServer) -> None:
    directory = machine.downloads / "before"
    directory.mkdir()
    task = session.download(server.serve(File(CONTENT, rate=400_000)).url, destination=directory / "file", start=True)
    task.wait_for(lambda t: t.done > 10_000, "some bytes")
    directory.rename(machine.downloads / "after")
    failed(task, "destination")
    assert not directory.exists()


def test_a_symbolic_link_at_the_destination_is_an_existing_file(machine: Machine, session: Session, url: str) -> None:
    target, link = machine.downloads / "target", machine.downloads / "link"
    target.write_bytes(OLD)
    link.symlink_to(target)
    with refused("DestinationExists"):
        session.download(url, destination=link)
    task = session.download(url, destination=link, if_exists="replace", start=True)
    finished(task, CONTENT, link)
    assert target.read_bytes() == OLD and not link.is_symlink()
    dangling = machine.downloads / "dangling"
    dangling.symlink_to(machine.downloads / "nothing")
    with refused("DestinationExists"):
        session.download(url, destination=dangling)


def test_the_file_mode_is_the_umasks_unless_told(machine: Machine, session: Session, url: str) -> None:
    umask = os.umask(0)
    os.umask(umask)
    for name, choice, mode in (("plain", {}, 0o666 & ~umask), ("private", {"mode": 0o600}, 0o600),
                               ("shared", {"mode": 0o664}, 0o664)):
        finished(session.download(url, {"destination": machine.downloads / name, "start": True, **choice}), CONTENT,
                 machine.downloads / name)
        assert (machine.downloads / name).stat().st_mode & 0o7777 == mode
    with refused("InvalidArgument", "mode"):
        session.download(url, destination=machine.downloads / "setuid", mode=0o4755)


def test_the_part_file_lies_hidden_beside_the_destination(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(File(CONTENT, rate=200_000)).url, destination=machine.downloads / "file", start=True,
                            mode=0o600)
    task.wait_for(lambda t: t.done > 10_000, "some bytes")
    part, = machine.downloads.iterdir()
    assert part.match(f".haul.????????.{task.id}.part")
    assert part.stat().st_mode & 0o077 == 0, "what will be private is private from the beginning"
    finished(task, CONTENT, machine.downloads / "file")
    machine.wait_downloads(machine.downloads / "file")


@pytest.mark.parametrize("name", ["größe 日本.bin", "-rf", "a'b\"c", "x" * 255])
def test_any_file_name_works(machine: Machine, session: Session, url: str, name: str) -> None:
    path = machine.downloads / name
    finished(session.download(url, destination=path, start=True), CONTENT, path)
