"""What the daemon knows of the machine, and machines to know of."""

import re
from typing import Iterable

import pytest

from harness.client import Client
from harness.deadline import wait_until
from harness.machine import Machine
from harness.system_services import Mock

# A daemon that would find the machine offline by itself, with a system bus for mocks.
ALONE = [pytest.mark.root, pytest.mark.machine(system_bus=True, own_network=True)]


def words(client: Client) -> set[str]:
    return set(client.get("Conditions"))


def wait_words(client: Client, wanted: Iterable[str], timeout: float = 10.0) -> None:
    """Until the conditions are these and no others."""
    wait_until(lambda: words(client) == set(wanted), f"the conditions {sorted(wanted)}, not {sorted(words(client))}", timeout)


def reports(machine: Machine) -> list[str]:
    """All changes so far, as the daemon has written them into its log."""
    return re.findall(r" I conditions: (.*)$", machine.daemon.log, re.MULTILINE)


def inhibitors(logind: Mock) -> list[tuple]:
    """Those whose descriptor somebody still has."""
    found, = logind.call("ListInhibitors")
    return [tuple(inhibitor[:4]) for inhibitor in found]


def wait_inhibitors(logind: Mock, wanted: list[tuple]) -> None:
    wait_until(lambda: inhibitors(logind) == wanted, f"the inhibitors {wanted}")
