"""Hosts that fail are backed off from as hosts, and not by each task that waits for them."""

import pytest

from harness.client import Client, Session, wall_time
from harness.deadline import wait_until
from harness.machine import Machine
from scheduling.deaf import free_port
from servers.behaviours import File, status
from servers.content import Content
from servers.scripted import ScriptedServer

CONTENT = Content(seed=172, size=1_000)
SLOW_RETRIES = "[transfer]\nretry-delay = \"1s\"\nretry-delay-max = \"1h\"\n"
SLOWLY = pytest.mark.machine(config="[transfer]\nretry-delay = \"1h\"\nretry-delay-max = \"1h\"\n")


@pytest.fixture
def down(session: Session) -> str:
    """The URL of a host that is down, as the owner has seen once."""
    url = f"http://127.0.0.1:{free_port()}/"
    first = session.download(url + "first", start=True)
    first.wait_for(lambda t: t.blocked_by == ["retry-delay"], "blocked by its delay")
    return url


@SLOWLY
def test_others_wait_for_a_host_that_is_down(session: Session, down: str) -> None:
    second = session.download(down + "second", start=True)
    assert (second.state, second.blocked_by) == ("waiting", ["retry-delay"])
    details = second.details()
    assert details["attempts"] == 0 and details["next-attempt"] > wall_time(0)


@SLOWLY
def test_other_hosts_go_on(session: Session, server: ScriptedServer, down: str) -> None:
    assert session.download(server.serve(File(CONTENT)).url, start=True).wait() == ("finished", "")


@SLOWLY
@pytest.mark.root
def test_another_owners_tasks_are_not_held(machine: Machine, down: str) -> None:
    theirs = machine.stranger().session("test").download(down + "theirs", start=True)
    theirs.wait_for(lambda t: t.details()["attempts"] == 1, "an attempt of its own")


def test_an_overload_may_be_of_one_url_alone(session: Session, server: ScriptedServer) -> None:
    first = session.download(server.serve(status(503, ("Retry-After", "3600"))).url, start=True)
    first.wait_for(lambda t: t.blocked_by == ["retry-delay"], "blocked by its delay")
    assert session.download(server.serve(File(CONTENT)).url, start=True).wait() == ("finished", "")


@pytest.mark.machine(config=SLOW_RETRIES)
def test_a_host_that_is_down_is_tried_by_one_task_at_a_time(machine: Machine, client: Client, session: Session) -> None:
    port = free_port()
    tasks = session.create_many(
        [("download", f"http://127.0.0.1:{port}/{number}", {"start": True}) for number in range(200)])
    wait_until(lambda: sum(bool(task.details()["attempts"]) for task in tasks[:10]) >= 6, "the first ones to have failed")
    assert sum(task.details()["attempts"] for task in tasks) <= 15, "not all of them try"
    blocked = [task for task in tasks if task.blocked_by == ["retry-delay"]]
    assert blocked


def test_all_go_on_when_it_is_there_again(session: Session) -> None:
    port = free_port()
    tasks = session.create_many(
        [("download", f"http://127.0.0.1:{port}/1/file", {"start": True}) for _ in range(30)])
    wait_until(lambda: sum(task.details()["attempts"] for task in tasks) >= 8, "some to have failed")
    with ScriptedServer(port=port) as server:
        server.serve(File(CONTENT))
        for task in tasks:
            assert task.wait() == ("finished", "")


@SLOWLY
def test_after_a_restart_each_host_is_tried_anew(machine: Machine, session: Session, down: str) -> None:
    second = session.download(down + "second", start=True)
    machine.restart()
    again = machine.client().task(second.id)
    again.wait_for(lambda t: t.details()["attempts"] == 1, "an attempt")


def test_a_server_that_says_no_is_no_host_that_fails(session: Session, server: ScriptedServer) -> None:
    first = session.download(server.serve(status(500, ("Retry-After", "3600"))).url, start=True)
    first.wait_for(lambda t: t.blocked_by == ["retry-delay"], "blocked by its delay")
    assert session.download(server.serve(File(CONTENT)).url, start=True).wait() == ("finished", "")


def test_a_proxy_of_a_tasks_own_is_not_the_host(session: Session, server: ScriptedServer) -> None:
    first = session.download(server.serve(File(CONTENT)).url, start=True, proxy=f"http://127.0.0.1:{free_port()}",
                             retry_delay=3_600_000_000, retry_delay_max=3_600_000_000)
    first.wait_for(lambda t: t.blocked_by == ["retry-delay"], "blocked by its delay")
    assert session.download(server.serve(File(CONTENT)).url, start=True).wait() == ("finished", "")
