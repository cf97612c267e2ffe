"""A wake is completed once, by a value."""

from typing import Iterator

import pytest

from harness.app import ResidentApp
from harness.client import Session
from harness.deadline import wait_until
from harness.machine import Machine
from harness.session_probe import Probe, kill_daemon, url_of
from servers.scripted import ScriptedServer


@pytest.fixture
def woken(machine: Machine, server: ScriptedServer) -> Iterator[Session]:
    """The probe's session with wake 1 outstanding, of which its application was told."""
    with ResidentApp(machine) as app:
        session = app.session(machine.client(), "probed")
        session.download(url_of(server), start=True).wait()
        app.wait_calls(1)
        yield session


@pytest.fixture
def holder(woken: Session, probe: Probe) -> Probe:
    """One that has the completion of that wake in its hands."""
    probe.do("hold")
    probe.do("attach")
    assert probe.hear_until("all")[-1]["wake"] == 1
    assert woken.details()["wake-number"] == 1
    return probe


def test_a_completion_is_accepted_once(woken: Session, holder: Probe) -> None:
    holder.do("complete")
    assert woken.details()["wake-number"] == 0
    holder.do("complete")  # there is nothing left in it


def test_a_completion_that_is_dropped_completes_and_says_so(woken: Session, holder: Probe) -> None:
    holder.send("drop")
    assert "wake 1 was dropped" in holder.hear("warning")["text"]
    holder.hear("done")
    assert woken.details()["wake-number"] == 0


def test_a_completion_outlives_the_daemon_and_is_offered_once(machine: Machine, woken: Session, holder: Probe) -> None:
    kill_daemon(machine.client())
    wait_until(lambda: woken.details()["attached"], "the probe to be back")
    holder.send("complete")
    assert holder.hear("done", "all") == {"said": "done"}, "the wake was offered again"
    assert woken.details()["wake-number"] == 0
