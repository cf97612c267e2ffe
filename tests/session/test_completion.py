"""A wake is completed once, by a value."""

from harness.app import ResidentApp
from harness.client import Session
from harness.deadline import wait_until
from harness.machine import Machine
from harness.session_probe import Probe, kill_daemon, url_of
from servers.scripted import ScriptedServer


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
