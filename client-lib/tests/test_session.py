"""A Session of libhaul: its delegate, its coroutines, and that it outlives the daemon and the bus."""

import os
import signal
import threading
import time
from typing import Iterator

import pytest

from harness.app import QUICK_WAKES, ResidentApp
from harness.client import NAME, Client, Session
from harness.deadline import wait_until
from harness.machine import QUICK_RETRIES, Machine
from harness.session_probe import Probe, event, events_of
from servers.behaviours import File, gated, status
from servers.content import Content
from servers.exchange import Exchange
from servers.scripted import ScriptedServer

CONTENT = Content(3, 50_000)
DOWNLOADED = ["finished-downloading", "finished"]


@pytest.fixture
def machine() -> Iterator[Machine]:
    """One whose bus starts the daemon again where it was killed."""
    machine = Machine(config=QUICK_RETRIES + QUICK_WAKES)
    machine.bus.activatable(NAME, machine.daemon.arguments)
    with machine:
        yield machine


@pytest.fixture(params=["thread", "loop"])
def probe(request: pytest.FixtureRequest, machine: Machine) -> Iterator[Probe]:
    """One for each place where callbacks can run."""
    with Probe(machine, request.param) as probe:
        yield probe


@pytest.fixture
def probed(machine: Machine, probe: Probe) -> Session:
    """The probe's session, as others see it."""
    return machine.client().session("probed")


def url_of(server: ScriptedServer) -> str:
    return server.serve(File(CONTENT)).url


def kill_daemon(client: Client) -> None:
    """kill -9, whoever started it."""
    pid = client.connection.pid_of(NAME)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: client.connection.pid_of(NAME) != pid, "the daemon to be gone")


def hear_events(probe: Probe, task: int, *kinds: str) -> None:
    """These events of a task and no other ones, however often the queue is drained between them."""
    said: list[tuple[int, str]] = []
    while len(said) < len(kinds):
        said += events_of(probe.hear_until("all"))
        assert probe.hear("done") == {"said": "done"}
    assert said == [(task, kind) for kind in kinds]


def hear_download(probe: Probe, task: int) -> None:
    hear_events(probe, task, *DOWNLOADED)


# The delegate


def test_events_come_in_order_and_are_acknowledged(probe: Probe, probed: Session, server: ScriptedServer) -> None:
    probe.do("attach")
    hear_download(probe, probe.make(f"download {url_of(server)}"))
    assert probed.events() == [] and probed.details()["attached"] is True
    hear_download(probe, probe.make(f"download {url_of(server)}"))
    probe.do("detach")
    assert probed.details()["attached"] is False


def test_what_waited_is_told_at_once(probe: Probe, probed: Session, server: ScriptedServer) -> None:
    task = probed.download(url_of(server), start=True)
    task.wait()
    probe.do("attach")
    hear_download(probe, task.id)


def test_progress_is_told(probe: Probe, server: ScriptedServer) -> None:
    probe.do("attach")
    task = probe.make(f"download {server.serve(File(Content(3, 1_000_000), rate=1_000_000)).url}")
    said = probe.hear_until("all")
    done = [line["done"] for line in said if line["said"] == "progress" and line["task"] == task]
    assert done and done == sorted(done)
    assert [line["said"] for line in said if line["said"] in ("progress", "event")][-2:] == ["event", "event"]


def test_a_handler_that_throws_is_called_again_and_nothing_overtakes(probe: Probe, probed: Session,
                                                                      server: ScriptedServer) -> None:
    tasks = [probed.download(url_of(server), start=True) for _ in range(2)]
    for task in tasks:
        task.wait()
    waiting = [event.seq for event in probed.events()]
    probe.do("refuse 2")
    probe.do("attach")
    first = probed.events()[0].task
    for _ in range(2):
        assert probe.hear("event") == event("finished-downloading", first)
        refused = time.monotonic()
        assert "not now" in probe.hear("warning")["text"]
        assert [event.seq for event in probed.events()] == waiting, "something was acknowledged"
    said = probe.hear_until("all")
    assert time.monotonic() - refused > 1.5, "the second delay is longer than the first, a second"
    assert sorted(kind for _, kind in events_of(said)) == sorted(2 * DOWNLOADED)
    assert events_of(said)[0] == (first, "finished-downloading")
    probe.hear("done")
    assert probed.events() == []


def test_the_event_at_which_a_handler_leaves_is_acknowledged(probe: Probe, probed: Session, server: ScriptedServer) -> None:
    probe.do("leave-at-end")
    probe.do("attach")
    task = probe.make(f"download {url_of(server)}")
    assert [probe.hear("event") for _ in DOWNLOADED] == [event(kind, task) for kind in DOWNLOADED]
    wait_until(lambda: probed.details()["attached"] is False, "the probe to leave")
    assert probed.events() == []


def test_answers_of_a_delegate_are_carried_out(probe: Probe, server: ScriptedServer) -> None:
    refusal, file = status(401, ("WWW-Authenticate", 'Basic realm="api"')), File(CONTENT)

    async def guarded(exchange: Exchange) -> None:
        await (file if exchange.request.header("Authorization") else refusal)(exchange)
    probe.do("attach")
    probe.do("answer-challenge user secret")
    hear_events(probe, probe.make(f"download {server.serve(guarded).url}"), "challenge api", *DOWNLOADED)
    for answer, kinds in (("go", DOWNLOADED), ("cancel", ["cancelled"]), (url_of(server), DOWNLOADED)):
        probe.do(f"answer-start {answer}")
        hear_events(probe, probe.make(f"ask {url_of(server)}"), "about-to-start", *kinds)


def test_a_start_can_be_answered_later(probe: Probe, server: ScriptedServer) -> None:
    probe.do("attach")
    probe.do("answer-start later")
    task = probe.make(f"ask {url_of(server)}")
    assert events_of(probe.hear_until("all")) == [(task, "about-to-start")]
    probe.hear("done")
    probe.send(f"resume {task}")
    probe.hear("done")
    hear_download(probe, task)


# Several clients


def test_a_second_client_is_refused_or_takes_over(machine: Machine, probe: Probe) -> None:
    probe.do("attach")
    assert probe.ask("attach")["error"] == "InvalidState"
    with Probe(machine, "loop") as other:
        refusal = other.ask("attach")
        assert refusal["error"] == "InvalidState"
        other.do("take-over")
        assert probe.hear("detached")["why"] == "taken-over"
        probe.do("take-over")
        assert other.hear("detached")["why"] == "taken-over"


def test_an_invalidated_session_says_so_and_is_not_made_anew(probe: Probe, machine: Machine, server: ScriptedServer) -> None:
    probe.do("attach")
    task = probe.make(f"download {url_of(server)}")
    hear_download(probe, task)
    probe.send("invalidate")
    assert {probe.hear("done", "detached")["said"] for _ in range(2)} == {"done", "detached"}
    assert probe.ask(f"download {url_of(server)}", "made")["error"] == "NoSuchSession"
    assert machine.client().sessions() == []


# The daemon and the bus


def test_a_daemon_that_is_killed_is_found_again(machine: Machine, probe: Probe, server: ScriptedServer) -> None:
    client = machine.client()
    probe.do("attach")
    for _ in range(3):
        kill_daemon(client)
        hear_download(probe, probe.make(f"download {url_of(server)}"))


def test_a_download_goes_on_across_a_killed_daemon(machine: Machine, probe: Probe, server: ScriptedServer) -> None:
    gate = threading.Event()
    probe.do("attach")
    task = probe.make(f"download {server.serve(gated(gate, File(CONTENT))).url}")
    kill_daemon(machine.client())
    gate.set()
    hear_download(probe, task)


def test_tasks_are_made_once_while_the_daemon_is_killed(machine: Machine, probe: Probe, server: ScriptedServer) -> None:
    client = machine.client()
    url = url_of(server)
    made = threading.Event()

    def kill_again_and_again() -> None:
        while not made.wait(0.05):
            kill_daemon(client)
    killer = threading.Thread(target=kill_again_and_again)
    killer.start()
    try:
        assert probe.ask(f"many 100 {url}", "made") == {"said": "made", "tasks": 100}
    finally:
        made.set()
        killer.join()
    assert probe.ask("tasks", "tasks")["count"] == 100


def test_a_bus_that_is_restarted_is_found_again(machine: Machine, probe: Probe, server: ScriptedServer) -> None:
    probe.do("attach")
    for _ in range(2):
        machine.daemon.terminate() if machine.daemon.is_running else None
        machine.bus.stop()
        machine.bus.start()
        task = probe.make(f"download {url_of(server)}")
        hear_download(probe, task)


def test_a_bus_that_stays_away_is_an_error_in_the_end(machine: Machine) -> None:
    with Probe(machine, "loop", patience=1000) as probe:
        machine.daemon.terminate()
        machine.bus.stop()
        began = time.monotonic()
        assert probe.ask("tasks", "tasks")["error"] == "Disconnected"
        assert time.monotonic() - began < 10
        machine.bus.start()
        assert probe.ask("tasks", "tasks")["count"] == 0


# The completion


def wake(machine: Machine, app: ResidentApp, server: ScriptedServer) -> Session:
    """A session with wake 1 outstanding, which its application has been told of."""
    session = app.session(machine.client(), "probed")
    session.download(url_of(server), start=True).wait()
    app.wait_calls(1)
    return session


def test_a_completion_is_accepted_once(machine: Machine, server: ScriptedServer) -> None:
    with ResidentApp(machine) as app:
        session = wake(machine, app, server)
        with Probe(machine, "thread") as probe:
            probe.do("hold")
            probe.do("attach")
            assert probe.hear_until("all")[-1]["wake"] == 1
            assert session.details()["wake-number"] == 1
            probe.do("complete")
            assert session.details()["wake-number"] == 0
            probe.do("complete")  # there is nothing left in it


def test_a_completion_that_is_dropped_completes_and_says_so(machine: Machine, server: ScriptedServer) -> None:
    with ResidentApp(machine) as app:
        session = wake(machine, app, server)
        with Probe(machine, "loop") as probe:
            probe.do("hold")
            probe.do("attach")
            probe.hear_until("all")
            probe.send("drop")
            assert "wake 1 was dropped" in probe.hear("warning")["text"]
            probe.hear("done")
            assert session.details()["wake-number"] == 0


def test_a_completion_outlives_the_daemon_and_is_offered_once(machine: Machine, server: ScriptedServer) -> None:
    with ResidentApp(machine) as app:
        session = wake(machine, app, server)
        with Probe(machine, "loop") as probe:
            probe.do("hold")
            probe.do("attach")
            probe.hear_until("all")
            kill_daemon(machine.client())
            wait_until(lambda: session.details()["attached"], "the probe to be back")
            probe.do("complete")  # and nothing else was said
            assert session.details()["wake-number"] == 0


# Coroutines


def test_a_coroutine_waits_for_an_end(probe: Probe, server: ScriptedServer) -> None:
    assert probe.make(f"suspended {url_of(server)}") == 1
    probe.send("await 1")
    assert probe.hear("ended")["error"] == "InvalidState"  # it is not attached
    probe.do("attach-nobody")
    probe.send("await 1")
    probe.do("resume 1")
    assert probe.hear("ended") == {"said": "ended", "task": 1, "state": "finished"}
    probe.send("await 1")
    assert probe.hear("ended")["state"] == "finished"  # it has ended already
    probe.send("await 77")
    assert probe.hear("ended")["error"] == "NoSuchTask"


def test_a_wait_can_be_stopped(probe: Probe, server: ScriptedServer) -> None:
    probe.do("attach-nobody")
    task = probe.make(f"suspended {url_of(server)}")
    probe.send(f"await {task}")
    probe.send("stop")
    assert probe.hear("ended")["error"] == "Stopped"
    probe.send(f"await {task}")
    assert probe.hear("ended")["error"] == "Stopped"  # before it had begun
    probe.do(f"cancel {task}")


def test_a_wait_ends_with_the_attachment(probe: Probe, server: ScriptedServer) -> None:
    probe.do("attach-nobody")
    task = probe.make(f"suspended {url_of(server)}")
    probe.send(f"await {task}")
    probe.send("detach")
    said = {line["said"]: line for line in (probe.hear("ended", "done"), probe.hear("ended", "done"))}
    assert said["ended"]["error"] == "InvalidState"


def test_a_coroutine_follows_progress(probe: Probe, server: ScriptedServer) -> None:
    probe.do("attach-nobody")
    size = 1_000_000
    task = probe.make(f"suspended {server.serve(File(Content(3, size), rate=size)).url}")
    probe.send(f"follow {task}")
    probe.do(f"resume {task}")
    said = probe.hear_until("stream over")
    done = [line["done"] for line in said[:-1]]
    assert done and done == sorted(done) and done[-1] <= size


def test_a_stream_acknowledges_what_is_handled(probe: Probe, probed: Session, server: ScriptedServer) -> None:
    for _ in range(2):
        probed.download(url_of(server), start=True).wait()
    probe.send("read 3")
    said = probe.hear_until("left")
    assert [(line["number"], line["type"]) for line in said[:-1]] == [
        (1, "finished-downloading"), (2, "completed"), (3, "finished-downloading")]
    wait_until(lambda: probed.details()["attached"] is False, "the stream to be gone")
    assert [event.seq for event in probed.events()] == [3, 4], "the third was not handled"
    probe.send("read 3")
    said = probe.hear_until("left")
    assert [line["number"] for line in said if line["said"] == "read"] == [3, 4]
    assert [line["last"] for line in said if line["said"] == "all"] == [4]
    assert probed.events() == []


def test_a_stream_ends_where_another_client_takes_over(machine: Machine, probe: Probe) -> None:
    probe.send("read 1")
    with Probe(machine, "loop") as other:
        wait_until(lambda: machine.client().session("probed").details()["attached"], "the stream")
        other.do("take-over")
        assert probe.hear("stream over") == {"said": "stream over"}


# How much it takes


def test_ten_thousand_events_are_delivered_soon(machine: Machine, probed: Session, probe: Probe) -> None:
    tasks = probed.create_many([("download", "http://127.0.0.1:9/", {})] * 10_000)
    for call in [task.begin("Cancel") for task in tasks]:
        probed.result(call, timeout=60)
    probe.do("quiet")
    began = time.monotonic()
    probe.send("attach")
    said = probe.hear_until("all")[-1]
    print(f"10,000 events in {time.monotonic() - began:.3f} s")
    assert said == {"said": "all", "last": 10_000, "wake": 0, "ended": 10_000}
    probe.hear("done")
    assert probed.events() == []
