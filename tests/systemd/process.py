"""Processes that enter the machine. nsenter forks: it waits outside for the command, which is its child."""

import os
import signal
import subprocess
from pathlib import Path
from typing import Sequence

from harness.deadline import PATIENCE


def spawn(command: Sequence[str]) -> subprocess.Popen:
    """Starts a command with its output in pipes of text. To be ended with kill()."""
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True)


def kill(process: subprocess.Popen) -> None:
    """SIGKILL for the command, and waits until nsenter has seen it end.

    The command goes first: an orphan would stay a zombie, and hold the machine
    up, until the init process outside gets round to it.
    """
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    for pid in children or [process.pid]:
        os.kill(int(pid), signal.SIGKILL)
    process.communicate()


def run(command: Sequence[str], check: bool, timeout: float) -> subprocess.CompletedProcess:
    """Runs a command to its end.

    Raises AssertionError with its output where it fails and `check` says that
    it must not, TimeoutExpired after `timeout` seconds.
    """
    process = spawn(command)
    try:
        output, errors = process.communicate(timeout=timeout * PATIENCE)
    except BaseException:
        kill(process)
        raise
    assert not check or process.returncode == 0, f"{command} ended with {process.returncode}:\n{output}{errors}"
    return subprocess.CompletedProcess(command, process.returncode, output, errors)
