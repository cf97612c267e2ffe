"""The preload library's Python side: its environment, and what it counted."""

from dataclasses import dataclass
from pathlib import Path
from typing import Mapping, Optional, Sequence

from harness.daemon import binary_directory


def library() -> Path:
    """Where the build puts it, beside the directory of the programs."""
    return binary_directory().parent / "lib" / "libhaul_kill_points.so"


@dataclass(frozen=True)
class KillPoint:
    """Right before or right after the `number`th call; 0 only counts."""

    number: int = 0
    when: str = "before"

    def __str__(self) -> str:
        return f"{self.when} call {self.number}" if self.number else "nowhere"

    def environment(self, directories: Sequence[Path], log: Path, arm: Optional[Path] = None) -> Mapping[str, str]:
        """For the process to kill. Counting starts when the file `arm` exists, by default at once."""
        variables = {
            "LD_PRELOAD": str(library()),
            "HAUL_KILL_DIRS": ":".join(str(directory) for directory in directories),
            "HAUL_KILL_AT": str(self.number),
            "HAUL_KILL_WHEN": self.when,
            "HAUL_KILL_LOG": str(log),
        }
        return variables if arm is None else {**variables, "HAUL_KILL_ARM": str(arm)}


def counted(log: Path) -> list[tuple[str, str]]:
    """Call and path of each counted call, in order."""
    lines = log.read_text().splitlines() if log.exists() else []
    return [(call, path) for _, call, path in (line.split(" ", 2) for line in lines)]


def sample(count: int, most: int) -> list[int]:
    """1 to `count`, or `most` of them spread evenly, with the first and the last one."""
    if count <= most:
        return list(range(1, count + 1))
    return sorted({1 + round(step * (count - 1) / (most - 1)) for step in range(most)})
