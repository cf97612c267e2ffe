"""tus 1.0, where the server does not behave well. Its good days are in test_protocols.py."""

import base64
import hashlib
from pathlib import Path

import pytest

from bus.expect import refused
from harness.client import Session
from harness.deadline import wait_until
from servers.behaviours import Behaviour, status
from servers.exchange import Exchange
from servers.scripted import Resource, ScriptedServer
from servers.uploads.answers import accept, by_method, cut, cut_before_the_answer, in_turn, read_then
from uploads.expect import CONTENT, LARGE, MAY_HAVE_IT, QUICK, failed, finished, types

TUS = {"resumable": "tus", "start": True, **QUICK}
VERSION = ("Tus-Resumable", "1.0.0")
MIDDLE = CONTENT.size // 2


def offset(value: object, code: int = 204) -> Behaviour:
    return accept(code, VERSION, ("Upload-Offset", str(value)))


def tus(server: ScriptedServer, *, head: Behaviour = offset(MIDDLE), patch: Behaviour = offset(CONTENT.size),
        extensions: str = "", location: str = "", algorithms: str = "sha1") -> Resource:
    """A resource that is collection and upload in one."""
    resource = server.serve(status(500))
    told = [("Tus-Extension", extensions), ("Tus-Checksum-Algorithm", algorithms)] if extensions else []
    resource.behaviours = (by_method(
        OPTIONS=accept(204, VERSION, ("Tus-Version", "1.0.0"), *told, keeps=False),
        POST=accept(201, VERSION, ("Location", location or resource.url), keeps=False), HEAD=head, PATCH=patch,
        DELETE=accept(204, VERSION, keeps=False)),)
    return resource


def methods(resource: Resource) -> list[str]:
    return [request.method for request in resource.requests if request.method != "OPTIONS"]


def test_the_way_of_an_upload(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = tus(server, patch=in_turn(cut(MIDDLE), offset(CONTENT.size)))
    finished(session.upload(resource.url, source, {
        **TUS, "upload-metadata": {"project": "ä", "flag": ""}, "content-type": "image/png"}))
    assert methods(resource) == ["POST", "PATCH", "HEAD", "PATCH"]
    created = next(request for request in resource.requests if request.method == "POST")
    assert (created.header("Upload-Length"), created.header("Content-Length") or "0") == (str(CONTENT.size), "0")
    rows = dict((pair + " ").split(" ")[:2] for pair in (created.header("Upload-Metadata") or "").split(","))
    told = {key: base64.b64decode(value).decode() for key, value in rows.items()}
    assert told == {"project": "ä", "flag": "", "filename": "source.bin", "filetype": "image/png"}
    for request in resource.requests:
        assert request.method == "OPTIONS" or request.header("Tus-Resumable") == "1.0.0"
    last = resource.requests[-1]
    assert (last.header("Upload-Offset"), last.header("Content-Type")) == (str(MIDDLE),
                                                                           "application/offset+octet-stream")
    assert last.body.kept == CONTENT.read_all()[MIDDLE:]


def test_a_checksum_where_it_is_advertised(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = tus(server, extensions="creation,checksum", algorithms="md5,sha1,sha256")
    finished(session.upload(resource.url, source, TUS))
    sums = [request.header("Upload-Checksum") for request in resource.requests if request.method == "PATCH"]
    digest = base64.b64encode(hashlib.sha256(CONTENT.read_all()).digest()).decode()
    assert sums == [f"sha256 {digest}"]
    plain = tus(server)
    finished(session.upload(plain.url, source, TUS))
    assert all(request.header("Upload-Checksum") is None for request in plain.requests)


def test_a_checksum_that_does_not_fit(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = tus(server, extensions="creation,checksum", patch=in_turn(accept(460, VERSION), offset(CONTENT.size)),
                   head=offset(0))
    finished(session.upload(resource.url, source, TUS))
    always = tus(server, extensions="creation,checksum", patch=accept(460, VERSION), head=offset(0))
    failed(session.upload(always.url, source, {**TUS, "retries": 50}), "rejected")
    assert len(always.requests) < 40


@pytest.mark.parametrize("says", ["", "x", "-1", "1.5", "99999999999999999999999", str(CONTENT.size + 1)])
@pytest.mark.parametrize("where", ["head", "patch"])
def test_an_offset_that_is_none(session: Session, server: ScriptedServer, source: Path, says: str, where: str) -> None:
    patch = in_turn(cut(MIDDLE), offset(CONTENT.size)) if where == "head" else offset(says)
    resource = tus(server, head=offset(says), patch=patch)
    failed(session.upload(resource.url, source, TUS), "protocol")
    assert len(resource.requests) < 8


def test_an_offset_that_stands_still(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = tus(server, head=offset(0), patch=offset(0))
    failed(session.upload(resource.url, source, {**TUS, "retries": 100}), "rejected")
    assert methods(resource).count("PATCH") <= 9


def test_an_offset_that_goes_to_and_fro(session: Session, server: ScriptedServer, source: Path) -> None:
    async def swings(exchange: Exchange) -> None:
        await offset(1000 if exchange.request.header("Upload-Offset") == "2000" else 2000)(exchange)
    resource = tus(server, head=offset(0), patch=swings)
    failed(session.upload(resource.url, source, {**TUS, "retries": 100}), "rejected", "protocol")
    assert len(resource.requests) < 60


def test_endless_conflicts(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = tus(server, head=offset(0), patch=accept(409, VERSION))
    failed(session.upload(resource.url, source, {**TUS, "retries": 100}), "rejected")
    assert methods(resource).count("PATCH") <= 9


def test_a_lock_without_end(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = tus(server, head=offset(0), patch=accept(423, VERSION))
    failed(session.upload(resource.url, source, {**TUS, "retries": 3}), "http-status", "rejected")
    assert len(resource.requests) < 20


@pytest.mark.parametrize("code", [404, 410])
def test_an_upload_that_is_gone(session: Session, server: ScriptedServer, large: Path, code: int) -> None:
    resource = tus(server, head=accept(code), patch=in_turn(offset(1000), cut(1 << 20), offset(LARGE.size)))
    task = session.upload(resource.url, large, TUS)
    finished(task, 30)
    assert methods(resource) == ["POST", "PATCH", "PATCH", "HEAD", "POST", "PATCH"]
    assert types(session, task) == ["resumed-from-zero", "completed"]


def test_an_upload_that_is_gone_behind_its_last_byte(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = tus(server, head=accept(404), patch=cut_before_the_answer())
    failed(session.upload(resource.url, source, TUS), "http-status", says=MAY_HAVE_IT)
    assert methods(resource) == ["POST", "PATCH", "HEAD"]


def test_a_length_that_is_anothers(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = tus(server, head=accept(200, VERSION, ("Upload-Offset", str(MIDDLE)), ("Upload-Length", "17")),
                   patch=cut(MIDDLE))
    failed(session.upload(resource.url, source, TUS), "protocol", "incomplete")


@pytest.mark.parametrize("created", [
    accept(201, VERSION), accept(201, VERSION, ("Location", "ftp://127.0.0.1/x")),
    accept(201, VERSION, ("Location", "http://["))],
    ids=["no location", "another scheme", "no URL"])
def test_no_usable_location(session: Session, server: ScriptedServer, source: Path, created: Behaviour) -> None:
    resource = server.serve(by_method(OPTIONS=accept(204, VERSION), POST=created))
    failed(session.upload(resource.url, source, TUS), "protocol", "redirect")


@pytest.mark.parametrize("code", [400, 403, 413, 415])
def test_a_refused_creation(session: Session, server: ScriptedServer, source: Path, code: int) -> None:
    resource = server.serve(by_method(OPTIONS=accept(204, VERSION), POST=read_then(status(code))))
    assert failed(session.upload(resource.url, source, TUS), "http-status")["status"] == code
    assert methods(resource) == ["POST"]


def test_a_server_that_takes_less(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(by_method(OPTIONS=accept(204, VERSION, ("Tus-Max-Size", "1000"))))
    failed(session.upload(resource.url, source, TUS), "limit")
    assert methods(resource) == []


def test_cancelling_terminates(session: Session, server: ScriptedServer, large: Path) -> None:
    resource = tus(server, patch=cut(1 << 20), head=accept(503, ("Retry-After", "3600")))
    task = session.upload(resource.url, large, TUS)
    task.wait_for(lambda t: t.blocked_by == ["retry-delay"] and "HEAD" in methods(resource), "the delay")
    task.cancel()
    wait_until(lambda: "DELETE" in methods(resource), "the DELETE")


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_the_method_is_fixed(session: Session, server: ScriptedServer, source: Path, method: str) -> None:
    for resumable in ("tus", "content-range"):
        with refused("InvalidArgument", "method"):
            session.upload(tus(server).url, source, {**TUS, "resumable": resumable, "method": method})
