"""One large upload with each protocol that can go on: the daemon killed again and again, the server too."""

import hashlib
from pathlib import Path
from typing import Callable

import pytest

from harness.fixtures import watched
from harness.machine import QUICK_RETRIES, Machine
from servers.content import Content
from uploads.expect import sha256s
from uploads.sites import MIB, SITES, S3Site, Site

# What is sent twice lay in the buffers of a server that was killed, or between the ends of a connection that was cut.
# A part of S3 is sent again as a whole: there one percent takes small ones, one at a time.
SIZES = [pytest.param(24 * MIB, 2, 1, 6 * MIB, id="24 MiB"),
         pytest.param(512 * MIB, 10, 2, 512 * MIB // 100, id="512 MiB", marks=pytest.mark.long)]


def digest_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            digest.update(piece)
    return digest.hexdigest()


@pytest.mark.parametrize("make", [SITES[name] for name in ("ietf-8", "auto", "tus", "content-range", "s3")],
                         ids=["ietf", "auto", "tus", "content-range", "s3"])
@pytest.mark.parametrize("size, kills, restarts, most_twice", SIZES)
def test_kills_cost_few_bytes(request: pytest.FixtureRequest, record_property: Callable[[str, object], None],
                              tmp_path: Path, make: Callable[[Path], Site], size: int, kills: int, restarts: int,
                              most_twice: int) -> None:
    machine = watched(request, Machine(config=QUICK_RETRIES))
    with machine, make(tmp_path / "site") as site:
        path = machine.directory / "large.bin"
        Content(seed=613, size=size).write_to(path)
        choice = {}
        if isinstance(site, S3Site):
            site.part_size = 128 << 10 if size > 100 * MIB else MIB
            choice = {"connections": 1}
        session = machine.client().session("test")
        task = site.send(session, path, retries=50, **choice)
        id, moments = task.id, kills + restarts
        site.relay.requests.stutter(seed=size)
        for moment in range(1, moments + 1):
            mark = size * moment // (moments + 1)
            task.wait_for(lambda _: site.relay.requests.passed >= mark, f"{mark} bytes before kill {moment}", 120)
            assert task.state in ("running", "waiting"), "it was still in the middle"
            if moment % (moments // restarts) == 0 and restarts:
                site.restart()
            else:
                machine.restart()
                task = machine.client().task(id)
        site.relay.requests.release()
        assert task.wait(120) == ("finished", ""), task.details().get("error-text")
        assert sha256s(site.copies()) == [digest_of(path)]
        events = [event.type for event in machine.client().session("test").events()]
        assert events == ["completed"]
        twice = site.relay.requests.passed - size - site.url_bytes
        share = f"{twice / MIB:.2f} MiB, {100 * twice / size:.2f} %"
        record_property("sent twice", share)
        print(f"{site.name}: sent twice: {share} of {size // MIB} MiB, heads included")
        assert twice <= most_twice, share
