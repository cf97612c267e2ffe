"""Who is next: foreground, priority, turns of owners and sessions, and nobody for ever the last."""

import threading

import pytest

from harness.client import Client, Session, Task
from harness.deadline import wait_until
from harness.machine import Machine
from scheduling.deaf import deaf_hosts
from servers.behaviours import File, gated, status
from servers.content import Content
from servers.scripted import Resource, ScriptedServer

CONTENT = Content(seed=171, size=1_000)
ONE_AT_A_TIME = "[limits]\nactive-transfers = 1\n"
LONG_SILENCE = "[transfer]\nrequest-timeout = \"1h\"\n"


class Turnstile:
    """Lets one task after another through, and knows in which order they came."""

    def __init__(self, server: ScriptedServer) -> None:
        self._server = server
        self._gate = threading.Event()
        self._resources: dict[str, Resource] = {}

    def task(self, session: Session, name: str, priority: float = 0.5) -> Task:
        self._resources[name] = self._server.serve(gated(self._gate, File(CONTENT)))
        return session.download(self._resources[name].url, start=True, priority=priority)

    def order(self, count: int) -> list[str]:
        self._gate.set()

        def came() -> list[str]:
            requests = [(request.when, name) for name, resource in self._resources.items() for request in resource.requests]
            return [name for _, name in sorted(requests)]
        wait_until(lambda: len(came()) == count, f"{count} requests")
        return came()


@pytest.fixture
def turnstile(server: ScriptedServer) -> Turnstile:
    return Turnstile(server)


@pytest.mark.machine(config=ONE_AT_A_TIME)
def test_sessions_take_turns(client: Client, turnstile: Turnstile) -> None:
    one, other = client.session("one"), client.session("other")
    for number in range(3):
        turnstile.task(one, f"one {number}")
    for number in range(2):
        turnstile.task(other, f"other {number}")
    assert turnstile.order(5) == ["one 0", "other 0", "one 1", "other 1", "one 2"]


@pytest.mark.root
@pytest.mark.machine(config=ONE_AT_A_TIME)
def test_owners_take_turns(machine: Machine, client: Client, turnstile: Turnstile) -> None:
    mine, too, theirs = client.session("test"), client.session("too"), machine.stranger().session("test")
    for number in range(2):
        turnstile.task(mine, f"mine {number}")
        turnstile.task(too, f"too {number}")
        turnstile.task(theirs, f"theirs {number}")
    assert turnstile.order(6) == ["mine 0", "theirs 0", "too 0", "theirs 1", "mine 1", "too 1"]


@pytest.mark.machine(config=ONE_AT_A_TIME)
def test_a_live_client_goes_before_priority(machine: Machine, client: Client, turnstile: Turnstile) -> None:
    back, fore = client.session("back"), client.session("fore")
    turnstile.task(back, "first")
    turnstile.task(back, "high", priority=1.0)
    turnstile.task(fore, "low", priority=0.0)
    fore.attach()
    assert turnstile.order(3) == ["first", "low", "high"]


@pytest.mark.machine(config=ONE_AT_A_TIME)
def test_a_client_that_has_left_does_not(machine: Machine, client: Client, turnstile: Turnstile) -> None:
    back, fore = client.session("back"), client.session("fore")
    turnstile.task(back, "first")
    turnstile.task(back, "high", priority=1.0)
    turnstile.task(fore, "low", priority=0.0)
    leaving = machine.client()
    leaving.session("fore").attach()
    leaving.connection.close()
    wait_until(lambda: not fore.details()["attached"], "the client to have left")
    assert turnstile.order(3) == ["first", "high", "low"]


@pytest.mark.machine(config=ONE_AT_A_TIME)
def test_priorities_change_while_tasks_wait(session: Session, turnstile: Turnstile) -> None:
    turnstile.task(session, "first")
    for name in ("a", "b"):
        turnstile.task(session, name)
    turnstile.task(session, "late").call("SetPriority", "d", 0.9)
    assert turnstile.order(4) == ["first", "late", "a", "b"]


@pytest.mark.machine(config=ONE_AT_A_TIME)
def test_of_eight_one_is_the_longest_wait(session: Session, turnstile: Turnstile) -> None:
    turnstile.task(session, "first")
    turnstile.task(session, "poor", priority=0.0)
    for number in range(20):
        turnstile.task(session, str(number), priority=1.0)
    assert turnstile.order(22).index("poor") == 7


@pytest.mark.machine(config=LONG_SILENCE)
def test_behind_10000_tasks_of_a_session_another_ones_starts_at_once(client: Client, server: ScriptedServer) -> None:
    with deaf_hosts(10) as hosts:
        greedy = client.session("greedy")
        for host in hosts:
            greedy.create_many([("download", f"{host}{number}", {"start": True}) for number in range(1_000)])
        task = client.session("other").download(server.serve(File(CONTENT)).url, start=True)
        assert task.wait() == ("finished", "")
        assert client.get("ActiveTasks") == 18, "three quarters of an owner's three quarters"


@pytest.mark.root
@pytest.mark.machine(config=LONG_SILENCE)
def test_behind_10000_tasks_of_an_owner_another_ones_starts_at_once(machine: Machine, client: Client,
                                                                    server: ScriptedServer) -> None:
    with deaf_hosts(10) as hosts:
        for number, host in enumerate(hosts):
            greedy = client.session(f"greedy {number % 2}")
            greedy.create_many([("download", f"{host}{number}", {"start": True}) for number in range(1_000)])
        wait_until(lambda: client.get("ActiveTasks") == 24, "three quarters of the machine")
        task = machine.stranger().session("test").download(server.serve(File(CONTENT)).url, start=True)
        assert task.wait() == ("finished", "")


@pytest.mark.machine(config=LONG_SILENCE)
def test_behind_100000_tasks_a_new_one_starts(client: Client, server: ScriptedServer) -> None:
    with deaf_hosts(1) as (host,):
        greedy = client.session("greedy")
        for lot in range(10):
            greedy.create_many([("download", f"{host}{lot}/{number}", {"start": True}) for number in range(10_000)])
        task = client.session("other").download(server.serve(File(CONTENT)).url, start=True, priority=1.0)
        assert task.wait() == ("finished", "")


@pytest.mark.machine(config="[limits]\nactive-per-owner = 3\nactive-per-session = 2\n")
def test_an_owner_and_a_session_have_limits(client: Client, server: ScriptedServer) -> None:
    gate = threading.Event()
    resource = server.serve(gated(gate, File(CONTENT)))
    one, other = client.session("one"), client.session("other")
    tasks = [session.download(resource.url, start=True) for session in (one, one, one, other, other)]
    wait_until(lambda: len(resource.requests) == 3, "three requests")
    assert [row.state for row in one.tasks()] == ["running", "running", "waiting"]
    assert [row.state for row in other.tasks()] == ["running", "waiting"]
    client.call("SetLimit", "st", "active-per-session", 1)
    assert client.get("ActiveTasks") == 3, "what runs goes on"
    client.call("SetLimit", "st", "active-per-owner", 5)
    client.call("SetLimit", "st", "active-per-session", 3)
    wait_until(lambda: len(resource.requests) == 5, "five requests")
    gate.set()
    for task in tasks:
        assert task.wait() == ("finished", "")


def test_a_failed_task_gives_its_place_back(session: Session, server: ScriptedServer) -> None:
    resource = server.serve(status(404))
    for task in [session.download(resource.url, start=True) for _ in range(20)]:
        assert task.wait() == ("failed", "http-status")
