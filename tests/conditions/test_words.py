"""Each word, as services say what it stands for and no longer say so."""

import pytest

from conditions.expect import ALONE, wait_words, words
from harness.client import Client
from harness.deadline import wait_until
from harness.network_namespace import NetworkNamespace
from harness.system_services import (BATTERY, DISPLAY_DEVICE, LOGIND, MODEM_MANAGER, NEW_POWER_PROFILES, POWER_PROFILES,
                                     UPOWER, Mock, SystemServices)

pytestmark = ALONE

ACTIVE = "org.freedesktop.NetworkManager.Connection.Active"
SETTINGS = "org.freedesktop.NetworkManager.Settings.Connection"
MODEM = "org.freedesktop.ModemManager1.Modem"
MODEM_3GPP = "org.freedesktop.ModemManager1.Modem.Modem3gpp"
CONNECTED, REGISTERED, HOME, ROAMING = 11, 8, 1, 5


def test_how_far_the_network_leads(client: Client, services: SystemServices) -> None:
    manager = services.network_manager()
    for connectivity, wanted in ((4, "online"), (1, "offline"), (3, "online"), (2, "captive-portal"), (4, "online")):
        manager.set({"Connectivity": ("u", connectivity)})
        wait_words(client, [wanted])


def test_how_far_it_leads_where_nobody_checks(client: Client, services: SystemServices) -> None:
    manager = services.network_manager(Connectivity=0)
    for state, wanted in ((70, "online"), (20, "offline"), (60, "online"), (10, "offline"), (50, "online"), (40, "offline")):
        manager.set({"State": ("u", state)})
        wait_words(client, [wanted])


def test_its_word_counts_also_where_the_kernel_has_a_route(client: Client, services: SystemServices,
                                                           network: NetworkNamespace) -> None:
    network.add_link("other", "192.0.2.1/24")
    network.ip("route add default via 192.0.2.2")
    wait_words(client, [])
    services.network_manager(Connectivity=1, devices={"other": True})
    wait_words(client, ["offline"])


def test_metered_also_where_it_is_a_guess(client: Client, services: SystemServices) -> None:
    manager = services.network_manager()
    for metered, is_so in ((1, True), (2, False), (3, True), (4, False), (1, True), (0, False)):
        manager.set({"Metered": ("u", metered)})
        wait_words(client, ["online", "expensive", "metered"] if is_so else ["online"])


@pytest.mark.parametrize("kind", ["gsm", "cdma"])
def test_cellular(client: Client, services: SystemServices, kind: str) -> None:
    manager = services.network_manager()
    wait_words(client, ["online"])
    manager.set({"PrimaryConnectionType": ("s", kind)})
    wait_words(client, ["online", "expensive", "cellular"])
    manager.set({"PrimaryConnectionType": ("s", "802-11-wireless")})
    wait_words(client, ["online"])


def test_cellular_by_bluetooth(client: Client, services: SystemServices) -> None:
    """Only the connection's settings tell a phone's modem from its network."""
    manager = services.network_manager()
    for number, kind in enumerate(("dun", "panu")):
        manager.add_object(f"/Settings/{number}", SETTINGS, {})
        manager.mock("AddMethod", "sssss", SETTINGS, "GetSettings", "", "a{sa{sv}}",
                     f"ret = {{'connection': {{'type': 'bluetooth'}}, 'bluetooth': {{'type': '{kind}'}}}}", path=f"/Settings/{number}")
        manager.add_object(f"/Active/{number}", ACTIVE, {"Connection": ("o", f"/Settings/{number}")})
    for number, wanted in ((0, ["online", "expensive", "cellular"]), (1, ["online"]), (0, ["online", "expensive", "cellular"])):
        manager.set({"PrimaryConnectionType": ("s", "bluetooth"), "PrimaryConnection": ("o", f"/Active/{number}")})
        wait_words(client, wanted)
    manager.set({"PrimaryConnectionType": ("s", "802-3-ethernet"), "PrimaryConnection": ("o", "/")})
    wait_words(client, ["online"])


def modem(manager: Mock, number: int, state: int, registration: int) -> str:
    path = f"{MODEM_MANAGER.path}/Modem/{number}"
    manager.add_object(path, MODEM, {"State": ("i", state), "SignalQuality": ("(ub)", (50, True))})
    manager.has({"RegistrationState": ("u", registration)}, path, MODEM_3GPP)
    manager.emit("InterfacesAdded", "oa{sa{sv}}", ("o", path),
                 ("a{sa{sv}}", {MODEM: {"State": ("i", state)}, MODEM_3GPP: {"RegistrationState": ("u", registration)}}),
                 interface="org.freedesktop.DBus.ObjectManager")
    return path


def test_roaming(client: Client, services: SystemServices, network: NetworkNamespace) -> None:
    """Of the modem that is connected; on mobile networks, or where nobody tells what network it is."""
    network.add_link("wwan0", "192.0.2.1/24")
    wait_words(client, [])
    modems = services.start(MODEM_MANAGER)
    modem(modems, 0, REGISTERED, ROAMING)
    path = modem(modems, 1, CONNECTED, HOME)
    modems.set({"RegistrationState": ("u", ROAMING)}, path, MODEM_3GPP)
    wait_words(client, ["roaming"])
    manager = services.network_manager()
    wait_words(client, ["online"])
    manager.set({"PrimaryConnectionType": ("s", "gsm")})
    wait_words(client, ["online", "expensive", "cellular", "roaming"])
    modems.emit("StateChanged", "iiu", ("i", CONNECTED), ("i", REGISTERED), ("u", 0), path=path, interface=MODEM)
    wait_words(client, ["online", "expensive", "cellular"])
    modems.emit("StateChanged", "iiu", ("i", REGISTERED), ("i", CONNECTED), ("u", 0), path=path, interface=MODEM)
    wait_words(client, ["online", "expensive", "cellular", "roaming"])
    modems.mock("RemoveObject", "s", path)
    modems.emit("InterfacesRemoved", "oas", ("o", path), ("as", [MODEM, MODEM_3GPP]), interface="org.freedesktop.DBus.ObjectManager")
    wait_words(client, ["online", "expensive", "cellular"])


def test_on_battery(client: Client, services: SystemServices) -> None:
    power = services.start(UPOWER)
    for on_battery in (True, False, True, False):
        power.set({"OnBattery": ("b", on_battery)})
        wait_words(client, ["offline", "on-battery"] if on_battery else ["offline"])
        power.set({"Percentage": ("d", 17.0)}, DISPLAY_DEVICE, BATTERY)


@pytest.mark.parametrize("kind", [POWER_PROFILES, NEW_POWER_PROFILES], ids=["old name", "new name"])
def test_power_saver(client: Client, services: SystemServices, kind) -> None:
    profiles = services.start(kind)
    if not kind.template:
        profiles.has({"ActiveProfile": ("s", "balanced")})
    for profile, is_so in (("power-saver", True), ("balanced", False), ("power-saver", True), ("performance", False)):
        profiles.set({"ActiveProfile": ("s", profile)})
        wait_words(client, ["offline", "constrained", "power-saver"] if is_so else ["offline"])


def test_idle(client: Client, services: SystemServices) -> None:
    logind = services.start(LOGIND)
    for is_idle in (True, False, True):
        logind.set({"IdleHint": ("b", is_idle)})
        wait_words(client, ["offline", "idle"] if is_idle else ["offline"])


def test_the_kernel_decides_where_nobody_says(client: Client, network: NetworkNamespace) -> None:
    wait_words(client, ["offline"])
    network.add_link("eth0", "192.0.2.1/24")
    wait_until(lambda: "offline" not in words(client), "no word about the network", 1.5)
