"""ListWaiting: what all tasks that wait wait for, in pages."""

import time

import pytest

from harness.client import Client, Session, WaitingRow, wall_time
from harness.machine import Machine
from scheduling.deaf import free_port
from servers.behaviours import File, status
from servers.content import Content
from servers.scripted import ScriptedServer

NOBODY = "http://127.0.0.1:9/"
SLOWLY = "[transfer]\nretry-delay = \"1h\"\nretry-delay-max = \"1h\"\n"


def told_by_details(client: Client, session: Session) -> list[WaitingRow]:
    """The same, asked of each task."""
    rows = []
    for row in session.tasks("waiting"):
        details = client.task(row.id).details()
        rows.append(WaitingRow(row.id, details["blocked-by"], details.get("next-attempt", 0)))
    return rows


@pytest.mark.machine(config=SLOWLY)
def test_it_says_what_the_details_say(client: Client, session: Session, server: ScriptedServer) -> None:
    in_an_hour = wall_time(3600)
    begin, end = (time.strftime("%H:%M", time.localtime(time.time() + hours * 3600)) for hours in (2, 3))
    down = f"http://127.0.0.1:{free_port()}/"
    suspended = session.download(NOBODY)
    delayed = session.download(NOBODY, start=True, not_before=in_an_hour)
    shut = session.download(NOBODY, start=True, window=f"{begin}-{end}")
    both = session.download(NOBODY, start=True, window=f"{begin}-{end}", not_before=in_an_hour)
    refused = session.download(server.serve(status(401, ("WWW-Authenticate", 'Basic realm="r"'))).url, start=True)
    failed = session.download(down, start=True)
    for task, word in ((refused, "credentials"), (failed, "retry-delay")):
        task.wait_for(lambda t, word=word: t.blocked_by == [word], f"blocked by {word}")
    held = session.download(down + "other", start=True)
    behind = session.download(NOBODY, {"after": ("at", [suspended.id])}, start=True)
    client.session("other").download(NOBODY, start=True, not_before=in_an_hour)

    rows = session.waiting()
    assert rows == told_by_details(client, session)
    assert {row.id: row.blocked_by for row in rows} == {
        delayed.id: ["not-before"], shut.id: ["schedule"], both.id: ["not-before", "schedule"], refused.id: ["credentials"],
        failed.id: ["retry-delay"], held.id: ["retry-delay"], behind.id: ["queue"]}
    times = {row.id: row.next_attempt for row in rows}
    assert times[delayed.id] == in_an_hour
    assert times[refused.id] == times[behind.id] == 0
    assert wall_time(0) < times[held.id] <= times[failed.id]


@pytest.mark.machine(config="[limits]\nactive-transfers = 1\n")
def test_what_waits_for_its_turn(client: Client, session: Session, server: ScriptedServer) -> None:
    url = server.serve(File(Content(1, 1_000_000), rate=10_000.0)).url
    tasks = session.create_many([("download", url, {"start": True})] * 3)
    tasks[0].wait_for(lambda t: t.state == "running", "runs")
    assert session.waiting() == [WaitingRow(task.id, ["queue"], 0) for task in tasks[1:]]


def test_in_pages(machine: Machine, session: Session) -> None:
    requests = [("download", NOBODY, {"start": True, "not-before": wall_time(3600)})]
    ids = [task.id for task in session.create_many(requests * 1003)]
    assert [row.id for row in session.waiting(limit=2)] == ids[:2]
    assert [row.id for row in session.waiting(ids[1], 2)] == ids[2:4]
    for most in (0, 1001, 2**32 - 1):
        assert [row.id for row in session.waiting(limit=most)] == ids[:1000]
    assert [row.id for row in session.waiting(ids[999])] == ids[1000:]
    assert session.waiting(ids[-1]) == session.waiting(2**64 - 1) == []
    machine.restart()
    assert [row.id for row in machine.client().session("test").waiting(ids[1000])] == ids[1001:]
