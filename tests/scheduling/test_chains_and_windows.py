"""Steps that wait for steps before them, and tasks that wait for their window, over restarts of the daemon."""

import time

import pytest

from bus.expect import refused
from harness.client import Client, Session
from harness.machine import Machine
from servers.behaviours import File, status
from servers.content import Content
from servers.scripted import ScriptedServer
from servers.uploads.answers import accept
from uploads.expect import taken_once

CONTENT = Content(80, 400_000)


def window(begin_in: int, end_in: int) -> str:
    """From and to so many minutes from now."""
    return "-".join(time.strftime("%H:%M", time.localtime(time.time() + 60 * minutes)) for minutes in (begin_in, end_in))


@pytest.mark.parametrize("killed", [False, True], ids=["", "with kills"])
def test_three_steps_need_no_client_between_them(machine: Machine, session: Session, server: ScriptedServer, killed: bool) -> None:
    steps = []
    for number in range(3):
        resource = server.serve(File(CONTENT, '"v1"', rate=800_000.0))
        after = {"after": ("at", [steps[-1].id])} if steps else {}
        steps.append(session.download(resource.url, after, destination=machine.downloads / str(number), start=True))
    assert [step.blocked_by for step in steps[1:]] == [["queue"], ["queue"]]
    last = steps[-1].id
    session.connection.close()
    if killed:
        for _ in range(3):
            machine.restart()
    assert machine.client().task(last).wait() == ("finished", "")
    machine.wait_downloads(*(machine.downloads / str(number) for number in range(3)))


@pytest.mark.parametrize("killed", [False, True], ids=["", "with kills"])
def test_a_step_sends_what_the_one_before_has_fetched(machine: Machine, session: Session, server: ScriptedServer, killed: bool) -> None:
    path = machine.downloads / "fetched"
    target = server.serve(accept())
    fetch = session.download(server.serve(File(CONTENT, '"v1"', rate=800_000.0)).url, destination=path, start=True)
    send = session.upload(target.url, path, {"after": ("at", [fetch.id])}, start=True)
    assert send.details()["bytes-total"] == -1, "nobody knows yet"
    session.connection.close()
    if killed:
        for _ in range(3):
            machine.restart()
    assert machine.client().task(send.id).wait() == ("finished", "")
    taken_once(target.copies, CONTENT)


def test_what_a_step_replaces_is_sent_as_it_is_then(machine: Machine, session: Session, server: ScriptedServer) -> None:
    path = machine.downloads / "list"
    path.write_bytes(b"old")
    old, new = server.serve(accept()), server.serve(accept())
    fetch = session.download(server.serve(File(CONTENT)).url, {"if-exists": "replace"}, destination=path)
    copied = session.upload(old.url, path, {"after": ("at", [fetch.id]), "snapshot": "copy"}, start=True)
    send = session.upload(new.url, path, {"after": ("at", [fetch.id])}, start=True)
    fetch.resume()
    assert copied.wait() == send.wait() == ("finished", "")
    taken_once(old.copies, b"old")
    taken_once(new.copies, CONTENT)


def test_a_file_that_no_step_has_made_is_waited_for(machine: Machine, session: Session, server: ScriptedServer) -> None:
    path = machine.downloads / "missing"
    target = server.serve(accept())
    before = session.download(server.serve(status(404)).url, start=True)
    send = session.upload(target.url, path, {"after": ("at", [before.id]), "after-failure": ("s", "continue")},
                          start=True)
    send.wait_for(lambda task: task.blocked_by == ["file"], "blocked by its file")
    assert str(path) in send.details()["error-text"]
    assert [event.type for event in session.events() if event.task == send.id] == ["waiting"]
    path.write_bytes(CONTENT.read_all())
    assert send.wait(30) == ("finished", "")
    taken_once(target.copies, CONTENT)


def test_a_path_that_no_step_can_make(session: Session, server: ScriptedServer) -> None:
    before = session.download(server.serve(File(CONTENT)).url)
    with refused("InvalidArgument", "absolute"):
        session.upload(server.serve(accept()).url, "relative", {"after": ("at", [before.id])})


def test_a_step_that_fails_ends_those_behind_it_or_not(session: Session, server: ScriptedServer) -> None:
    first = session.download(server.serve(status(404)).url)
    behind = session.download(server.serve(File(CONTENT)).url, {"after": ("at", [first.id])}, start=True)
    last = session.download(server.serve(File(CONTENT)).url, {"after": ("at", [behind.id])}, start=True)
    all_the_same = session.download(server.serve(File(CONTENT)).url, {"after": ("at", [first.id]), "after-failure": ("s", "continue")},
                                    start=True)
    first.resume()
    assert behind.wait() == last.wait() == ("cancelled", "predecessor")
    assert all_the_same.wait() == ("finished", "")
    types = [(event.task, event.type) for event in session.events()]
    assert types.index((first.id, "failed")) < types.index((behind.id, "cancelled")) < types.index((last.id, "cancelled"))


def test_circles_and_strangers_are_refused(client: Client, session: Session, server: ScriptedServer) -> None:
    url = server.serve(File(CONTENT)).url
    first = session.download(url)
    second = session.download(url, {"after": ("at", [first.id])})
    with refused("InvalidArgument", "circle"):
        first.call("SetOption", "ss", "after", f"{second.id}")
    with refused("NoSuchTask", "999"):
        session.download(url, {"after": ("at", [999])})
    with refused("InvalidArgument", "after"):
        session.download(url, {"after": ("at", [])})


def test_a_closed_window_holds_a_task_over_a_restart(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(File(CONTENT))
    closed = session.download(resource.url, start=True, window=window(120, 180))
    opened = session.download(server.serve(File(CONTENT)).url, start=True, window=window(-120, 120))
    assert opened.wait() == ("finished", "")
    assert closed.blocked_by == ["schedule"]
    machine.restart()
    again = machine.client().task(closed.id)
    assert again.blocked_by == ["schedule"]
    in_seconds = again.details()["next-attempt"] / 1e6 - time.time()
    assert 7000 < in_seconds <= 7200
    assert resource.requests == []
