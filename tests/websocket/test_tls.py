"""wss: whom a task trusts, and what it shows of itself."""

import ssl
from pathlib import Path

import pytest

from harness.client import Session, microseconds
from servers.tls import Certificates
from servers.websocket.adversary import Adversary
from websocket.expect import closes, failed, opened, start, wait_closed, wait_inbox, wait_opened


def test_its_own_authority(session: Session, tls_server: Adversary, certificates: Certificates) -> None:
    task, peer = opened(session, tls_server.serve(), ca_file=certificates.authority)
    task.send("secret")
    assert peer.receive().text == "secret"
    peer.text("back " + "x" * 100_000)
    wait_inbox(session, task, "back " + "x" * 100_000)


@pytest.mark.parametrize("whose", ["nobody's", "another's"])
def test_an_authority_that_is_not_trusted(session: Session, tls_server: Adversary, tmp_path: Path, whose: str) -> None:
    endpoint = tls_server.serve()
    choice = {} if whose == "nobody's" else {"ca_file": Certificates(tmp_path).authority}
    assert failed(start(session, endpoint, **choice), "tls")["attempts"] == 1
    assert endpoint.requests == []


def test_a_certificate_of_another_host(session: Session, certificates: Certificates) -> None:
    other = certificates.issue("other.example", "DNS:other.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(other.certificate, other.key)
    with Adversary(context) as server:
        endpoint = server.serve()
        failed(start(session, endpoint, ca_file=certificates.authority), "tls")
        assert endpoint.requests == []


def test_a_certificate_of_the_client(session: Session, certificates: Certificates) -> None:
    own = certificates.issue("client", "DNS:client")
    context = certificates.server_context()
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(certificates.authority)
    with Adversary(context) as server:
        endpoint = server.serve()
        task, peer = opened(session, endpoint, ca_file=certificates.authority, client_cert=own.certificate, client_key=own.key)
        peer.text("known")
        wait_inbox(session, task, "known")
        without = start(session, endpoint, ca_file=certificates.authority, retries=1)
        assert without.wait()[0] == "failed"
        assert len(endpoint.requests) == 1


def test_a_pinned_key(session: Session, tls_server: Adversary, certificates: Certificates) -> None:
    opened(session, tls_server.serve(), ca_file=certificates.authority, public_key_pin=certificates.server.pin)
    other = certificates.issue("unused", "DNS:unused")
    failed(start(session, tls_server.serve(), ca_file=certificates.authority, public_key_pin=other.pin), "tls")


def test_an_end_without_goodbye_is_a_loss(session: Session, tls_server: Adversary, certificates: Certificates) -> None:
    endpoint = tls_server.serve()
    task, peer = opened(session, endpoint, ca_file=certificates.authority)
    peer.text("last")
    wait_inbox(session, task, "last")
    peer.hang_up()
    assert wait_closed(session, task).code == 1006
    endpoint.peer()
    wait_opened(session, task, 2)


def test_frames_larger_than_a_record_and_many_in_one(session: Session, tls_server: Adversary, certificates: Certificates) -> None:
    """What TLS has decrypted already no poll tells of."""
    task, peer = opened(session, tls_server.serve(), ca_file=certificates.authority, request_timeout=microseconds(5))
    words = [f"{number}" for number in range(200)]
    for text in words:
        peer.text(text)
    wait_inbox(session, task, *words)
    for size in (16_384, 16_383, 16_385, 40_000):
        session.acknowledge(session.events()[-1].seq)
        peer.binary(bytes(size))
        wait_inbox(session, task, bytes(size))
    assert closes(session, task) == []
