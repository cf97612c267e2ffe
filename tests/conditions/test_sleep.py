"""The machine's sleep: held up until everything is on the disk, and told in between."""

import time

import pytest

from conditions.expect import ALONE, inhibitors, wait_inhibitors, wait_words, words
from harness.client import Client
from harness.deadline import wait_until
from harness.machine import Machine
from harness.system_services import DELAY, LOGIND, Kind, SystemServices, prepare_for_sleep

pytestmark = ALONE

def test_sleep_is_delayed_and_told_at_once(client: Client, services: SystemServices) -> None:
    logind = services.start(LOGIND)
    wait_inhibitors(logind, [DELAY])
    for _ in range(3):
        begin = time.monotonic()
        prepare_for_sleep(logind, True)
        wait_words(client, ["offline", "asleep"])
        wait_inhibitors(logind, [])
        assert time.monotonic() - begin < 1
        prepare_for_sleep(logind, False)
        wait_words(client, ["offline"])
        wait_inhibitors(logind, [DELAY])
    assert len(logind.mock("GetMethodCalls", "s", "Inhibit")[0]) == 4


def test_sleep_that_had_begun_before_the_daemon(machine: Machine, client: Client, services: SystemServices) -> None:
    logind = services.start(LOGIND)
    wait_inhibitors(logind, [DELAY])
    client.close()
    machine.daemon.kill()
    wait_inhibitors(logind, [])
    logind.set({"PreparingForSleep": ("b", True)})
    machine.daemon.start()
    again = machine.client()
    wait_words(again, ["offline", "asleep"])
    prepare_for_sleep(logind, False)
    wait_words(again, ["offline"])
    wait_inhibitors(logind, [DELAY])


def test_logind_restarts(client: Client, services: SystemServices) -> None:
    logind = services.start(LOGIND)
    wait_inhibitors(logind, [DELAY])
    prepare_for_sleep(logind, True)
    wait_words(client, ["offline", "asleep"])
    logind.stop()
    again = services.start(LOGIND)
    wait_words(client, ["offline"])
    wait_inhibitors(again, [DELAY])


def test_logind_vanishes_while_the_machine_goes_to_sleep(client: Client, services: SystemServices) -> None:
    logind = services.start(LOGIND)
    wait_inhibitors(logind, [DELAY])
    prepare_for_sleep(logind, True)
    wait_words(client, ["offline", "asleep"])
    logind.stop()
    wait_words(client, ["offline"], 15)


def test_a_refusal_is_no_harm(machine: Machine, client: Client, services: SystemServices) -> None:
    """logind gives no inhibitor, and its sleep is told all the same; it is asked again after the sleep."""
    logind = services.start(LOGIND)
    wait_inhibitors(logind, [DELAY])
    client.close()
    machine.daemon.kill()
    logind.mock("AddMethod", "sssss", LOGIND.interface, "Inhibit", "ssss", "h",
                "raise dbus.exceptions.DBusException('no', name='org.freedesktop.login1.OperationInProgress')")
    machine.daemon.start()
    again = machine.client()
    wait_until(lambda: "logind does not let us delay" in machine.daemon.log, "the refusal")
    prepare_for_sleep(logind, True)
    wait_words(again, ["offline", "asleep"])
    prepare_for_sleep(logind, False)
    wait_words(again, ["offline"])
    wait_until(lambda: machine.daemon.log.count("logind does not let us delay") == 2, "another try")
    assert words(again) == {"offline"}


def test_all_is_let_go_with_the_daemon(machine: Machine, client: Client, services: SystemServices) -> None:
    logind = services.start(LOGIND)
    wait_inhibitors(logind, [DELAY])
    client.close()
    assert machine.daemon.terminate() == 0
    wait_inhibitors(logind, [])


FORGED = {"a signal": ("PrepareForSleep", "b", [("b", True)]), "not even well-formed": ("PrepareForSleep", "u", [("u", 1)])}


@pytest.mark.parametrize("what", FORGED)
def test_strangers_send_nobody_to_sleep(machine: Machine, client: Client, services: SystemServices, what: str) -> None:
    """Whoever is on the bus may send us signals, to everybody or to us alone, also in the bus's own name: only those of the
    name's owner count."""
    logind = services.start(LOGIND)
    wait_inhibitors(logind, [DELAY])
    stranger = services.start(Kind("org.example.Stranger", LOGIND.path, LOGIND.interface))
    member, signature, arguments = FORGED[what]
    told = machine.daemon.log.count("conditions:")
    daemon = machine.system_bus.unique_name_of(machine.daemon.pid)
    stranger.emit(member, signature, *arguments)
    stranger.send(daemon, LOGIND.path, LOGIND.interface, member, signature, *arguments)
    stranger.send(daemon, "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameOwnerChanged", "sss",
                  ("s", LOGIND.name), ("s", logind.unique_name), ("s", stranger.unique_name))
    stranger.send(daemon, LOGIND.path, LOGIND.interface, member, signature, *arguments)
    stranger.send(daemon, LOGIND.path, "org.freedesktop.DBus.Properties", "PropertiesChanged", "sa{sv}as",
                  ("s", LOGIND.interface), ("a{sv}", {"IdleHint": ("b", False)}), ("as", []))
    logind.set({"IdleHint": ("b", True)})
    wait_words(client, ["offline", "idle"])
    assert machine.daemon.log.count("conditions:") == told + 1
    assert inhibitors(logind) == [DELAY]


def test_a_signal_that_is_not_well_formed(client: Client, services: SystemServices) -> None:
    logind = services.start(LOGIND)
    wait_inhibitors(logind, [DELAY])
    for signature, argument in (("u", 1), ("s", "true"), ("ab", [True])):
        logind.emit("PrepareForSleep", signature, (signature, argument))
    logind.set({"IdleHint": ("b", True)})
    wait_words(client, ["offline", "idle"])
    assert inhibitors(logind) == [DELAY]
