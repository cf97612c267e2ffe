"""A server that everybody knows: nginx with DAV."""

import signal
from pathlib import Path
from typing import Iterator

import pytest

from harness.client import Session
from harness.machine import Machine
from real_servers.sites import running
from servers.content import Content
from servers.nginx import Nginx
from servers.real import Tls
from servers.relay import Relay
from servers.tls import Certificates
from uploads.expect import CONTENT, LARGE, QUICK, failed, finished



@pytest.fixture(scope="module", params=["http1", "https1", "h2"])
def nginx(request: pytest.FixtureRequest, certificates: Certificates) -> Iterator[Nginx]:
    tls = None if request.param == "http1" else Tls(certificates, http2=request.param == "h2")
    with running(Nginx, tls) as server:
        yield server


def choice(nginx: Nginx, certificates: Certificates) -> dict:
    return {"start": True, **QUICK, **({"ca-file": certificates.authority} if nginx.tls else {})}


def test_a_file_is_made_and_replaced(session: Session, nginx: Nginx, certificates: Certificates, source: Path) -> None:
    for code in (201, 204):
        assert finished(session.upload(nginx.url("new/file"), source, choice(nginx, certificates)))["status"] == code
        CONTENT.check(nginx.files / "new/file")


def test_it_knows_no_post(session: Session, nginx: Nginx, certificates: Certificates, source: Path) -> None:
    details = failed(session.upload(nginx.url("file"), source, {**choice(nginx, certificates), "method": "POST"}),
                     "http-status")
    assert details["status"] in (404, 405)


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGTERM])
def test_a_kill_in_the_middle(machine: Machine, session: Session, nginx: Nginx, certificates: Certificates,
                              large: Path, kill: int) -> None:
    with Relay(nginx.port) as relay:
        relay.requests.hold_after(LARGE.size // 2)
        task = session.upload(nginx.url("large", relay.port), large, choice(nginx, certificates))
        task.wait_for(lambda _: relay.requests.passed >= LARGE.size // 2, "half of it to pass")
        machine.daemon.send_signal(kill)
        machine.daemon.wait_exit()
        relay.cut()
        relay.release()
        machine.daemon.start()
        finished(machine.client().task(task.id), 30)
    LARGE.check(nginx.files / "large")


def test_many_small_ones(machine: Machine, session: Session, nginx: Nginx, certificates: Certificates) -> None:
    contents = [Content(700 + number, 16 << 10) for number in range(100)]
    for number, content in enumerate(contents):
        content.write_to(machine.directory / f"small-{number}")
    for task in session.create_many([
            ("upload", nginx.url(f"small-{number}"),
             {"file": machine.directory / f"small-{number}", **choice(nginx, certificates)})
            for number in range(len(contents))]):
        finished(task)
    for number, content in enumerate(contents):
        content.check(nginx.files / f"small-{number}")


def test_nothing_partial_has_the_name(session: Session, nginx: Nginx, certificates: Certificates, source: Path) -> None:
    with Relay(nginx.port) as relay:
        relay.requests.hold_after(CONTENT.size // 2)
        task = session.upload(nginx.url("partial", relay.port), source, choice(nginx, certificates))
        task.wait_for(lambda _: relay.requests.passed >= CONTENT.size // 2, "half of it to pass")
        task.cancel()
        assert task.wait() == ("cancelled", "client")
    assert not (nginx.files / "partial").exists()
