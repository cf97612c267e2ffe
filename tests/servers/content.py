"""File content that follows from (seed, offset) alone, so that a check needs no copy of the file."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

# A prime: no shift by a power of two, a sector or a buffer leaves the bytes as
# they were.
_PERIOD = 1_048_573
_STEP = 4 << 20  # bytes compared or written at once


@lru_cache(maxsize=16)
def _tile(seed: int) -> bytes:
    """One period, and what it takes to read a step from any place in it."""
    period = hashlib.shake_128(seed.to_bytes(8, "little")).digest(_PERIOD)
    return period * (_STEP // _PERIOD + 2)


@dataclass(frozen=True)
class Content:
    """`size` bytes of the sequence `seed`."""

    seed: int
    size: int

    def read(self, offset: int, count: int) -> bytes:
        """Up to `count` bytes from `offset` on, at most 4 MiB, less at the end."""
        count = max(min(count, self.size - offset, _STEP), 0)
        start = offset % _PERIOD
        return _tile(self.seed)[start:start + count]

    def read_all(self) -> bytes:
        return b"".join(self.read(offset, _STEP) for offset in range(0, self.size, _STEP))

    def write_to(self, path: Path) -> None:
        with path.open("wb") as file:
            for offset in range(0, self.size, _STEP):
                file.write(self.read(offset, _STEP))

    def check(self, path: Path) -> None:
        """Raises AssertionError that says where `path` differs first."""
        size = path.stat().st_size
        assert size == self.size, f"{path} has {size} bytes instead of {self.size}"
        with path.open("rb") as file:
            for offset in range(0, self.size, _STEP):
                found, wanted = file.read(_STEP), self.read(offset, _STEP)
                if found != wanted:
                    first = next(i for i, (a, b) in enumerate(zip(found, wanted)) if a != b)
                    raise AssertionError(f"{path} differs from seed {self.seed} at byte {offset + first}")
