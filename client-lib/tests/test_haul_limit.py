"""haul limit and haul data-saver: the machine's limits, shown and changed for good."""

import json
import time

import pytest

from harness.client import Client
from harness.deadline import wait_until
from harness.machine import Machine

NOBODY = "http://127.0.0.1:9/"
WORKDAYS = "Mon-Fri 08:00-18:00"


def limits(haul, *name: str) -> dict:
    shown = haul("--json", "limit", *name)
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout)


def rows(text: str) -> dict[str, str]:
    """What stands behind each name."""
    return {name: value.strip() for name, value in (line.split("  ", 1) for line in text.splitlines())}


def test_limits_are_shown_with_their_units(haul, client: Client) -> None:
    assert limits(haul) == client.call("GetLimits")
    shown = rows(haul("limit").stdout)
    assert shown["active-transfers"] == "32"
    assert shown["spool-bytes-per-owner"] == "10.0 GiB (10737418240 bytes)"
    assert rows(haul("limit", "active-transfers").stdout) == {"active-transfers": "32"}
    unknown = haul("limit", "moonlight")
    assert unknown.returncode == 5 and "moonlight" in unknown.stderr


def test_a_limit_is_changed_kept_and_taken_back(haul, machine: Machine) -> None:
    assert haul("limit", "active-transfers", "7").returncode == 0
    assert haul("limit", "spool-bytes-per-owner", "1.5GiB").returncode == 0
    machine.daemon.kill()
    machine.daemon.start()
    kept = limits(haul)
    assert (kept["active-transfers"], kept["spool-bytes-per-owner"]) == (7, 1_610_612_736)
    assert haul("limit", "active-transfers", "default").returncode == 0
    assert limits(haul, "active-transfers") == {"active-transfers": 32}


def test_rates_may_have_windows(haul) -> None:
    assert haul("limit", "max-rate", "5M").returncode == 0
    assert haul("limit", "max-rate", "500K/s", "--window", WORKDAYS).returncode == 0
    shown = rows(haul("limit").stdout)
    assert shown["max-rate"] == "5.0 MiB/s (5242880 bytes)"
    assert shown[f"max-rate@{WORKDAYS}"] == "500 KiB/s (512000 bytes)"
    assert f"max-rate 5.0 MiB/s, max-rate@{WORKDAYS} 500 KiB/s" in haul("status").stdout
    assert limits(haul, "max-rate", "--window", WORKDAYS) == {f"max-rate@{WORKDAYS}": 512_000}
    assert haul("limit", "max-rate", "none").returncode == 0
    assert limits(haul, "max-rate") == {"max-rate": 0}
    assert haul("limit", "max-rate", "default", "--window", WORKDAYS).returncode == 0
    assert f"max-rate@{WORKDAYS}" not in limits(haul)


@pytest.mark.parametrize("arguments, says", [
    (["max-rate", "quick"], "a rate"), (["active-transfers", "5M"], "a whole number"), (["active-transfers", "-1"], ""),
    (["spool-bytes-per-owner", "much"], "a size"), (["data-saver", "maybe"], "on or off"),
    (["active-transfers", "5", "--window=22:00-06:00"], "max-rate alone"),
])
def test_wrong_values_say_what_they_should_be(haul, client: Client, arguments: list[str], says: str) -> None:
    before = client.call("GetLimits")
    ended = haul("limit", *arguments)
    assert ended.returncode == 2
    assert says in ended.stderr, ended.stderr
    assert client.call("GetLimits") == before


@pytest.mark.parametrize("arguments, says", [
    (["moonlight", "5"], "moonlight"), (["max-rate", "5M", "--window=9-17"], "9-17"), (["active-transfers", "0"], "active-transfers"),
])
def test_what_the_daemon_refuses_is_named(haul, client: Client, arguments: list[str], says: str) -> None:
    before = client.call("GetLimits")
    ended = haul("limit", *arguments)
    assert ended.returncode == 5
    assert says in ended.stderr, ended.stderr
    assert client.call("GetLimits") == before


def test_the_data_saver_is_switched(haul) -> None:
    assert haul("data-saver").stdout == "off\n"
    assert haul("data-saver", "on").returncode == 0
    assert haul("data-saver").stdout == "on\n"
    assert json.loads(haul("--json", "data-saver").stdout) == {"data-saver": True}
    conditions = json.loads(haul("--json", "status").stdout)["conditions"]
    assert {"data-saver", "constrained"} <= set(conditions)
    assert haul("data-saver", "off").returncode == 0
    assert haul("data-saver", "perhaps").returncode == 2


def test_the_data_saver_holds_back_who_minds_it(haul, client: Client) -> None:
    assert haul("data-saver", "on").returncode == 0
    made = haul("get", "-d", "--no-constrained", "--retry-delay=1h", "--retry-delay-max=1h", NOBODY)
    task = client.task(int(made.stdout))
    assert task.blocked_by == ["constrained-network"]
    assert "The data saver is on" in haul("why", task.id).stdout
    assert json.loads(haul("--json", "status").stdout)["waiting"]["blocked-by"]["constrained-network"]["tasks"] == 1
    began = time.monotonic()
    assert haul("data-saver", "off").returncode == 0
    wait_until(lambda: "constrained-network" not in task.blocked_by, "the task to be let go")
    assert time.monotonic() - began < 5
