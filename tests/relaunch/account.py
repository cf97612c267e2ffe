"""What the log of an application says about its queue: nothing lost, nothing twice after it was acknowledged."""

from typing import Sequence

from harness.app import App
from harness.client import TERMINAL, Task


def settle(app: App, tasks: Sequence[Task]) -> None:
    """Of an application with one session. Raises AssertionError where the tasks' events do not add up."""
    seen: dict[int, tuple[int, str]] = {}
    acknowledged = 0
    reading: dict[int, int] = {}  # the last number that each process has read
    completed: list[int] = []
    for record in app.records():
        if record["what"] == "event":
            number, told = record["seq"], (record["task"], record["type"])
            before = reading.get(record["pid"], acknowledged)
            assert number > acknowledged, f"event {number} came back after {acknowledged} was acknowledged"
            assert number == before + 1, f"event {number} after {before}"
            assert seen.setdefault(number, told) == told, f"event {number} was {seen[number]} and became {told}"
            reading[record["pid"]] = number
        elif record["what"] == "acknowledged":
            acknowledged = record["seq"]
        elif record["what"] == "completed":
            completed.append(record["wake"])
    assert sorted(seen) == list(range(1, len(seen) + 1)) and acknowledged == len(seen)
    assert completed == sorted(set(completed)), f"a wake was completed twice: {completed}"
    for task in tasks:
        ends = [kind for number, (id, kind) in sorted(seen.items()) if id == task.id and kind in TERMINAL]
        assert len(ends) == 1, f"task {task.id} ended with {ends}"
        types = [kind for number, (id, kind) in sorted(seen.items()) if id == task.id]
        assert types[-1] == ends[0], f"task {task.id}: {types}"
        assert ends[0] != "completed" or types[-2] == "finished-downloading", f"task {task.id}: {types}"
