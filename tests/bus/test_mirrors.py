"""Mirrors: other places of the same entity, tried in their order when a source fails; never mixed."""

import pytest

from bus.expect import failed, finished, types
from harness.client import Session
from harness.connection import BusError
from harness.machine import Machine
from servers.behaviours import Behaviour, File, raw, status
from servers.content import Content
from servers.scripted import ScriptedServer

SIZE, CUT = 600_000, 350_000
CONTENT, OTHER = Content(191, SIZE), Content(192, SIZE)
FIRST, WHOLE = File(CONTENT, etag='"one"', cut=CUT), File(CONTENT, etag='"one"')
DEAD = "http://127.0.0.1:1/file"


@pytest.mark.parametrize("trouble", [status(404), status(403), status(503), raw(b""), raw(b"no HTTP\r\n\r\n")],
                         ids=["404", "403", "503", "broken", "no HTTP"])
def test_a_source_that_fails_is_left_for_the_next(machine: Machine, session: Session, server: ScriptedServer,
                                                  other_server: ScriptedServer, trouble: Behaviour) -> None:
    mirror = other_server.serve(WHOLE)
    task = session.download(server.serve(trouble).url, destination=machine.downloads / "file", start=True, mirrors=[mirror.url])
    finished(task, CONTENT, machine.downloads / "file")
    assert len(mirror.requests) == 1


def test_they_are_tried_in_their_order(machine: Machine, session: Session, server: ScriptedServer) -> None:
    bad = [server.serve(status(404)) for _ in range(3)]
    good, unused = server.serve(WHOLE), server.serve(WHOLE)
    task = session.download(bad[0].url, destination=machine.downloads / "file", start=True,
                            mirrors=[bad[1].url, DEAD, bad[2].url, good.url, unused.url])
    finished(task, CONTENT, machine.downloads / "file")
    moments = [resource.requests[0].when for resource in (*bad, good)]
    assert moments == sorted(moments)
    assert unused.requests == []


def test_a_good_source_is_enough(machine: Machine, session: Session, server: ScriptedServer) -> None:
    mirror = server.serve(WHOLE)
    task = session.download(server.serve(WHOLE).url, destination=machine.downloads / "file", start=True, mirrors=[mirror.url])
    finished(task, CONTENT, machine.downloads / "file")
    assert mirror.requests == []


def test_bytes_go_on_at_a_mirror_of_the_same_entity(machine: Machine, session: Session, server: ScriptedServer,
                                                    other_server: ScriptedServer) -> None:
    mirror = other_server.serve(WHOLE)
    task = session.download(server.serve(FIRST, status(404)).url, destination=machine.downloads / "file", start=True,
                            mirrors=[mirror.url])
    finished(task, CONTENT, machine.downloads / "file")
    assert (mirror.requests[0].range_start, mirror.requests[0].header("If-Range")) == (CUT, '"one"')
    assert "resumed-from-zero" not in types(session, task)


@pytest.mark.parametrize("other", [File(OTHER, etag='"two"'), File(OTHER), File(Content(193, 1000), etag='"two"')],
                         ids=["another tag", "no tag", "another length"])
def test_bytes_of_another_entity_are_never_mixed(machine: Machine, session: Session, server: ScriptedServer,
                                                 other_server: ScriptedServer, other: File) -> None:
    mirror = other_server.serve(other)
    task = session.download(server.serve(FIRST, status(404)).url, destination=machine.downloads / "file", start=True,
                            mirrors=[mirror.url])
    finished(task, other.content, machine.downloads / "file")
    assert "resumed-from-zero" in types(session, task)


def test_when_all_fail_the_task_fails(machine: Machine, session: Session, server: ScriptedServer) -> None:
    sources = [server.serve(status(404)) for _ in range(4)]
    task = session.download(sources[0].url, destination=machine.downloads / "file", start=True,
                            mirrors=[source.url for source in sources[1:]])
    failed(task, "http-status")
    assert all(len(source.requests) >= 1 for source in sources)
    machine.wait_downloads()


def test_the_mirror_in_use_outlives_a_crash(machine: Machine, session: Session, server: ScriptedServer,
                                            other_server: ScriptedServer) -> None:
    mirror = other_server.serve(WHOLE)
    wire = mirror.trip(1, after=CUT)
    task = session.download(server.serve(status(404)).url, destination=machine.downloads / "file", start=True, mirrors=[mirror.url])
    wire.wait_reached()
    machine.daemon.kill()
    wire.release()
    machine.daemon.start()
    finished(machine.client().task(task.id), CONTENT, machine.downloads / "file")
    machine.wait_downloads(machine.downloads / "file")


def test_the_clients_headers_do_not_reach_a_mirror_of_another_origin(machine: Machine, session: Session, server: ScriptedServer,
                                                                     other_server: ScriptedServer) -> None:
    mirror = other_server.serve(WHOLE)
    task = session.download(server.serve(status(404)).url, destination=machine.downloads / "file", start=True,
                            mirrors=[mirror.url], headers={"Authorization": "Bearer opensesame", "X-Api-Key": "opensesame"})
    finished(task, CONTENT, machine.downloads / "file")
    assert "opensesame" not in str(mirror.requests)


def test_a_user_of_a_mirrors_url_is_used_there_alone(machine: Machine, session: Session, server: ScriptedServer,
                                                     other_server: ScriptedServer) -> None:
    mirror, start = other_server.serve(WHOLE), server.serve(status(404))
    task = session.download(start.url, destination=machine.downloads / "file", start=True,
                            mirrors=[mirror.url.replace("http://", "http://user:opensesame@")])
    finished(task, CONTENT, machine.downloads / "file")
    assert mirror.requests[0].header("Authorization").startswith("Basic ")
    assert start.requests[0].header("Authorization") is None


def test_a_checksum_decides_between_mirrors_too(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(status(404)).url, destination=machine.downloads / "file", start=True,
                            mirrors=[server.serve(WHOLE).url], checksum="sha-256=" + "0" * 64)
    failed(task, "checksum")
    machine.wait_downloads()


def test_what_is_no_mirror_is_refused(session: Session) -> None:
    for mirrors in (["ftp://127.0.0.1/"], ["file:///etc/passwd"], [""], [DEAD, "no url"], ["http://127.0.0.1:99999/?opensesame"]):
        with pytest.raises(BusError) as raised:
            session.download(DEAD, mirrors=mirrors)
        assert raised.value.word == "InvalidArgument" and "mirrors" in raised.value.message
        assert "opensesame" not in raised.value.message
    session.download(DEAD, mirrors=[DEAD] * 32)
    with pytest.raises(BusError) as raised:
        session.download(DEAD, mirrors=[DEAD] * 33)
    assert raised.value.word in ("InvalidArgument", "LimitExceeded")


def test_they_may_be_set_later_as_words(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(status(404)).url, destination=machine.downloads / "file")
    task.call("SetOption", "ss", "mirrors", f"{DEAD} {server.serve(WHOLE).url}")
    task.resume()
    finished(task, CONTENT, machine.downloads / "file")


def test_they_are_shown_without_their_secrets(session: Session, server: ScriptedServer) -> None:
    mirror = server.serve(WHOLE, secret="opensesame")
    task = session.download(DEAD, mirrors=[mirror.url.replace("http://", "http://user:opensesame@")])
    shown, = task.details()["mirrors"]
    assert shown == mirror.url.partition("?")[0]
