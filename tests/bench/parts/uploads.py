"""Uploads to nginx: the processor time of one file of 1 GiB, and 2,000 files of 16 KiB."""

import hashlib
import pathlib
import tempfile
from functools import partial

from rig import peers
from rig.bench import BenchError, settle
from rig.contest import medians
from rig.hauld import fresh_hauld, haul_put
from rig.nginx import dav_nginx
from rig.served import make_large_file, make_numbered_files
from table import Figure

LARGE = 1 << 30
COUNT = 2_000
SIZE = 16 << 10


def measure(bench):
    source = bench.new_directory("sources")
    make_large_file(source / "large", LARGE)
    small = bench.new_directory("sources")
    make_numbered_files(small, COUNT, SIZE, prefix="f")
    # In memory, so that no disk of the server's counts.
    with tempfile.TemporaryDirectory(prefix="haul-bench-", dir="/dev/shm") as memory:
        with dav_nginx(bench, pathlib.Path(memory)) as server:
            taken = pathlib.Path(memory) / "taken"
            return [
                *_one_large(bench, server, source / "large", taken),
                *_many_small(bench, server, small, taken),
            ]


def _one_large(bench, server, path, taken):
    digest = _sha256(path)
    puts = {"haul": haul_put, "curl -T": peers.curl_put}
    contenders = {name: partial(_cost, bench, put, server, path, taken, digest) for name, put in puts.items()}
    median = medians(bench.rounds, contenders)
    what = "1 GiB to a server"
    cpu = median["haul", "cpu"], "curl -T", median["curl -T", "cpu"]
    yield Figure("uploads", f"{what}: user and system time", "s", *cpu, at_most=0.9)
    wall = median["haul", "wall"], "curl -T", median["curl -T", "wall"]
    yield Figure("uploads", f"{what}: wall time", "s", *wall)


def _cost(bench, put, server, path, taken, digest):
    """Processor and wall time of an upload, whose file is checked and deleted."""
    settle()
    run = put(bench, f"{server}/large", path)
    _check(taken, ["large"], LARGE, digest)
    return {"cpu": run.cpu_seconds, "wall": run.seconds}


def _many_small(bench, server, source, taken):
    digest = _sha256(source / f"f{COUNT - 1}")
    sends = {"haul": _haul, "curl --parallel -T": _curl}
    contenders = {name: partial(_rate, bench, send, server, source, taken, digest) for name, send in sends.items()}
    median = medians(bench.rounds, contenders)
    what = f"{COUNT} files of {SIZE >> 10} KiB to a server"
    peer = "curl --parallel -T"
    yield Figure("uploads", what, "files/s", median["haul", "rate"], peer, median[peer, "rate"], at_least=1)


def _rate(bench, send, server, source, taken, digest):
    """Files a second, which are checked and deleted."""
    settle()
    seconds = send(bench, server, source)
    _check(taken, [str(number) for number in range(COUNT)], SIZE, digest)
    return {"rate": COUNT / seconds}


def _haul(bench, server, source):
    with fresh_hauld(bench) as hauld:
        settle()
        load = {"server": hauld.address, "tasks": COUNT, "lot": 500, "directory": source, "url": f"{server}/"}
        return bench.load("haul_bench_fetch", kind="upload", **load)["seconds"]


def _curl(bench, server, source):
    pairs = [(source / f"f{number}", f"{server}/{number}") for number in range(COUNT)]
    return peers.curl_put_many(bench, pairs).seconds


def _check(taken, names, size, digest):
    """That the server has these files, of that size each, and the last one whole; deletes them."""
    found = {path.name: path.stat().st_size for path in taken.iterdir()}
    if found != dict.fromkeys(names, size):
        raise BenchError(
            f"the server has {len(found)} files with {sum(found.values())} bytes "
            f"instead of {len(names)} with {len(names) * size}"
        )
    if _sha256(taken / names[-1]) != digest:
        raise BenchError(f"{names[-1]} has other bytes than its source")
    for name in names:
        (taken / name).unlink()


def _sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
