"""The processor time of one file of 1 GiB, onto a disk and into memory."""

import pathlib
import tempfile
from functools import partial

from rig import peers
from rig.bench import BenchError, settle
from rig.contest import medians
from rig.hauld import haul_get
from rig.nginx import nginx
from rig.served import make_large_file
from table import Figure

SIZE = 1 << 30
PEERS = {"curl": peers.curl_one, "aria2": peers.aria2_one, "wget2": peers.wget2_one}
CPU_TARGETS = {"curl": 0.9}


def measure(bench):
    root = bench.new_directory("served")
    make_large_file(root / "large", SIZE)
    in_memory = tempfile.TemporaryDirectory(prefix="haul-bench-", dir="/dev/shm")
    with nginx(bench, root) as server, in_memory as memory:
        places = {"a disk": bench.new_directory("fetched"), "tmpfs": pathlib.Path(memory)}
        return [
            figure
            for name, directory in places.items()
            for figure in _measure_into(bench, f"{server}/large", name, directory / "large")
        ]


def _measure_into(bench, url, place, path):
    fetches = {"haul": haul_get, **PEERS}
    contenders = {name: partial(_cost, bench, fetch, url, path) for name, fetch in fetches.items()}
    median = medians(bench.rounds, contenders)
    what = f"1 GiB into {place}"
    for peer in PEERS:
        cpu = median["haul", "cpu"], peer, median[peer, "cpu"]
        yield Figure("big", f"{what}: user and system time", "s", *cpu, at_most=CPU_TARGETS.get(peer))
    for peer in PEERS:
        yield Figure("big", f"{what}: wall time", "s", median["haul", "wall"], peer, median[peer, "wall"])


def _cost(bench, fetch, url, path):
    """Processor and wall time of a fetch, whose file is checked and deleted."""
    settle()
    run = fetch(bench, url, path)
    if path.stat().st_size != SIZE:
        raise BenchError(f"{path.stat().st_size} bytes instead of {SIZE}")
    path.unlink()
    return {"cpu": run.cpu_seconds, "wall": run.seconds}
