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
RETRY_AFTER_AN_HOUR = status(503, ("Retry-After", "3600"))
SLOW_RETRIES = "[transfer]\nretry-delay = \"1s\"\nretry-delay-max = \"1h\"\n"


def test_others_wait_for_a_host_that_asks_to_be_left_alone(session: Session, server: ScriptedServer) -> None:
    first = session.download(server.serve(RETRY_AFTER_AN_HOUR).url, start=True)
    first.wait_for(lambda t: t.blocked_by == ["retry-delay"], "blocked by its delay")
    resource = server.serve(File(CONTENT))
    second = session.download(resource.url, start=True)
    assert (second.state, second.blocked_by) == ("waiting", ["retry-delay"])
    details = second.details()
    assert abs(details["next-attempt"] - wall_time(3600)) < 10e6
    assert details["blocked-by"] == ["retry-delay"] and details["attempts"] == 0
    assert resource.requests == []


def test_other_hosts_go_on(session: Session, server: ScriptedServer, other_server: ScriptedServer) -> None:
    first = session.download(server.serve(RETRY_AFTER_AN_HOUR).url, start=True)
    first.wait_for(lambda t: t.blocked_by == ["retry-delay"], "blocked by its delay")
    assert session.download(other_server.serve(File(CONTENT)).url, start=True).wait() == ("finished", "")


@pytest.mark.root
def test_another_owners_tasks_go_on(machine: Machine, session: Session, server: ScriptedServer) -> None:
    first = session.download(server.serve(RETRY_AFTER_AN_HOUR).url, start=True)
    first.wait_for(lambda t: t.blocked_by == ["retry-delay"], "blocked by its delay")
    theirs = machine.stranger().session("test").download(server.serve(File(CONTENT)).url, start=True)
    assert theirs.wait() == ("finished", "")


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


def test_after_a_restart_each_host_is_tried_anew(machine: Machine, session: Session, server: ScriptedServer) -> None:
    first = session.download(server.serve(RETRY_AFTER_AN_HOUR).url, start=True)
    first.wait_for(lambda t: t.blocked_by == ["retry-delay"], "blocked by its delay")
    second = session.download(server.serve(File(CONTENT)).url, start=True)
    machine.restart()
    again = machine.client()
    assert again.task(second.id).wait() == ("finished", "")
    assert again.task(first.id).blocked_by == ["retry-delay"], "its own delay is in the journal"


def test_a_server_that_says_no_is_no_host_that_fails(session: Session, server: ScriptedServer) -> None:
    first = session.download(server.serve(status(500, ("Retry-After", "3600"))).url, start=True)
    first.wait_for(lambda t: t.blocked_by == ["retry-delay"], "blocked by its delay")
    assert session.download(server.serve(File(CONTENT)).url, start=True).wait() == ("finished", "")


def test_a_proxy_of_a_tasks_own_is_not_the_host(session: Session, server: ScriptedServer) -> None:
    first = session.download(server.serve(File(CONTENT)).url, start=True, proxy=f"http://127.0.0.1:{free_port()}",
                             retry_delay=3_600_000_000, retry_delay_max=3_600_000_000)
    first.wait_for(lambda t: t.blocked_by == ["retry-delay"], "blocked by its delay")
    assert session.download(server.serve(File(CONTENT)).url, start=True).wait() == ("finished", "")
