"""2,000 files of 16 KiB onto a disk."""

from functools import partial

from rig import peers
from rig.bench import BenchError, settle
from rig.contest import medians
from rig.hauld import fresh_hauld
from rig.nginx import nginx
from rig.served import make_numbered_files
from table import Figure

COUNT = 2_000
SIZE = 16 << 10

TARGETS = {"curl -Z, then fsync": 1.5, "aria2c -j16": 1.5, "wget2": None}


def measure(bench):
    root = bench.new_directory("served")
    make_numbered_files(root, COUNT, SIZE)
    with nginx(bench, root) as server:
        fetches = {
            "haul": _haul,
            "curl -Z, then fsync": _curl_and_fsync,
            "aria2c -j16": _aria2,
            "wget2": _wget2,
        }
        contenders = {name: partial(_rate, bench, fetch, server) for name, fetch in fetches.items()}
        median = medians(bench.rounds, contenders)
    what = f"{COUNT} files of {SIZE >> 10} KiB onto a disk"
    return [
        Figure("small", what, "files/s", median["haul", "rate"], peer, median[peer, "rate"], at_least=target)
        for peer, target in TARGETS.items()
    ]


def _rate(bench, fetch, server):
    """Files a second, checked to be there and whole."""
    target = bench.new_directory("fetched")
    settle()
    seconds = fetch(bench, server, target)
    sizes = [path.stat().st_size for path in target.iterdir()]
    if sizes != [SIZE] * COUNT:
        raise BenchError(f"{len(sizes)} files with {sum(sizes)} bytes instead of {COUNT} with {COUNT * SIZE}")
    return {"rate": COUNT / seconds}


def _haul(bench, server, target):
    with fresh_hauld(bench) as hauld:
        settle()
        load = {"server": hauld.address, "tasks": COUNT, "lot": 500, "directory": target, "url": f"{server}/"}
        return bench.load("haul_bench_fetch", **load)["seconds"]


def _curl_and_fsync(bench, server, target):
    run = peers.curl_many(bench, _urls(server), target)
    return run.seconds + peers.sync_files(target)


def _aria2(bench, server, target):
    return peers.aria2_many(bench, _urls(server), target).seconds


def _wget2(bench, server, target):
    return peers.wget2_many(bench, _urls(server), target).seconds


def _urls(server):
    return [f"{server}/{number}" for number in range(COUNT)]
