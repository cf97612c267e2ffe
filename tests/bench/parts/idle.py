"""Nothing to do: what the daemon's threads do in 30 seconds with a full journal."""

import time

from parts.queue import fill
from rig.bench import wait_until
from rig.hauld import fresh_hauld
from rig.usage import context_switches
from table import Figure

PERIOD = 30
QUIET = 2


def measure(bench):
    with fresh_hauld(bench) as hauld:
        fill(bench, hauld)
        wait_until(lambda: _switches_in(hauld.pid, QUIET) == 0, f"{QUIET} s without a switch", timeout=120)
        switches = _switches_in(hauld.pid, PERIOD)
        threads = len(context_switches(hauld.pid))
    return [Figure("idle", f"context switches of {threads} threads in {PERIOD} s", "", switches, at_most=0)]


def _switches_in(pid, seconds):
    """Context switches of all threads in that time."""
    before = context_switches(pid)
    time.sleep(seconds)
    return sum(after - before.get(thread, 0) for thread, after in context_switches(pid).items())
