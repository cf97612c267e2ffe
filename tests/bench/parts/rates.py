"""Limits of speed: how exactly and evenly they are kept; and what a download keeps beside a background one."""

import contextlib
import time
from functools import partial

from harness.client import Client
from harness.connection import Connection
from rig.bench import BenchError, settle, wait_until
from rig.contest import medians
from rig.hauld import fresh_hauld
from rig.nginx import nginx, tls_nginx
from rig.served import make_large_file
from rig.usage import cpu_seconds, wake_ups
from servers.relay import Relay
from table import Figure

MB, MIB = 1_000_000, 1 << 20
TRANSFERS, RATE, PERIOD = 20, 5 * MB, 10  # bytes a second; seconds
SLOW = "20k"  # of one server: a twelfth of a fair share
LINE = 20 * MB  # bytes a second
FOREGROUND, BACKGROUND = 128 * MIB, 1 << 30
MARK = {"discretionary": True}

CONFIG = """[limits]
active-transfers = 32
active-per-owner = 32
active-per-session = 32
active-per-host = 32
"""


def measure(bench):
    root = bench.new_directory("served")
    make_large_file(root / "large", BACKGROUND)
    make_large_file(root / "small", FOREGROUND)
    with nginx(bench, root) as server, nginx(bench, root, SLOW) as slow:
        figures = list(_shares(bench, [server] * TRANSFERS, "of one server"))
        figures += _shares(bench, [slow] + [server] * (TRANSFERS - 1), "one of them of a server with 20 KiB/s")
        figures.append(_without(bench, server))
        figures += _beside(bench, server)
    with tls_nginx(bench, root, http2=True) as server:
        figures += _shares(bench, [server.url] * TRANSFERS, "of one server over TLS", ca_file=server.authority)
    return figures


@contextlib.contextmanager
def _client(bench):
    with fresh_hauld(bench, CONFIG) as hauld:
        client = Client(Connection(hauld.address))
        try:
            yield hauld, client
        finally:
            client.close()


def _shares(bench, servers, name, **options):
    median = medians(bench.rounds, {"haul": partial(_share, bench, servers, options)})
    what = f"{len(servers)} downloads under {RATE // MB} MB/s for {PERIOD} s, {name}"
    yield Figure("rates", f"{what}: the sum is off by", "%", median["haul", "off"], at_most=3)
    yield Figure("rates", f"{what}: shares of equals differ by", "%", median["haul", "spread"], at_most=10)
    yield Figure("rates", f"{what}: wake-ups a second of the busiest thread", "", median["haul", "wakes"], at_most=100)
    yield Figure("rates", f"{what}: share of a processor", "%", median["haul", "cpu"])


def _share(bench, servers, options):
    settle()
    with _client(bench) as (hauld, client):
        session = client.session("bench", max_rate=RATE)
        directory = bench.new_directory("fetched")
        tasks = [session.download(f"{server}/large", destination=directory / str(number), start=True,
                                  preallocate=False, **options)
                 for number, server in enumerate(servers)]
        wait_until(lambda: all(task.done > 0 for task in tasks), "bytes of each task")
        before = _sample(hauld, tasks)
        wait_until(lambda: time.monotonic() >= before["time"] + PERIOD, "the period", timeout=2 * PERIOD)
        after = _sample(hauld, tasks)
        for task in tasks:
            task.cancel()
    seconds = after["time"] - before["time"]
    moved = [end - start for start, end in zip(before["done"], after["done"])]
    equals = [share for share, server in zip(moved, servers) if server == servers[-1]]
    wakes = max(after["wakes"][thread] - count for thread, count in before["wakes"].items())
    return {
        "off": 100 * abs(sum(moved) / seconds / RATE - 1),
        "spread": 100 * (max(equals) - min(equals)) / (sum(equals) / len(equals)),
        "wakes": wakes / seconds,
        "cpu": 100 * (after["cpu"] - before["cpu"]) / seconds,
    }


def _sample(hauld, tasks):
    """At a moment at which the tasks have just told how far they are, which all of them do at once."""
    known = tasks[0].done
    wait_until(lambda: tasks[0].done != known, "news of progress")
    now = time.monotonic()
    return {"time": now, "done": [task.done for task in tasks], "wakes": wake_ups(hauld.pid), "cpu": cpu_seconds(hauld.pid)}


def _without(bench, server):
    """What a limit costs that nobody reaches."""
    def cost(**limit):
        settle()
        with _client(bench) as (hauld, client):
            path = bench.new_directory("fetched") / "large"
            before = cpu_seconds(hauld.pid)
            _finish(client.session("bench", **limit).download(f"{server}/large", destination=path, start=True))
            path.unlink()
            return {"cpu": cpu_seconds(hauld.pid) - before}
    median = medians(bench.rounds, {"limit": partial(cost, max_rate=2**50), "none": cost})
    what = "1 GiB under a limit that it does not reach: user and system time of the daemon"
    return Figure("rates", what, "s", median["limit", "cpu"], "no limit", median["none", "cpu"], at_most=1.05)


def _beside(bench, server):
    contenders = {name: partial(_speed, bench, server, other) for name, other in
                  {"alone": None, "background": MARK, "foreground": {}}.items()}
    median = medians(bench.rounds, contenders)
    what = f"{FOREGROUND // MIB} MiB over a line of {LINE // MB} MB/s, beside a"
    for name, target in {"background": 0.9, "foreground": None}.items():
        yield Figure("rates", f"{what} {name} download", "MB/s", median[name, "speed"], "alone",
                     median["alone", "speed"], at_least=target)
    yield Figure("rates", f"a background download of {BACKGROUND >> 30} GiB before that", "MB/s",
                 median["background", "before"])


def _speed(bench, server, other):
    """MB/s of a download, and of another one that has had the line for itself."""
    settle()
    port = int(server.rpartition(":")[2])
    with _client(bench) as (_, client), Relay(port) as line:
        line.shape(LINE)
        url = f"http://127.0.0.1:{line.port}"
        directory = bench.new_directory("fetched")
        session = client.session("bench")
        before = 0
        if other is not None:
            task = session.download(f"{url}/large", other, destination=directory / "large", start=True)
            wait_until(lambda: task.done > LINE, "bytes of the other download")
            start, done = time.monotonic(), task.done
            wait_until(lambda: task.done > 4 * LINE, "more of them")
            before = (task.done - done) / (time.monotonic() - start) / MB
        start = time.monotonic()
        _finish(session.download(f"{url}/small", destination=directory / "small", start=True))
        seconds = time.monotonic() - start
        if other is not None:
            task.cancel()
    return {"speed": FOREGROUND / seconds / MB, "before": before}


def _finish(task):
    if task.wait(120) != ("finished", ""):
        raise BenchError(f"{task.path}: {task.state} {task.reason}")
