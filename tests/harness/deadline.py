"""Waiting for a condition with a deadline; no test waits a fixed time."""

import os
import time
from typing import Callable, Optional, TypeVar

T = TypeVar("T")

# How much longer than on a plain debug build everything may take. Sanitizers
# and loaded machines set it higher through the environment.
PATIENCE = float(os.environ.get("HAUL_TEST_PATIENCE", "1"))


def wait_until(condition: Callable[[], T], what: str, timeout: float = 10.0, interval: float = 0.01) -> T:
    """Polls `condition` until it is true and returns its value.

    `timeout` and `interval` are seconds. Raises TimeoutError that names `what`.
    """
    end = time.monotonic() + timeout * PATIENCE
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= end:
            raise TimeoutError(f"not within {timeout * PATIENCE:g} s: {what} (last: {value!r})")
        time.sleep(interval)


def wait_stable(measure: Callable[[], T], what: str, quiet: float = 0.3, timeout: float = 20.0) -> T:
    """Polls `measure` until it has given the same value for `quiet` seconds, and returns it."""
    last: Optional[T] = None
    since = time.monotonic()

    def settled() -> bool:
        nonlocal last, since
        now = measure()
        if now != last:
            last, since = now, time.monotonic()
        return time.monotonic() - since >= quiet

    wait_until(settled, what, timeout)
    return last  # type: ignore[return-value]
