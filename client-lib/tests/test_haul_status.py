"""haul status: conditions, limits, what runs and what waits."""

import json
import threading
import time

from harness.client import Client, Session
from harness.deadline import wait_until
from servers.behaviours import File, gated
from servers.content import Content
from servers.scripted import ScriptedServer

SMALL = Content(7, 300_000)
NOBODY = "http://127.0.0.1:9/"
HOUR = 3_600_000_000


def in_an_hour() -> int:
    return int(time.time() * 1e6) + HOUR


def status(haul) -> dict:
    told = haul("--json", "status")
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


def test_with_nothing_to_do(haul, client: Client) -> None:
    told = status(haul)
    assert told["active"] == {"tasks": 0, "first": []}
    assert told["waiting"] == {"tasks": 0, "complete": True, "blocked-by": {}}
    assert told["conditions"] == client.get("Conditions")
    assert told["limits"] == client.call("GetLimits")
    rows = dict(row.split(": ", 1) for row in haul("status").stdout.splitlines())
    assert rows["active"].strip() == rows["waiting"].strip() == "0"
    assert "active-transfers 32" in rows["limits"]


def test_what_waits_is_counted_by_reason(haul, client: Client, session: Session) -> None:
    soonest = in_an_hour()
    for number in range(3):
        session.download(NOBODY, start=True, not_before=soonest + number * HOUR)
    begin, end = (time.strftime("%H:%M", time.localtime(time.time() + hours * 3600)) for hours in (2, 3))
    client.session("other").download(NOBODY, start=True, window=f"{begin}-{end}", not_before=soonest)
    session.download(NOBODY)  # suspended: it does not wait
    waiting = status(haul)["waiting"]
    assert (waiting["tasks"], waiting["complete"]) == (4, True)
    assert {word: group["tasks"] for word, group in waiting["blocked-by"].items()} == {"not-before": 4, "schedule": 1}
    assert waiting["blocked-by"]["not-before"]["next-attempt"] == soonest
    lines = haul("status").stdout.splitlines()
    assert "waiting:          4" in lines
    assert [line.split()[:2] for line in lines[-2:]] == [["4", "not-before"], ["1", "schedule"]]
    assert "in 1 h" in lines[-2] or "in 60 min" in lines[-2]


def test_what_runs_is_shown(haul, session: Session, server: ScriptedServer) -> None:
    gate = threading.Event()
    tasks = [session.download(server.serve(gated(gate, File(SMALL)), name=f"file{number}").url, start=True) for number in range(3)]
    wait_until(lambda: all(task.state == "running" for task in tasks), "them to run")
    active = status(haul)["active"]
    assert active["tasks"] == 3
    assert [(task["id"], task["kind"], task["state"]) for task in active["first"]] == [
        (task.id, "download", "running") for task in tasks]
    assert "file1" in haul("status").stdout
    gate.set()
    for task in tasks:
        task.wait()


def test_many_are_counted_by_reason(haul, session: Session) -> None:
    """More than a page of them."""
    soonest = in_an_hour()
    for number in range(3):
        session.create_many([("download", NOBODY, {"start": True, "not-before": soonest + number})] * 1000)
    session.create_many([("download", NOBODY, {"start": True, "not-before": soonest, "after": [1]})] * 10)
    waiting = status(haul)["waiting"]
    assert waiting == {"tasks": 3010, "complete": True, "blocked-by": {
        "not-before": {"tasks": 3010, "next-attempt": soonest},
        "queue": {"tasks": 10, "next-attempt": soonest}}}
    lines = haul("status").stdout.splitlines()
    assert "waiting:          3010" in lines
    assert [line.split()[:2] for line in lines[-2:]] == [["3010", "not-before"], ["10", "queue"]]
