"""The example application under a real user manager and a real bus: it asks, leaves, and is launched for what has come."""

from typing import Iterator

import pytest
from harness.deadline import wait_until

from systemd.booted_machine import BootedMachine
from systemd.process import kill, spawn
from systemd.user import HAULD, LOGIN, User
from systemd.woken import NAME, QUICK, Origin, WokenApp, seconds_between

pytestmark = pytest.mark.lengthy

FILES = ["one", "two", "three"]
STEPS = ["when called", "before Attach", "before GetEvents", "before Acknowledge", "after Acknowledge", "before Complete",
         "after Complete"]
EARLY = 0.02  # seconds that the clocks of two processes may differ


@pytest.fixture
def origin(machine: BootedMachine, app: WokenApp) -> Iterator[Origin]:
    running = Origin(machine)
    yield running
    running.close()


@pytest.fixture
def app(machine: BootedMachine, user: User) -> WokenApp:
    return WokenApp(machine, user)


def ask(app: WokenApp, origin: Origin, suffix: str = "") -> list[str]:
    """Three downloads, which take a second; their names."""
    names = [name + suffix for name in FILES]
    app.ask(*(origin.url(name, rate=100_000) for name in names))
    return names


def test_three_downloads_and_an_upload_launch_it_once_and_then_all_is_quiet(app: WokenApp, origin: Origin) -> None:
    app.user.write(".config/haul/hauld.toml", 'idle-exit = "1s"\n' + QUICK)
    app.user.write("source", "x" * 100_000)
    app.ask(*(origin.url(name, rate=50_000) for name in FILES))
    app.ask("--upload", "source", origin.url("source"))
    assert not app.is_running()
    app.wait_wakes(1)
    app.wait_quiet()
    app.check(FILES, uploads=1)
    assert [int(line[2]) for line in app.lines("event")] == list(range(1, 8))
    app.wait_left()
    app.user.wait_for("ActiveState", "inactive", timeout=20)  # nothing keeps the daemon, which has no wake to wait for
    assert (app.user.show("Result"), app.user.show("NRestarts")) == ("success", "0")
    assert (app.wakes, app.completed) == ([1], [1])
    assert not app.is_running()


@pytest.mark.parametrize("victim", ["app", "daemon"])
def test_killed_at_each_step(app: WokenApp, origin: Origin, victim: str) -> None:
    names = []
    for number, step in enumerate(STEPS, 1):
        app.trouble(victim, step)
        name = f"file{number}"
        names.append(name)
        app.ask(origin.url(name))
        wait_until(lambda: (app.home / f"{victim}-{step.replace(' ', '-')}").exists(), f"the kill {step}", 20)
        app.wait_quiet()
        wait_until(lambda: (app.home / name).exists(), "the file")
        app.check(names)
        app.wait_left()  # it would handle the next wake without trouble
    assert app.wakes == sorted(app.wakes) and set(app.wakes) == set(range(1, len(STEPS) + 1))
    assert app.completed == sorted(set(app.completed))


def test_the_daemon_killed_while_it_downloads(app: WokenApp, origin: Origin) -> None:
    names = ask(app, origin)
    app.user.systemctl("kill", "--signal=SIGKILL", HAULD)
    app.wait_wakes(1)
    app.wait_quiet()
    app.check(names)
    assert (app.wakes, app.completed) == ([1], [1])
    assert app.user.show("NRestarts") == "1"


def test_the_whole_user_manager_restarted(machine: BootedMachine, newcomer: User) -> None:
    newcomer.log_in()
    newcomer.systemctl("preset", LOGIN)
    app = WokenApp(machine, newcomer)
    origin = Origin(machine)
    names = ask(app, origin)
    newcomer.log_out()
    assert app.wakes == []
    newcomer.log_in()
    app.wait_wakes(1)
    app.wait_quiet()
    app.check(names)
    assert (app.wakes, app.completed) == ([1], [1])
    origin.close()


def test_the_user_manager_restarted_while_a_wake_is_outstanding(machine: BootedMachine, newcomer: User) -> None:
    newcomer.log_in()
    newcomer.systemctl("preset", LOGIN)
    app = WokenApp(machine, newcomer)
    app.trouble("silence", "when called")
    origin = Origin(machine)
    names = ask(app, origin)
    app.wait_wakes(1)
    newcomer.log_out()
    app.reinstall(is_logged_in=False)
    newcomer.log_in()
    app.wait_quiet()
    app.check(names)
    assert set(app.wakes) == {1} and app.completed == [1]
    origin.close()


def test_an_application_that_never_answers_is_called_ever_more_seldom(app: WokenApp, origin: Origin) -> None:
    app.user.write(".config/haul/hauld.toml", 'idle-exit = "1s"\n[wake]\nretry-delay = "400ms"\nreply-timeout = "200ms"\n')
    app.trouble("silence", "when called")
    ask(app, origin)
    app.wait_wakes(4)
    found = seconds_between(app.lines("woken"))
    print("delays:", " ".join(f"{gap:.3f}" for gap in found))
    assert all(gap >= delay - EARLY for gap, delay in zip(found, (0.4, 0.8, 1.6))), found
    assert set(app.wakes) == {1} and app.completed == []
    assert '"wake-error"' in app.details()
    app.user.run("pkill", "--full", "troubled_app.py")
    app.reinstall()
    app.wait_quiet()
    app.check(FILES)
    assert app.completed == [1]


def unit(app: WokenApp, command: str) -> None:
    app.user.write(".config/systemd/user/woken.service", f"[Service]\nType=oneshot\nExecStart={command}\n")
    app.user.systemctl("daemon-reload")


HANDLES = "/usr/local/bin/woken_app.py --handle-events"


def test_a_unit_is_started_for_what_waits(app: WokenApp, origin: Origin) -> None:
    unit(app, HANDLES)
    app.open(unit="woken.service")
    app.start_download(origin.url("one"))
    wait_until(lambda: app.completed == [1], "the wake to be completed", 20)
    app.wait_quiet()
    app.check(["one"])
    assert app.wakes == []  # nobody called it


def test_a_unit_that_fails_is_started_again(app: WokenApp, origin: Origin) -> None:
    unit(app, "/bin/false")
    app.open(unit="woken.service")
    app.start_download(origin.url("one"))
    wait_until(lambda: '"wake-attempts" u 2' in app.details(), "the second attempt", 20)
    unit(app, HANDLES)
    wait_until(lambda: app.completed == [1], "the wake to be completed", 20)
    app.wait_quiet()
    app.check(["one"])


def test_a_unit_that_was_masked_meanwhile_is_told_and_tried_again(app: WokenApp, origin: Origin) -> None:
    unit(app, HANDLES)
    app.open(unit="woken.service")
    app.user.run("mv", ".config/systemd/user/woken.service", "woken.service")
    app.user.systemctl("mask", "woken.service")
    app.start_download(origin.url("one"))
    wait_until(lambda: "masked" in app.details(), "why the launch failed", 20)
    app.user.systemctl("unmask", "woken.service")
    unit(app, HANDLES)
    wait_until(lambda: app.completed == [1], "the wake to be completed", 20)
    app.check(["one"])


@pytest.mark.parametrize("name", ["missing.service", "masked.service", "woken.socket", "woken"])
def test_a_unit_that_is_none_is_refused(app: WokenApp, name: str) -> None:
    app.user.systemctl("mask", "masked.service")
    refused = app.user.run("busctl", "--user", "call", "org.hauld1", "/org/hauld1", "org.hauld1.Manager", "OpenSession", "sa{sv}",
                           NAME, "1", "unit", "s", name, check=False)
    assert refused.returncode != 0 and name in refused.stderr


@pytest.mark.parametrize("command", [("/bin/false",), ("/nonexistent/program",), ("/usr/local/bin/troubled_app.py", "refusal", "ever")],
                         ids=["fails", "is missing", "answers with an error"])
def test_the_unit_is_started_where_the_name_is_of_no_use(app: WokenApp, origin: Origin, command: tuple) -> None:
    app.install_command(*command)
    unit(app, HANDLES)
    app.open(bus_name=NAME, unit="woken.service")
    app.start_download(origin.url("one"))
    wait_until(lambda: app.completed == [1], "the wake to be completed", 20)
    app.wait_quiet()
    app.check(["one"])


@pytest.mark.parametrize("how", ["running already", "activated"])
def test_latency_of_a_wake(app: WokenApp, origin: Origin, how: str) -> None:
    app.ask(origin.url("first"))
    origin.wait_last_byte()
    app.wait_wakes(1)
    app.wait_quiet()
    app.wait_left()
    running = spawn(app.user.enter("/usr/local/bin/troubled_app.py", "nothing", "ever")) if how == "running already" else None
    try:
        wait_until(lambda: app.is_running() == (running is not None), f"the application to be {how}", 20)
        app.start_download(origin.url("second"))
        last_byte = origin.wait_last_byte()
        app.wait_wakes(2)
        woken = float(app.lines("woken")[1][0])
        print(f"from the last byte to HandleEvents, {how}: {(woken - last_byte) * 1e3:.1f} ms")
        assert woken > last_byte - EARLY
        app.wait_quiet()
    finally:
        if running:
            kill(running)
