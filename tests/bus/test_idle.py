"""Idle is free: with nothing to do no thread of the daemon wakes up."""

import pytest

from harness.client import Session
from harness.machine import Machine
from harness.stillness import assert_still
from servers.behaviours import File
from servers.content import Content
from servers.scripted import ScriptedServer, many

pytestmark = pytest.mark.still


def fill(machine: Machine, session: Session, server: ScriptedServer) -> None:
    """A journal with work that is done, work that waits for its client, and events that nobody reads."""
    for resource, content in many(server, 10, 50_000, first_seed=2000):
        session.download(resource.url, destination=machine.downloads / str(content.seed), start=True).wait()
    session.create_many([("download", "http://127.0.0.1:9/", {})] * 1000)
    session.download(server.serve(File(Content(1, 1000))).url, start=True).wait()


OBSERVED = [5.0, pytest.param(30.0, marks=pytest.mark.long)]


@pytest.mark.machine(config='idle-exit = "never"\n')
@pytest.mark.parametrize("seconds", OBSERVED)
def test_a_full_journal_and_nothing_to_do(machine: Machine, session: Session, server: ScriptedServer, seconds: float) -> None:
    fill(machine, session, server)
    session.connection.close()
    assert_still(machine, seconds)


@pytest.mark.parametrize("seconds", OBSERVED)
def test_an_attached_client_and_nothing_to_do(machine: Machine, session: Session, server: ScriptedServer, seconds: float) -> None:
    session.attach()
    fill(machine, session, server)
    session.acknowledge(session.events()[-1].seq)
    session.connection.read_pending()
    assert_still(machine, seconds)
