"""The end of a session: it takes no more, lets its tasks end, and goes with its last event."""

import random

import pytest

from bus.expect import refused, terminal, unknown_object
from harness.app import App
from harness.client import ENDED, Client, Session, Task
from harness.deadline import wait_until
from harness.machine import Machine
from relaunch.expect import CONTENT, end_one, held_back, is_quiet, wakes_of
from servers.behaviours import File, silent
from servers.content import Content
from servers.scripted import ScriptedServer


@pytest.fixture
def session(client: Client) -> Session:
    """Nobody is launched for it."""
    return client.session("test")


def is_gone(client: Client, session: Session) -> bool:
    return session.path not in [path for _, path, _ in client.sessions()]


def acknowledge_all(session: Session) -> None:
    session.acknowledge(session.events()[-1].seq)


def assert_gone(client: Client, session: Session) -> None:
    assert is_gone(client, session)
    with unknown_object():
        session.details()
    with unknown_object():
        session.attach()


def refuses_work(session: Session, machine: Machine) -> None:
    source = machine.directory / "source"
    source.write_bytes(b"x")
    with refused("InvalidState"):
        session.download("http://127.0.0.1:9/")
    with refused("InvalidState"):
        session.upload("http://127.0.0.1:9/", source)
    with refused("InvalidState"):
        session.create_many([("download", "http://127.0.0.1:9/", {})])


def test_it_takes_no_more_and_lets_its_tasks_finish(machine: Machine, client: Client, session: Session,
                                                    server: ScriptedServer) -> None:
    suspended = session.download(server.serve(File(CONTENT)).url)
    with held_back(session, server) as running:
        session.invalidate(False)
        assert suspended.wait() == ("cancelled", "session")
        assert terminal(session, suspended).details["error"] == "session"
        assert running.state == "running"
        assert session.details()["state"] == "invalidating"
        refuses_work(session, machine)
        with refused("InvalidState"):
            client.session("test")
    assert running.wait() == ("finished", "")
    assert not is_gone(client, session)
    acknowledge_all(session)
    assert_gone(client, session)


def test_cancelling_ends_all_that_has_not_ended(machine: Machine, client: Client, session: Session,
                                                server: ScriptedServer) -> None:
    done = end_one(session, server)
    tasks = [session.download(server.serve(silent()).url, destination=machine.downloads / "running", start=True),
             session.download("http://127.0.0.1:9/", start=True),  # between two attempts
             session.download(server.serve(File(CONTENT)).url)]
    session.invalidate(True)
    for task in tasks:
        assert task.wait() == ("cancelled", "session")
    assert done.state == "finished"
    refuses_work(session, machine)
    assert [event.type for event in session.events()].count("cancelled") == 3
    acknowledge_all(session)
    assert_gone(client, session)
    machine.wait_downloads()


def test_the_identifier_is_free_for_another_session_afterwards(client: Client, session: Session, server: ScriptedServer) -> None:
    url = server.serve(File(CONTENT)).url
    first = session.download(url, token="one")
    session.invalidate(True)
    with refused("InvalidState"):
        client.session("test")
    acknowledge_all(session)
    again = client.session("test")
    assert again.path != session.path
    assert (again.tasks(), again.events()) == ([], [])
    details = again.details()
    assert (details["state"], details["last-event"], details["acknowledged"]) == ("open", 0, 0)
    second = again.download(url, token="one")
    assert second.id != first.id
    second.cancel()
    assert [event.seq for event in again.events()] == [1]
    with unknown_object():
        client.task(first.id).details()
    assert_gone(client, session)


@pytest.mark.parametrize("cancel", [False, True])
def test_an_empty_session_goes_at_once(client: Client, session: Session, cancel: bool) -> None:
    session.invalidate(cancel)
    assert_gone(client, session)
    assert client.session("test") != session


def test_a_session_whose_events_were_handled_goes_at_once(client: Client, session: Session, server: ScriptedServer) -> None:
    end_one(session, server)
    acknowledge_all(session)
    session.invalidate(False)
    assert_gone(client, session)


def test_a_suspended_task_alone_is_cancelled_and_its_event_waits(client: Client, session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(File(CONTENT)).url)
    session.invalidate(False)
    assert task.wait() == ("cancelled", "session")
    assert not is_gone(client, session)
    acknowledge_all(session)
    assert_gone(client, session)


def test_a_task_that_is_suspended_later_is_cancelled_too(client: Client, session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(silent()).url, start=True)
    task.wait_for(lambda t: t.state == "running", "running")
    session.invalidate(False)
    task.suspend()
    assert task.wait() == ("cancelled", "session")


@pytest.mark.parametrize("calls", [(False, False), (True, True), (False, True), (True, False)])
def test_calling_it_again_is_harmless_and_may_cancel_more(session: Session, server: ScriptedServer, calls: tuple) -> None:
    with held_back(session, server) as task:
        for cancel in calls:
            session.invalidate(cancel)
        if True in calls:
            assert task.wait() == ("cancelled", "session")
        else:
            assert task.state == "running"
    assert task.state in ("finished", "cancelled") or task.wait() == ("finished", "")
    assert len([event for event in session.events() if event.is_terminal]) == 1


def test_the_attached_client_is_told_when_it_is_gone(client: Client, session: Session, server: ScriptedServer) -> None:
    session.attach()
    end_one(session, server)
    session.invalidate(False)
    session.details()
    assert [s for s in session.connection.signals if s.member == "Detached"] == []
    acknowledge_all(session)
    farewell = session.connection.wait_signal(lambda s: s.member == "Detached", "Detached")
    assert (farewell.path, farewell.body) == (session.path, ("invalidated",))
    assert_gone(client, session)


def test_its_client_is_launched_for_the_last_events(app: App, client: Client, server: ScriptedServer) -> None:
    session = app.session(client)
    with held_back(session, server):
        session.invalidate(False)
    wait_until(lambda: is_gone(client, session), "the session to be gone", 15)
    assert wakes_of(app) == [1]
    assert [record["seq"] for record in app.records("event")] == [1, 2]
    wait_until(lambda: app.records("detached"), "the client to hear of the end")
    again = app.session(client)  # the wake that was never completed went with the session
    assert is_quiet(again)
    end_one(app.session(client, "sentinel"), server)
    wait_until(lambda: wakes_of(app, "sentinel"), "the wake of another session", 15)
    assert wakes_of(app) == [1]


@pytest.mark.parametrize("cancel", [False, True])
def test_it_goes_on_after_a_crash(machine: Machine, session: Session, server: ScriptedServer, cancel: bool) -> None:
    with held_back(session, server) as running:
        suspended = session.download(server.serve(File(CONTENT)).url)
        session.invalidate(cancel)
        machine.restart()
        client = machine.client()
        again = Session(client.connection, session.path)
        assert again.details()["state"] == "invalidating"
        with refused("InvalidState"):
            client.session("test")
        with refused("InvalidState"):
            again.download("http://127.0.0.1:9/")
        assert client.task(suspended.id).wait() == ("cancelled", "session")
    assert client.task(running.id).wait() == (("cancelled", "session") if cancel else ("finished", ""))
    machine.restart()
    client = machine.client()
    again = Session(client.connection, session.path)
    assert len([event for event in again.events() if event.is_terminal]) == 2
    acknowledge_all(again)
    assert_gone(client, again)
    machine.restart()
    client = machine.client()
    assert client.sessions() == []
    assert client.session("test").path != session.path


def test_spooled_results_stay_until_their_events_are_acknowledged(machine: Machine, client: Client, session: Session,
                                                                  server: ScriptedServer) -> None:
    task = end_one(session, server)
    session.invalidate(True)
    with task.open_result() as result:
        assert result.read() == CONTENT.read_all()
    acknowledge_all(session)
    assert_gone(client, session)
    wait_until(lambda: list((machine.state / "spool").iterdir()) == [], "an empty spool")


def test_tasks_in_the_middle_of_their_end_finish_or_are_cancelled(machine: Machine, client: Client, session: Session,
                                                                  server: ScriptedServer) -> None:
    chance = random.Random(7)
    contents = [Content(9000 + number, chance.randrange(1, 60_000)) for number in range(60)]
    tasks = session.create_many([("download", server.serve(File(content)).url,
                                  {"destination": machine.downloads / str(content.seed), "start": True}) for content in contents])
    wait_until(lambda: any(row.state == "finished" for row in session.tasks()), "the first end")
    session.invalidate(True)
    ends = [task.wait() for task in tasks]
    assert set(ends) <= {("finished", ""), ("cancelled", "session")}
    wanted = []
    for content, (state, _) in zip(contents, ends):
        if state == "finished":
            content.check(machine.downloads / str(content.seed))
            wanted.append(machine.downloads / str(content.seed))
    acknowledge_all(session)
    assert_gone(client, session)
    machine.wait_downloads(*wanted)


def test_a_thousand_tasks_and_more_go_with_it(client: Client, session: Session, server: ScriptedServer) -> None:
    session.create_many([("download", server.serve(File(CONTENT)).url, {})] * 2500)
    session.invalidate(False)
    wait_until(lambda: all(row.state in ENDED for row in client.tasks()), "all tasks to be cancelled", 30)
    while events := session.events():
        session.acknowledge(events[-1].seq)
        if len(events) < 1000:
            break
    wait_until(lambda: is_gone(client, session), "the session to be gone", 15)
    assert client.tasks() == []


def test_other_sessions_go_on(client: Client, session: Session, server: ScriptedServer) -> None:
    other = client.session("other")
    with held_back(other, server) as task:
        suspended = other.download(server.serve(File(CONTENT)).url)
        session.invalidate(True)
        assert_gone(client, session)
        assert suspended.state == "suspended" and task.state == "running"
    assert task.wait() == ("finished", "")


def test_resume_data_of_its_tasks_goes_with_it(machine: Machine, client: Client, session: Session, server: ScriptedServer) -> None:
    content = Content(77, 400_000)
    resource = server.serve(File(content, etag='"one"', rate=400_000))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True)
    task.wait_for(lambda t: t.done > 50_000, "some bytes")
    data = bytes(task.call("CancelProducingResumeData"))
    assert data
    session.invalidate(False)
    acknowledge_all(session)
    assert_gone(client, session)
    with refused("ValidatorMismatch"):
        client.session("other").download("", resume_data=data, destination=machine.downloads / "file")
    wait_until(lambda: machine.part_files() == [], "no part file")
