"""Redirects are followed by the daemon's own rules, and secrets stay with the origin that they were meant for."""

import pytest

from bus.expect import failed, finished, refused, terminal, types
from harness.client import Session
from harness.machine import Machine
from servers.behaviours import File, redirect, status
from servers.content import Content
from servers.scripted import ScriptedServer

CONTENT = Content(seed=101, size=80_000)
SECRETS = {"Authorization": "Bearer opensesame", "Cookie": "id=opensesame", "X-Api-Key": "opensesame"}


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(machine: Machine, session: Session, server: ScriptedServer, code: int) -> None:
    target = server.serve(File(CONTENT))
    task = session.download(server.serve(redirect(target.url, code)).url, destination=machine.downloads / "file", start=True)
    finished(task, CONTENT, machine.downloads / "file")
    assert target.requests[0].method == "GET"


@pytest.mark.parametrize("make", [
    lambda target, server: target.url.removeprefix(server.origin),
    lambda target, server: "../" + target.url.removeprefix(server.origin + "/"),
    lambda target, server: target.url.removeprefix("http:"),
], ids=["absolute path", "relative path", "same scheme"])
def test_a_location_may_be_relative(machine: Machine, session: Session, server: ScriptedServer, make) -> None:
    target = server.serve(File(CONTENT))
    task = session.download(server.serve(redirect(make(target, server))).url, destination=machine.downloads / "file", start=True)
    finished(task, CONTENT, machine.downloads / "file")


def test_headers_stay_within_their_origin(machine: Machine, session: Session, server: ScriptedServer,
                                          other_server: ScriptedServer) -> None:
    elsewhere = other_server.serve(File(CONTENT))
    near = server.serve(redirect(elsewhere.url), name="near")
    task = session.download(server.serve(redirect(near.url)).url, destination=machine.downloads / "file", start=True,
                            headers=SECRETS)
    finished(task, CONTENT, machine.downloads / "file")
    for name, value in SECRETS.items():
        assert near.requests[0].header(name) == value
        assert elsewhere.requests[0].header(name) is None
    assert "opensesame" not in str(elsewhere.requests)
    referer = elsewhere.requests[0].header("Referer")
    assert referer is None


def test_a_user_in_the_url_stays_within_its_origin(machine: Machine, session: Session, server: ScriptedServer,
                                                   other_server: ScriptedServer) -> None:
    elsewhere = other_server.serve(File(CONTENT))
    start = server.serve(redirect(elsewhere.url))
    task = session.download(start.url.replace("http://", "http://user:opensesame@"), destination=machine.downloads / "file",
                            start=True)
    finished(task, CONTENT, machine.downloads / "file")
    assert start.requests[0].header("Authorization").startswith("Basic ")
    assert elsewhere.requests[0].header("Authorization") is None


def test_a_user_in_the_url_is_kept_within_its_origin(machine: Machine, session: Session, server: ScriptedServer) -> None:
    target = server.serve(File(CONTENT))
    start = server.serve(redirect(target.url))
    task = session.download(start.url.replace("http://", "http://user:opensesame@"), destination=machine.downloads / "file",
                            start=True)
    finished(task, CONTENT, machine.downloads / "file")
    assert target.requests[0].header("Authorization") == start.requests[0].header("Authorization")


def test_secrets_do_not_come_back_from_another_origin(machine: Machine, session: Session, server: ScriptedServer,
                                                      other_server: ScriptedServer) -> None:
    """Whoever is asked on a foreign origin's word gets nothing that was meant for this one's own requests."""
    home = server.serve(File(CONTENT), name="home")
    away = other_server.serve(redirect(home.url))
    task = session.download(server.serve(redirect(away.url)).url, destination=machine.downloads / "file", start=True,
                            headers=SECRETS)
    finished(task, CONTENT, machine.downloads / "file")
    assert "opensesame" not in str(away.requests)
    assert "opensesame" not in str(home.requests)


def test_secrets_stay_also_when_resuming_behind_a_redirect(machine: Machine, session: Session, server: ScriptedServer,
                                                           other_server: ScriptedServer) -> None:
    elsewhere = other_server.serve(File(CONTENT, etag='"a"', cut=30_000), File(CONTENT, etag='"a"'))
    start = server.serve(redirect(elsewhere.url))
    task = session.download(start.url, destination=machine.downloads / "file", start=True, headers=SECRETS)
    finished(task, CONTENT, machine.downloads / "file")
    assert "opensesame" not in str(elsewhere.requests)
    assert [request.range_start for request in elsewhere.requests] == [None, 30_000]


def test_another_port_or_name_is_another_origin(machine: Machine, session: Session, server: ScriptedServer) -> None:
    target = server.serve(File(CONTENT))
    start = server.serve(redirect(target.url.replace("127.0.0.1", "localhost")))
    task = session.download(start.url, destination=machine.downloads / "file", start=True, headers=SECRETS)
    finished(task, CONTENT, machine.downloads / "file")
    assert "opensesame" not in str(target.requests)


@pytest.mark.parametrize("mode, near, far", [("follow", True, True), ("same-origin", True, False), ("deny", False, False)])
def test_modes(machine: Machine, session: Session, server: ScriptedServer, other_server: ScriptedServer, mode: str,
               near: bool, far: bool) -> None:
    for name, origin, works in (("near", server, near), ("far", other_server, far)):
        target = origin.serve(File(CONTENT))
        task = session.download(server.serve(redirect(target.url)).url, destination=machine.downloads / name, start=True,
                                redirects=mode)
        if works:
            finished(task, CONTENT, machine.downloads / name)
        else:
            failed(task, "redirect")
            assert target.requests == []
            assert not (machine.downloads / name).exists()


def test_a_loop_ends_after_twenty(machine: Machine, session: Session, server: ScriptedServer) -> None:
    loop = server.redirect_to_itself()
    task = session.download(loop.url, destination=machine.downloads / "file", start=True)
    failed(task, "redirect")
    assert 2 <= len(loop.requests) <= 21


def test_twenty_redirects_are_followed(machine: Machine, session: Session, server: ScriptedServer) -> None:
    target = server.serve(File(CONTENT))
    for _ in range(20):
        target = server.serve(redirect(target.url))
    finished(session.download(target.url, destination=machine.downloads / "file", start=True), CONTENT,
             machine.downloads / "file")
    one_more = session.download(server.serve(redirect(target.url)).url, destination=machine.downloads / "more", start=True)
    failed(one_more, "redirect")


def test_https_does_not_lead_to_http(machine: Machine, session: Session, server: ScriptedServer,
                                     tls_server: ScriptedServer, certificates) -> None:
    target = server.serve(File(CONTENT))
    task = session.download(tls_server.serve(redirect(target.url)).url, destination=machine.downloads / "file", start=True,
                            ca_file=certificates.authority)
    failed(task, "redirect")
    assert target.requests == []


def test_http_may_lead_to_https(machine: Machine, session: Session, server: ScriptedServer, tls_server: ScriptedServer,
                                certificates) -> None:
    target = tls_server.serve(File(CONTENT))
    task = session.download(server.serve(redirect(target.url)).url, destination=machine.downloads / "file", start=True,
                            ca_file=certificates.authority)
    finished(task, CONTENT, machine.downloads / "file")


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:70/", "http://",
                                      "http://exa mple/", "data:,x", "http://127.0.0.1/\x7f"])
def test_a_redirect_to_what_is_no_http_url_is_refused(machine: Machine, session: Session, server: ScriptedServer,
                                                      location: str) -> None:
    task = session.download(server.serve(redirect(location)).url, destination=machine.downloads / "file", start=True)
    failed(task, "redirect")
    machine.wait_downloads()


@pytest.mark.parametrize("behaviour", [status(302), status(300), status(305)], ids=["no Location", "300", "305"])
def test_a_redirect_that_leads_nowhere_fails(machine: Machine, session: Session, server: ScriptedServer, behaviour) -> None:
    task = session.download(server.serve(behaviour).url, destination=machine.downloads / "file", start=True)
    failed(task, "redirect", "http-status", "protocol")


def test_an_error_behind_a_redirect_keeps_the_targets_secrets(machine: Machine, session: Session, server: ScriptedServer) -> None:
    """Signed links come as redirects: their query is as secret as the client's own."""
    target = server.serve(status(404), secret="opensesame")
    task = session.download(server.serve(redirect(target.url)).url, destination=machine.downloads / "file", start=True)
    failed(task, "http-status")
    assert "opensesame" not in str(terminal(session, task).details)
    assert "opensesame" not in machine.daemon.log


@pytest.mark.parametrize("most, hops, works", [(0, 0, True), (0, 1, False), (1, 1, True), (1, 2, False), (5, 5, True), (5, 6, False)])
def test_max_redirects(machine: Machine, session: Session, server: ScriptedServer, most: int, hops: int, works: bool) -> None:
    target = server.serve(File(CONTENT))
    for _ in range(hops):
        target = server.serve(redirect(target.url))
    task = session.download(target.url, destination=machine.downloads / "file", start=True, max_redirects=most)
    if works:
        finished(task, CONTENT, machine.downloads / "file")
    else:
        failed(task, "redirect")


def test_no_more_than_twenty_can_be_asked_for(session: Session) -> None:
    with refused("InvalidArgument", "max-redirects"):
        session.download("http://127.0.0.1:9/file", max_redirects=21)


def test_headers_go_along_where_asked(machine: Machine, session: Session, server: ScriptedServer,
                                      other_server: ScriptedServer) -> None:
    elsewhere = other_server.serve(File(CONTENT))
    start = server.serve(redirect(elsewhere.url))
    task = session.download(start.url.replace("http://", "http://user:open@"), destination=machine.downloads / "file", start=True,
                            headers={"X-Api-Key": "opensesame"}, redirect_headers=True)
    finished(task, CONTENT, machine.downloads / "file")
    assert elsewhere.requests[0].header("X-Api-Key") == "opensesame"
    assert elsewhere.requests[0].header("Authorization") == start.requests[0].header("Authorization")


def test_a_downgrade_is_followed_where_asked(machine: Machine, session: Session, server: ScriptedServer,
                                             tls_server: ScriptedServer, certificates) -> None:
    target = server.serve(File(CONTENT))
    task = session.download(tls_server.serve(redirect(target.url)).url, destination=machine.downloads / "file", start=True,
                            ca_file=certificates.authority, allow_downgrade=True, headers=SECRETS)
    finished(task, CONTENT, machine.downloads / "file")
    assert "opensesame" not in str(target.requests)


def test_an_event_tells_where_a_redirect_led(machine: Machine, session: Session, server: ScriptedServer,
                                             other_server: ScriptedServer) -> None:
    target = other_server.serve(File(CONTENT), secret="opensesame")
    start = server.serve(redirect(server.serve(redirect(target.url, 307)).url), secret="opensesame")
    task = session.download(start.url, destination=machine.downloads / "file", start=True)
    finished(task, CONTENT, machine.downloads / "file")
    assert types(session, task) == ["redirected", "finished-downloading", "completed"]
    event = session.events()[0]
    assert event.details["url"] == start.url.partition("?")[0]
    assert event.details["final-url"] == target.url.partition("?")[0]
    assert event.details["status"] == 200
    assert task.details()["final-url"] == target.url.partition("?")[0]
    assert task.details()["url"] == start.url.partition("?")[0]


def test_the_event_comes_once_for_each_new_place(machine: Machine, session: Session, server: ScriptedServer) -> None:
    content = Content(102, 600_000)
    one = server.serve(File(content, etag='"one"', cut=200_000))
    two = server.serve(File(content, etag='"one"'))
    start = server.serve(redirect(one.url), redirect(one.url), redirect(two.url))
    task = session.download(start.url, destination=machine.downloads / "file", start=True)
    finished(task, content, machine.downloads / "file")
    told = [event.details["final-url"] for event in session.events() if event.type == "redirected"]
    assert told == [one.url, two.url]


def test_without_redirects_there_is_no_final_url_of_another_kind(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(File(CONTENT))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True)
    finished(task, CONTENT, machine.downloads / "file")
    assert types(session, task) == ["finished-downloading", "completed"]
    assert task.details().get("final-url", resource.url) == resource.url
