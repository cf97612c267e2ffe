"""The processor time of one file of 1 GiB over HTTPS, with the same cipher as curl."""

from functools import partial

from rig import peers
from rig.bench import BenchError, settle
from rig.contest import medians
from rig.hauld import haul_get
from rig.nginx import tls_nginx
from rig.served import make_large_file
from table import Figure

SIZE = 1 << 30


def measure(bench):
    root = bench.new_directory("served")
    make_large_file(root / "large", SIZE)
    path = bench.new_directory("fetched") / "large"
    figures = []
    for name, http2 in (("HTTP/1.1", False), ("HTTP/2", True)):
        with tls_nginx(bench, root, http2) as server:
            figures += _against_curl(bench, server, name, path)
    return figures


def _against_curl(bench, server, protocol, path):
    url = f"{server.url}/large"
    contenders = {
        "haul": partial(_cost, bench, haul_get, url, path, f"--ca-file={server.authority}"),
        "curl": partial(_cost, bench, peers.curl_one, url, path, "--cacert", server.authority),
    }
    median = medians(bench.rounds, contenders)
    what = f"1 GiB over TLS and {protocol} onto a disk"
    cpu = median["haul", "cpu"], "curl", median["curl", "cpu"]
    yield Figure("tls", f"{what}: user and system time", "s", *cpu, at_most=1)
    yield Figure("tls", f"{what}: wall time", "s", median["haul", "wall"], "curl", median["curl", "wall"])


def _cost(bench, fetch, url, path, *options):
    """Processor and wall time of a fetch, whose file is checked and deleted."""
    settle()
    run = fetch(bench, url, path, *options)
    if path.stat().st_size != SIZE:
        raise BenchError(f"{path.stat().st_size} bytes instead of {SIZE}")
    path.unlink()
    return {"cpu": run.cpu_seconds, "wall": run.seconds}
