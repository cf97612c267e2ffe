"""kill -9 in the middle of one large download from nginx, again and again."""

import random
import time
from pathlib import Path

import pytest

from harness.deadline import wait_until
from harness.fixtures import watched
from harness.machine import QUICK_RETRIES, Machine
from servers.content import Content
from servers.nginx import Nginx

MIB = 1 << 20


# A kill in one of nginx's bursts loses what lies in the sockets' buffers, up to
# a MiB that its log counts as sent. Of a gigabyte that is within one percent.
@pytest.mark.parametrize("size, kills, rate, most_twice", [
    (64 * MIB, 5, 8 * MIB, 5 * MIB), pytest.param(1024 * MIB, 12, 40 * MIB, 1024 * MIB // 100, marks=pytest.mark.long)],
    ids=["64 MiB", "1 GiB"])
def test_kills_in_the_middle_cost_hardly_a_byte(request: pytest.FixtureRequest, tmp_path: Path, size: int, kills: int,
                                                rate: int, most_twice: int) -> None:
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
            # nginx sends the bytes of each second in one burst, so that the
            # clock gives a more even spread of moments than the byte count.
            moment = time.monotonic() + chance.uniform(0.1, 0.9)
            before = task.done
            wait_until(lambda: time.monotonic() >= moment and task.done > before, f"progress before kill {kill}", 60)
            assert task.state == "running", "it was still in the middle"
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
        assert 0 <= twice <= most_twice, f"{twice} bytes were fetched twice: {requests}"
