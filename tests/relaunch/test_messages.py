"""A WebSocket message needs its client: one that is not there is launched for it, reads it, answers, and is done."""

from typing import Iterator

import pytest

from harness.app import App
from harness.client import Client, Session, WebSocket, microseconds
from harness.deadline import wait_until
from harness.machine import Machine
from relaunch.expect import is_quiet, wakes_of
from servers.websocket.adversary import Adversary, Endpoint
from servers.websocket.peer import Peer


@pytest.fixture
def chat() -> Iterator[Adversary]:
    with Adversary() as running:
        yield running


def connect(session: Session, endpoint: Endpoint, **options: object) -> tuple[WebSocket, Peer]:
    task = session.websocket(endpoint.url, [], {"start": True, "retry-delay": microseconds(0.02), **options})
    return task, endpoint.peer()


def read_by(app: App) -> list[str]:
    """The texts that it has read, each once."""
    return list({record["seq"]: record["text"] for record in app.records("event") if record["type"] == "message"}.values())


def test_one_message_launches_it_and_it_answers(machine: Machine, app: App, session: Session, chat: Adversary) -> None:
    app.does("reply")
    task, peer = connect(session, chat.serve())
    peer.text("hello?")
    assert peer.receive().text == "re: hello?"
    app.wait_completed(1)
    assert read_by(app) == ["hello?"]
    wait_until(lambda: is_quiet(session), "no wake to be outstanding")
    assert task.state == "running" and wakes_of(app) == [1]
    peer.text("and once more")
    assert peer.receive().text == "re: and once more"
    app.wait_completed(1, 2)


@pytest.mark.parametrize("policy, launches", [("when-needed", True), ("when-all-done", True), ("each-event", True), ("never", False)])
def test_by_policy(machine: Machine, app: App, client: Client, chat: Adversary, policy: str, launches: bool) -> None:
    session = app.session(client, wake=policy)
    task, peer = connect(session, chat.serve())
    peer.text("x")
    session.wait_events(lambda events: any(event.type == "message" for event in events) or app.completed, "the message")
    if launches:
        wait_until(lambda: read_by(app) == ["x"], "the app to read it", 15)
    else:
        assert is_quiet(session) and app.calls == []
    assert task.state == "running"


def test_a_connection_alone_launches_nobody(machine: Machine, app: App, session: Session, chat: Adversary) -> None:
    _, peer = connect(session, chat.serve())
    session.wait_events(lambda events: [event.type for event in events] == ["opened"], "the connection")
    peer.ping(b"x")
    assert peer.frame().payload == b"x"
    assert is_quiet(session) and app.calls == []


def test_a_message_through_a_channel_launches_nobody(machine: Machine, app: App, session: Session, chat: Adversary) -> None:
    task, peer = connect(session, chat.serve(), delivery="live")
    with task.open_channel() as channel:
        channel.expect(9)
        peer.text("live")
        assert channel.expect(1).text == "live"
    assert is_quiet(session) and app.calls == []


def test_an_attached_client_is_not_launched(machine: Machine, app: App, session: Session, chat: Adversary) -> None:
    session.attach()
    _, peer = connect(session, chat.serve())
    peer.text("x")
    session.connection.wait_signal(lambda s: s.member == "EventsAvailable" and s.body[1] >= 2, "the message")
    assert app.calls == []


def test_an_app_that_is_killed_is_launched_again_and_reads_it_again(machine: Machine, app: App, session: Session,
                                                                    chat: Adversary) -> None:
    app.does("die read", "die attached", "reply")
    _, peer = connect(session, chat.serve())
    peer.text("stubborn")
    assert peer.receive().text == "re: stubborn"
    app.wait_completed(1)
    assert wakes_of(app) == [1, 1, 1] and read_by(app) == ["stubborn"]


def test_a_daemon_that_is_killed_launches_it_for_what_it_had(machine: Machine, app: App, session: Session,
                                                             chat: Adversary) -> None:
    app.does("silent", "reply")
    endpoint = chat.serve()
    _, peer = connect(session, endpoint)
    peer.text("kept")
    app.wait_calls(1)
    machine.restart()
    second = endpoint.peer()
    assert second.receive().text == "re: kept"
    wait_until(lambda: app.completed == [1], "the wake to be completed", 15)
    assert read_by(app) == ["kept"]
