"""accept-status: what counts as success is the client's to say."""

import pytest

from bus.expect import failed, finished, refused, terminal
from harness.client import Client, Session
from harness.machine import Machine
from servers.behaviours import File, status
from servers.content import Content
from servers.scripted import ScriptedServer

CONTENT = Content(241, 20_000)


@pytest.mark.parametrize("accepted, code", [("404", 404), ("any", 404), ("any", 500), ("200-299,404", 404), ("200-299, 404", 200),
                                            ("400-499", 410), ("500-599", 503), ("any", 429), ("401", 401), ("any", 200)])
def test_an_accepted_status_is_the_file(machine: Machine, session: Session, server: ScriptedServer, accepted: str, code: int) -> None:
    resource = server.serve(status(code, ("Retry-After", "3600"), body=CONTENT.read_all()))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True, accept_status=accepted)
    finished(task, CONTENT, machine.downloads / "file")
    assert terminal(session, task).details["status"] == code
    assert len(resource.requests) == 1


@pytest.mark.parametrize("accepted, code", [("404", 410), ("404", 200), ("200", 201), ("300-399", 200)])
def test_any_other_status_is_none(machine: Machine, session: Session, server: ScriptedServer, accepted: str, code: int) -> None:
    task = session.download(server.serve(status(code)).url, destination=machine.downloads / "file", start=True,
                            accept_status=accepted)
    failed(task, "http-status")
    machine.wait_downloads()


def test_an_accepted_error_is_not_the_other_half_of_a_file(machine: Machine, session: Session, server: ScriptedServer) -> None:
    """With "any" the page becomes the file, but whole and alone."""
    content = Content(242, 600_000)
    resource = server.serve(File(content, etag='"one"', cut=350_000), status(404, body=CONTENT.read_all()))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True, accept_status="any")
    finished(task, CONTENT, machine.downloads / "file")


def test_a_redirect_is_followed_whatever_is_accepted(machine: Machine, session: Session, server: ScriptedServer) -> None:
    target = server.serve(File(CONTENT))
    task = session.download(server.serve(status(302, ("Location", target.url), body=b"")).url,
                            destination=machine.downloads / "file", start=True, accept_status="any")
    finished(task, CONTENT, machine.downloads / "file")


def test_a_session_may_say_it_for_its_tasks(machine: Machine, client: Client, server: ScriptedServer) -> None:
    session = client.session("lenient", accept_status="404")
    resource = server.serve(status(404, body=CONTENT.read_all()))
    finished(session.download(resource.url, destination=machine.downloads / "file", start=True), CONTENT, machine.downloads / "file")
    failed(session.download(resource.url, destination=machine.downloads / "other", start=True, accept_status="200-299"),
           "http-status")


@pytest.mark.parametrize("value", ["", "all", "200-", "-299", "299-200", "99", "600", "2xx", "200,,404", "200;404", "1000", "-1"])
def test_what_is_no_status_is_refused(session: Session, value: str) -> None:
    with refused("InvalidArgument", "accept-status"):
        session.download("http://127.0.0.1:9/file", accept_status=value)
