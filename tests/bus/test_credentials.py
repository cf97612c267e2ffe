"""Challenges: the task waits for its client, and goes on where it was when it has what was wanted."""

import pytest

from bus.expect import failed, finished, refused, terminal, types
from harness.client import Session, Task
from harness.connection import BusError
from harness.machine import Machine
from servers.authentication import basic, bearer, digest, digest_challenge, guarded, is_basic, is_digest
from servers.behaviours import Behaviour, File, redirect, status
from servers.content import Content
from servers.proxy import Proxy
from servers.scripted import ScriptedServer

SIZE, CUT = 600_000, 350_000
CONTENT = Content(161, SIZE)
FIRST, WHOLE = File(CONTENT, etag='"one"', cut=CUT), File(CONTENT, etag='"one"')
USER, SECRET = "alice", "opensesame"

VAULTS = {
    "basic": basic(WHOLE, USER, SECRET),
    "digest": digest(WHOLE, USER, SECRET),
    "digest with MD5": digest(WHOLE, USER, SECRET, "MD5"),
    "bearer": bearer(WHOLE, SECRET),
}


def provide(task: Task, scheme: str, user: str = USER, secret: str = SECRET) -> None:
    task.call("ProvideCredential", "sss", scheme, user, secret)


def wait_blocked(task: Task) -> None:
    task.wait_for(lambda t: t.blocked_by == ["credentials"], "blocked by credentials")


def blocked(machine: Machine, session: Session, server: ScriptedServer, *behaviours: Behaviour, **choice):
    """A task that waits for credentials, and its resource."""
    resource = server.serve(*behaviours)
    task = session.download(resource.url, {"destination": machine.downloads / "file", "start": True, **choice})
    wait_blocked(task)
    return task, resource


def test_the_event_tells_who_asks_for_what(machine: Machine, session: Session, server: ScriptedServer) -> None:
    vault = guarded(WHOLE, 'Basic realm="the vault"', digest_challenge(realm="the vault"),
                    accepts=is_digest(USER, SECRET, realm="the vault"))
    task, resource = blocked(machine, session, server, vault)
    event, = session.events()
    assert (event.type, event.task) == ("credentials-needed", task.id)
    assert event.details["scheme"] == "digest"
    assert sorted(event.details["schemes"]) == ["basic", "digest"]
    assert (event.details["realm"], event.details["proxy"], event.details["status"]) == ("the vault", False, 401)
    assert event.details["url"] == resource.url


def test_the_best_scheme_is_taken(machine: Machine, session: Session, server: ScriptedServer) -> None:
    vault = guarded(WHOLE, 'Basic realm="vault"', digest_challenge(), accepts=is_digest(USER, SECRET))
    task, resource = blocked(machine, session, server, vault)
    provide(task, "")
    finished(task, CONTENT, machine.downloads / "file")
    assert all(not (request.header("Authorization") or "").startswith("Basic") for request in resource.requests)


def test_a_new_authorization_header_does_as_well(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task, resource = blocked(machine, session, server, FIRST, bearer(WHOLE, SECRET), headers={"Authorization": "Bearer expired"})
    task.call("SetHeader", "ss", "Authorization", f"Bearer {SECRET}")
    finished(task, CONTENT, machine.downloads / "file")
    assert resource.requests[-1].range_start == CUT


def test_a_wrong_credential_is_asked_for_again(machine: Machine, session: Session, server: ScriptedServer) -> None:
    for vault in ("basic", "digest"):
        task, resource = blocked(machine, session, server, VAULTS[vault])
        provide(task, vault, USER, "wrong")
        task.wait_for(lambda t: types(session, t).count("credentials-needed") == 2, "asked again")
        wait_blocked(task)
        assert len(resource.requests) <= 4, "a wrong credential is not tried again and again"
        provide(task, vault)
        finished(task, CONTENT, machine.downloads / "file")
        (machine.downloads / "file").unlink()


def test_a_user_of_the_url_that_is_refused_can_be_corrected(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(VAULTS["basic"])
    task = session.download(resource.url.replace("http://", f"http://{USER}:wrong@"), destination=machine.downloads / "file",
                            start=True)
    wait_blocked(task)
    provide(task, "basic")
    finished(task, CONTENT, machine.downloads / "file")


def test_a_credential_may_come_before_it_is_asked_for(machine: Machine, session: Session, server: ScriptedServer) -> None:
    for vault in ("basic", "digest", "bearer"):
        task = session.download(server.serve(VAULTS[vault]).url, destination=machine.downloads / vault)
        provide(task, vault, "" if vault == "bearer" else USER)
        task.resume()
        finished(task, CONTENT, machine.downloads / vault)
        assert types(session, task) == ["finished-downloading", "completed"]


def test_waiting_for_credentials_outlives_a_crash(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task, _ = blocked(machine, session, server, VAULTS["digest"])
    machine.restart()
    again = machine.client().task(task.id)
    assert (again.state, again.blocked_by) == ("waiting", ["credentials"])
    assert types(machine.client().session("test"), task) == ["credentials-needed"]
    provide(again, "digest")
    finished(again, CONTENT, machine.downloads / "file")


@pytest.mark.parametrize("vault", ["basic", "bearer"])
def test_a_credential_outlives_a_crash(machine: Machine, session: Session, server: ScriptedServer, vault: str) -> None:
    resource = server.serve(VAULTS[vault])
    wire = resource.trip(1)
    task = session.download(resource.url, destination=machine.downloads / "file")
    provide(task, vault, "" if vault == "bearer" else USER)
    task.resume()
    wire.wait_reached()
    machine.daemon.kill()
    wire.release()
    machine.daemon.start()
    finished(machine.client().task(task.id), CONTENT, machine.downloads / "file")
    assert "credentials-needed" not in types(machine.client().session("test"), task)


def test_a_blocked_task_can_be_suspended_cancelled_and_runs_into_its_deadline(machine: Machine, session: Session,
                                                                              server: ScriptedServer) -> None:
    task, resource = blocked(machine, session, server, VAULTS["basic"])
    task.suspend()
    provide(task, "basic")
    task.resume()
    finished(task, CONTENT, machine.downloads / "file")
    other, _ = blocked(machine, session, server, VAULTS["basic"], destination=machine.downloads / "other")
    other.cancel()
    assert (other.state, other.blocked_by) == ("cancelled", [])
    late, _ = blocked(machine, session, server, VAULTS["basic"], destination=machine.downloads / "late",
                      **{"resource-timeout": 1_500_000})
    failed(late, "deadline")


def test_credentials_are_refused_where_nobody_asked(machine: Machine, session: Session, server: ScriptedServer) -> None:
    running = session.download(server.serve(File(CONTENT, rate=300_000)).url, start=True)
    running.wait_for(lambda t: t.state == "running", "running")
    with refused("InvalidState"):
        provide(running, "basic")
    running.cancel()
    with refused("InvalidState"):
        provide(running, "basic")


@pytest.mark.parametrize("scheme, user, secret", [
    ("telepathy", USER, SECRET), ("basic", "with:colon", SECRET), ("basic", "line\nbreak", SECRET), ("basic", USER, "line\nbreak"),
    ("bearer", "", "line\r\nbreak"), ("basic", "x" * 100_000, SECRET), ("basic", USER, "x" * 100_000)],
    ids=["scheme", "colon", "break in the user", "break in the secret", "break in the token", "long user", "long secret"])
def test_a_credential_that_is_none_is_refused(machine: Machine, session: Session, server: ScriptedServer, scheme: str,
                                              user: str, secret: str) -> None:
    task = session.download(server.serve(VAULTS["basic"]).url)
    with pytest.raises(BusError) as raised:
        provide(task, scheme, user, secret)
    assert raised.value.word in ("InvalidArgument", "LimitExceeded")
    assert SECRET not in raised.value.message and secret not in raised.value.message


def test_a_credential_stays_with_its_origin(machine: Machine, session: Session, server: ScriptedServer,
                                            other_server: ScriptedServer) -> None:
    elsewhere = other_server.serve(WHOLE)
    task, _ = blocked(machine, session, server, basic(redirect(elsewhere.url), USER, SECRET))
    provide(task, "basic")
    finished(task, CONTENT, machine.downloads / "file")
    assert elsewhere.requests[0].header("Authorization") is None


@pytest.mark.parametrize("scheme", ["proxy-basic", "proxy-digest"])
def test_a_proxy_may_want_credentials_too(machine: Machine, session: Session, server: ScriptedServer, scheme: str) -> None:
    is_secret = (is_basic(USER, SECRET, "Proxy-Authorization") if scheme == "proxy-basic"
                 else is_digest(USER, SECRET, field="Proxy-Authorization"))
    challenge = 'Basic realm="gate"' if scheme == "proxy-basic" else digest_challenge()
    resource = server.serve(WHOLE)
    with Proxy(challenge, is_secret) as proxy:
        task = session.download(resource.url, destination=machine.downloads / "file", start=True, proxy=proxy.url())
        wait_blocked(task)
        event, = session.events()
        assert (event.details["proxy"], event.details["status"], event.details["scheme"]) == (True, 407, scheme[6:])
        provide(task, scheme)
        finished(task, CONTENT, machine.downloads / "file")
    assert all(request.header("Proxy-Authorization") is None for request in resource.requests)


@pytest.mark.parametrize("code", [401, 407])
def test_a_challenge_that_counts_as_success_is_the_file(machine: Machine, session: Session, server: ScriptedServer,
                                                        code: int) -> None:
    resource = server.serve(status(code, ("WWW-Authenticate", "Basic"), body=CONTENT.read_all()))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True, accept_status=str(code))
    finished(task, CONTENT, machine.downloads / "file")
    assert terminal(session, task).details["status"] == code


@pytest.mark.parametrize("vault", VAULTS)
@pytest.mark.parametrize("named", [True, False], ids=["scheme named", "scheme left open"])
def test_a_credential_opens_what_was_closed(machine: Machine, session: Session, server: ScriptedServer, vault: str,
                                            named: bool) -> None:
    task, _ = blocked(machine, session, server, VAULTS[vault])
    assert task.state == "waiting"
    provide(task, vault.partition(" ")[0] if named else "", "" if vault == "bearer" else USER)
    finished(task, CONTENT, machine.downloads / "file")
    assert types(session, task) == ["credentials-needed", "finished-downloading", "completed"]


@pytest.mark.parametrize("vault", VAULTS)
def test_it_goes_on_at_the_same_offset(machine: Machine, session: Session, server: ScriptedServer, vault: str) -> None:
    task, resource = blocked(machine, session, server, FIRST, VAULTS[vault])
    assert task.done == CUT
    provide(task, "", "" if vault == "bearer" else USER)
    finished(task, CONTENT, machine.downloads / "file")
    assert resource.requests[-1].range_start == CUT
    assert "resumed-from-zero" not in types(session, task)


def test_a_tunnel_may_want_credentials_too(machine: Machine, session: Session, tls_server: ScriptedServer, certificates) -> None:
    resource = tls_server.serve(WHOLE)
    with Proxy('Basic realm="gate"', is_basic(USER, SECRET, "Proxy-Authorization")) as proxy:
        task = session.download(resource.url, destination=machine.downloads / "file", start=True, proxy=proxy.url(),
                                ca_file=certificates.authority)
        wait_blocked(task)
        assert session.events()[-1].details["proxy"]
        provide(task, "proxy-basic")
        finished(task, CONTENT, machine.downloads / "file")
