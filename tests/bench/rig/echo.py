"""The daemon's name on a private bus, answered by a service that does nothing."""

import contextlib
from dataclasses import dataclass

from .bench import wait_until
from .bus import private_bus


@dataclass
class Echo:
    """Where to call it."""

    address: str


@contextlib.contextmanager
def echo(bench):
    """An Echo that lives as long as the block."""
    ready = bench.new_directory("echo") / "ready"
    with private_bus(bench) as address, open(ready, "wb") as output:
        with bench.spawn([bench.binary("haul_bench_echo"), address], stdout=output) as process:
            wait_until(lambda: ready.stat().st_size > 0, "haul_bench_echo", process)
            yield Echo(address)
