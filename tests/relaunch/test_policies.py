"""Which events launch an absent client, by the session's wake policy."""

import pytest

from bus.expect import refused
from harness.app import App
from harness.client import Client, Session
from harness.deadline import wait_until
from harness.machine import Machine
from relaunch.expect import CONTENT, end_one, held_back, is_quiet, not_woken, wakes_of
from servers.behaviours import File, status
from servers.scripted import ScriptedServer

CHALLENGE = status(401, ("WWW-Authenticate", 'Basic realm="vault"'))
POLICIES = ["when-all-done", "when-needed", "each-event", "never"]


def need_credentials(session: Session, server: ScriptedServer):
    task = session.download(server.serve(CHALLENGE, File(CONTENT)).url, start=True)
    task.wait_for(lambda t: t.blocked_by == ["credentials"], "blocked by credentials")
    return task


@pytest.mark.parametrize("options", [{}, {"wake": "when-all-done"}], ids=["by default", "said"])
def test_the_client_is_launched_once_when_all_is_done(app: App, client: Client, server: ScriptedServer, options: dict) -> None:
    session = app.session(client, **options)
    with held_back(session, server) as last:
        done = [end_one(session, server) for _ in range(3)]
        not_woken(app, client, server, session)
    app.wait_completed(1, 1)  # the sentinel's was the first
    assert wakes_of(app) == [1]
    seen = [record["task"] for record in app.records("event") if record["type"] == "completed"]
    assert set(seen) >= {task.id for task in [*done, last]}
    assert session.events() == [] and is_quiet(session)


def test_suspended_tasks_do_not_hold_it_back(app: App, session: Session, server: ScriptedServer) -> None:
    session.download(server.serve(File(CONTENT)).url)
    with held_back(session, server) as suspended:
        end_one(session, server)
        suspended.suspend()
        app.wait_completed(1)


def test_a_task_that_waits_for_a_retry_holds_it_back(app: App, client: Client, session: Session, server: ScriptedServer) -> None:
    retrying = session.download("http://127.0.0.1:9/", start=True)
    end_one(session, server)
    not_woken(app, client, server, session)
    retrying.cancel()
    wait_until(lambda: wakes_of(app) == [1], "the wake", 15)


def test_nothing_is_launched_without_events(app: App, client: Client, session: Session, server: ScriptedServer) -> None:
    session.download(server.serve(File(CONTENT)).url)
    not_woken(app, client, server, session)


def test_what_was_acknowledged_launches_nobody(app: App, client: Client, session: Session, server: ScriptedServer) -> None:
    session.attach()
    end_one(session, server)
    session.acknowledge(2)
    session.detach()
    not_woken(app, client, server, session)


def test_another_wake_has_the_next_number(app: App, session: Session, server: ScriptedServer) -> None:
    for wake in (1, 2, 3):
        end_one(session, server)
        app.wait_completed(*range(1, wake + 1))
    assert wakes_of(app) == [1, 2, 3]
    assert [record["seq"] for record in app.records("event")] == [1, 2, 3, 4, 5, 6]
    assert [record["wake"] for record in app.records("delivered")] == [1, 2, 3]


@pytest.mark.parametrize("wake", ["when-all-done", "when-needed", "each-event"])
def test_credentials_are_wanted_at_once(app: App, client: Client, server: ScriptedServer, wake: str) -> None:
    session = app.session(client, wake=wake)
    with held_back(session, server):
        need_credentials(session, server)
        app.wait_completed(1)
    assert [record["type"] for record in app.records("event")][0] == "credentials-needed"


@pytest.mark.parametrize("wake", ["when-all-done", "when-needed", "each-event"])
def test_a_missing_source_is_told_at_once(machine: Machine, app: App, client: Client, server: ScriptedServer, wake: str) -> None:
    session = app.session(client, wake=wake)
    source = machine.directory / "source"
    source.write_bytes(b"x" * 1000)
    upload = session.upload(server.serve(status(201)).url, source, snapshot="never")
    source.unlink()
    with held_back(session, server):
        upload.resume()
        app.wait_completed(1)
        event = app.records("event")[0]
        assert (event["type"], event["task"]) == ("waiting", upload.id)
        assert upload.blocked_by == ["file"]
        upload.cancel()


@pytest.mark.parametrize("wake", ["when-all-done", "when-needed", "each-event"])
def test_a_task_that_asks_before_it_starts_is_told_at_once(app: App, client: Client, server: ScriptedServer, wake: str) -> None:
    session = app.session(client, wake=wake)
    with held_back(session, server):
        task = session.download(server.serve(File(CONTENT)).url, ask_before_start=True, start=True)
        app.wait_completed(1)
        event = app.records("event")[0]
        assert (event["type"], event["task"]) == ("about-to-start", task.id)


def test_when_needed_leaves_results_to_wait(app: App, client: Client, server: ScriptedServer) -> None:
    session = app.session(client, wake="when-needed")
    end_one(session, server)
    not_woken(app, client, server, session)
    need_credentials(session, server)
    wait_until(lambda: wakes_of(app) == [1], "the wake", 15)
    wait_until(lambda: session.events() == [], "all events to be handled")


def test_each_event_launches_while_others_run(app: App, client: Client, server: ScriptedServer) -> None:
    session = app.session(client, wake="each-event")
    with held_back(session, server):
        for wake in (1, 2):
            end_one(session, server)
            wait_until(lambda: session.events() == [], "the events to be handled", 15)
            wait_until(lambda: is_quiet(session), "the wake to be over", 15)
        wait_until(lambda: wakes_of(app) == app.completed, "the wakes to be written down")
        assert len(app.completed) >= 2


def test_never_is_never(app: App, client: Client, server: ScriptedServer) -> None:
    session = app.session(client, wake="never")
    end_one(session, server)
    need_credentials(session, server)
    not_woken(app, client, server, session)
    assert len(session.events()) == 3


def test_a_session_without_target_plans_nothing(app: App, client: Client, server: ScriptedServer) -> None:
    session = client.session("nobody")
    end_one(session, server)
    not_woken(app, client, server, session)


@pytest.mark.parametrize("before, after", [("never", "when-all-done"), ("when-needed", "each-event")])
def test_another_policy_holds_for_events_that_wait(app: App, client: Client, server: ScriptedServer, before: str,
                                                   after: str) -> None:
    end_one(app.session(client, wake=before), server)
    not_woken(app, client, server, app.session(client, wake=before))
    app.session(client, wake=after)
    wait_until(lambda: wakes_of(app) == [1], "the wake", 15)


def test_a_target_that_is_given_later_is_launched_for_events_that_wait(app: App, client: Client, server: ScriptedServer) -> None:
    end_one(client.session("woken"), server)
    app.session(client)
    app.wait_completed(1)


@pytest.mark.parametrize("options", [{"wake": "when-all-done"}, {"bus-name": "org.example.App"}, {"unit": "app.service"}],
                         ids=lambda options: next(iter(options)))
def test_the_options_are_the_sessions_alone(session: Session, options: dict) -> None:
    key, = options
    with refused("InvalidArgument", key):
        session.download("http://127.0.0.1:9/", options)
    with refused("InvalidArgument", key):
        session.download("http://127.0.0.1:9/").call("SetOption", "ss", key, options[key])


@pytest.mark.parametrize("word", ["", "sometimes", "When-All-Done", "never "])
def test_a_word_that_is_no_policy_is_refused(client: Client, word: str) -> None:
    with refused("InvalidArgument", "wake"):
        client.session("woken", wake=word)
    assert client.sessions() == []


def test_the_details_tell_the_policy_and_that_nothing_is_planned(app: App, client: Client) -> None:
    details = app.session(client, wake="each-event").details()
    assert (details["wake"], details["bus-name"], details["state"]) == ("each-event", app.name, "open")
    assert (details["wake-number"], details["wake-attempts"], details["relaunches"]) == (0, 0, 0)
    assert "next-wake" not in details and "wake-error" not in details
