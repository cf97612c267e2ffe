"""Applications that are launched by a real user manager and a real bus, by their names and by their units."""

import shutil
from pathlib import Path

import pytest
from harness.deadline import wait_until

from systemd.booted_machine import BootedMachine
from systemd.user import User

APP = Path(__file__).resolve().parents[1] / "relaunch/app.py"
NAME = "org.example.Woken"
QUICK = '[wake]\nretry-delay = "1s"\n'
UNIT = "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo started >> %h/unit.log'\n"


def install(machine: BootedMachine, user: User, behaviour: str) -> None:
    """Makes the bus start the application, which logs its calls into the user's home directory."""
    shutil.copy(APP, machine.path("/usr/local/bin/woken-app.py"))
    address = f"unix:path=/run/user/{user.uid}/bus"
    user.write(f".local/share/dbus-1/services/{NAME}.service", "[D-BUS Service]\n"
               f"Name={NAME}\nExec=/usr/bin/python3 /usr/local/bin/woken-app.py {address} {NAME} {user.home}/app.log {behaviour}\n")
    user.run("busctl", "--user", "call", "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "ReloadConfig")
    user.write(".config/haul/hauld.toml", QUICK)


def busctl(user: User, path: str, member: str, *arguments: str, check: bool = True):
    return user.run("busctl", "--user", "call", "org.hauld1", path, *member.rsplit(".", 1), *arguments, check=check)


def open_session(user: User, **options: str) -> str:
    """The path of a session with options that are strings."""
    words = [word for key, value in options.items() for word in (key.replace("_", "-"), "s", value)]
    reply = busctl(user, "/org/hauld1", "org.hauld1.Manager.OpenSession", "sa{sv}", "woken", str(len(options)), *words)
    return reply.stdout.split('"')[1]


def start_download(user: User, session: str, url: str, name: str) -> None:
    busctl(user, session, "org.hauld1.Session.CreateDownload", "sa{sv}", url, "2", "start", "b", "true", "destination", "s",
           f"{user.home}/{name}")


def log_of(user: User, name: str) -> list[str]:
    return user.run("cat", f"{user.home}/{name}", check=False).stdout.splitlines()


def test_an_application_that_has_left_is_launched_once_and_then_all_is_quiet(machine, user, serve):
    install(machine, user, "handle")
    session = open_session(user, bus_name=NAME)
    file = serve(6, 2)  # slow enough for the three to run beside each other
    for number in range(3):
        start_download(user, session, file.url, str(number))
    wait_until(lambda: "wake-number\" t 0" in busctl(user, session, "org.hauld1.Session.GetDetails").stdout
               and log_of(user, "app.log"), "the wake's end", 20)
    assert [line.split()[1:] for line in log_of(user, "app.log")] == [["woken", "1"]]
    assert "\"events\" t 0" in busctl(user, session, "org.hauld1.Session.GetDetails").stdout
    assert user.digest("2") == file.sha256


def test_a_wake_survives_the_whole_user_manager(machine, newcomer, serve):
    newcomer.log_in()
    newcomer.systemctl("preset", "haul-login.service")
    install(machine, newcomer, "die")
    session = open_session(newcomer, bus_name=NAME)
    start_download(newcomer, session, serve(1, 0).url, "file")
    wait_until(lambda: log_of(newcomer, "app.log"), "the launch", 20)
    newcomer.log_out()
    before = len(log_of(newcomer, "app.log"))
    newcomer.log_in()
    calls = wait_until(lambda: len(log_of(newcomer, "app.log")) > before and log_of(newcomer, "app.log"), "another launch", 30)
    assert {line.split()[2] for line in calls} == {"1"}


def test_a_unit_is_started_where_the_name_fails(machine, user, serve):
    install(machine, user, "refuse")
    user.write(".config/systemd/user/woken.service", UNIT)
    user.systemctl("daemon-reload")
    session = open_session(user, bus_name=NAME, unit="woken.service")
    start_download(user, session, serve(1, 0).url, "file")
    wait_until(lambda: log_of(user, "unit.log"), "the unit's start", 20)
    assert log_of(user, "app.log")
    busctl(user, session, "org.hauld1.Session.Complete", "t", "1")


@pytest.mark.parametrize("unit", ["none.service", "masked.service"])
def test_a_unit_that_cannot_be_started_is_refused(user, unit):
    user.systemctl("mask", "masked.service")
    refused = busctl(user, "/org/hauld1", "org.hauld1.Manager.OpenSession", "sa{sv}", "woken", "1", "unit", "s", unit, check=False)
    assert refused.returncode != 0 and unit in refused.stderr
