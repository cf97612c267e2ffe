"""kill -9 in the middle of one download over sixteen connections: same file, and few bytes twice."""

import random
from pathlib import Path
from typing import Callable

import pytest

from harness.deadline import wait_until
from harness.fixtures import watched
from harness.machine import QUICK_RETRIES, Machine
from servers.content import Content
from servers.nginx import Nginx

MIB = 1 << 20
CONNECTIONS = 16
KILLS = 3
CONFIG = QUICK_RETRIES + f"""\
[limits]
active-per-host = {CONNECTIONS}
"""


# nginx sends the bytes of each second in one burst. A kill within one loses at most that burst: what lay in the
# sockets' buffers, and what came since the journal was told last. Of a gigabyte at 2 MiB/s that is a tenth.
@pytest.mark.parametrize("size, rate", [
    (96 * MIB, MIB // 2), pytest.param(1024 * MIB, 2 * MIB, marks=pytest.mark.long),
    pytest.param(1024 * MIB, 20 * MIB, marks=pytest.mark.long)], ids=["96 MiB", "1 GiB", "1 GiB, quick"])
def test_kills_cost_few_bytes(request: pytest.FixtureRequest, record_property: Callable[[str, object], None],
                              tmp_path: Path, size: int, rate: int) -> None:
    """`rate`: bytes a second that the server gives to each connection."""
    content = Content(seed=1016, size=size)
    chance = random.Random(16)
    machine = watched(request, Machine(config=CONFIG))
    with Nginx(tmp_path, limit_rate=rate) as nginx, machine:
        content.write_to(nginx.files / "file")
        path = machine.downloads / "file"
        session = machine.client().session("test")
        task = session.download(nginx.url("file"), destination=path, start=True, connections=CONNECTIONS)
        id = task.id
        for kill in range(1, KILLS + 1):
            # In the second, the fourth, the sixth of seven parts.
            mark = int(size * (2 * kill - 1 + chance.random()) / 7)
            task.wait_for(lambda t: t.done >= mark, f"{mark} bytes before kill {kill}", 60)
            done = task.done
            assert task.state == "running", "it was still in the middle"
            machine.restart()
            task = machine.client().task(id)
            assert task.done >= done * 9 // 10, f"{done} bytes before the kill, {task.done} after it"
        assert task.wait(120) == ("finished", "")
        content.check(path)
        assert list(machine.downloads.iterdir()) == [path]
        events = [event.type for event in machine.client().session("test").events()]
        assert events == ["finished-downloading", "completed"]
        served = wait_until(lambda: sum(line.body_bytes for line in nginx.served("file")) >= size and nginx.served("file"),
                            "nginx's log")
        assert {line.status for line in served} <= {200, 206}
        assert len({line.client_port for line in served}) >= CONNECTIONS, "it used the connections that it was given"
        twice = sum(line.body_bytes for line in served) - size
        share = f"{twice / MIB:.1f} MiB, {100 * twice / size:.1f} %"
        record_property("sent twice", share)
        print(f"sent twice: {share} of {size // MIB} MiB, in {len(served)} requests")
        assert twice <= KILLS * CONNECTIONS * rate, f"{share} were sent twice: {served}"
