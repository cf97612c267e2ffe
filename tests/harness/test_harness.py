"""The harness holds what it promises before anything is tested with it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Iterator

import pytest

from harness.client import options, plain
from harness.connection import BusError
from harness.deadline import wait_stable, wait_until
from harness.family import Family
from harness.private_bus import PrivateBus
from harness.stranger import connect_as


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Family]:
    made = Family(tmp_path)
    yield made
    assert made.disband() == []


@pytest.fixture
def bus(family: Family, tmp_path: Path) -> Iterator[PrivateBus]:
    directory = tmp_path / "bus"
    directory.mkdir()
    for part in (directory, *directory.parents[:-2]):
        part.chmod(part.stat().st_mode | 0o055)
    made = PrivateBus(directory, family)
    made.activatable("org.example.Sleeper", ["/bin/sh", "-c", "'exec sleep 60'"])
    made.start()
    yield made
    made.stop()


def test_a_deadline_names_what_was_waited_for() -> None:
    with pytest.raises(TimeoutError, match="the moon"):
        wait_until(lambda: False, "the moon", timeout=0.05)


def test_a_stable_value_is_returned() -> None:
    values = iter([1, 2, 3])
    assert wait_stable(lambda: next(values, 3), "the end", quiet=0.05) == 3


def test_a_family_finds_and_ends_grandchildren(tmp_path: Path) -> None:
    family = Family(tmp_path)
    parent = family.spawn(["/bin/sh", "-c", "sleep 60 & exec true"])
    parent.wait(5)
    wait_until(lambda: [command for _, command in family.members()] == ["sleep 60"], "the grandchild to be itself")
    assert family.disband(grace=0.1) == ["sleep 60"]
    assert family.members() == []


def test_the_bus_is_private_and_ends(bus: PrivateBus) -> None:
    connection = bus.connect()
    assert bus.owner_pid(connection.unique_name) == os.getpid()
    assert bus.owner_pid("org.hauld1") is None
    connection.close()


def test_an_error_reply_is_an_exception_with_its_word(bus: PrivateBus) -> None:
    connection = bus.connect()
    with pytest.raises(BusError) as raised:
        connection.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Fly")
    assert raised.value.word == "UnknownMethod"
    with pytest.raises(BusError) as raised:
        connection.call("org.nobody", "/", "org.nobody", "Call")
    assert raised.value.is_gone
    connection.close()


def test_calls_in_flight_are_told_apart(bus: PrivateBus) -> None:
    connection = bus.connect()
    target = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner", "s")
    yes = connection.begin(*target, connection.unique_name)
    no = connection.begin(*target, "org.nobody")
    assert connection.finish(no) == (False,)
    assert connection.finish(yes) == (True,)
    connection.close()


@pytest.mark.root
def test_a_stranger_is_another_user_for_the_bus(bus: PrivateBus, family: Family) -> None:
    stranger = connect_as(65534, bus.address, family)
    here = bus.connect()
    assert here.uid_of(stranger.unique_name) == 65534
    assert here.uid_of(here.unique_name) == os.getuid()
    here.close()
    stranger.close()


def test_options_become_variants() -> None:
    made = options({"x": ("u", 1)}, if_exists="fail", destination=Path("/tmp/a"), start=True)
    assert made == {"x": ("u", 1), "if-exists": ("s", "fail"), "destination": ("s", "/tmp/a"), "start": ("b", True)}
    assert plain(made)["start"] is True
    form = options(form=[{"name": "a", "value": "b"}, {"name": "c", "file": Path("/d"), "x": ("u", 1)}])["form"]
    assert form == ("aa{sv}", [{"name": ("s", "a"), "value": ("s", "b")}, {"name": ("s", "c"), "file": ("s", "/d"), "x": ("u", 1)}])


def test_a_member_sees_no_proxy_of_the_person_who_tests(monkeypatch: pytest.MonkeyPatch, family: Family) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.example/")
    seen = family.run([sys.executable, "-c", "import os; print('http_proxy' in os.environ)"])
    assert (seen.stdout, seen.returncode) == ("False\n", 0)
    assert isinstance(seen, subprocess.CompletedProcess)
