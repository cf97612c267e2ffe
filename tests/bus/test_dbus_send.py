"""The lines that a user types: dbus-send alone, also when the daemon is not running yet."""

import re
from pathlib import Path
from typing import Iterator

import pytest

from bus.expect import unknown_object
from harness.client import NAME
from harness.deadline import wait_until
from harness.fixtures import watched
from harness.machine import QUICK_RETRIES, Machine
from servers.behaviours import File, status
from servers.content import Content
from servers.scripted import ScriptedServer

CONTENT = Content(seed=161, size=250_000)


def dbus_send(machine: Machine, path: str, member: str, *arguments: str, reply: bool = True) -> str:
    """Runs the line and returns what it prints; a failure comes as its text, which begins with "Error"."""
    line = ["dbus-send", "--session", f"--dest={NAME}", *(["--print-reply"] if reply else []), path, member, *arguments]
    result = machine.family.run(line, {"DBUS_SESSION_BUS_ADDRESS": machine.bus.address})
    return result.stdout if result.returncode == 0 else result.stderr


def download(machine: Machine, url: str, destination: Path | str) -> str:
    said = dbus_send(machine, "/org/hauld1", "org.hauld1.Manager.Download", f"string:{url}", f"string:{destination}")
    match = re.search(r'object path "(/org/hauld1/task/\d+)"', said)
    assert match, said
    return match[1]


def test_a_download_from_the_command_line(machine: Machine, server: ScriptedServer) -> None:
    path = machine.downloads / "file"
    task = download(machine, server.serve(File(CONTENT)).url, path)
    said = dbus_send(machine, task, "org.hauld1.Task.Wait", "uint64:20000000")
    assert re.search(r'string "finished"\s+string ""', said)
    CONTENT.check(path)
    state = dbus_send(machine, task, "org.freedesktop.DBus.Properties.Get", "string:org.hauld1.Task", "string:State")
    assert re.search(r'variant\s+string "finished"', state)
    done = dbus_send(machine, task, "org.freedesktop.DBus.Properties.Get", "string:org.hauld1.Task", "string:BytesDone")
    assert f"uint64 {CONTENT.size}" in done
    assert "array [" in dbus_send(machine, task, "org.hauld1.Task.GetDetails")


def test_a_task_is_prepared_with_plain_strings(machine: Machine, server: ScriptedServer) -> None:
    resource = server.serve(status(503, ("Retry-After", "3600")), File(CONTENT))
    task = download(machine, resource.url, "")
    dbus_send(machine, task, "org.hauld1.Task.Suspend")
    dbus_send(machine, task, "org.hauld1.Task.SetPriority", "double:0.9")
    assert "0.9" in dbus_send(machine, task, "org.hauld1.Task.GetDetails")
    dbus_send(machine, task, "org.hauld1.Task.Cancel")
    assert 'string "cancelled"' in dbus_send(machine, task, "org.hauld1.Task.Wait", "uint64:0")
    dbus_send(machine, task, "org.hauld1.Task.Remove")
    assert task not in dbus_send(machine, "/org/hauld1", "org.hauld1.Manager.ListTasks", "string:")


def test_an_error_is_readable(machine: Machine) -> None:
    said = dbus_send(machine, "/org/hauld1", "org.hauld1.Manager.Download", "string:ftp://127.0.0.1/x", "string:/tmp/x")
    assert said.startswith("Error org.hauld1.Error.InvalidArgument") and "ftp" in said
    said = dbus_send(machine, "/org/hauld1", "org.hauld1.Manager.Download", "string:http://127.0.0.1/x", "string:here")
    assert "here" in said and "absolute" in said


def test_whoever_sends_and_leaves_at_once_is_served_or_refused_whole(machine: Machine, server: ScriptedServer) -> None:
    """Without --print-reply the sender is gone before anything can be asked about it: there is a whole task or none."""
    url = server.serve(File(CONTENT)).url
    path = machine.downloads / "file"
    dbus_send(machine, "/org/hauld1", "org.hauld1.Manager.Download", f"string:{url}", f"string:{path}", reply=False)
    client = machine.client()
    for row in client.tasks():
        assert client.task(row.id).wait() == ("finished", "")
        CONTENT.check(path)
    assert machine.daemon.is_running


@pytest.fixture
def sleeping(request: pytest.FixtureRequest) -> Iterator[Machine]:
    """A machine whose daemon is started by the bus and leaves soon when it is idle."""
    machine = watched(request, Machine(config=f'idle-exit = "300ms"\n{QUICK_RETRIES}'))
    wrapper = machine.directory / "hauld.sh"
    command = " ".join(f"'{word}'" for word in machine.daemon.arguments)
    wrapper.write_text(f"#!/bin/sh\nexec {command} 2>>{machine.directory}/hauld.log\n")
    wrapper.chmod(0o755)
    machine.bus.activatable(NAME, [str(wrapper)])
    with machine.without_daemon():
        yield machine


def is_away(machine: Machine) -> bool:
    return machine.bus.owner_pid(NAME) is None


def test_the_first_call_starts_the_daemon(sleeping: Machine, server: ScriptedServer) -> None:
    path = sleeping.downloads / "file"
    assert is_away(sleeping)
    task = download(sleeping, server.serve(File(CONTENT)).url, path)
    assert 'string "finished"' in dbus_send(sleeping, task, "org.hauld1.Task.Wait", "uint64:20000000")
    CONTENT.check(path)


def test_it_leaves_when_it_is_idle_and_the_next_call_finds_everything(sleeping: Machine, server: ScriptedServer) -> None:
    task = download(sleeping, server.serve(File(CONTENT)).url, "")
    dbus_send(sleeping, task, "org.hauld1.Task.Wait", "uint64:20000000")
    wait_until(lambda: is_away(sleeping), "the daemon to leave")
    client = sleeping.client()
    session = client.session("default")
    assert [event.type for event in session.events()] == ["finished-downloading", "completed"]
    with client.task(1).open_result() as result:
        assert result.read() == CONTENT.read_all()
    session.acknowledge(2)
    wait_until(lambda: is_away(sleeping), "the daemon to leave again")
    assert client.task(1).state == "finished"
    with unknown_object():
        client.task(2).details()


def test_it_stays_while_there_is_something_to_wait_for(sleeping: Machine, server: ScriptedServer) -> None:
    """A retry is a timer, an attached client is somebody to tell: both keep it; a suspended task keeps nothing."""
    client = sleeping.client()
    session = client.session("test")
    session.download("http://127.0.0.1:9/")
    wait_until(lambda: is_away(sleeping), "the daemon to leave with a suspended task")
    path = sleeping.downloads / "file"
    resource = server.serve(status(503, ("Retry-After", "2")), File(CONTENT))
    pid = _pid_after(sleeping, lambda: session.download(resource.url, destination=path, start=True))
    wait_until(path.exists, "the file after the delay")
    assert sleeping.bus.owner_pid(NAME) in (pid, None), "the same daemon sat the delay out"
    wait_until(lambda: is_away(sleeping), "the daemon to leave after that")
    pid = _pid_after(sleeping, session.attach)
    resource = server.serve(File(Content(1, 400_000), rate=400_000))
    task = session.download(resource.url, start=True)
    assert task.wait() == ("finished", "")
    assert sleeping.bus.owner_pid(NAME) == pid
    session.detach()
    wait_until(lambda: is_away(sleeping), "the daemon to leave when nobody is attached")


def _pid_after(machine: Machine, action) -> int:
    action()
    pid = machine.bus.owner_pid(NAME)
    assert pid is not None
    return pid


def test_no_call_is_lost_on_the_doorstep(sleeping: Machine) -> None:
    """Calls keep coming while the daemon leaves again and again: each one is answered."""
    client = sleeping.client()
    seen = set()

    def many_lives() -> bool:
        session = client.session("test")
        session.download("http://127.0.0.1:9/")
        seen.add(sleeping.bus.owner_pid(NAME))
        wait_until(lambda: is_away(sleeping), "the daemon to leave", interval=0.001)
        return len(seen - {None}) >= 4

    wait_until(many_lives, "four lives", 30)
    assert len(client.tasks()) >= 4
