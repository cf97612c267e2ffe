"""The client killed at each point of handling its events: nothing lost, nothing twice after it was acknowledged."""

import random

import pytest

from harness.app import App
from harness.client import Client, Session, Task
from harness.deadline import wait_until
from harness.machine import Machine
from relaunch.account import settle
from relaunch.expect import CONTENT, held_back, is_quiet, wakes_of
from servers.behaviours import File, status
from servers.scripted import ScriptedServer

POINTS = ["called", "answered", "attached", "read", "acknowledged", "delivered", "completed"]


def make(session: Session, server: ScriptedServer) -> list[Task]:
    """One of each end, all of which come while the block's task holds the wake back."""
    with held_back(session, server) as last:
        tasks = [session.download(server.serve(File(CONTENT)).url, start=True), session.download(server.serve(status(404)).url, start=True),
                 session.download(server.serve(File(CONTENT)).url)]
        tasks[2].cancel()
        for task in tasks:
            task.wait()
    return [*tasks, last]


def wait_over(client: Client, session: Session) -> None:
    wait_until(lambda: session.events() == [] and is_quiet(session), "all events to be handled and the wake to be over", 20)


@pytest.mark.parametrize("point", POINTS)
def test_killed(app: App, client: Client, session: Session, server: ScriptedServer, point: str) -> None:
    app.does(f"die {point}", "handle")
    tasks = make(session, server)
    wait_over(client, session)
    app.wait_completed(1)
    settle(app, tasks)
    assert wakes_of(app) == ([1] if point == "completed" else [1, 1])
    read = [record["seq"] for record in app.records("event")]
    assert read == [1, 2, 3, 4, 5, 6] * (2 if point == "read" else 1)


@pytest.mark.parametrize("point", POINTS)
def test_killed_and_the_daemon_with_it(machine: Machine, app: App, session: Session, server: ScriptedServer, point: str) -> None:
    app.does(f"die {point}", "handle")
    tasks = make(session, server)
    app.wait_calls(1)
    wait_until(lambda: machine.bus.owner_pid(app.name) is None, "the application to die")
    machine.restart()
    client = machine.client()
    wait_over(client, client.session("woken"))
    app.wait_completed(1)
    settle(app, tasks)
    assert set(wakes_of(app)) == {1}


def test_killed_at_one_point_after_the_other(app: App, client: Client, session: Session, server: ScriptedServer) -> None:
    app.does(*(f"die {point}" for point in POINTS[:-1]), "handle")
    tasks = make(session, server)
    wait_over(client, session)
    app.wait_completed(1)
    settle(app, tasks)
    assert wakes_of(app) == [1] * len(POINTS)


@pytest.mark.long
def test_killed_at_random_points_over_many_wakes(machine: Machine, app: App, client: Client, server: ScriptedServer) -> None:
    chance = random.Random(11)
    app.does(*(chance.choice(["handle", f"die {chance.choice(POINTS)}"]) for _ in range(100)), "handle")
    tasks: list[Task] = []
    for _ in range(20):
        client = machine.client()
        tasks += make(app.session(client), server)
        if chance.random() < 0.3:
            machine.restart()
            client = machine.client()
        wait_over(client, client.session("woken"))
    settle(app, tasks)
