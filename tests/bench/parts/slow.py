"""1,000 transfers at once from a server that gives each 10 kB a second: what the daemon needs for them."""

import os
import time
from concurrent.futures import ThreadPoolExecutor

from rig.bench import POLL_INTERVAL, BenchError, wait_until
from rig.hauld import fresh_hauld
from rig.nginx import nginx
from rig.served import make_numbered_files
from rig.usage import connections_to, cpu_seconds, peak_mib, resident_mib
from table import Figure

COUNT = 1_000
RATE = "10k"
SIZE = 512 << 10  # 50 seconds
PERIOD = 20
LIMITS = "[limits]\n" + "".join(
    f"active-{what} = {COUNT}\n" for what in ("transfers", "per-host", "per-owner", "per-session")
)


def measure(bench):
    root, fetched = bench.new_directory("served"), bench.new_directory("fetched")
    make_numbered_files(root, 1, SIZE)
    for number in range(1, COUNT):
        os.link(root / "0", root / str(number))
    # The pool is the outermost: when something fails, the client ends with its daemon, and then the pool can.
    with ThreadPoolExecutor() as pool, nginx(bench, root, RATE) as server, fresh_hauld(bench, LIMITS) as hauld:
        port, empty = int(server.rpartition(":")[2]), resident_mib(hauld.pid)
        load = {"server": hauld.address, "tasks": COUNT, "lot": 500, "directory": fetched, "url": f"{server}/"}
        fetch = pool.submit(bench.load, "haul_bench_fetch", **load)
        wait_until(lambda: fetch.done() or connections_to(port) >= COUNT, f"{COUNT} connections at once")
        resident, cpu = _watch(hauld.pid, port)
        fetch.result()
        peak = peak_mib(hauld.pid)
    _check(fetched)
    what = f"{COUNT} transfers at once of 10 kB/s each"
    return [
        Figure("slow", f"{what}: resident memory while all run", "MiB", resident, at_most=96),
        Figure("slow", f"{what}: the most from start to end", "MiB", peak, at_most=96),
        Figure("slow", "resident memory without a task", "MiB", empty),
        Figure("slow", f"{what}: processor time in a second", "s", cpu),
    ]


def _watch(pid, port):
    """The most resident memory, and the processor time of a second, in a period in which all transfers run."""
    most, start, cpu = 0, time.monotonic(), cpu_seconds(pid)
    while time.monotonic() < start + PERIOD:
        if connections_to(port) < COUNT:
            raise BenchError(f"only {connections_to(port)} transfers run")
        most = max(most, resident_mib(pid))
        time.sleep(POLL_INTERVAL)
    return most, (cpu_seconds(pid) - cpu) / (time.monotonic() - start)


def _check(directory):
    sizes = [path.stat().st_size for path in directory.iterdir()]
    if sizes != [SIZE] * COUNT:
        raise BenchError(f"{len(sizes)} files with {sum(sizes)} bytes instead of {COUNT} with {COUNT * SIZE}")
