"""100,000 queued tasks: memory, restart and listing."""

import statistics

from rig.bench import BenchError, settle
from rig.hauld import Hauld
from rig.bus import private_bus
from rig.usage import resident_mib
from table import Figure

COUNT = 100_000


def fill(bench, hauld):
    """Creates the queued tasks at a running daemon."""
    load = {"server": hauld.address, "tasks": COUNT, "lot": 500, "in_flight": 4}
    bench.load("haul_bench_enqueue", directory=bench.directory, url="http://127.0.0.1:9/", **load)


def measure(bench):
    with private_bus(bench) as address:
        hauld = Hauld(bench, address)
        with hauld.running():
            fill(bench, hauld)
            filled = resident_mib(hauld.pid)
        after_stop = _restarts(bench, hauld, lambda: None)
        after_crash = _restarts(bench, hauld, hauld.kill)
        with hauld.running():
            listed = _list(bench, hauld)
            restarted = resident_mib(hauld.pid)
    what = f"{COUNT} queued tasks"
    return [
        Figure("queue", f"{what}: memory after they were created", "MiB", filled, at_most=64),
        Figure("queue", f"{what}: memory after a restart and haul list", "MiB", restarted, at_most=64),
        Figure("queue", f"{what}: ready after a clean stop", "s", after_stop, at_most=2),
        Figure("queue", f"{what}: ready after a crash", "s", after_crash, at_most=2),
        Figure("queue", f"{what}: haul list", "s", listed),
    ]


def _restarts(bench, hauld, end):
    """The median time until the daemon is ready, each time after `end` has ended the one before."""
    seconds = []
    for _ in range(bench.rounds):
        with hauld.running():
            end()
        settle()
        with hauld.running() as ready:
            seconds.append(ready)
    return statistics.median(seconds)


def _list(bench, hauld):
    listing = bench.run([bench.binary("haul"), f"--bus={hauld.address}", "list"])
    lines = listing.output.count("\n")
    if lines < COUNT:
        raise BenchError(f"haul list printed {lines} lines for {COUNT} tasks")
    return listing.seconds
