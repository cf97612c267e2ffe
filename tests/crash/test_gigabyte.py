"""kill -9 in the middle of one large download from nginx, again and again."""

import random
from pathlib import Path

import pytest

from harness.deadline import wait_until
from harness.fixtures import watched
from harness.machine import QUICK_RETRIES, Machine
from servers.content import Content
from servers.nginx import Nginx

MIB = 1 << 20


@pytest.mark.parametrize("size, kills, rate", [
    (64 * MIB, 5, 16 * MIB), pytest.param(1024 * MIB, 12, 80 * MIB, marks=pytest.mark.long)],
    ids=["64 MiB", "1 GiB"])
def test_kills_in_the_middle_cost_hardly_a_byte(request: pytest.FixtureRequest, tmp_path: Path, size: int, kills: int,
                                                rate: int) -> None:
    content = Content(seed=1001, size=size)
    chance = random.Random(1)
    machine = watched(request, Machine(config=QUICK_RETRIES))
    with Nginx(tmp_path, limit_rate=rate) as nginx, machine:
        content.write_to(nginx.files / "file")
        path = machine.downloads / "file"
        session = machine.client().session("test")
        task = session.download(nginx.url("file"), destination=path, start=True)
        id = task.id
        for kill in range(1, kills + 1):
            # nginx sends in bursts; the kill comes anywhere between them or in one.
            target = min(task.done + chance.randrange(1, size // (kills + 1)), size * kill // (kills + 1))
            wait_until(lambda: task.done >= target, f"{target} bytes before kill {kill}", 60, chance.uniform(0.002, 0.2))
            assert task.state in ("running", "waiting"), "it was still in the middle"
            machine.restart()
            task = machine.client().task(id)
        assert task.wait(120) == ("finished", "")
        content.check(path)
        events = [event.type for event in machine.client().session("test").events()]
        assert events == ["finished-downloading", "completed"]
        assert list(machine.downloads.iterdir()) == [path]
        requests = wait_until(lambda: len(nginx.served()) > kills + 1 and nginx.served()[1:], "nginx's log")
        assert [served.status for served in requests] == [200] + [206] * kills
        twice = sum(served.body_bytes for served in requests) - size
        assert 0 <= twice <= size / 100, f"{twice} bytes were fetched twice: {requests}"
