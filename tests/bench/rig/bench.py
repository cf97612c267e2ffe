"""The bench: a directory of its own and the processes that work in it, all gone at the end."""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass

POLL_INTERVAL = 0.01  # seconds


class BenchError(Exception):
    """A program that is missing, failed, or did not do in time what it had to do."""


@dataclass
class Run:
    """A program that ran to its end: wall time and processor time (user and system), in seconds."""

    seconds: float
    cpu_seconds: float
    output: str


class Bench:
    """Owns a temporary directory below `directory` and every process started with `spawn`."""

    def __init__(self, directory, binaries, rounds):
        self.binaries = pathlib.Path(binaries).resolve()
        self.rounds = rounds
        self._parent = pathlib.Path(directory).resolve()

    def __enter__(self):
        self._parent.mkdir(parents=True, exist_ok=True)
        self._cleanup = contextlib.ExitStack()
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="haul-bench-", dir=self._parent))
        self._cleanup.callback(shutil.rmtree, self.directory, ignore_errors=True)
        sockets = tempfile.TemporaryDirectory(prefix="haul-bench-")
        self._sockets = pathlib.Path(self._cleanup.enter_context(sockets))
        return self

    def __exit__(self, *exception):
        self._cleanup.close()

    def binary(self, name):
        """The path of one of the project's own programs."""
        path = self.binaries / name
        if not path.exists():
            raise BenchError(f"{path} is missing: build it first, or name its directory with --bin")
        return str(path)

    def socket_path(self, name):
        """A free path for a socket, short enough for an address however deep the bench's directory is."""
        path = self._sockets / name
        path.unlink(missing_ok=True)
        return path

    def new_directory(self, name):
        """An empty directory, like all others there until the end.

        What was deleted a moment ago costs: ext4 without a journal looks at each inode that was freed in the last
        minutes before it takes another one for a new file.
        """
        return pathlib.Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.directory))

    @contextlib.contextmanager
    def spawn(self, argv, **options):
        """A process that lives as long as the block; what it says goes to a log in the directory."""
        with open(self.directory / f"{pathlib.Path(argv[0]).name}.log", "ab") as log:
            options.setdefault("stdout", log)
            process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stderr=log, **options)
        try:
            yield process
        finally:
            stop(process)

    def run(self, argv, timeout=600, **options):
        """Runs a program to its end; a failure is a BenchError with what it said. `timeout` is in seconds."""
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            start = time.monotonic()
            process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, **options
            )
            watchdog = threading.Timer(timeout, process.kill)
            watchdog.start()
            try:
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
            finally:
                watchdog.cancel()
                stop(process)
            seconds = time.monotonic() - start
            output.seek(0)
            errors.seek(0)
            if process.returncode != 0:
                said = errors.read().decode(errors="replace")[-2000:]
                raise BenchError(f"{' '.join(map(str, argv))}: exit code {process.returncode}\n{said}")
            return Run(seconds, usage.ru_utime + usage.ru_stime, output.read().decode())

    def load(self, program, **options):
        """Runs one of the load generators; what it reported, as a dict."""
        arguments = [f"--{key.replace('_', '-')}={value}" for key, value in options.items()]
        return json.loads(self.run([self.binary(program), *arguments]).output)


def stop(process, timeout=10):
    """Ends a process politely, and for certain after `timeout` seconds."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(condition, what, process=None, timeout=30):
    """Polls until condition() is true; a BenchError after `timeout` seconds, or where `process` ends before."""
    deadline = time.monotonic() + timeout
    while not condition():
        if process is not None and process.poll() is not None:
            raise BenchError(f"{what}: the program ended with exit code {process.returncode}")
        if time.monotonic() > deadline:
            raise BenchError(f"{what}: not within {timeout} s")
        time.sleep(POLL_INTERVAL)


def settle():
    """Writes back what earlier measurements left in memory, so that the next one does not pay for it."""
    os.sync()
