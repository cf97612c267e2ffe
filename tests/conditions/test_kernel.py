"""The network as the kernel has it, on machines without NetworkManager."""

import re

import pytest

from conditions.expect import wait_words, words
from harness.client import Client
from harness.deadline import wait_until
from harness.machine import Machine
from harness.network_namespace import NetworkNamespace

pytestmark = [pytest.mark.root, pytest.mark.machine(own_network=True)]


def soon_offline(client: Client) -> None:
    wait_until(lambda: words(client) == {"offline"}, "offline within a second", 1)


def soon_somewhere(client: Client) -> None:
    wait_until(lambda: words(client) == set(), "no longer offline within a second", 2)


def test_a_loopback_alone_leads_nowhere(client: Client) -> None:
    soon_offline(client)


def test_a_link_goes_down_and_comes(client: Client, network: NetworkNamespace) -> None:
    network.add_link("eth0", "192.0.2.1/24")
    soon_somewhere(client)
    for _ in range(3):
        network.unplug("eth0")
        soon_offline(client)
        network.plug("eth0")
        soon_somewhere(client)


def test_an_address_goes_and_comes(client: Client, network: NetworkNamespace) -> None:
    """IPv6's own link-local ones are always there."""
    network.add_link("eth0")
    soon_offline(client)
    for address in ("192.0.2.1/24", "2001:db8::1/64"):
        network.ip(f"address add {address} dev eth0")
        soon_somewhere(client)
        network.ip(f"address del {address} dev eth0")
        soon_offline(client)


def test_an_interface_is_switched_off_and_another_one_on(client: Client, network: NetworkNamespace) -> None:
    network.add_link("eth0", "192.0.2.1/24")
    soon_somewhere(client)
    network.ip("link set eth0 down")
    soon_offline(client)
    network.add_link("wlan0", "198.51.100.1/24")
    soon_somewhere(client)
    network.ip("link del wlan0")
    soon_offline(client)


def test_a_route_without_an_address(client: Client, network: NetworkNamespace) -> None:
    """As on hosts whose only address is on the loopback, with routers as neighbours."""
    network.ip("address add 203.0.113.7/32 dev lo")
    network.add_link("eth0")
    soon_offline(client)
    network.ip("route add default dev eth0 src 203.0.113.7")
    soon_somewhere(client)
    network.unplug("eth0")
    soon_offline(client)


def test_a_machine_that_starts_with_a_network(machine: Machine, client: Client, network: NetworkNamespace) -> None:
    network.add_link("eth0", "192.0.2.1/24")
    soon_somewhere(client)
    client.close()
    machine.restart()
    again = machine.client()
    for _ in range(20):
        assert words(again) == set()
    machine.daemon.kill()
    network.unplug("eth0")
    machine.daemon.start()
    soon_offline(machine.client())


def test_nothing_is_wrong_with_a_machine_that_has_no_system_bus(machine: Machine, client: Client) -> None:
    wait_words(client, ["offline"])
    assert "there is no system bus" in machine.daemon.log
    assert not re.search(r" [WEC] ", machine.daemon.log)
