"""hauld.toml: every mistake is an error with the line and the name."""

import re

import pytest

from harness.daemon import Daemon
from harness.machine import Machine

BAD = {
    "an unknown key": ("\nidle-exitt = \"5min\"\n", 2, "idle-exitt"),
    "an unknown table": ("[limit]\nactive-transfers = 3\n", 1, "limit"),
    "an unknown limit": ("[limits]\ntasks-per-owner = 5\nactive-transferz = 3\n", 3, "active-transferz"),
    "an unknown transfer key": ("[transfer]\n\n\nrety-delay = \"1s\"\n", 4, "rety-delay"),
    "a number for a duration": ("idle-exit = 300\n", 1, "idle-exit"),
    "a duration without unit": ("[transfer]\nretry-delay = \"5\"\n", 2, "retry-delay"),
    "a duration in a strange unit": ("[transfer]\nretry-delay = \"5 fortnights\"\n", 2, "retry-delay"),
    "a negative duration": ("[transfer]\nretry-delay = \"-5s\"\n", 2, "retry-delay"),
    "a duration that overflows": ("[transfer]\nresource-timeout = \"99999999999999999999d\"\n", 2, "resource-timeout"),
    "text for a number": ("[limits]\nactive-transfers = \"many\"\n", 2, "active-transfers"),
    "a negative number": ("[limits]\nactive-transfers = -1\n", 2, "active-transfers"),
    "no transfers at all": ("[limits]\nactive-transfers = 0\n", 2, "active-transfers"),
    "a fraction": ("[limits]\nactive-transfers = 1.5\n", 2, "active-transfers"),
    "a table for a value": ("[limits.active-transfers]\nx = 1\n", 1, "active-transfers"),
    "no TOML": ("[limits]\nactive-transfers 3\n", 2, ""),
    "a key twice": ("[limits]\nactive-transfers = 3\nactive-transfers = 4\n", 3, "active-transfers"),
    "an open string": ("idle-exit = \"5min\n", 1, ""),
    "more than a full battery": ("[discretionary]\nmin-battery = 101\n", 2, "discretionary.min-battery"),
    "a word for a flag": ("[discretionary]\nidle = \"yes\"\n", 2, "discretionary.idle"),
    "a window that never opens": ("[discretionary]\nwindow = \"22:00-22:00\"\n", 2, "discretionary.window"),
}


@pytest.mark.parametrize("text, line, name", BAD.values(), ids=BAD.keys())
def test_a_mistake_is_named_with_its_line(machine: Machine, text: str, line: int, name: str) -> None:
    directory = machine.directory / "bad"
    directory.mkdir()
    daemon = Daemon(machine.family, machine.bus, directory, config=text)
    daemon.launch()
    assert daemon.wait_exit() == 78
    assert name in daemon.log
    assert str(directory / "hauld.toml") in daemon.log
    assert re.search(rf"(:|line ){line}\b", daemon.log), daemon.log
    assert not (directory / "state").exists()


@pytest.mark.machine(config="""\
idle-exit = "never"
[limits]
tasks-per-owner = 7
sessions-per-owner = 8
active-transfers = 9
active-per-host = 2
waits-per-owner = 11
[transfer]
request-timeout = "1500ms"
resource-timeout = "7d"
retry-delay = "5s"
retry-delay-max = "1h"
progress-interval = "5min"
""")
def test_what_is_set_is_in_force(machine: Machine) -> None:
    limits = machine.client().limits()
    assert {name: limits[name] for name in ("tasks-per-owner", "sessions-per-owner", "active-transfers",
                                            "active-per-host", "waits-per-owner")} \
        == {"tasks-per-owner": 7, "sessions-per-owner": 8, "active-transfers": 9, "active-per-host": 2,
            "waits-per-owner": 11}


@pytest.mark.machine(config="# nothing but this\n")
def test_an_empty_file_means_the_defaults(machine: Machine) -> None:
    assert machine.client().limits()["active-transfers"] == 32


def test_a_file_that_is_not_there_is_an_error_with_its_name(machine: Machine) -> None:
    path = machine.directory / "nowhere.toml"
    ended = machine.daemon.run([f"--bus={machine.bus.address}", f"--state-dir={machine.directory}/other", f"--config={path}"])
    assert ended.returncode == 78
    assert str(path) in ended.stderr
