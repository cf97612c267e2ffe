"""multipart/form-data, as the server's parser reads it."""

from pathlib import Path
from typing import Any

import pytest

from bus.expect import refused
from harness.client import Session
from harness.machine import Machine
from servers.content import Content
from servers.scripted import Resource, ScriptedServer
from servers.uploads import forms
from servers.uploads.answers import accept, cut
from servers.uploads.forms import Part
from uploads.expect import CONTENT, QUICK, finished


def parts(resource: Resource) -> list[Part]:
    """Of the last request."""
    return forms.parts(resource.requests[-1])


def sent(session: Session, server: ScriptedServer, form: list[dict[str, Any]], **choice: Any) -> Resource:
    resource = server.serve(accept())
    task = session.upload(resource.url, "", form=form, start=True, **choice)
    details = finished(task)
    assert details["method"] == resource.requests[-1].method
    return resource


def test_fields_and_files(machine: Machine, session: Session, server: ScriptedServer, source: Path) -> None:
    resource = sent(session, server, [
        {"name": "comment", "value": "a line\r\nand another"}, {"name": "empty", "value": ""},
        {"name": "data", "file": source},
        {"name": "named", "file": source, "filename": "other.txt", "content-type": "text/plain"}])
    assert resource.requests[-1].method == "POST"
    content = CONTENT.read_all()
    assert parts(resource) == [
        ("comment", "", "", b"a line\r\nand another"), ("empty", "", "", b""),
        ("data", "source.bin", "application/octet-stream", content), ("named", "other.txt", "text/plain", content)]


def test_an_empty_file_and_a_descriptor(machine: Machine, session: Session, server: ScriptedServer,
                                        source: Path) -> None:
    (machine.directory / "empty").touch()
    with source.open("rb") as file:
        resource = sent(session, server, [
            {"name": "empty", "file": machine.directory / "empty"},
            {"name": "fd", "file-fd": file.fileno(), "filename": "x"}])
    assert parts(resource) == [("empty", "empty", "application/octet-stream", b""),
                               ("fd", "x", "application/octet-stream", CONTENT.read_all())]


@pytest.mark.parametrize("name", ['a"b', "a\r\nb", "a\nContent-Type: text/html\n\n", "ä€ 😀", "a;b=c", "a\\b"])
def test_names_stay_within_their_line(machine: Machine, session: Session, server: ScriptedServer, source: Path,
                                      name: str) -> None:
    resource = sent(session, server, [{"name": name, "value": "v"}, {"name": "f", "file": source, "filename": name}])
    wanted = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    body = resource.requests[-1].body.kept
    assert f'form-data; name="{wanted}"\r\n'.encode() in body
    assert f'form-data; name="f"; filename="{wanted}"\r\n'.encode() in body


def test_a_boundary_that_is_nowhere_inside(machine: Machine, session: Session, server: ScriptedServer) -> None:
    tricky = machine.directory / "tricky"
    tricky.write_bytes(b"\r\n--\r\n--boundary--\r\n" * 1000)
    resource = sent(session, server, [{"name": "a", "file": tricky}, {"name": "b", "value": "--"}])
    assert [data for *_, data in parts(resource)] == [tricky.read_bytes(), b"--"]


def test_the_body_is_that_of_the_call(machine: Machine, session: Session, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(accept())
    task = session.upload(resource.url, "", form=[{"name": "f", "file": source}])
    source.write_bytes(b"something else")
    task.resume()
    finished(task)
    assert parts(resource)[0][3] == CONTENT.read_all()


def test_a_form_is_the_same_after_a_crash(machine: Machine, session: Session, server: ScriptedServer,
                                          source: Path) -> None:
    resource = server.serve(cut(50_000), accept())
    task = session.upload(resource.url, "", {"form": [{"name": "f", "file": source}], "method": "PUT", **QUICK})
    source.unlink()
    machine.restart()
    task = machine.client().task(task.id)
    task.resume()
    finished(task)
    assert parts(resource)[0][3] == CONTENT.read_all()


def test_nothing_of_it_stays_in_the_spool(machine: Machine, session: Session, server: ScriptedServer) -> None:
    large = Content(603, 3_000_000)
    large.write_to(machine.directory / "large")
    task = session.upload(server.serve(accept()).url, "", form=[{"name": "f", "file": machine.directory / "large"}])

    def spooled() -> int:
        sizes = [path.stat().st_size for path in (machine.state / "spool").rglob("*") if path.is_file()]
        return sum(size for size in sizes if size >= large.size)
    assert spooled() >= large.size
    task.resume()
    finished(task)
    task.wait_for(lambda _: spooled() == 0, "the spool to be empty")


@pytest.mark.parametrize("form, mentions", [
    ([], "form"), ([{}], "name"), ([{"name": "a"}], "value"),
    ([{"name": "a", "value": "b", "filename": "c"}], "filename"),
    ([{"name": "a", "value": "b", "unknown": ("s", "c")}], "unknown"),
    ([{"name": "a", "file": "relative"}], "absolute")])
def test_forms_that_are_none(session: Session, server: ScriptedServer, form: list, mentions: str) -> None:
    with refused("InvalidArgument", mentions):
        session.upload(server.serve(accept()).url, "", form=form)


def test_a_file_of_a_form_that_is_missing(machine: Machine, session: Session, server: ScriptedServer) -> None:
    with refused("SourceUnreadable", "missing"):
        session.upload(server.serve(accept()).url, "", form=[{"name": "a", "file": machine.directory / "missing"}])


def test_a_form_takes_no_other_file(session: Session, server: ScriptedServer, source: Path) -> None:
    with refused("InvalidArgument", "form"):
        session.upload(server.serve(accept()).url, source, form=[{"name": "a", "value": "b"}])
    with refused("InvalidArgument", "file"):
        session.upload(server.serve(accept()).url, "")
