"""hauld as a user's service: activation, watchdog, stop, crash, idle exit, login."""

import time

from harness.deadline import PATIENCE, wait_until

from systemd.user import HAULD, LOGIN


def test_units_are_valid(user):
    verdict = user.run("systemd-analyze", "--user", "--man=no", "verify", HAULD, LOGIN, check=False)
    assert (verdict.returncode, verdict.stdout, verdict.stderr) == (0, "", "")


def test_protection_is_in_force(machine, user):
    user.systemctl("start", HAULD)
    user.run("systemd-analyze", "--user", "security", "--threshold=30", HAULD)
    status = machine.path(f"/proc/{user.show('MainPID')}/status").read_text().split()
    assert status[status.index("NoNewPrivs:") + 1] == "1"
    assert status[status.index("Seccomp:") + 1] == "2"
    assert int(status[status.index("CapBnd:") + 1], 16) == 0


def test_first_dbus_send_starts_the_daemon(user, serve):
    file = serve(1, 0)
    task = user.download(file.url, f"{user.home}/file")
    assert user.wait(task) == ["finished"]
    assert user.digest("file") == file.sha256
    assert user.show("ActiveState") == "active"
    assert "background.slice" in user.show("ControlGroup")


def test_first_haul_get_starts_the_daemon(user, serve):
    file = serve(1, 0)
    user.run("haul", "get", file.url, "-o", "file")
    assert user.digest("file") == file.sha256
    assert user.show("ActiveState") == "active"


def test_destination_may_be_a_disk_that_was_mounted_later(machine, user, serve):
    file = serve(1, 0)
    user.systemctl("start", HAULD)
    user.run("mkdir", "disk")
    machine.run("mount", "-t", "tmpfs", "-o", f"uid={user.uid}", "disk", f"{user.home}/disk")
    try:
        assert user.wait(user.download(file.url, f"{user.home}/disk/file")) == ["finished"]
        assert user.digest("disk/file") == file.sha256
        machine.run("mountpoint", f"{user.home}/disk")
    finally:
        machine.run("umount", f"{user.home}/disk")


def test_destination_may_be_in_tmp(machine, user, serve):
    file = serve(1, 0)
    destination = f"/tmp/{user.name}"
    assert user.wait(user.download(file.url, destination)) == ["finished"]
    assert user.digest(destination) == file.sha256
    assert machine.path(destination).stat().st_uid == user.uid


def test_watchdog_is_pinged_while_idle(user):
    user.override("[Service]\nWatchdogSec=1s\n")
    user.systemctl("start", HAULD)
    seen = set()

    def has_seen_three_pings():
        seen.add(user.show("WatchdogTimestampMonotonic"))
        return len(seen) >= 4  # the first one is the start

    wait_until(has_seen_three_pings, "three pings of the watchdog", 10, 0.05)
    assert user.show("NRestarts") == "0"


def test_hanging_daemon_is_restarted_by_the_watchdog(user):
    user.override("[Service]\nWatchdogSec=1s\nTimeoutAbortSec=1s\n")
    user.systemctl("start", HAULD)
    user.systemctl("kill", "--signal=SIGSTOP", HAULD)
    user.wait_for("NRestarts", "1", timeout=20)
    user.wait_for("ActiveState", "active")


def test_stop_with_a_transfer_under_way_is_clean_and_quick(user, serve):
    file = serve(50, 2)
    task = user.download(file.url, f"{user.home}/file")
    wait_until(lambda: user.bytes_done(task), "the first bytes")
    began = time.monotonic()
    user.systemctl("stop", HAULD)
    assert time.monotonic() - began < 2 * PATIENCE
    assert user.show("Result") == "success"
    assert user.show("ActiveState") == "inactive"
    assert user.run("test", "-e", "file", check=False).returncode == 1


def test_killed_daemon_is_restarted_and_the_download_goes_on(user, serve):
    file = serve(12, 6)
    task = user.download(file.url, f"{user.home}/file")
    wait_until(lambda: user.bytes_done(task) > 1 << 20, "some bytes")
    user.systemctl("kill", "--signal=SIGKILL", HAULD)
    user.wait_for("NRestarts", "1")
    assert user.wait(task) == ["finished"]
    assert user.digest("file") == file.sha256


def test_idle_daemon_leaves_and_the_next_call_starts_it_with_everything_there(user, serve):
    user.write(".config/haul/hauld.toml", 'idle-exit = "1s"\n')
    file = serve(1, 0)
    task = user.download(file.url, f"{user.home}/file")
    assert user.wait(task) == ["finished"]
    user.wait_for("ActiveState", "inactive", timeout=20)
    assert user.show("Result") == "success"
    assert user.wait(task) == ["finished"]
    assert user.show("ActiveState") == "active"


def test_login_starts_the_daemon_when_the_journal_holds_work(newcomer, serve):
    file = serve(12, 6)
    newcomer.log_in()
    newcomer.systemctl("preset", LOGIN)
    task = newcomer.download(file.url, f"{newcomer.home}/file")
    wait_until(lambda: newcomer.bytes_done(task), "the first bytes")
    newcomer.log_out()
    newcomer.log_in()
    newcomer.wait_for("ActiveState", "active")
    assert newcomer.wait(task) == ["finished"]
    assert newcomer.digest("file") == file.sha256


def test_login_starts_nothing_when_all_work_is_done(newcomer, serve):
    file = serve(1, 0)
    newcomer.log_in()
    newcomer.systemctl("preset", LOGIN)
    assert newcomer.wait(newcomer.download(file.url, f"{newcomer.home}/file")) == ["finished"]
    newcomer.log_out()
    newcomer.log_in()
    newcomer.wait_for("Result", "exec-condition", LOGIN)
    assert newcomer.show("ActiveState") == "inactive"
    assert newcomer.systemctl("is-failed", LOGIN, check=False) == "inactive"


def test_refused_configuration_fails_the_unit_without_a_restart_loop(user):
    user.write(".config/haul/hauld.toml", 'idle-exits = "1s"\n')
    user.systemctl("start", HAULD, check=False)
    assert user.show("ActiveState") == "failed"
    assert user.show("ExecMainStatus") == "78"
    assert user.show("NRestarts") == "0"
