"""A session's max-rate is what its tasks move together, in even shares; a task's own narrows it."""

from typing import Iterator, Sequence

import pytest

from harness.client import Client, Session, Task
from harness.deadline import wait_until
from harness.machine import QUICK_RETRIES, Machine
from servers.behaviours import File
from servers.content import Content
from servers.relay import Relay
from servers.scripted import ScriptedServer

MANY = QUICK_RETRIES + "[limits]\nactive-transfers = 30\nactive-per-host = 30\n"
LARGE = Content(301, 4_000_000)
LITTLE = 20_000  # bytes a second: LARGE takes minutes
SOCKETS = 12_000_000  # bytes that lie in the sockets between the ends at most, most of them in the relay's own

pytestmark = pytest.mark.machine(config=MANY)


@pytest.fixture
def relay(server: ScriptedServer) -> Iterator[Relay]:
    with Relay(server.port) as made:
        yield made


def begin(machine: Machine, session: Session, url: str, name: str, **options: object) -> Task:
    return session.download(url, destination=machine.downloads / name, start=True, **options)


def wait_begun(tasks: Sequence[Task]) -> None:
    wait_until(lambda: all(task.done > 0 for task in tasks), "bytes of each task")


def test_tasks_of_a_session_get_the_same(machine: Machine, client: Client, server: ScriptedServer) -> None:
    session = client.session("limited", max_rate=4_000_000)
    content = Content(302, 800_000)
    url = server.serve(File(content)).url
    tasks = [begin(machine, session, url, f"file{i}") for i in range(8)]
    wait_until(lambda: any(task.state == "finished" for task in tasks), "the first file", 30)
    done = [task.done for task in tasks]
    assert min(done) > 0.6 * content.size, f"nobody is far behind: {done}"
    for number, task in enumerate(tasks):
        assert task.wait(30) == ("finished", "")
        content.check(machine.downloads / f"file{number}")


def test_what_a_silent_server_leaves_others_use(machine: Machine, client: Client, server: ScriptedServer, relay: Relay) -> None:
    session = client.session("limited", max_rate=2_000_000)
    content = Content(303, 1_000_000)
    resource = server.serve(File(content))
    relay.hold_after(50_000)
    silent = begin(machine, session, resource.url.replace(str(server.port), str(relay.port)), "silent")
    wait_begun([silent])
    others = [begin(machine, session, resource.url, f"file{i}") for i in range(3)]
    for task in others:
        assert task.wait(30) == ("finished", "")
    assert silent.state == "running"
    relay.release()
    assert silent.wait(30) == ("finished", "")
    content.check(machine.downloads / "silent")


def test_a_server_that_falls_silent_beside_others_is_noticed(machine: Machine, client: Client, server: ScriptedServer,
                                                             relay: Relay) -> None:
    session = client.session("limited", max_rate=200_000)
    resource = server.serve(File(LARGE))
    relay.hold_after(20_000)
    others = begin(machine, session, resource.url, "file")
    silent = begin(machine, session, resource.url.replace(str(server.port), str(relay.port)), "silent",
                   request_timeout=500_000, retry_delay=3_600_000_000)
    silent.wait_for(lambda task: "retry-delay" in task.blocked_by, "an attempt that timed out")
    assert others.state == "running"


def test_a_change_holds_at_once(machine: Machine, client: Client, server: ScriptedServer) -> None:
    session = client.session("limited", max_rate=LITTLE)
    task = begin(machine, session, server.serve(File(LARGE)).url, "file")
    wait_begun([task])
    client.session("limited", max_rate=10 * LARGE.size)
    assert task.wait(30) == ("finished", "")
    LARGE.check(machine.downloads / "file")


def test_a_limit_that_comes_later_holds_what_runs(machine: Machine, client: Client, server: ScriptedServer, relay: Relay) -> None:
    session = client.session("limited")
    url = server.serve(File(LARGE)).url
    relay.hold_after(100_000)
    task = begin(machine, session, url.replace(str(server.port), str(relay.port)), "file")
    wait_begun([task])
    client.session("limited", max_rate=LITTLE)
    relay.release()
    other = begin(machine, client.session("other"), url, "other")
    assert other.wait(30) == ("finished", ""), "another session's tasks are left alone"
    assert task.state == "running"
    client.session("limited", description="without a limit")
    assert task.wait(30) == ("finished", "")
    LARGE.check(machine.downloads / "file")


def test_a_limit_outlives_the_daemon(machine: Machine, client: Client, server: ScriptedServer) -> None:
    url = server.serve(File(LARGE, etag='"one"')).url
    task = begin(machine, client.session("limited", max_rate=LITTLE), url, "file")
    wait_begun([task])
    machine.restart()
    other = begin(machine, client.session("other"), url, "other")
    assert other.wait(30) == ("finished", "")
    assert task.state in ("waiting", "running")
    client.session("limited", max_rate=10 * LARGE.size)
    assert task.wait(30) == ("finished", "")
    LARGE.check(machine.downloads / "file")


def test_a_tasks_own_limit_narrows_its_sessions(machine: Machine, client: Client, server: ScriptedServer) -> None:
    session = client.session("limited", max_rate=4_000_000)
    url = server.serve(File(LARGE)).url
    narrow = begin(machine, session, url, "narrow", max_rate=LITTLE)
    wide = begin(machine, session, url, "wide", max_rate=2**62)
    assert wide.wait(30) == ("finished", "")
    assert narrow.state == "running"


def test_details_show_whose_limit_it_is(client: Client) -> None:
    session = client.session("limited", max_rate=4000)
    assert session.details()["max-rate"] == 4000
    assert "max-rate" not in session.download("http://127.0.0.1:9/file").details()
    assert session.download("http://127.0.0.1:9/file", max_rate=300).details()["max-rate"] == 300


def test_a_server_sends_no_further_ahead_than_its_sockets_hold(machine: Machine, client: Client, server: ScriptedServer,
                                                              relay: Relay) -> None:
    session = client.session("limited", max_rate=LITTLE)
    large = Content(304, 50_000_000)
    url = server.serve(File(large)).url.replace(str(server.port), str(relay.port))
    task = begin(machine, session, url, "file")
    task.wait_for(lambda running: running.done > 3 * LITTLE, "three seconds' bytes")
    assert relay.answers.passed < SOCKETS


def test_several_connections_share_one_limit(machine: Machine, client: Client, server: ScriptedServer) -> None:
    session = client.session("limited", max_rate=4_000_000)
    content = Content(305, 8_000_000)
    resource = server.serve(File(content, etag='"one"'))
    task = begin(machine, session, resource.url, "file", connections=4)
    assert task.wait(60) == ("finished", "")
    content.check(machine.downloads / "file")
    assert len(resource.requests) >= 2
