"""Checksums that the client gives: the file appears only if it has them."""

import hashlib

import pytest

from bus.expect import failed, finished, refused, terminal
from harness.client import Session
from harness.machine import Machine
from servers.behaviours import File, status
from servers.content import Content
from servers.scripted import ScriptedServer

SIZE, CUT = 600_000, 350_000
CONTENT = Content(171, SIZE)
BODY = CONTENT.read_all()
ALGORITHMS = ["sha-256", "sha-512"]


def checksum(algorithm: str, data: bytes = BODY) -> str:
    return f"{algorithm}={hexadecimal(algorithm, data)}"


def hexadecimal(algorithm: str, data: bytes = BODY) -> str:
    return hashlib.new(algorithm.replace("-", ""), data).hexdigest()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_file_with_its_checksum_appears(machine: Machine, session: Session, server: ScriptedServer, algorithm: str) -> None:
    task = session.download(server.serve(File(CONTENT)).url, destination=machine.downloads / "file", start=True,
                            checksum=checksum(algorithm))
    finished(task, CONTENT, machine.downloads / "file")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_file_with_another_checksum_never_appears(machine: Machine, session: Session, server: ScriptedServer,
                                                    algorithm: str) -> None:
    resource = server.serve(File(CONTENT, etag='"one"'))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True,
                            checksum=checksum(algorithm, b"other"))
    failed(task, "checksum")
    text = terminal(session, task).details["error-text"]
    assert hexadecimal(algorithm) in text and hexadecimal(algorithm, b"other") in text
    assert len(resource.requests) == 1
    assert "resume-data" not in terminal(session, task).details, "nobody wants to continue wrong bytes"
    machine.wait_downloads()


def test_a_file_that_was_there_outlives_a_wrong_one(machine: Machine, session: Session, server: ScriptedServer) -> None:
    path = machine.downloads / "file"
    path.write_bytes(b"what was there before")
    task = session.download(server.serve(File(CONTENT)).url, destination=path, start=True, if_exists="replace",
                            checksum=checksum("sha-256", b"other"))
    failed(task, "checksum")
    assert path.read_bytes() == b"what was there before"


def test_a_wrong_result_does_not_come_into_the_spool(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(File(CONTENT)).url, start=True, checksum=checksum("sha-256", b"other"))
    failed(task, "checksum")
    with refused("InvalidState"):
        task.open_result()
    task.wait_for(lambda _: not machine.part_files(), "the part file to go")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_all_bytes_count_also_those_of_earlier_attempts(machine: Machine, session: Session, server: ScriptedServer,
                                                        algorithm: str) -> None:
    piece = File(CONTENT, etag='"one"', cut=150_000)
    task = session.download(server.serve(piece, piece, status(503), piece, File(CONTENT, etag='"one"')).url,
                            destination=machine.downloads / "file", start=True, checksum=checksum(algorithm))
    finished(task, CONTENT, machine.downloads / "file")


@pytest.mark.parametrize("right", [True, False], ids=["right", "wrong"])
def test_bytes_count_over_a_crash(machine: Machine, session: Session, server: ScriptedServer, right: bool) -> None:
    resource = server.serve(File(CONTENT, etag='"one"'))
    wire = resource.trip(1, after=CUT)
    task = session.download(resource.url, destination=machine.downloads / "file", start=True,
                            checksum=checksum("sha-256", BODY if right else b"other"))
    wire.wait_reached()
    machine.daemon.kill()
    wire.release()
    machine.daemon.start()
    again = machine.client().task(task.id)
    if right:
        finished(again, CONTENT, machine.downloads / "file")
    else:
        failed(again, "checksum")
        machine.wait_downloads()


def test_bytes_that_changed_on_the_disk_are_noticed(machine: Machine, session: Session, server: ScriptedServer) -> None:
    """Those of before a crash are read again from the file."""
    resource = server.serve(File(CONTENT, etag='"one"'))
    wire = resource.trip(1, after=CUT)
    task = session.download(resource.url, destination=machine.downloads / "file", start=True, checksum=checksum("sha-256"))
    wire.wait_reached()
    task.wait_for(lambda t: t.done > 100_000, "some bytes")
    machine.daemon.kill()
    wire.release()
    part, = machine.part_files()
    with part.open("r+b") as file:
        file.seek(1000)
        file.write(b"tampered")
    machine.daemon.start()
    failed(machine.client().task(task.id), "checksum")
    machine.wait_downloads()


@pytest.mark.parametrize("shape", [{}, {"chunked": True}, {"until_close": True}], ids=["length", "chunked", "until close"])
def test_every_shape_of_a_body_is_checked(machine: Machine, session: Session, server: ScriptedServer, shape: dict) -> None:
    for name, data in (("right", BODY), ("wrong", b"other")):
        task = session.download(server.serve(File(CONTENT, **shape)).url, destination=machine.downloads / name, start=True,
                                checksum=checksum("sha-256", data))
        if name == "right":
            finished(task, CONTENT, machine.downloads / name)
        else:
            failed(task, "checksum")


def test_an_empty_file_has_a_checksum(machine: Machine, session: Session, server: ScriptedServer) -> None:
    url = server.serve(File(Content(1, 0))).url
    task = session.download(url, destination=machine.downloads / "file", start=True, checksum=checksum("sha-256", b""))
    finished(task, Content(1, 0), machine.downloads / "file")
    failed(session.download(url, destination=machine.downloads / "other", start=True, checksum=checksum("sha-512", b"x")),
           "checksum")


def test_capital_letters_are_digits_as_well(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(File(CONTENT)).url, destination=machine.downloads / "file", start=True,
                            checksum="sha-256=" + hexadecimal("sha-256").upper())
    finished(task, CONTENT, machine.downloads / "file")


@pytest.mark.parametrize("value", [
    "", "sha-256", "sha-256=", "sha-256=00", "sha-256=" + "0" * 63, "sha-256=" + "0" * 65, "sha-256=" + "g" * 64,
    "sha-512=" + "0" * 64, "md5=" + "0" * 32, "sha-256:" + "0" * 64, "0" * 64, " sha-256=" + "0" * 64])
def test_what_is_no_checksum_is_refused(session: Session, value: str) -> None:
    with refused("InvalidArgument", "checksum"):
        session.download("http://127.0.0.1:9/file", checksum=value)


def test_a_session_has_no_checksum(session: Session, client) -> None:
    with refused("InvalidArgument", "checksum"):
        client.session("new", checksum=checksum("sha-256"))


def test_it_can_be_set_later_as_text(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(File(CONTENT)).url, destination=machine.downloads / "file")
    task.call("SetOption", "ss", "checksum", checksum("sha-256", b"other"))
    task.resume()
    failed(task, "checksum")
