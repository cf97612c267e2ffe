"""Who is next: what the decision costs, and how soon a new task begins behind 100,000 others."""

import contextlib
import json
import socket

from rig.bench import settle
from rig.hauld import fresh_hauld
from table import Figure

SHAPES = {
    "spread": "1,000 owners, 1,000 hosts",
    "one-host": "1,000 owners, one full host",
    "alone": "one session, one host",
}
COUNTS = (1_000, 10_000, 100_000, 1_000_000)
TRIES = 20
LOADS = {  # waiting tasks, and to how many hosts that never answer
    "of one session to one host": (100_000, 1),
    "of one session to ten hosts": (10_000, 10),
}
CONFIG = '[transfer]\nrequest-timeout = "1h"\n'


def measure(bench):
    figures = [figure for shape in SHAPES for figure in _decisions(bench, shape)]
    for name, (count, hosts) in LOADS.items():
        report = _starts(bench, count, hosts)
        what = f"a new task begins behind {count:,} {name}"
        figures.append(Figure("scheduler", f"{what}: median", "ms", report["median_ms"], at_most=50))
        figures.append(Figure("scheduler", f"{what}: slowest of {TRIES}", "ms", report["most_ms"], at_most=50))
    return figures


def _decisions(bench, shape):
    program = bench.binary("haul_bench_scheduler")
    reports = [json.loads(bench.run([program, shape, str(count)]).output) for count in COUNTS]
    for report in reports:
        what = f"{SHAPES[shape]}, {report['tasks']:,} tasks"
        yield Figure("scheduler", f"{what}: one ends, one comes, who is next", "µs CPU", report["decision_us"])
        yield Figure("scheduler", f"{what}: likewise, 99 of 100", "µs CPU", report["p99_us"])
    yield Figure("scheduler", f"{SHAPES[shape]}, {COUNTS[-1]:,} tasks: memory of each", "B", reports[-1]["bytes"])


def _starts(bench, count, hosts):
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(_deaf_server()) for _ in range(hosts)]
        hauld = stack.enter_context(fresh_hauld(bench, CONFIG))
        for server in servers:
            url = f"http://127.0.0.1:{server.getsockname()[1]}/"
            bench.load("haul_bench_enqueue", server=hauld.address, tasks=count // hosts, lot=500, in_flight=4,
                       directory=bench.new_directory("fetched"), url=url, begin="at-once")
        settle()
        return bench.load("haul_bench_start", server=hauld.address, tasks=TRIES, directory=bench.directory,
                          url="http://127.0.0.1:")


@contextlib.contextmanager
def _deaf_server():
    """Connections to it are made, and nobody ever reads from them."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield server
