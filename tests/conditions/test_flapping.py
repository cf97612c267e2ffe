"""Changes that come ten times a second: the worst counts until it is over, and little is done for it."""

import time

import pytest

from conditions.expect import ALONE, reports, wait_words, words
from harness.client import Client
from harness.deadline import wait_stable, wait_until
from harness.machine import Machine
from harness.network_namespace import NetworkNamespace
from harness.system_services import UPOWER, SystemServices

pytestmark = ALONE

TIMES = 30
INTERVAL = 0.1  # seconds between two changes
OBSERVED = 2.0  # seconds in which nothing may happen


def paced():
    """Numbers, one each INTERVAL."""
    begin = time.monotonic()
    for number in range(TIMES):
        yield number
        time.sleep(max(begin + (number + 1) * INTERVAL - time.monotonic(), 0))


def test_the_worst_counts_until_it_is_over(machine: Machine, client: Client, services: SystemServices) -> None:
    manager = services.network_manager()
    wait_words(client, ["online"])
    before = len(reports(machine))
    for number in paced():
        manager.set({"Metered": ("u", 2 - number % 2)})
        if number > 10:
            assert "metered" in words(client)
    manager.set({"Metered": ("u", 2)})
    wait_words(client, ["online"])
    assert reports(machine)[before:] == ["online expensive metered", "online"]


def test_all_that_flaps_is_told_some_times_a_second(machine: Machine, client: Client, services: SystemServices) -> None:
    """Also what is no better and no worse."""
    power = services.start(UPOWER)
    power.set({"OnBattery": ("b", True)})
    manager = services.network_manager()
    wait_words(client, ["online", "on-battery"])
    before, switches = len(reports(machine)), machine.daemon.context_switches
    for number in paced():
        manager.set({"Connectivity": ("u", 1 + number % 4), "Metered": ("u", number % 5), "State": ("u", 10 * (number % 8))})
        power.set({"OnBattery": ("b", number % 2 == 0)})
    assert len(reports(machine)) - before <= 3 * TIMES * INTERVAL
    # Each of these changes is a few signals, which wake the daemon up once or twice each.
    assert machine.daemon.context_switches - switches < 20 * TIMES
    manager.set({"Connectivity": ("u", 4), "Metered": ("u", 2)})
    power.set({"OnBattery": ("b", False)})
    wait_words(client, ["online"])


def test_a_link_that_flaps(machine: Machine, client: Client, network: NetworkNamespace) -> None:
    network.add_link("eth0", "192.0.2.1/24")
    wait_words(client, [])
    before = machine.daemon.log.count("conditions: ")
    for number in paced():
        (network.unplug if number % 2 == 0 else network.plug)("eth0")
        if number > 10:
            assert words(client) == {"offline"}
    wait_words(client, [])
    assert machine.daemon.log.count("conditions: ") - before == 2


def test_a_service_that_comes_and_goes(machine: Machine, client: Client, services: SystemServices) -> None:
    """Its name changes its owner all the time: the daemon asks the same of each, and forgets nothing in between."""
    manager = services.network_manager(Metered=1)
    wait_words(client, ["online", "expensive", "metered"])
    before = len(reports(machine))
    manager.stop()
    nobody = machine.system_bus.connect()
    for number in paced():
        (nobody.own if number % 2 == 0 else nobody.disown)("org.freedesktop.NetworkManager")
        nobody.read_pending()
    nobody.close()
    services.network_manager(Metered=1)
    wait_words(client, ["online", "expensive", "metered"])
    assert len(reports(machine)) - before <= 2


@pytest.mark.still
@pytest.mark.machine(system_bus=True, own_network=True, config='idle-exit = "never"\n')
def test_nothing_wakes_up_while_nothing_changes(machine: Machine, client: Client, services: SystemServices) -> None:
    services.network_manager(Metered=1)
    services.start(UPOWER).set({"OnBattery": ("b", True)})
    wait_words(client, ["online", "expensive", "metered", "on-battery"])
    wait_stable(lambda: machine.daemon.context_switches, "the daemon to settle", quiet=2.0)
    before = machine.daemon.context_switches
    time.sleep(OBSERVED)
    assert machine.daemon.context_switches == before


@pytest.mark.machine(system_bus=True, own_network=True, config='idle-exit = "2s"\n')
def test_a_machine_that_talks_of_itself_keeps_no_idle_daemon(machine: Machine, client: Client, services: SystemServices) -> None:
    manager = services.network_manager()
    wait_words(client, ["online"])
    client.close()
    for number in range(200):
        manager.set({"Metered": ("u", 2 - number % 2)})
        try:
            wait_until(lambda: not machine.daemon.is_running, "the daemon to leave", INTERVAL, 0.02)
            return
        except TimeoutError:
            pass
    raise AssertionError("the daemon is still there")
