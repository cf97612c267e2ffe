"""Being asked: a task with ask-before-start begins when its client says so, changed or not."""

import threading

import pytest

from bus.expect import finished, refused, types
from harness.client import Client, Event, Session, Task, wall_time
from harness.deadline import wait_until
from harness.machine import Machine
from relaunch.expect import CONTENT
from servers.behaviours import File, gated, redirect
from servers.scripted import Resource, ScriptedServer
from servers.uploads.answers import accept


@pytest.fixture
def session(client: Client) -> Session:
    """Nobody is launched for it."""
    return client.session("test")


@pytest.fixture
def resource(server: ScriptedServer) -> Resource:
    return server.serve(File(CONTENT, etag='"one"'))


def wait_asked(session: Session, task: Task) -> Event:
    """Until the task waits for its client; the event that says so."""
    task.wait_for(lambda t: (t.state, t.blocked_by) == ("waiting", ["client"]), "blocked by its client")
    event, = [event for event in session.events() if event.type == "about-to-start"]
    assert event.task == task.id
    return event


@pytest.fixture
def asking(machine: Machine, session: Session, resource: Resource) -> Task:
    """A task that waits for an answer."""
    task = session.download(resource.url, destination=machine.downloads / "file", token="seven", ask_before_start=True, start=True)
    wait_asked(session, task)
    return task


def test_the_event_tells_what_is_about_to_start(session: Session, resource: Resource, asking: Task) -> None:
    event, = session.events()
    assert event.details == {"url": resource.url, "token": "seven"}
    assert resource.requests == []


def test_continuing_starts_it(machine: Machine, session: Session, asking: Task) -> None:
    asking.resume()
    finished(asking, CONTENT, machine.downloads / "file")
    assert types(session, asking) == ["about-to-start", "finished-downloading", "completed"]


def test_another_url_may_be_put_in_its_place(machine: Machine, server: ScriptedServer, resource: Resource, asking: Task) -> None:
    better = server.serve(File(CONTENT, etag='"one"'))
    asking.call("ReplaceUrl", "s", better.url)
    asking.resume()
    finished(asking, CONTENT, machine.downloads / "file")
    assert resource.requests == [] and len(better.requests) == 1


def test_headers_may_be_set(machine: Machine, resource: Resource, asking: Task) -> None:
    asking.call("SetHeader", "ss", "X-Mood", "calm")
    asking.resume()
    finished(asking, CONTENT, machine.downloads / "file")
    assert resource.requests[0].header("X-Mood") == "calm"


def test_changing_it_is_no_answer_yet(server: ScriptedServer, resource: Resource, asking: Task) -> None:
    better = server.serve(File(CONTENT))
    asking.call("ReplaceUrl", "s", better.url)
    asking.call("SetHeader", "ss", "X-Mood", "calm")
    assert (asking.state, asking.blocked_by) == ("waiting", ["client"])
    assert resource.requests == [] and better.requests == []


def test_cancelling_ends_it_without_a_request(session: Session, resource: Resource, asking: Task) -> None:
    asking.cancel()
    assert asking.wait() == ("cancelled", "client")
    assert types(session, asking) == ["about-to-start", "cancelled"]
    assert resource.requests == []


def test_it_asks_when_its_time_has_come(session: Session, resource: Resource) -> None:
    start = wall_time(0.7)
    task = session.download(resource.url, not_before=start, ask_before_start=True, start=True)
    assert task.blocked_by == ["not-before"]
    assert session.events() == []
    event = wait_asked(session, task)
    assert event.when >= start
    assert event.details["not-before"] == start
    assert resource.requests == []
    task.resume()
    assert task.wait() == ("finished", "")


def test_a_suspended_task_asks_when_it_is_resumed_first(session: Session, resource: Resource) -> None:
    task = session.download(resource.url, ask_before_start=True)
    assert (task.state, session.events()) == ("suspended", [])
    task.resume()
    wait_asked(session, task)
    assert resource.requests == []
    task.resume()
    assert task.wait() == ("finished", "")


def test_it_asks_once_and_not_before_each_attempt(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(File(CONTENT, etag='"one"', cut=9_000), File(CONTENT, etag='"one"'))
    task = session.download(resource.url, destination=machine.downloads / "file", ask_before_start=True, start=True)
    wait_asked(session, task)
    task.resume()
    finished(task, CONTENT, machine.downloads / "file")
    assert len(resource.requests) == 2
    assert types(session, task).count("about-to-start") == 1


def test_a_redirect_does_not_ask_again(session: Session, server: ScriptedServer, resource: Resource) -> None:
    task = session.download(server.serve(redirect(resource.url)).url, ask_before_start=True, start=True)
    wait_asked(session, task)
    task.resume()
    assert task.wait() == ("finished", "")
    assert types(session, task) == ["about-to-start", "redirected", "finished-downloading", "completed"]


def test_an_upload_asks_too(machine: Machine, session: Session, server: ScriptedServer) -> None:
    source = machine.directory / "source"
    source.write_bytes(b"x" * 1000)
    resource = server.serve(accept())
    task = session.upload(resource.url, source, ask_before_start=True, start=True)
    wait_asked(session, task)
    assert resource.requests == []
    task.resume()
    assert task.wait() == ("finished", "")
    assert len(resource.copies) == 1


@pytest.mark.parametrize("answer", ["continue", "replace", "cancel"])
def test_the_question_survives_a_crash(machine: Machine, server: ScriptedServer, resource: Resource, asking: Task, answer: str) -> None:
    better = server.serve(File(CONTENT, etag='"one"'))
    if answer == "replace":
        asking.call("ReplaceUrl", "s", better.url)
    for _ in range(2):
        machine.restart()
    client = machine.client()
    session, task = client.session("test"), client.task(asking.id)
    wait_asked(session, task)
    assert [event.seq for event in session.events()] == [1]
    assert resource.requests == []
    if answer == "cancel":
        task.cancel()
        assert task.wait() == ("cancelled", "client")
        return
    task.resume()
    finished(task, CONTENT, machine.downloads / "file")
    assert (len(better.requests), len(resource.requests)) == ((1, 0) if answer == "replace" else (0, 1))


def test_the_answer_survives_a_crash(machine: Machine, session: Session, server: ScriptedServer) -> None:
    gate = threading.Event()
    resource = server.serve(gated(gate, File(CONTENT)))
    task = session.download(resource.url, ask_before_start=True, start=True)
    wait_asked(session, task)
    task.resume()
    wait_until(lambda: resource.requests, "the request")
    machine.restart()
    gate.set()
    client = machine.client()
    assert client.task(task.id).wait() == ("finished", "")
    assert types(client.session("test"), task) == ["about-to-start", "finished-downloading", "completed"]


@pytest.mark.machine(config="[limits]\nactive-transfers = 1\n")
def test_a_task_that_asks_is_in_nobodys_way(machine: Machine, session: Session, server: ScriptedServer, asking: Task) -> None:
    other = session.download(server.serve(File(CONTENT)).url, destination=machine.downloads / "other", start=True)
    finished(other, CONTENT, machine.downloads / "other")
    assert asking.blocked_by == ["client"]


def test_the_option_is_the_tasks_alone(client: Client) -> None:
    with refused("InvalidArgument", "ask-before-start"):
        client.session("asked", ask_before_start=True)


def test_the_option_may_be_set_before_the_first_start(session: Session, resource: Resource) -> None:
    task = session.download(resource.url)
    task.call("SetOption", "ss", "ask-before-start", "true")
    assert task.details()["ask-before-start"] is True
    task.resume()
    wait_asked(session, task)
