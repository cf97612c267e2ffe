"""A file that changes between the call and the last byte: never a mix of two versions that is called a success."""

import os
from pathlib import Path
from typing import Callable

import pytest

from harness.client import Session
from harness.deadline import wait_until
from harness.machine import Machine
from servers.behaviours import status
from servers.content import Content
from servers.scripted import ScriptedServer
from servers.uploads.answers import accept, cut, read_then
from servers.uploads.gate import Gate
from uploads.expect import CONTENT, LARGE, QUICK, failed, finished, sha256, sha256s, taken_once, types

OTHER = Content(seed=607, size=LARGE.size)


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def shrink(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def rewrite(path: Path) -> None:
    """Other bytes in the second half, the same size."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(OTHER.read(0, 4 << 20))


def replace(path: Path) -> None:
    OTHER.write_to(path.with_suffix(".new"))
    path.with_suffix(".new").replace(path)


def touch(path: Path) -> None:
    os.utime(path, (1_700_000_000, 1_700_000_000))


def rewrite_in_secret(path: Path) -> None:
    """The time of the last change is put back, as some programs do."""
    before = path.stat()
    rewrite(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


CHANGES = [grow, shrink, empty, rewrite, replace, touch, rewrite_in_secret]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_before_the_start(session: Session, server: ScriptedServer, large: Path,
                                   change: Callable[[Path], None]) -> None:
    resource = server.serve(accept())
    task = session.upload(resource.url, large, snapshot="never")
    change(large)
    task.resume()
    failed(task, "changed")
    assert resource.copies == []


@pytest.mark.parametrize("change", [*CHANGES, Path.unlink], ids=lambda change: change.__name__)
def test_a_change_while_it_is_sent(session: Session, server: ScriptedServer, large: Path,
                                   change: Callable[[Path], None]) -> None:
    gate = Gate()

    async def slowly(exchange) -> None:
        await exchange.request.body.read(1 << 20)
        await gate.pass_through()
        await accept()(exchange)
    resource = server.serve(slowly)
    task = session.upload(resource.url, large, {"snapshot": "never", "retries": 0, **QUICK, "start": True})
    gate.wait_reached()
    change(large)
    gate.open()
    if change is Path.unlink:
        task.wait_for(lambda t: t.state == "failed" or t.blocked_by == ["file"], "the end, or the wait for the file")
    else:
        failed(task, "changed")


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_between_two_attempts(session: Session, server: ScriptedServer, large: Path,
                                       change: Callable[[Path], None]) -> None:
    resource = server.serve(read_then(status(503, ("Retry-After", "2"))), accept())
    task = session.upload(resource.url, large, {"snapshot": "never", "start": True})
    task.wait_for(lambda t: t.blocked_by == ["retry-delay"], "the delay")
    change(large)
    failed(task, "changed")
    assert resource.copies == []


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_while_the_daemon_is_away(machine: Machine, session: Session, server: ScriptedServer, large: Path,
                                           change: Callable[[Path], None]) -> None:
    resource = server.serve(cut(1 << 20), accept())
    task = session.upload(resource.url, large, snapshot="never")
    machine.daemon.kill()
    change(large)
    machine.daemon.start()
    task = machine.client().task(task.id)
    task.resume()
    failed(task, "changed")
    assert resource.copies == []


def test_a_file_that_is_away_for_a_while(machine: Machine, session: Session, server: ScriptedServer) -> None:
    """As one on a disk that was taken out: what comes back is the same file."""
    home, away = machine.directory / "stick", machine.directory / "pocket"
    home.mkdir()
    CONTENT.write_to(home / "file")
    resource = server.serve(accept())
    task = session.upload(resource.url, home / "file", snapshot="never")
    home.rename(away)
    task.resume()
    task.wait_for(lambda t: (t.state, t.blocked_by) == ("waiting", ["file"]), "blocked by the file")
    assert types(session, task) == ["waiting"] and task.details()["next-attempt"] > 0
    assert session.events()[-1].details["blocked-by"] == ["file"]
    machine.restart()
    task = machine.client().task(task.id)
    assert task.blocked_by == ["file"]
    away.rename(home)
    task.suspend()
    task.resume()
    finished(task)
    taken_once(resource.copies)
    assert types(machine.client().session("test"), task) == ["waiting", "completed"]


def test_a_file_that_stays_away_can_be_cancelled(session: Session, server: ScriptedServer, source: Path) -> None:
    task = session.upload(server.serve(accept()).url, source, snapshot="never")
    source.unlink()
    task.resume()
    task.wait_for(lambda t: t.blocked_by == ["file"], "blocked by the file")
    task.cancel()
    assert task.wait() == ("cancelled", "client")


def test_the_deadline_counts_while_it_waits(session: Session, server: ScriptedServer, source: Path) -> None:
    task = session.upload(server.serve(accept()).url, source, {"snapshot": "never", "resource-timeout": 1_500_000})
    source.unlink()
    task.resume()
    failed(task, "deadline")


def test_a_log_that_grows_all_the_time(session: Session, server: ScriptedServer, source: Path) -> None:
    """Only a copy can be sent of it."""
    resource = server.serve(accept(), accept())
    with source.open("ab", buffering=0) as file:
        file.write(b"a line\n")
        task = session.upload(resource.url, source, {"snapshot": "copy"})
        wanted = sha256(source.read_bytes())
        file.write(b"a line\n")
        task.resume()
        finished(task)
    wait_until(lambda: sha256s(resource.copies) == [wanted], "the bytes of the call")
