"""One file of 1 GiB over several connections: where each is limited, and where none is."""

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
RATE = "20m"  # nginx counts in MiB
CONNECTIONS = 16
LIMITS = f"[limits]\nactive-per-host = {CONNECTIONS}\n"
SLOWER = 1.05

PEERS = {"aria2 -x16 -s16": (), "the same, falloc": ("--file-allocation=falloc",)}


def measure(bench):
    root = bench.new_directory("served")
    make_large_file(root / "large", SIZE)
    fetched = bench.new_directory("fetched")
    in_memory = tempfile.TemporaryDirectory(prefix="haul-bench-", dir="/dev/shm")
    with nginx(bench, root, RATE) as server:
        figures = list(_against_aria2(bench, f"{server}/large", fetched / "large"))
    with nginx(bench, root) as server, in_memory as memory:
        for name, directory in {"a disk": fetched, "tmpfs": pathlib.Path(memory)}.items():
            figures += _auto_against_one(bench, f"{server}/large", name, directory / "large")
    return figures


def _against_aria2(bench, url, path):
    haul = f"--connections={CONNECTIONS}"
    contenders = {"haul": partial(_rate, bench, partial(haul_get, config=LIMITS), url, path, haul)}
    for name, options in PEERS.items():
        aria2 = f"-x{CONNECTIONS}", f"-s{CONNECTIONS}", *options
        contenders[name] = partial(_rate, bench, peers.aria2_one, url, path, *aria2)
    median = medians(bench.rounds, contenders)
    what = f"1 GiB, {RATE[:-1]} MiB/s a connection, {CONNECTIONS} connections"
    for name in PEERS:
        yield Figure("segments", what, "MiB/s", median["haul", "rate"], name, median[name, "rate"], at_least=1)


def _auto_against_one(bench, url, place, path):
    contenders = {
        count: partial(_rate, bench, partial(haul_get, config=LIMITS), url, path, f"--connections={count}")
        for count in ("auto", "1")
    }
    median = medians(bench.rounds, contenders)
    what = f"1 GiB into {place}, no limit, --connections=auto: wall time"
    one = median["1", "seconds"]
    yield Figure("segments", what, "s", median["auto", "seconds"], "--connections=1", one, at_most=SLOWER)


def _rate(bench, fetch, url, path, *options):
    """Of a fetch, whose file is checked and deleted."""
    settle()
    run = fetch(bench, url, path, *options)
    if path.stat().st_size != SIZE:
        raise BenchError(f"{path.stat().st_size} bytes instead of {SIZE}")
    path.unlink()
    return {"rate": SIZE / (1 << 20) / run.seconds, "seconds": run.seconds}
