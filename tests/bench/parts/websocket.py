"""WebSockets: messages both ways through the live channel, durable ones into the inbox, and connections that rest."""

import time
from functools import partial

from rig.bench import BenchError, settle, wait_until
from rig.contest import medians
from rig.hauld import fresh_hauld
from rig.usage import connections_to, cpu_seconds, peak_mib, resident_mib
from rig.ws import ws_client, ws_server
from table import Figure

MIB = 1 << 20
PIPELINED = {"32 B": (200_000, 32, 1000), "1 KiB": (100_000, 1 << 10, 1000)}  # messages, bytes, under way
LARGE = {"64 KiB": (8_000, 64 << 10, 16), "16 MiB": (24, 16 << 20, 2)}
DURABLE, DURABLE_SIZE = 20_000, 1 << 10
IDLE, PERIOD = 1_000, 30


def measure(bench):
    with ws_server(bench) as server:
        figures = []
        for name, load in PIPELINED.items():
            figures.append(_messages(bench, server, name, *load))
        for name, load in LARGE.items():
            figures.append(_bytes(bench, server, name, *load))
        figures.append(_durable(bench, server))
        figures += _idle(bench, server)
        return figures


def _messages(bench, server, name, messages, size, in_flight):
    load = {"messages": messages, "size": size, "in_flight": in_flight}
    contenders = {"haul": partial(_haul, bench, server, **load), "ws": partial(_npm, bench, server, **load)}
    median = medians(bench.rounds, contenders)
    what = f"messages of {name} to an echo and back, {in_flight} under way"
    rates = (messages / median[contender, "seconds"] for contender in contenders)
    haul, peer = rates
    return Figure("websocket", what, "messages/s", haul, "ws", peer, at_least=1)


def _bytes(bench, server, name, messages, size, in_flight):
    load = {"messages": messages, "size": size, "in_flight": in_flight}
    contenders = {"haul": partial(_haul, bench, server, **load), "libwebsockets": partial(_lws, bench, server, **load)}
    median = medians(bench.rounds, contenders)
    what = f"messages of {name} to an echo and back, {in_flight} under way"
    haul, peer = (2 * messages * size / MIB / median[contender, "seconds"] for contender in contenders)
    return Figure("websocket", what, "MiB/s", haul, "libwebsockets", peer, at_least=1)


def _haul(bench, server, **load):
    with fresh_hauld(bench) as hauld:
        return {"seconds": bench.load("haul_bench_channel", server=hauld.address, url=f"{server}/echo", **load)["seconds"]}


def _npm(bench, server, **load):
    return {"seconds": ws_client(bench, f"{server}/echo", **load)["seconds"]}


def _lws(bench, server, **load):
    return {"seconds": bench.load("haul_bench_lws", url=f"{server}/echo", **load)["seconds"]}


def _durable(bench, server):
    def rate():
        settle()
        with fresh_hauld(bench) as hauld:
            load = {"server": hauld.address, "url": f"{server}/pour/{DURABLE}/{DURABLE_SIZE}", "messages": DURABLE}
            return {"rate": DURABLE / bench.load("haul_bench_inbox", **load)["seconds"]}
    median = medians(bench.rounds, {"haul": rate})
    what = f"durable messages of {DURABLE_SIZE} B, journalled, read and acknowledged"
    return Figure("websocket", what, "messages/s", median["haul", "rate"])


def _idle(bench, server):
    """Connections that have nothing to say, with the default pings."""
    port = int(server.rpartition(":")[2])
    with fresh_hauld(bench) as hauld:
        empty = resident_mib(hauld.pid)
        bench.load("haul_bench_inbox", server=hauld.address, url=f"{server}/echo", tasks=IDLE)
        wait_until(lambda: connections_to(port) == IDLE, f"{IDLE} connections")
        start, before = time.monotonic(), cpu_seconds(hauld.pid)
        wait_until(lambda: time.monotonic() >= start + PERIOD, "the period", timeout=2 * PERIOD)
        share = 100 * (cpu_seconds(hauld.pid) - before) / (time.monotonic() - start)
        resident, peak = resident_mib(hauld.pid), peak_mib(hauld.pid)
        if connections_to(port) != IDLE:
            raise BenchError(f"only {connections_to(port)} of {IDLE} connections are left")
    what = f"{IDLE} connections at rest"
    return [
        Figure("websocket", f"{what}: resident memory", "MiB", resident, at_most=48),
        Figure("websocket", f"{what}: the most from the start", "MiB", peak),
        Figure("websocket", "resident memory without a task", "MiB", empty),
        Figure("websocket", f"{what}: share of a processor", "%", share, at_most=2),
    ]
