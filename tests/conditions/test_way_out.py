"""NetworkManager runs, and the way out is one that it leaves to others: the kernel's word counts, which knows no "online"."""

from typing import Any, Callable, Mapping, Optional

import pytest

from conditions.expect import ALONE, reports, wait_words, words
from harness.client import Client
from harness.connection import Connection
from harness.deadline import wait_until
from harness.machine import Machine
from harness.network_namespace import NetworkNamespace
from harness.system_services import NETWORK_DEVICE, NETWORK_MANAGER, UPOWER, Mock, SystemServices, device_path

pytestmark = ALONE

NOTHING_THERE = [{"Connectivity": 1}, {"Connectivity": 0, "State": 20}]


@pytest.fixture
def way_out(network: NetworkNamespace) -> NetworkNamespace:
    """By eth0."""
    network.add_link("eth0", "192.0.2.1/24")
    network.ip("route add default via 192.0.2.2")
    return network


def lasting_words(client: Client, services: SystemServices, meanwhile: Callable[[], Any] = lambda: None) -> set[str]:
    """The conditions when what got better before has had its second to show: a battery that gets better now shows later."""
    power = services.start(UPOWER)
    for on_battery in (True, False):
        power.set({"OnBattery": ("b", on_battery)})
        wait_until(lambda: (meanwhile(), ("on-battery" in words(client)) == on_battery)[1], "the battery to count")
    power.stop()
    return words(client)


def manage(manager: Mock, interface: str, is_managed: bool) -> None:
    manager.set({"Managed": ("b", is_managed)}, device_path(interface), NETWORK_DEVICE)


@pytest.mark.parametrize("says", NOTHING_THERE, ids=["none", "disconnected"])
def test_a_way_of_others_counts_while_it_has_a_link(client: Client, services: SystemServices, way_out: NetworkNamespace,
                                                    says: Mapping[str, int]) -> None:
    services.network_manager(devices={"eth0": False, "wlan0": True}, **says).set({"Metered": ("u", 1)})
    wait_words(client, ["expensive", "metered"])
    for _ in range(2):
        way_out.unplug("eth0")
        wait_words(client, ["offline", "expensive", "metered"])
        way_out.plug("eth0")
        wait_words(client, ["expensive", "metered"])


def test_networkmanager_takes_it_over_and_leaves_it(client: Client, services: SystemServices, way_out: NetworkNamespace) -> None:
    manager = services.network_manager(Connectivity=1, devices={"eth0": False})
    for _ in range(2):
        wait_words(client, [])
        manage(manager, "eth0", True)
        wait_words(client, ["offline"])
        manage(manager, "eth0", False)
    wait_words(client, [])


def test_an_interface_that_it_does_not_know(client: Client, services: SystemServices, way_out: NetworkNamespace) -> None:
    wait_words(client, [])
    manager = services.network_manager(Connectivity=4, devices={})
    wait_words(client, ["online"])
    manager.set({"Connectivity": ("u", 1)})
    wait_words(client, [])
    manager.add_object(device_path("eth0"), NETWORK_DEVICE, {"Managed": ("b", True)})
    manager.emit("DeviceAdded", "o", ("o", device_path("eth0")))
    wait_words(client, ["offline"])
    manager.mock("RemoveObject", "s", device_path("eth0"))
    manager.emit("DeviceRemoved", "o", ("o", device_path("eth0")))
    wait_words(client, [])


def test_the_way_out_becomes_another_one(client: Client, services: SystemServices, way_out: NetworkNamespace) -> None:
    services.network_manager(Connectivity=1, devices={"eth0": False, "eth1": True})
    wait_words(client, [])
    way_out.add_link("eth1", "198.51.100.1/24")
    way_out.ip("route replace default via 198.51.100.2")
    wait_words(client, ["offline"])
    assert lasting_words(client, services) == {"offline"}
    way_out.ip("route replace default via 192.0.2.2")
    wait_words(client, [])


def test_an_address_is_no_way_out(client: Client, services: SystemServices, network: NetworkNamespace) -> None:
    """As of a container's bridge, which says nothing of other networks."""
    network.add_link("eth0", "192.0.2.1/24")
    services.network_manager(Connectivity=1, devices={"eth0": False})
    wait_words(client, ["offline"])
    network.ip("-6 address add 2001:db8::1/64 dev eth0 nodad")
    network.ip("-6 route add default via 2001:db8::2")
    wait_words(client, [])


def test_the_way_of_ipv4_is_asked_for_first(client: Client, services: SystemServices, way_out: NetworkNamespace) -> None:
    way_out.add_link("eth1")
    way_out.ip("-6 address add 2001:db8::1/64 dev eth1 nodad")
    way_out.ip("-6 route add default via 2001:db8::2")
    services.network_manager(Connectivity=1, devices={"eth0": True, "eth1": False})
    wait_words(client, ["offline"])
    assert lasting_words(client, services) == {"offline"}
    way_out.ip("route del default")
    wait_words(client, [])


def test_a_restart_of_networkmanager_changes_nothing(machine: Machine, client: Client, services: SystemServices,
                                                     way_out: NetworkNamespace) -> None:
    manager = services.network_manager(Connectivity=1, Metered=1, devices={"eth0": False})
    wait_words(client, ["expensive", "metered"])
    told = reports(machine)
    manager.stop()
    again = services.network_manager(Connectivity=1, Metered=1, devices={"eth0": False})
    again.set({"Metered": ("u", 2)})
    wait_words(client, [])
    assert reports(machine)[len(told):] == ["nothing special"]


def test_it_is_known_at_the_start(machine: Machine, client: Client, services: SystemServices, way_out: NetworkNamespace) -> None:
    services.network_manager(Connectivity=1, Metered=1, devices={"eth0": False})
    wait_words(client, ["expensive", "metered"])
    client.close()
    told = reports(machine)
    machine.restart()
    wait_words(machine.client(), ["expensive", "metered"])
    assert reports(machine)[len(told):] == ["expensive metered"]


Answer = Optional[tuple[str, tuple]]  # signature and body; the signature "error" with its name; None: silence

UNKNOWN: Answer = ("error", ("org.freedesktop.NetworkManager.UnknownDevice",))
FOUND: Answer = ("o", (device_path("eth0"),))


def managed(*value: Any) -> Answer:
    return "a{sv}", ({"Managed": value},)


# What is answered to the question for the device, and to the one for its properties.
NO_ANSWERS: Mapping[str, tuple[Answer, Answer]] = {
    "no such method": (("error", ("org.freedesktop.DBus.Error.UnknownMethod",)), None),
    "no permission": (("error", ("org.freedesktop.NetworkManager.PermissionDenied",)), None),
    "a word": (("s", ("eth0",)), None),
    "nothing in it": (("", ()), None),
    "silence": (None, None),
    "no such object": (FOUND, ("error", ("org.freedesktop.DBus.Error.UnknownObject",))),
    "without the property": (FOUND, ("a{sv}", ({},))),
    "a property that is a number": (FOUND, managed("u", 0)),
    "a property that is a word": (FOUND, managed("s", "false")),
    "properties that are none": (FOUND, ("s", ("Managed",))),
    "a device that is silent": (FOUND, None),
}


def play(connection: Connection, device: Answer, properties: Answer) -> list[str]:
    """NetworkManager with these answers; the list is that of what it was asked."""
    from jeepney import HeaderFields
    from jeepney.wrappers import new_error, new_method_return
    asked: list[str] = []

    def reply(message):
        fields = message.header.fields
        member, path = fields[HeaderFields.member], fields[HeaderFields.path]
        asked.append(member)
        if member == "GetDeviceByIpIface":
            answer = device
        elif path == NETWORK_MANAGER.path:
            answer = "a{sv}", ({"Connectivity": ("u", 1)},)
        else:
            answer = properties
        if answer is None:
            return None
        signature, body = answer
        return new_error(message, body[0]) if signature == "error" else new_method_return(message, signature or None, body)
    connection.on_call = reply
    connection.own(NETWORK_MANAGER.name)
    return asked


ANSWERS: Mapping[str, tuple[Answer, Answer]] = {"unknown": (UNKNOWN, None), "unmanaged": (FOUND, managed("b", False))}


@pytest.mark.parametrize("what", [*NO_ANSWERS, *ANSWERS])
def test_only_a_clear_answer_counts(machine: Machine, client: Client, services: SystemServices, way_out: NetworkNamespace,
                                    what: str) -> None:
    wait_words(client, [])
    service = machine.system_bus.connect()
    device, properties = {**NO_ANSWERS, **ANSWERS}[what]
    asked = play(service, device, properties)
    questions = ["GetAll", "GetDeviceByIpIface"] + ["GetAll"] * (device == FOUND)
    wait_until(lambda: (service.read_pending(), asked == questions)[1], "the daemon to ask")
    # What comes behind the answers has been seen, so they have, too.
    assert lasting_words(client, services, service.read_pending) == (set() if what in ANSWERS else {"offline"})
    service.close()
