"""An application that is not there is launched by one WebSocket message, under a real user manager and a real bus."""

from typing import Iterator

import pytest
from harness.deadline import wait_until
from servers.rooms import Room

from systemd.booted_machine import BootedMachine
from systemd.chat import ChatApp, InnerRooms
from systemd.user import HAULD, User


@pytest.fixture
def app(machine: BootedMachine, user: User) -> ChatApp:
    return ChatApp(machine, user)


@pytest.fixture
def rooms(machine: BootedMachine, app: ChatApp) -> Iterator[InnerRooms]:
    with InnerRooms(machine) as running:
        yield running


def wait_connected(room: Room, times: int = 1) -> None:
    wait_until(lambda: len(room.sockets) >= times, f"connection {times}", 20)


def wait_answers(room: Room, *answers: str) -> None:
    wait_until(lambda: len(room.received) >= len(answers), f"{len(answers)} answers", 20)
    assert room.received == list(answers)


def test_one_message_launches_it_once_and_it_answers(app: ChatApp, rooms: InnerRooms) -> None:
    room = rooms.listen()
    app.connect(room.url)
    wait_connected(room)
    assert not app.is_running() and app.wakes == []
    daemon = app.user.show("MainPID")
    for wake, texts in enumerate((["hello?"], ["hello?", "still there?"]), 1):
        rooms.say(room, texts[-1])
        wait_answers(room, *(f"re: {text}" for text in texts))
        app.wait_quiet()
        app.wait_left()
        assert app.answered == texts
        assert app.wakes == app.completed == list(range(1, wake + 1))
    assert app.user.show("MainPID") == daemon  # a connection keeps it, longer than its idle-exit
    rooms.dismiss(room)
    app.wait_wakes(3)
    app.wait_quiet()
    assert [line[4] for line in app.lines("event")][-1] == "completed"
    app.user.wait_for("ActiveState", "inactive", timeout=20)
    assert (app.user.show("Result"), app.user.show("NRestarts")) == ("success", "0")
    assert app.wakes == app.completed == [1, 2, 3] and room.received == ["re: hello?", "re: still there?"]


def test_a_daemon_that_was_killed_hears_it_too(app: ChatApp, rooms: InnerRooms) -> None:
    room = rooms.listen()
    app.connect(room.url)
    wait_connected(room)
    app.user.systemctl("kill", "--signal=SIGKILL", HAULD)
    wait_connected(room, 2)
    rooms.say(room, "hello?")
    wait_answers(room, "re: hello?")
    app.wait_quiet()
    assert app.wakes == app.completed == [1]
    assert app.user.show("NRestarts") == "1"
