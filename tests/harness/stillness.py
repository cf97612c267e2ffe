"""Whether the daemon sleeps: no thread of it is woken up."""

import time
from pathlib import Path

from .deadline import wait_stable
from .machine import Machine


def context_switches(pid: int) -> dict[str, int]:
    """Switches of each thread so far, by thread id and name."""
    found = {}
    for thread in Path(f"/proc/{pid}/task").iterdir():
        lines = dict(line.split(":\t", 1) for line in (thread / "status").read_text().splitlines() if ":\t" in line)
        found[f"{thread.name} {lines['Name']}"] = \
            int(lines["voluntary_ctxt_switches"]) + int(lines["nonvoluntary_ctxt_switches"])
    return found


def assert_still(machine: Machine, seconds: float) -> None:
    """After it has settled, watches the daemon for so long."""
    # It may hold connections for some seconds in case that more work comes.
    wait_stable(lambda: context_switches(machine.daemon.pid), "the daemon to settle", quiet=3.0, timeout=30)
    before = context_switches(machine.daemon.pid)
    time.sleep(seconds)  # the stretch that is observed
    assert context_switches(machine.daemon.pid) == before
