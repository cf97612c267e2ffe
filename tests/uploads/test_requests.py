"""What goes out: method, headers, type and bytes; what is told of it."""

from pathlib import Path

import pytest

from bus.expect import refused
from harness.client import Client, Session
from harness.machine import Machine
from servers.content import Content
from servers.scripted import ScriptedServer
from servers.uploads.answers import accept
from uploads.expect import CONTENT, LARGE, finished, sha256, sha256s, taken_once, terminal, types


def test_a_file_is_put(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(accept())
    task = session.upload(resource.url, source, start=True)
    details = finished(task)
    taken_once(resource.copies)
    request, = resource.requests
    assert (request.method, request.header("Content-Length")) == ("PUT", str(CONTENT.size))
    assert request.header("Transfer-Encoding") is None
    assert task.get("Kind") == "upload" and (task.done, task.total) == (CONTENT.size, CONTENT.size)
    assert {key: details[key] for key in ("file", "method", "status", "bytes-done", "bytes-total", "attempts")} == {
        "file": str(source), "method": "PUT", "status": 201, "bytes-done": CONTENT.size, "bytes-total": CONTENT.size,
        "attempts": 1}
    assert types(session, task) == ["completed"]
    event = terminal(session, task)
    assert (event["status"], event["bytes-done"], event["bytes-total"]) == (201, CONTENT.size, CONTENT.size)


@pytest.mark.parametrize("method", ["PUT", "POST", "PATCH"])
def test_the_method_is_the_clients(session: Session, server: ScriptedServer, source: Path, method: str) -> None:
    resource = server.serve(accept(200))
    finished(session.upload(resource.url, source, method=method, start=True, resumable="off"))
    taken_once(resource.copies)
    assert resource.copies[0].method == method


@pytest.mark.parametrize("method", ["GET", "DELETE", "put", "", "P OST"])
def test_other_methods_are_refused(session: Session, server: ScriptedServer, source: Path, method: str) -> None:
    with refused("InvalidArgument", "method"):
        session.upload(server.serve(accept()).url, source, method=method)


def test_the_simple_call_starts_at_once(client: Client, server: ScriptedServer, source: Path) -> None:
    for method, wanted in (("", "PUT"), ("POST", "POST")):
        resource = server.serve(accept())
        finished(client.upload(resource.url, source, method))
        taken_once(resource.copies)
        assert resource.copies[0].method == wanted


def test_headers_and_type_go_along(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(accept())
    details = finished(session.upload(resource.url, source, {
        "headers": {"X-Api-Key": "k", "X-Other": "a, b"}, "content-type": "image/png", "start": True}))
    request, = resource.requests
    assert [request.header(name) for name in ("X-Api-Key", "X-Other", "Content-Type")] == ["k", "a, b", "image/png"]
    assert details["content-type"] == "image/png"


def test_an_entity_tag_that_must_not_be_there(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(accept())
    finished(session.upload(resource.url, source, {"if-none-match": "*", "start": True}))
    assert resource.requests[0].header("If-None-Match") == "*"


def test_no_type_is_made_up(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(accept())
    finished(session.upload(resource.url, source, method="POST", start=True))
    assert resource.requests[0].header("Content-Type") != "application/x-www-form-urlencoded"


@pytest.mark.parametrize("size", [0, 1, 65_536, 5_000_001])
def test_sizes(machine: Machine, session: Session, server: ScriptedServer, size: int) -> None:
    content = Content(602, size)
    content.write_to(machine.directory / "sized")
    for resumable in ("off", "auto"):
        resource = server.serve(accept())
        details = finished(session.upload(resource.url, machine.directory / "sized", start=True, resumable=resumable))
        taken_once(resource.copies, content)
        assert resource.requests[0].header("Content-Length") == str(size)
        assert details["bytes-total"] == size


def test_over_tls(session: Session, tls_server: ScriptedServer, certificates, source: Path) -> None:
    resource = tls_server.serve(accept())
    finished(session.upload(resource.url, source, {"ca-file": certificates.authority, "start": True}))
    taken_once(resource.copies)


def test_over_http2(session: Session, certificates, source: Path) -> None:
    context = certificates.server_context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    with ScriptedServer(context) as server:
        resource = server.serve(accept())
        finished(session.upload(resource.url, source, {"ca-file": certificates.authority, "start": True}))
        taken_once(resource.copies)


def test_many_at_once_in_one_call(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resources, requests = [], []
    for number in range(20):
        content = Content(620 + number, 10_000)
        content.write_to(machine.directory / str(number))
        resources.append((server.serve(accept()), content))
        requests.append(("upload", resources[-1][0].url, {"file": machine.directory / str(number), "start": True}))
    for task in session.create_many(requests):
        finished(task)
    for resource, content in resources:
        assert sha256s(resource.copies) == [sha256(content)]


def test_kinds_do_not_share_all_options(session: Session, server: ScriptedServer, source: Path) -> None:
    url = server.serve(accept()).url
    for key, value in (("destination", "/x"), ("checksum", "sha-256=" + "0" * 64), ("max-size", 1), ("mirrors", [url])):
        with refused("InvalidArgument", key):
            session.upload(url, source, {key: value})
    for key, value in (("method", "PUT"), ("resumable", "off"), ("snapshot", "copy"), ("content-type", "text/plain")):
        with refused("InvalidArgument", key):
            session.download(url, {key: value})


@pytest.mark.parametrize("key, value", [
    ("resumable", "sometimes"), ("interop", 7), ("interop", 0), ("snapshot", "later"), ("content-type", "a\nb"),
    ("part-size", 0)])
def test_values_that_mean_nothing(session: Session, server: ScriptedServer, source: Path, key: str,
                                  value: object) -> None:
    with refused("InvalidArgument", key):
        session.upload(server.serve(accept()).url, source, {key: value})


def test_the_same_token_is_the_same_task(session: Session, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(accept())
    first = session.upload(resource.url, source, token="t", start=True)
    finished(first)
    assert session.upload(resource.url, source, token="t", start=True) == first
    taken_once(resource.copies)
    assert terminal(session, first)["token"] == "t"


def test_a_rate_is_kept_and_bytes_are_told(session: Session, server: ScriptedServer, large: Path) -> None:
    resource = server.serve(accept())
    task = session.upload(resource.url, large, {"max-rate": LARGE.size // 2, "start": True})
    task.wait_for(lambda t: 0 < t.done < LARGE.size, "bytes on their way")
    finished(task)
    taken_once(resource.copies, LARGE)
