"""Same bytes: what was there is kept only where the server proves that the entity is the same one."""

import pytest

from bus.expect import failed, finished, types
from harness.client import Session
from harness.machine import Machine
from servers.behaviours import A_YEAR_AGO, Behaviour, File, Part, multipart, raw, status
from servers.content import Content
from servers.scripted import ScriptedServer

SIZE, CUT = 600_000, 350_000
OLD, NEW, LONGER = Content(71, SIZE), Content(72, SIZE), Content(71, SIZE + 1000)
ETAG = (("ETag", '"one"'),)
FIRST = File(OLD, etag='"one"', cut=CUT)
WHOLE = File(OLD, etag='"one"')


def run(machine: Machine, session: Session, server: ScriptedServer, content: Content, *behaviours: Behaviour):
    """Downloads a resource to its end; returns it and the types of the task's events."""
    resource = server.serve(*behaviours)
    task = session.download(resource.url, destination=machine.downloads / "file", start=True)
    finished(task, content, machine.downloads / "file")
    machine.wait_downloads(machine.downloads / "file")
    seen = types(session, task)
    assert seen[-2:] == ["finished-downloading", "completed"]
    assert seen.count("completed") == 1
    return resource, seen


@pytest.mark.parametrize("validators, condition", [
    ({"etag": '"one"'}, '"one"'),
    ({"etag": '"one"', "last_modified": A_YEAR_AGO}, '"one"'),
    ({"last_modified": A_YEAR_AGO}, A_YEAR_AGO),
], ids=["strong ETag", "both", "Last-Modified"])
def test_the_bytes_are_kept_with(machine: Machine, session: Session, server: ScriptedServer, validators: dict,
                                 condition: str) -> None:
    resource, seen = run(machine, session, server, OLD, File(OLD, cut=CUT, **validators), File(OLD, **validators))
    first, second = resource.requests
    assert first.header("Range") is None and first.header("If-Range") is None
    assert second.header("Range") == f"bytes={CUT}-"
    assert second.header("If-Range") == condition
    assert resource.sent == SIZE
    assert seen == ["finished-downloading", "completed"]


@pytest.mark.parametrize("validators", [
    {}, {"etag": 'W/"one"'}, {"etag": '"one"', "ranges": False},
    {"last_modified": "yesterday"},
], ids=["no validator", "a weak ETag", "no ranges", "a date that is none"])
def test_the_transfer_starts_over_with(machine: Machine, session: Session, server: ScriptedServer, validators: dict) -> None:
    resource, seen = run(machine, session, server, OLD, File(OLD, cut=CUT, **validators), File(OLD, **validators))
    assert resource.requests[-1].status == 200
    assert resource.requests[-1].sent == SIZE
    assert seen == ["resumed-from-zero", "finished-downloading", "completed"]


def test_an_entity_that_changed_between_requests_replaces_the_bytes(machine: Machine, session: Session,
                                                                    server: ScriptedServer) -> None:
    resource, seen = run(machine, session, server, NEW, FIRST, File(NEW, etag='"two"'))
    assert resource.requests[1].header("If-Range") == '"one"'
    assert "resumed-from-zero" in seen


def test_several_cuts_in_a_row_fetch_nothing_twice(machine: Machine, session: Session, server: ScriptedServer) -> None:
    piece = File(OLD, etag='"one"', cut=100_000)
    resource, seen = run(machine, session, server, OLD, piece, piece, piece, piece, piece, WHOLE)
    assert [request.range_start for request in resource.requests] == [None, 100_000, 200_000, 300_000, 400_000, 500_000]
    assert resource.sent == SIZE
    assert seen == ["finished-downloading", "completed"]


LIES = {
    "a part that starts too early": Part(OLD, first=CUT - 10, headers=ETAG),
    "a part that starts too late": Part(OLD, first=CUT + 10, headers=ETAG),
    "a part that starts at zero": Part(OLD, first=0, headers=ETAG),
    "a wrong start said of the right bytes": Part(OLD, says=f"bytes {CUT - 10}-{SIZE - 1}/{SIZE}", headers=ETAG),
    "another complete length": Part(LONGER, says=f"bytes {CUT}-{SIZE + 999}/{SIZE + 1000}", headers=ETAG),
    "an end past the complete length": Part(OLD, says=f"bytes {CUT}-{SIZE}/{SIZE}", headers=ETAG),
    "an end before the start": Part(OLD, says=f"bytes {CUT}-{CUT - 1}/{SIZE}", headers=ETAG),
    "no Content-Range": raw(b"HTTP/1.1 206 Partial Content\r\nETag: \"one\"\r\nContent-Length: %d\r\n\r\n" % (SIZE - CUT),
                            OLD.read_all()[CUT:]),
    "another unit": Part(OLD, says=f"items {CUT}-{SIZE - 1}/{SIZE}", headers=ETAG),
    "garbage for a Content-Range": Part(OLD, says="bytes from here to there", headers=ETAG),
    "numbers that overflow": Part(OLD, says=f"bytes {CUT + 2**64}-{SIZE - 1 + 2**64}/{SIZE + 2**64}", headers=ETAG),
    "another ETag in the part": Part(NEW, headers=(("ETag", '"two"'),)),
    "the ETag turned weak": Part(NEW, headers=(("ETag", 'W/"one"'),)),
    "several parts": multipart(OLD, ETAG),
    "an encoding that the first part did not have": Part(NEW, headers=(*ETAG, ("Content-Encoding", "gzip"))),
    "416": status(416, ("Content-Range", f"bytes */{SIZE}")),
    "416 with a smaller length": status(416, ("Content-Range", f"bytes */{CUT - 1}")),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_never_mixed_after(machine: Machine, session: Session, server: ScriptedServer, lie: Behaviour) -> None:
    resource, seen = run(machine, session, server, OLD, FIRST, lie, WHOLE)
    assert len(resource.requests) >= 3
    if resource.requests[-1].range_start is None:
        assert "resumed-from-zero" in seen


def test_two_content_ranges_that_differ_are_no_answer(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(FIRST, Part(OLD, headers=(*ETAG, ("Content-Range", f"bytes 0-{SIZE - 1}/{SIZE}"))))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True)
    failed(task, "protocol")
    task.remove()
    machine.wait_downloads()


def test_a_part_without_validator_is_trusted_no_more_than_its_if_range(machine: Machine, session: Session,
                                                                       server: ScriptedServer) -> None:
    """RFC 9110 §15.3.7 wants the ETag repeated in a 206; whichever way that is judged, the file is right."""
    run(machine, session, server, OLD, FIRST, Part(OLD), WHOLE)


def test_the_whole_entity_in_answer_to_a_range_is_taken_as_that(machine: Machine, session: Session,
                                                                server: ScriptedServer) -> None:
    resource, seen = run(machine, session, server, OLD, FIRST, File(OLD, etag='"one"', ranges=False))
    assert [request.status for request in resource.requests] == [200, 200]
    assert seen == ["resumed-from-zero", "finished-downloading", "completed"]


def test_an_entity_that_changes_again_and_again_is_never_mixed(machine: Machine, session: Session,
                                                               server: ScriptedServer) -> None:
    changes = [File(Content(80 + number, SIZE), etag=f'"{number}"', cut=CUT) for number in range(5)]
    resource, seen = run(machine, session, server, NEW, *changes, File(NEW, etag='"last"'))
    assert len(resource.requests) == 6
    assert "resumed-from-zero" in seen


def test_a_shorter_entity_replaces_a_longer_one(machine: Machine, session: Session, server: ScriptedServer) -> None:
    short = Content(73, 1000)
    run(machine, session, server, short, FIRST, File(short, etag='"short"'))


def test_an_empty_entity_replaces_what_was_there(machine: Machine, session: Session, server: ScriptedServer) -> None:
    run(machine, session, server, Content(1, 0), FIRST, File(Content(1, 0), etag='"empty"'))


@pytest.mark.parametrize("behaviour", [
    File(OLD, chunked=True, etag='"one"', cut=CUT), File(OLD, chunked=True, cut=CUT)], ids=["ETag", "no validator"])
def test_a_chunked_body_that_ends_early_is_not_the_file(machine: Machine, session: Session, server: ScriptedServer,
                                                       behaviour: File) -> None:
    resource, _ = run(machine, session, server, OLD, behaviour, File(OLD, chunked=True, etag=behaviour.etag))
    assert len(resource.requests) == 2
    if behaviour.etag:
        assert resource.requests[1].range_start == CUT


@pytest.mark.parametrize("how", ["kill", "stop"])
def test_the_bytes_are_kept_over_a_restart(machine: Machine, session: Session, server: ScriptedServer, how: str) -> None:
    resource = server.serve(File(OLD, etag='"one"', rate=600_000))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True)
    task.wait_for(lambda t: t.done > 100_000, "some bytes")
    done = task.done
    machine.daemon.kill() if how == "kill" else machine.daemon.terminate()
    machine.daemon.start()
    again = machine.client()
    finished(again.task(task.id), OLD, machine.downloads / "file")
    assert resource.requests[1].header("If-Range") == '"one"'
    # A part file's size is true after a crash of the process alone; only
    # what was still on its way is fetched again.
    assert resource.requests[1].range_start >= done
    assert "resumed-from-zero" not in types(again.session("test"), task)


def test_a_part_file_that_was_tampered_with_is_not_trusted_past_its_size(machine: Machine, session: Session,
                                                                        server: ScriptedServer) -> None:
    resource = server.serve(File(OLD, etag='"one"', rate=600_000))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True)
    task.wait_for(lambda t: t.done > 100_000, "some bytes")
    machine.daemon.terminate()
    part, = machine.part_files()
    with part.open("r+b") as file:
        file.truncate(5_000)
    machine.daemon.start()
    finished(machine.client().task(task.id), OLD, machine.downloads / "file")
    assert (resource.requests[1].range_start or 0) <= 5_000


def test_a_part_file_that_is_gone_means_from_zero(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(File(OLD, etag='"one"', rate=600_000))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True)
    task.wait_for(lambda t: t.done > 100_000, "some bytes")
    machine.daemon.kill()
    for part in machine.part_files():
        part.unlink()
    machine.daemon.start()
    again = machine.client()
    finished(again.task(task.id), OLD, machine.downloads / "file")
    assert resource.requests[-1].range_start in (None, 0)
    assert "resumed-from-zero" in types(again.session("test"), task)
