"""A session has one live client, and an end."""

from harness.machine import Machine
from harness.session_probe import Probe, url_of
from servers.scripted import ScriptedServer


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
    probe.hear_download(task)
    probe.send("invalidate")
    assert {probe.hear("done", "detached")["said"] for _ in range(2)} == {"done", "detached"}
    assert probe.ask(f"download {url_of(server)}", "made")["error"] == "NoSuchSession"
    assert machine.client().sessions() == []
