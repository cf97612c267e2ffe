"""Coroutines wait for ends, follow progress, and read events."""

from harness.client import Session
from harness.deadline import wait_until
from harness.machine import Machine
from harness.session_probe import Probe, event, url_of
from servers.behaviours import File
from servers.content import Content
from servers.scripted import ScriptedServer


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


def test_a_stream_ends_with_the_attachment_and_not_the_next_one(probe: Probe, probed: Session, server: ScriptedServer) -> None:
    probe.send("read 1")
    wait_until(lambda: probed.details()["attached"], "the stream")
    probe.send("detach")
    assert {probe.hear("stream over", "done")["said"] for _ in range(2)} == {"stream over", "done"}
    probe.do("attach")
    probe.hear_download(probe.make(f"download {url_of(server)}"))


def test_a_stream_ends_where_another_client_takes_over(machine: Machine, probe: Probe) -> None:
    probe.send("read 1")
    with Probe(machine, "loop") as other:
        wait_until(lambda: machine.client().session("probed").details()["attached"], "the stream")
        other.do("take-over")
        assert probe.hear("stream over") == {"said": "stream over"}
