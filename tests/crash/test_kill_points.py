"""The preload library counts and kills as it says."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from crash.kill_points import KillPoint, counted, sample

# Seven calls under the watched directory, none of the others.
_PROGRAM = """\
import os, sys
inside, outside = sys.argv[1:]
os.chdir(inside)
fd = os.open("part", os.O_WRONLY | os.O_CREAT)
os.write(fd, b"hello")
os.fsync(fd)
os.close(os.open("part", os.O_RDONLY))
os.close(os.open(outside + "/other", os.O_WRONLY | os.O_CREAT))
os.rename("part", inside + "/final")
directory = os.open(inside, os.O_RDONLY | os.O_DIRECTORY)
os.fsync(directory)
os.mkdir("sub", dir_fd=directory)
os.unlink("final", dir_fd=directory)
"""
CALLS = ["open part", "write part", "fsync part", "rename final", "fsync", "mkdirat sub", "unlinkat final"]


def run(tmp_path: Path, point: KillPoint, arm: Path | None = None) -> tuple[int, Path, list[str]]:
    """Exit code, the watched directory, and the calls counted."""
    inside, outside, log = tmp_path / "inside", tmp_path / "inside-not", tmp_path / "log"
    inside.mkdir()
    outside.mkdir()
    environment = {**os.environ, **point.environment([tmp_path / "elsewhere", inside], log, arm)}
    ended = subprocess.run([sys.executable, "-c", _PROGRAM, inside, outside], env=environment)
    names = [f"{call} {Path(path).relative_to(inside)}".removesuffix(" .") for call, path in counted(log)]
    return ended.returncode, inside, names


def test_it_counts_what_changes_the_watched_directories(tmp_path: Path) -> None:
    code, inside, calls = run(tmp_path, KillPoint())
    assert (code, calls) == (0, CALLS)
    assert [path.name for path in inside.iterdir()] == ["sub"]


@pytest.mark.parametrize("number", range(1, len(CALLS) + 1))
@pytest.mark.parametrize("when", ["before", "after"])
def test_it_kills_at_the_call(tmp_path: Path, number: int, when: str) -> None:
    code, inside, calls = run(tmp_path, KillPoint(number, when))
    assert code == -signal.SIGKILL
    assert calls == CALLS[:number]
    done = number if when == "after" else number - 1
    assert (inside / "part").exists() == (1 <= done < 4)
    assert (inside / "part").exists() is False or (inside / "part").read_bytes() == (b"hello" if done >= 2 else b"")
    assert (inside / "final").exists() == (4 <= done < 7)
    assert (inside / "sub").exists() == (done >= 6)


def test_it_sleeps_until_it_is_armed(tmp_path: Path) -> None:
    code, _, calls = run(tmp_path, KillPoint(1), arm=tmp_path / "inside" / "sub")
    assert (code, calls) == (-signal.SIGKILL, ["unlinkat final"])


def test_a_sample_is_spread_evenly() -> None:
    assert sample(5, 10) == [1, 2, 3, 4, 5]
    assert sample(100, 4) == [1, 34, 67, 100]
