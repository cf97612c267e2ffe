"""How fast tasks are accepted: durably by hauld, in memory by aria2c, through clients written alike."""

from functools import partial

from rig.aria2 import aria2_rpc
from rig.bench import settle
from rig.contest import medians
from rig.echo import echo
from rig.hauld import fresh_hauld
from table import Figure

SINGLES = 20_000
SINGLES_IN_FLIGHT = 256
ARIA2_CONNECTIONS = 32
LOT = 500
LOTS = 40
LOTS_IN_FLIGHT = 4
BLOCKING = 3_000

SHAPES = {
    "singles": (f"singles, {SINGLES_IN_FLIGHT} in flight; aria2: {ARIA2_CONNECTIONS} connections", 5),
    "lots": (f"lots of {LOT}, {LOTS_IN_FLIGHT} in flight", 1),
    "blocking": ("one blocking caller", 0.8),
}


def measure(bench):
    contenders = {
        "haul": partial(_rates, bench, fresh_hauld, "haul_bench_enqueue", SINGLES_IN_FLIGHT),
        "aria2 RPC": partial(_rates, bench, aria2_rpc, "haul_bench_rpc", ARIA2_CONNECTIONS),
        "echo": partial(_rates, bench, echo, "haul_bench_enqueue", SINGLES_IN_FLIGHT),
    }
    median = medians(bench.rounds, contenders)
    return [
        Figure("enqueue", what, "tasks/s", median["haul", shape], peer, median[peer, shape], at_least=target)
        for shape, (what, least) in SHAPES.items()
        for peer, target in (("aria2 RPC", least), ("echo", None))
    ]


def _rates(bench, serving, program, singles_in_flight):
    """Tasks a second in each shape, each at a fresh server."""
    loads = {
        "singles": {"tasks": SINGLES, "in_flight": singles_in_flight},
        "lots": {"tasks": LOT * LOTS, "in_flight": LOTS_IN_FLIGHT, "lot": LOT},
        "blocking": {"tasks": BLOCKING},
    }
    rates = {}
    for shape, load in loads.items():
        with serving(bench) as server:
            settle()
            report = bench.load(
                program, server=server.address, directory=bench.directory, url="http://127.0.0.1:9/", **load
            )
        rates[shape] = report["tasks"] / report["seconds"]
    return rates
