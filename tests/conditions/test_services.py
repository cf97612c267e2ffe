"""Services that are missing, late, gone, wrong or silent: what they would tell is unknown, and nothing else changes."""

from typing import Any, Mapping

import pytest

from conditions.expect import ALONE, reports, wait_words, words
from harness.client import Client
from harness.connection import Connection
from harness.deadline import wait_stable, wait_until
from harness.machine import Machine
from harness.system_services import (BATTERY, DISPLAY_DEVICE, KINDS, LOGIND, MODEM_MANAGER, NETWORK_MANAGER, NEW_POWER_PROFILES,
                                     POWER_PROFILES, UPOWER, Kind, Mock, SystemServices)

pytestmark = ALONE

EVERYTHING = ["online", "expensive", "metered", "constrained", "on-battery", "power-saver", "idle"]
PROPERTIES = "org.freedesktop.DBus.Properties"


def start_everything(services: SystemServices) -> list[Mock]:
    manager = services.network_manager(Metered=1)
    power = services.start(UPOWER)
    power.set({"OnBattery": ("b", True)})
    profiles = services.start(POWER_PROFILES)
    profiles.set({"ActiveProfile": ("s", "power-saver")})
    logind = services.start(LOGIND)
    logind.set({"IdleHint": ("b", True)})
    return [manager, power, profiles, logind]


def test_all_appear_late_vanish_and_appear_again(client: Client, services: SystemServices) -> None:
    wait_words(client, ["offline"])
    for _ in range(2):
        mocks = start_everything(services)
        wait_words(client, EVERYTHING)
        services.stop()
        wait_until(lambda: words(client) == {"offline"}, "what is left when all are gone", 15)
        assert len(mocks) == 4


def test_all_are_there_before_the_daemon(machine: Machine, client: Client, services: SystemServices) -> None:
    """They are known before anything else can be asked, or a second has passed."""
    start_everything(services)
    wait_words(client, EVERYTHING)
    client.close()
    machine.restart()
    again = machine.client()
    wait_words(again, EVERYTHING, 1.5)
    *_, before, last = machine.daemon.log.split("conditions: ")
    assert "hauld starts" in before and last.split("\n")[0] == " ".join(EVERYTHING)


def test_a_restart_of_a_service_changes_nothing(machine: Machine, client: Client, services: SystemServices) -> None:
    """A metered network does not cost nothing for the second in which NetworkManager is replaced."""
    manager = services.network_manager(Metered=1)
    wait_words(client, ["online", "expensive", "metered"])
    told = reports(machine)
    manager.stop()
    again = services.network_manager(Metered=1)
    assert words(client) == {"online", "expensive", "metered"}
    again.set({"Metered": ("u", 2)})
    wait_words(client, ["online"])
    assert reports(machine)[len(told):] == ["online"]


def test_nobody_is_started_for_being_asked(tmp_path, machine: Machine, client: Client) -> None:
    """Names that the bus could start stay unowned."""
    client.close()
    machine.daemon.kill()
    machine.system_bus.stop()
    for kind in KINDS:
        machine.system_bus.activatable(kind.name, ["/usr/bin/touch", tmp_path / kind.name])
    machine.system_bus.start()
    machine.daemon.start()
    wait_words(machine.client(), ["offline"])
    assert list(tmp_path.iterdir()) == []
    assert {kind.name: machine.system_bus.owner_pid(kind.name) for kind in KINDS} == {kind.name: None for kind in KINDS}


GARBAGE: Mapping[str, tuple[Kind, Mapping[str, tuple[str, Any]]]] = {
    "wrong types": (NETWORK_MANAGER, {"Connectivity": ("s", "full"), "State": ("as", ["x"]), "Metered": ("b", True),
                                      "PrimaryConnectionType": ("u", 7)}),
    "absurd numbers": (NETWORK_MANAGER, {"Connectivity": ("t", 2**64 - 1), "State": ("i", -70), "Metered": ("x", -2**63)}),
    "a path that is none": (NETWORK_MANAGER, {"PrimaryConnectionType": ("s", "bluetooth"), "PrimaryConnection": ("s", "' or 1=1")}),
    "a long word": (NETWORK_MANAGER, {"PrimaryConnectionType": ("s", "gsm" * 100_000)}),
    "battery": (UPOWER, {"OnBattery": ("d", 1.0)}),
    "profile": (NEW_POWER_PROFILES, {"ActiveProfile": ("ay", b"power-saver")}),
    "idle": (LOGIND, {"IdleHint": ("s", "true"), "PreparingForSleep": ("u", 1)}),
    "modems": (MODEM_MANAGER, {}),
}


def answer_garbage(connection: Connection, kind: Kind, values: Mapping[str, tuple[str, Any]]) -> list[str]:
    """A service that answers every call so; the list is that of the members that were called."""
    from jeepney import HeaderFields
    from jeepney.wrappers import new_method_return
    called: list[str] = []

    def reply(message):
        called.append(message.header.fields[HeaderFields.member])
        return new_method_return(message, "a{sv}", (values,))
    connection.on_call = reply
    connection.own(kind.name)
    return called


@pytest.mark.parametrize("what", GARBAGE)
def test_garbage_is_unknown(machine: Machine, client: Client, services: SystemServices, what: str) -> None:
    """Also to what is asked for something else: ModemManager's objects, logind's inhibitors."""
    kind, values = GARBAGE[what]
    wait_words(client, ["offline"])
    service = machine.system_bus.connect()
    called = answer_garbage(service, kind, values)
    wait_until(lambda: (service.read_pending(), "GetAll" in called or "GetManagedObjects" in called)[1], "the daemon to ask")
    # What comes behind it on the same connection has been seen, so the answer has, too.
    battery = services.start(UPOWER if kind is not UPOWER else POWER_PROFILES)
    battery.set({"OnBattery": ("b", True)} if kind is not UPOWER else {"ActiveProfile": ("s", "power-saver")})
    wanted = {"offline", "on-battery"} if kind is not UPOWER else {"offline", "constrained", "power-saver"}
    wait_until(lambda: (service.read_pending(), words(client) == wanted)[1], "the other service to count")
    service.close()


def test_errors_are_unknown(client: Client, services: SystemServices) -> None:
    """A service without any of these objects and properties."""
    for kind in (NETWORK_MANAGER, MODEM_MANAGER):
        services.start(Kind(kind.name, "/elsewhere", "org.example.Elsewhere"))
    power = services.start(UPOWER)
    power.set({"OnBattery": ("b", True)})
    wait_words(client, ["offline", "on-battery"])


def test_a_service_that_never_answers_holds_up_nobody(machine: Machine, client: Client, services: SystemServices) -> None:
    power = services.start(UPOWER)
    power.set({"OnBattery": ("b", True)})
    wait_words(client, ["offline", "on-battery"])
    power.freeze()
    silent = [machine.system_bus.connect() for _ in range(2)]
    for connection, kind in zip(silent, (NETWORK_MANAGER, LOGIND)):
        connection.own(kind.name)
    client.close()
    machine.restart()
    again = machine.client()
    assert again.get("Version")
    profiles = services.start(POWER_PROFILES)
    profiles.set({"ActiveProfile": ("s", "power-saver")})
    wait_words(again, ["offline", "constrained", "power-saver"], 3)
    for connection in silent:
        connection.close()


def test_values_that_are_withdrawn_are_asked_for(client: Client, services: SystemServices) -> None:
    """PropertiesChanged may name a property without its value."""
    manager = services.network_manager()
    wait_words(client, ["online"])
    manager.mock("AddMethod", "sssss", NETWORK_MANAGER.interface, "Become", "sv", "", "self.props[self.interface][args[0]] = args[1]")
    manager.call("Become", "sv", "Metered", ("u", 1))
    manager.emit("PropertiesChanged", "sa{sv}as", ("s", NETWORK_MANAGER.interface), ("a{sv}", {}), ("as", ["Metered"]),
                 interface=PROPERTIES)
    wait_words(client, ["online", "expensive", "metered"])


def test_the_bus_is_lost(machine: Machine, client: Client, services: SystemServices) -> None:
    """The daemon lives on another one, and goes on without what is told on this."""
    start_everything(services)
    wait_words(client, EVERYTHING)
    machine.system_bus.stop()
    wait_words(client, ["offline"])
    assert client.session("test").download("http://127.0.0.1:9/", start=False)
    assert machine.daemon.log.count("the system bus is gone") == 1
    wait_stable(lambda: machine.daemon.log, "the daemon to be still")


def test_a_bus_that_never_answers(machine: Machine, client: Client) -> None:
    """Neither the start nor the end of the daemon waits for it."""
    client.close()
    machine.daemon.terminate()
    machine.system_bus.freeze()
    machine.daemon.start()
    wait_words(machine.client(), ["offline"], 3)
    assert machine.daemon.terminate(2) == 0


def test_a_battery_that_changes_is_heard_only_without_mains(machine: Machine, client: Client, services: SystemServices) -> None:
    power = services.start(UPOWER)
    power.set({"OnBattery": ("b", False)})
    profiles = services.start(POWER_PROFILES)
    profiles.set({"ActiveProfile": ("s", "power-saver")})
    wait_words(client, ["offline", "constrained", "power-saver"])
    switches = machine.daemon.context_switches
    for percent in range(20):
        power.set({"Percentage": ("d", float(percent))}, DISPLAY_DEVICE, BATTERY)
    assert machine.daemon.context_switches - switches < 10
