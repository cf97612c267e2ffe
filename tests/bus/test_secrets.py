"""Header values, credentials, user info and queries: never told again, and wiped when the task ends."""

import base64
from pathlib import Path
from typing import Callable

import pytest

from harness.client import Client, Session, Task
from harness.deadline import wait_until
from harness.machine import Machine
from servers.behaviours import File, redirect, status
from servers.content import Content
from servers.scripted import ScriptedServer

CONTENT = Content(seed=121, size=30_000)
SECRET = "opensesame-7f3a9c"
FORMS = [SECRET.encode(), base64.b64encode(f"user:{SECRET}".encode())]

verbose = pytest.mark.machine(log_level="trace")


def secret_download(session: Session, server: ScriptedServer, behaviour, **choice) -> Task:
    """A task with the secret in its URL's user info and query, and in its headers."""
    url = server.serve(behaviour, secret=SECRET).url.replace("http://", f"http://user:{SECRET}@")
    return session.download(url, headers={"X-Api-Key": SECRET, "Cookie": f"id={SECRET}"}, **choice)


def holding(directory: Path) -> list[Path]:
    """The files under a directory that hold the secret in one of its forms."""
    found = []
    for path in directory.rglob("*"):
        try:
            if path.is_file() and any(form in path.read_bytes() for form in FORMS):
                found.append(path)
        except FileNotFoundError:
            continue
    return found


def to_finish(task: Task) -> None:
    task.resume()
    assert task.wait() == ("finished", "")


def to_cancel(task: Task) -> None:
    task.cancel()


def to_fail(task: Task) -> None:
    task.resume()
    assert task.wait()[0] == "failed"


@verbose
@pytest.mark.parametrize("end, behaviour", [(to_finish, File(CONTENT)), (to_cancel, File(CONTENT)), (to_fail, status(404))],
                         ids=["finished", "cancelled", "failed"])
def test_secrets_are_wiped_when_the_task_ends(machine: Machine, session: Session, server: ScriptedServer,
                                              end: Callable[[Task], None], behaviour) -> None:
    task = secret_download(session, server, behaviour)
    assert holding(machine.state), "a suspended task needs them"
    end(task)
    wait_until(lambda: not holding(machine.state), "the state directory to be clean", 15, 0.1)
    machine.daemon.terminate()
    assert not holding(machine.directory)


@verbose
def test_secrets_are_wiped_after_a_crash_in_between(machine: Machine, session: Session, server: ScriptedServer) -> None:
    tasks = [secret_download(session, server, File(CONTENT)) for _ in range(20)]
    machine.daemon.kill()
    assert holding(machine.state)
    machine.daemon.start()
    client = machine.client()
    for task in tasks:
        to_finish(client.task(task.id))
    wait_until(lambda: not holding(machine.state), "the state directory to be clean", 15, 0.1)


@verbose
def test_secrets_of_a_session_are_wiped_when_they_are_replaced(machine: Machine, client: Client) -> None:
    client.session("test", headers={"X-Api-Key": SECRET})
    assert holding(machine.state)
    client.session("test", headers={"X-Api-Key": "another"})
    wait_until(lambda: not holding(machine.state), "the state directory to be clean", 15, 0.1)


@verbose
def test_headers_set_and_set_again_are_wiped(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(File(CONTENT)).url)
    task.call("SetHeader", "ss", "X-Api-Key", SECRET)
    task.call("SetHeader", "ss", "X-Api-Key", "")
    to_finish(task)
    wait_until(lambda: not holding(machine.state), "the state directory to be clean", 15, 0.1)


@verbose
@pytest.mark.parametrize("behaviour", [
    File(CONTENT), status(404), status(500), redirect("/nowhere?token=" + SECRET), redirect(f"http://user:{SECRET}@127.0.0.1:1/"),
], ids=["finished", "404", "500", "redirected", "redirected to a dead port"])
def test_nothing_says_them_again(machine: Machine, client: Client, session: Session, server: ScriptedServer, behaviour) -> None:
    session.attach()
    task = secret_download(session, server, behaviour, start=True, retries=1, token="mine")
    task.wait()
    client.connection.read_pending()
    said = [task.details(), task.get_all(), session.details(), session.events(), session.tasks(), client.tasks(),
            client.sessions(), client.connection.signals]
    assert SECRET not in str(said)
    assert not any(form.decode() in machine.daemon.log for form in FORMS)
    assert SECRET not in " ".join(command for _, command in machine.family.members())


@verbose
def test_names_of_headers_may_be_seen_but_not_their_values(session: Session, server: ScriptedServer) -> None:
    task = secret_download(session, server, File(CONTENT))
    assert SECRET not in str(task.details())


def test_errors_do_not_repeat_a_secret(machine: Machine, session: Session, server: ScriptedServer) -> None:
    url = server.serve(File(CONTENT)).url
    for choice in ({"headers": {"X": f"{SECRET}\n"}}, {"headers": {f"X {SECRET}": ""}}, {"headers": ("s", SECRET)}):
        with pytest.raises(Exception) as raised:
            session.download(url, choice)
        if "X" in choice["headers"]:
            assert SECRET not in str(raised.value)
    with pytest.raises(Exception) as raised:
        session.download(f"http://user:{SECRET}@127.0.0.1:99999/?{SECRET}")
    assert SECRET not in str(raised.value)
    assert SECRET not in machine.daemon.log
