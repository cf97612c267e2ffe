"""Trouble that passes is waited out, as long as the server says, also over a restart."""

import time

import pytest

from bus.expect import failed, finished, terminal
from harness.client import Client, Session, microseconds, wall_time
from harness.machine import Machine
from servers.behaviours import File, http_date, raw, status
from servers.content import Content
from servers.scripted import ScriptedServer

CONTENT = Content(seed=111, size=50_000)


@pytest.mark.parametrize("code", [408, 425, 429, 500, 502, 503, 504])
def test_a_passing_status_is_tried_again(machine: Machine, session: Session, server: ScriptedServer, code: int) -> None:
    resource = server.serve(status(code), status(code), File(CONTENT))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True)
    finished(task, CONTENT, machine.downloads / "file")
    assert len(resource.requests) == 3
    assert task.details()["attempts"] == 3


def test_a_broken_connection_is_tried_again(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(raw(b""), raw(b""), File(CONTENT))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True)
    finished(task, CONTENT, machine.downloads / "file")


def test_while_it_waits_it_says_why_and_until_when(session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(status(503, ("Retry-After", "3600"))).url, start=True)
    task.wait_for(lambda t: t.blocked_by == ["retry-delay"], "blocked by the delay")
    details = task.details()
    assert (details["state"], details["status"]) == ("waiting", 503)
    assert "503" in details["error-text"]
    assert abs(details["next-attempt"] - wall_time(3600)) < 10e6
    assert session.events() == []


def test_retry_after_is_honoured_over_a_crash(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(status(503, ("Retry-After", "3")), File(CONTENT))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True)
    task.wait_for(lambda t: t.blocked_by == ["retry-delay"], "blocked by the delay")
    moment = task.details()["next-attempt"]
    machine.restart()
    again = machine.client().task(task.id)
    assert (again.state, again.blocked_by) == ("waiting", ["retry-delay"])
    assert again.details()["next-attempt"] == moment
    assert again.details()["attempts"] == 1
    finished(again, CONTENT, machine.downloads / "file")
    first, second = resource.requests
    assert second.when - first.when >= 2.95


@pytest.mark.parametrize("seconds", [0, 1, 2])
def test_retry_after_may_be_a_date(machine: Machine, session: Session, server: ScriptedServer, seconds: int) -> None:
    resource = server.serve(status(503, ("Retry-After", http_date(seconds, time.time()))), File(CONTENT))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True)
    finished(task, CONTENT, machine.downloads / "file")
    first, second = resource.requests
    assert second.when - first.when >= max(seconds - 1, 0.95), "at least a second, and a date has whole seconds"


@pytest.mark.parametrize("value, seconds", [("999999999", 86_400), ("99999999999999999999999", 86_400)])
def test_retry_after_is_clamped_to_a_day(session: Session, server: ScriptedServer, value: str, seconds: int) -> None:
    task = session.download(server.serve(status(503, ("Retry-After", value))).url, start=True)
    task.wait_for(lambda t: t.blocked_by == ["retry-delay"], "blocked by the delay")
    assert abs(task.details()["next-attempt"] - wall_time(seconds)) < 30e6


@pytest.mark.parametrize("value", ["soon", "-5", "1e3", ""])
def test_a_retry_after_that_is_none_is_ignored(machine: Machine, session: Session, server: ScriptedServer, value: str) -> None:
    resource = server.serve(status(503, ("Retry-After", value)), File(CONTENT))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True)
    finished(task, CONTENT, machine.downloads / "file")


def test_retries_are_counted_over_crashes(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(status(503, ("Retry-After", "1")))
    task = session.download(resource.url, start=True, retries=2)
    for _ in range(2):
        machine.restart()
    failed(machine.client().task(task.id), "http-status")
    assert len(resource.requests) <= 5, "each crash may interrupt one attempt"
    assert terminal(machine.client().session("test"), task).details["status"] == 503


def test_delays_grow_up_to_their_limit(session: Session, server: ScriptedServer) -> None:
    resource = server.serve(status(500))
    task = session.download(resource.url, start=True, retries=6, retry_delay=microseconds(0.1),
                            retry_delay_max=microseconds(0.4))
    failed(task, "http-status")
    gaps = [after.when - before.when for before, after in zip(resource.requests, resource.requests[1:])]
    assert len(gaps) == 6
    assert max(gaps) < 0.4 + 0.5, "full jitter stays below the limit"
    assert sum(gaps) > 0.05, "it does not hammer"


def test_the_number_of_attempts_has_no_limit_of_its_own(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(*[status(503)] * 15, File(CONTENT))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True,
                            retry_delay=microseconds(0.01), retry_delay_max=microseconds(0.02))
    finished(task, CONTENT, machine.downloads / "file")


def test_the_deadline_ends_also_what_waits(session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(status(503, ("Retry-After", "3600"))).url, start=True,
                            resource_timeout=microseconds(1))
    failed(task, "deadline")


def test_the_deadline_is_counted_from_the_creation_also_over_a_crash(machine: Machine, session: Session,
                                                                     server: ScriptedServer) -> None:
    began = time.monotonic()
    task = session.download(server.serve(status(503, ("Retry-After", "3600"))).url, start=True,
                            resource_timeout=microseconds(2))
    machine.restart()
    failed(machine.client().task(task.id), "deadline")
    assert 1.9 <= time.monotonic() - began < 10


def test_a_waiting_task_can_be_suspended_and_goes_on_afterwards(machine: Machine, session: Session,
                                                                server: ScriptedServer) -> None:
    resource = server.serve(status(503, ("Retry-After", "2")), File(CONTENT))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True)
    task.wait_for(lambda t: t.blocked_by == ["retry-delay"], "blocked by the delay")
    task.suspend()
    assert task.state == "suspended" and task.blocked_by == []
    task.resume()
    finished(task, CONTENT, machine.downloads / "file")


def test_a_task_that_waits_can_be_cancelled(client: Client, session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(status(503, ("Retry-After", "3600"))).url, start=True)
    task.wait_for(lambda t: t.blocked_by == ["retry-delay"], "blocked by the delay")
    task.cancel()
    assert (task.state, task.blocked_by) == ("cancelled", [])
