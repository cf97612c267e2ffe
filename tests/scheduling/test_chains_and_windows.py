"""Steps that wait for steps before them, and tasks that wait for their window, over restarts of the daemon."""

import time

import pytest

from bus.expect import refused
from harness.client import Client, Session
from harness.machine import Machine
from servers.behaviours import File, status
from servers.content import Content
from servers.scripted import ScriptedServer

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
