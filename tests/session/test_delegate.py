"""What a delegate is told, what it answers, and what is acknowledged for it."""

import time

from harness.client import Session
from harness.deadline import wait_until
from harness.session_probe import CONTENT, DOWNLOADED, Probe, event, events_of, url_of
from servers.behaviours import File, status
from servers.content import Content
from servers.exchange import Exchange
from servers.scripted import ScriptedServer


def test_events_come_in_order_and_are_acknowledged(probe: Probe, probed: Session, server: ScriptedServer) -> None:
    probe.do("attach")
    probe.hear_download(probe.make(f"download {url_of(server)}"))
    assert probed.events() == [] and probed.details()["attached"] is True
    probe.hear_download(probe.make(f"download {url_of(server)}"))
    probe.do("detach")
    assert probed.details()["attached"] is False


def test_what_waited_is_told_at_once(probe: Probe, probed: Session, server: ScriptedServer) -> None:
    task = probed.download(url_of(server), start=True)
    task.wait()
    probe.do("attach")
    probe.hear_download(task.id)


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
    probe.hear("completed")
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
    probe.hear_events(probe.make(f"download {server.serve(guarded).url}"), "challenge api", *DOWNLOADED)
    for answer, kinds in (("go", DOWNLOADED), ("cancel", ["cancelled"]), (url_of(server), DOWNLOADED)):
        probe.do(f"answer-start {answer}")
        probe.hear_events(probe.make(f"ask {url_of(server)}"), "about-to-start", *kinds)


def test_a_start_can_be_answered_later(probe: Probe, server: ScriptedServer) -> None:
    probe.do("attach")
    probe.do("answer-start later")
    task = probe.make(f"ask {url_of(server)}")
    assert events_of(probe.hear_until("all")) == [(task, "about-to-start")]
    probe.hear("completed")
    probe.do(f"resume {task}")
    probe.hear_download(task)
