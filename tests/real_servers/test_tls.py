"""Whom a download over TLS trusts, and what it shows of itself."""

import subprocess
from pathlib import Path
from typing import Any, Iterator

import pytest

from bus.expect import failed, finished
from harness.client import Session, Task
from harness.machine import Machine
from real_servers.expect import publish
from real_servers.sites import KINDS, running
from servers.content import Content
from servers.nginx import Nginx
from servers.real import RealServer, Tls
from servers.tls import Certificates

EVERY_SERVER = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
CONTENT = Content(seed=51, size=300_000)


@pytest.fixture(scope="module")
def nginx(certificates: Certificates) -> Iterator[RealServer]:
    with running(Nginx, Tls(certificates)) as server:
        publish(server, "file", CONTENT)
        yield server


def start(session: Session, server: RealServer, path: Path, **choice: Any) -> Task:
    named = {key.replace("_", "-"): value for key, value in choice.items()}
    return session.download(server.url("file"), {"destination": path, "start": True, **named})


def refuses(machine: Machine, task: Task) -> None:
    """The task fails for TLS's sake, at once and without a file."""
    failed(task, "tls")
    assert task.details()["attempts"] == 1
    machine.wait_downloads()


def test_an_authority_that_nobody_named(machine: Machine, session: Session, nginx: RealServer) -> None:
    refuses(machine, start(session, nginx, machine.downloads / "file"))
    assert not nginx.served("file")


def test_another_authority(machine: Machine, session: Session, nginx: RealServer, tmp_path: Path) -> None:
    refuses(machine, start(session, nginx, machine.downloads / "file", ca_file=Certificates(tmp_path).authority))


def test_an_authority_that_the_session_names(machine: Machine, client, nginx: RealServer,
                                             certificates: Certificates) -> None:
    trusting = client.session("trusting", {"ca-file": certificates.authority})
    finished(start(trusting, nginx, machine.downloads / "file"), CONTENT, machine.downloads / "file")


def test_a_certificate_for_another_host(machine: Machine, session: Session, certificates: Certificates) -> None:
    other = certificates.issue("other.example", "DNS:other.example")
    with running(Nginx, Tls(certificates, identity=other)) as server:
        publish(server, "file", CONTENT)
        refuses(machine, start(session, server, machine.downloads / "file", ca_file=certificates.authority))


def test_the_right_pin(machine: Machine, session: Session, nginx: RealServer, certificates: Certificates) -> None:
    wrong = certificates.issue("unused", "DNS:unused").pin
    for number, pin in enumerate([certificates.server.pin, f"{wrong};{certificates.server.pin}"]):
        path = machine.downloads / f"file{number}"
        finished(start(session, nginx, path, ca_file=certificates.authority, public_key_pin=pin), CONTENT, path)


def test_a_wrong_pin(machine: Machine, session: Session, nginx: RealServer, certificates: Certificates) -> None:
    wrong = certificates.issue("another", "DNS:another").pin
    before = len(nginx.served("file"))
    refuses(machine, start(session, nginx, machine.downloads / "file", ca_file=certificates.authority,
                           public_key_pin=wrong))
    assert len(nginx.served("file")) == before


def test_a_pin_is_no_substitute_for_an_authority(machine: Machine, session: Session, nginx: RealServer,
                                                 certificates: Certificates) -> None:
    refuses(machine, start(session, nginx, machine.downloads / "file", public_key_pin=certificates.server.pin))


@EVERY_SERVER
@pytest.mark.parametrize("http2", [False, True], ids=["https1", "h2"])
def test_a_client_certificate(machine: Machine, session: Session, certificates: Certificates, kind: type[RealServer],
                              http2: bool) -> None:
    own = certificates.issue("client", "DNS:client")
    path = machine.downloads / "file"
    with running(kind, Tls(certificates, http2=http2, wants_client=True)) as server:
        publish(server, "file", CONTENT)
        task = start(session, server, path, ca_file=certificates.authority, client_cert=own.certificate,
                     client_key=own.key)
        finished(task, CONTENT, path)


@EVERY_SERVER
def test_no_client_certificate_where_one_is_asked_for(machine: Machine, session: Session, certificates: Certificates,
                                                      kind: type[RealServer]) -> None:
    """nginx says so with the status 400, the others with an alert of TLS."""
    with running(kind, Tls(certificates, wants_client=True)) as server:
        publish(server, "file", CONTENT)
        task = start(session, server, machine.downloads / "file", ca_file=certificates.authority)
        failed(task, "http-status" if kind is Nginx else "tls")
        machine.wait_downloads()


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind.has_old_tls],
                         ids=[name for name, kind in KINDS.items() if kind.has_old_tls])
def test_a_version_that_is_too_old(machine: Machine, session: Session, certificates: Certificates,
                                   kind: type[RealServer]) -> None:
    with running(kind, Tls(certificates, only_1_1=True)) as server:
        publish(server, "file", CONTENT)
        # Who still speaks it can have the file.
        old = subprocess.run(["curl", "--silent", "--fail", "--cacert", certificates.authority, "--tls-max", "1.1",
                              "--ciphers", "DEFAULT@SECLEVEL=0", server.url("file")], check=True, capture_output=True)
        assert len(old.stdout) == CONTENT.size
        refuses(machine, start(session, server, machine.downloads / "file", ca_file=certificates.authority))
