"""Tasks that wait for the machine wake nobody up."""

import re
from pathlib import Path

import pytest

from conditions.expect import wait_words
from harness.client import Client, Session
from harness.machine import Machine
from harness.network_namespace import NetworkNamespace
from harness.stillness import assert_still

pytestmark = [pytest.mark.root, pytest.mark.machine(own_network=True)]

TASKS = 10_000


def armed_timers(machine: Machine) -> list[str]:
    """Those of the daemon that will go off some day (proc(5), fdinfo of a timerfd); the one that tells that the clock was
    set never does."""
    infos = [info.read_text() for info in Path(f"/proc/{machine.daemon.pid}/fdinfo").iterdir()]
    values = [re.search(r"it_value: \((\d+), (\d+)\)", info) for info in infos]
    return [value[0] for value in values if value and value[0] != "it_value: (0, 0)" and int(value[1]) < 10 ** 9]


@pytest.mark.still
@pytest.mark.parametrize("seconds", [5.0, pytest.param(30.0, marks=pytest.mark.long)])
def test_no_network_no_work(machine: Machine, session: Session, client: Client, seconds: float) -> None:
    wait_words(client, ["offline"])
    tasks = session.create_many([("download", f"http://192.0.2.77/{number}", {"start": ("b", True)}) for number in range(TASKS)])
    assert tasks[-1].blocked_by == ["network"]
    session.connection.close()
    assert_still(machine, seconds)
    assert len(armed_timers(machine)) == 1, "for the first deadline"


def test_all_of_them_are_told_when_there_is_one(machine: Machine, session: Session, client: Client,
                                                network: NetworkNamespace) -> None:
    wait_words(client, ["offline"])
    session.create_many([("download", f"http://192.0.2.77/{number}", {"start": ("b", True)}) for number in range(TASKS)])
    network.add_link("eth0", "192.0.2.1/24")
    wait_words(client, [])
    first = session.tasks("running")
    while not first:
        first = session.tasks("running")
    assert len(first) <= 6, "limits hold, also in the first moment"
