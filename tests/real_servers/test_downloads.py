"""One download from each real server over each protocol: what arrives, under which name, and what is told of it."""

import os

import pytest

from bus.expect import failed, finished, terminal
from harness.client import Session
from harness.machine import Machine
from real_servers.expect import MIB, MODIFIED, metrics, publish, requests_of, start
from real_servers.sites import Site
from servers.content import Content

CONTENT = Content(seed=31, size=3 * MIB + 17)
TEXT = b"All work and no play makes a dull file.\n" * 20_000


@pytest.fixture(autouse=True)
def published(site: Site) -> None:
    publish(site.server, "file", CONTENT)


def test_a_file(machine: Machine, session: Session, site: Site) -> None:
    path = machine.downloads / "file"
    before = len(site.server.served("file"))
    task = start(session, site, "file", path)
    finished(task, CONTENT, path)
    machine.wait_downloads(path)
    request = requests_of(site.server, "file", before + 1)[-1]
    assert (request.status, request.body_bytes, request.range) == (200, CONTENT.size, "")
    assert request.protocol == ("HTTP/2.0" if site.way == "h2" else "HTTP/1.1")


def test_the_metrics_of_a_file(machine: Machine, session: Session, site: Site) -> None:
    task = start(session, site, "file", machine.downloads / "file")
    finished(task, CONTENT, machine.downloads / "file")
    request, = metrics(task)
    assert (request["status"], request["protocol"], request["reused"]) == (200, site.protocol, False)
    assert request["remote-address"] == f"127.0.0.1:{site.server.port}"
    assert request.get("tls-version") == (None if site.way == "http1" else "TLSv1.3")
    assert request["bytes-written"] == CONTENT.size <= request["bytes-received"]
    times = [request[key] for key in ("connect", "tls", "first-byte", "total") if key in request]
    assert times == sorted(times) and len(times) == (3 if site.way == "http1" else 4)


def test_an_empty_file(machine: Machine, session: Session, site: Site) -> None:
    empty = Content(1, 0)
    publish(site.server, "empty", empty)
    task = start(session, site, "empty", machine.downloads / "empty")
    finished(task, empty, machine.downloads / "empty")


def test_a_part_of_a_file(machine: Machine, session: Session, site: Site) -> None:
    path = machine.downloads / "part"
    task = start(session, site, "file", path, range="1000000-1999999")
    assert task.wait() == ("finished", "")
    assert path.read_bytes() == CONTENT.read(1_000_000, 1_000_000)


def test_a_file_that_is_not_there(machine: Machine, session: Session, site: Site) -> None:
    task = start(session, site, "nothing", machine.downloads / "file")
    failed(task, "http-status")
    assert terminal(session, task).details["status"] == 404
    machine.wait_downloads()


def test_a_directory_takes_the_name_from_the_url(machine: Machine, session: Session, site: Site) -> None:
    publish(site.server, "größe 1.bin", CONTENT)
    task = start(session, site, "gr%C3%B6%C3%9Fe%201.bin", f"{machine.downloads}/")
    finished(task, CONTENT, machine.downloads / "größe 1.bin")
    machine.wait_downloads(machine.downloads / "größe 1.bin")


def test_the_time_of_the_remote_file(machine: Machine, session: Session, site: Site) -> None:
    path = machine.downloads / "file"
    finished(start(session, site, "file", path, remote_time=True), CONTENT, path)
    assert path.stat().st_mtime == MODIFIED
    other = machine.downloads / "other"
    finished(start(session, site, "file", other), CONTENT, other)
    assert other.stat().st_mtime > MODIFIED


def test_a_copy_that_is_still_the_same_is_not_fetched(machine: Machine, session: Session, site: Site) -> None:
    path = machine.downloads / "file"
    tag = site.server.headers("file")["ETag"]
    before = len(site.server.served("file"))
    task = start(session, site, "file", path, if_none_match=tag)
    assert task.wait() == ("finished", "not-modified")
    machine.wait_downloads()
    assert requests_of(site.server, "file", before + 1)[-1].status == 304
    finished(start(session, site, "file", path, if_none_match='"another"'), CONTENT, path)


def test_a_text_that_comes_compressed(machine: Machine, session: Session, site: Site) -> None:
    text = site.server.files / "text.txt"
    text.write_bytes(TEXT)
    os.utime(text, (MODIFIED, MODIFIED))
    for compressed in (True, False):
        path = machine.downloads / str(compressed)
        task = start(session, site, "text.txt", path, compressed=compressed)
        assert task.wait() == ("finished", "")
        assert path.read_bytes() == TEXT
        assert task.details()["resumable"] is not compressed
        assert (metrics(task)[0]["bytes-received"] < len(TEXT)) is compressed
        assert task.done == len(TEXT)
