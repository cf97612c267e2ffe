"""A full disk under the destination is a condition that passes, not a failure."""

import time

import pytest

from bus.expect import finished, types
from harness.client import Client, Session
from harness.deadline import PATIENCE, wait_until
from harness.fixtures import SmallDisk
from harness.machine import Machine
from servers.behaviours import File, raw
from servers.content import Content
from servers.scripted import ScriptedServer

pytestmark = pytest.mark.root

CONTENT = Content(seed=141, size=3_000_000)
LARGE = Content(seed=144, size=20_000_000)  # small files are not worth a reservation


def is_blocked(task) -> bool:
    return task.state == "waiting" and task.blocked_by == ["disk-space"]


@pytest.mark.parametrize("chunked", [False, True], ids=["length known", "length unknown"])
def test_a_full_disk_blocks_until_there_is_room(machine: Machine, session: Session, small_disk: SmallDisk,
                                                server: ScriptedServer, chunked: bool) -> None:
    path = small_disk.path / "file"
    resource = server.serve(File(CONTENT, etag='"a"', chunked=chunked))
    task = session.download(resource.url, destination=path, start=True)
    task.wait_for(is_blocked, "blocked by disk space")
    waiting = [event for event in session.events() if event.type == "waiting"]
    assert len(waiting) == 1
    assert waiting[0].details["blocked-by"] == ["disk-space"]
    assert not path.exists()
    small_disk.make_room()
    assert task.wait(60) == ("finished", "")
    CONTENT.check(path)
    assert list(small_disk.path.iterdir()) == [path]
    assert types(session, task)[-2:] == ["finished-downloading", "completed"]


def test_a_disk_that_fills_in_the_middle_keeps_the_bytes(machine: Machine, session: Session, small_disk: SmallDisk,
                                                         server: ScriptedServer) -> None:
    content = Content(seed=142, size=700_000)
    path = small_disk.path / "file"
    resource = server.serve(File(content, etag='"a"', rate=700_000), File(content, etag='"a"'))
    task = session.download(resource.url, destination=path, start=True)
    task.wait_for(lambda t: t.done > 100_000, "some bytes")
    small_disk.fill()
    task.wait_for(is_blocked, "blocked by disk space")
    (small_disk.path / "filler").unlink()
    finished_within_a_minute(task, content, path)
    assert all(request.range_start for request in resource.requests[1:])
    assert "resumed-from-zero" not in types(session, task)


def finished_within_a_minute(task, content: Content, path) -> None:
    assert task.wait(60) == ("finished", "")
    content.check(path)


def test_a_full_disk_holds_nobody_else_back(machine: Machine, session: Session, small_disk: SmallDisk,
                                            server: ScriptedServer) -> None:
    url = server.serve(File(CONTENT)).url
    blocked = session.download(url, destination=small_disk.path / "file", start=True)
    blocked.wait_for(is_blocked, "blocked by disk space")
    finished(session.download(url, destination=machine.downloads / "file", start=True), CONTENT, machine.downloads / "file")
    assert is_blocked(blocked)


def test_a_blocked_task_survives_a_crash(machine: Machine, session: Session, small_disk: SmallDisk,
                                         server: ScriptedServer) -> None:
    task = session.download(server.serve(File(CONTENT, etag='"a"')).url, destination=small_disk.path / "file", start=True)
    task.wait_for(is_blocked, "blocked by disk space")
    machine.restart()
    again = machine.client().task(task.id)
    again.wait_for(is_blocked, "blocked by disk space")
    small_disk.make_room()
    finished_within_a_minute(again, CONTENT, small_disk.path / "file")


def test_a_blocked_task_can_be_cancelled_and_leaves_nothing(machine: Machine, session: Session, small_disk: SmallDisk,
                                                            server: ScriptedServer) -> None:
    task = session.download(server.serve(File(CONTENT)).url, destination=small_disk.path / "file", start=True)
    task.wait_for(is_blocked, "blocked by disk space")
    task.cancel()
    task.wait_for(lambda _: not list(small_disk.path.iterdir()), "the part file to go")


def test_the_space_is_reserved_before_the_bytes_come(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(File(LARGE, rate=300_000))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True)
    task.wait_for(lambda t: t.done > 0, "some bytes")
    part, = machine.part_files()
    assert part.stat().st_blocks * 512 >= LARGE.size
    assert part.stat().st_size < LARGE.size, "what has not come is not there to be read"
    task.cancel()


def test_what_cannot_fit_is_not_begun(machine: Machine, session: Session, small_disk: SmallDisk, server: ScriptedServer) -> None:
    """The other file is on the same disk, and its space is not used up meanwhile."""
    resource = server.serve(File(LARGE, etag='"a"'))
    task = session.download(resource.url, destination=small_disk.path / "file", start=True)
    task.wait_for(is_blocked, "blocked by disk space")
    assert task.done == 0
    small = Content(seed=143, size=500_000)
    finished(session.download(server.serve(File(small)).url, destination=small_disk.path / "small", start=True), small,
             small_disk.path / "small")
    assert len(resource.requests) == 1, "what is free is not enough: it is not tried"
    small_disk.make_room()
    assert task.wait(15) == ("finished", "")
    assert len(resource.requests) == 2


def test_a_full_disk_is_a_condition_of_the_machine(client: Client, session: Session, small_disk: SmallDisk,
                                                   server: ScriptedServer) -> None:
    def is_told() -> bool:
        return "disk-full" in client.get("Conditions")

    assert not is_told()
    url = server.serve(File(CONTENT)).url
    first, second = (session.download(url, destination=small_disk.path / str(number), start=True) for number in range(2))
    for task in (first, second):
        task.wait_for(is_blocked, "blocked by disk space")
    wait_until(is_told, "the condition")
    first.cancel()
    assert is_told()
    small_disk.make_room()
    assert second.wait(15) == ("finished", "")
    wait_until(lambda: not is_told(), "the condition to end")


def test_without_reservation_the_disk_is_filled_first(machine: Machine, session: Session, small_disk: SmallDisk,
                                                      server: ScriptedServer) -> None:
    path = small_disk.path / "file"
    resource = server.serve(File(CONTENT, etag='"a"'))
    task = session.download(resource.url, destination=path, start=True, preallocate=False)
    task.wait_for(is_blocked, "blocked by disk space")
    assert task.done > 500_000
    small_disk.make_room()
    finished_within_a_minute(task, CONTENT, path)
    assert all(request.range_start for request in resource.requests[1:])


def test_a_file_far_too_large_for_any_disk_waits(machine: Machine, session: Session, server: ScriptedServer) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {2**50}\r\n\r\n".encode()
    task = session.download(server.serve(raw(head, bytes(200_000), ends=False)).url, destination=machine.downloads / "file", start=True)
    task.wait_for(is_blocked, "blocked by disk space")
    task.cancel()
    machine.wait_downloads()


def test_each_block_has_one_event_and_ends_soon_after_there_is_room(machine: Machine, session: Session, small_disk: SmallDisk,
                                                                    server: ScriptedServer) -> None:
    for number in range(2):
        path = small_disk.path / f"file {number}"
        task = session.download(server.serve(File(CONTENT, etag='"a"')).url, destination=path, start=True)
        if number == 0:
            task.wait_for(is_blocked, "blocked by disk space")
            attempts = task.details()["attempts"]
            task.wait_for(lambda t: t.details()["attempts"] > attempts or t.details()["next-attempt"], "another look")
            small_disk.make_room()
            began = time.monotonic()
        assert task.wait(30) == ("finished", "")
        assert types(session, task) == [*["waiting"] * (1 - number), "finished-downloading", "completed"]
    assert time.monotonic() - began < 5 + 5 * PATIENCE
