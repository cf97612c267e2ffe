"""The daemon under test, with its default configuration, its state in the bench's directory."""

import contextlib
import os
import socket
import time

from .bench import BenchError, stop
from .bus import private_bus


class Hauld:
    """hauld on a bus of its own; `process` is the running daemon."""

    def __init__(self, bench, address):
        self._bench = bench
        self.address = address
        self.state = bench.new_directory("state")
        self._config = self.state / "hauld.toml"
        self._config.write_text("")
        self.process = None

    @property
    def pid(self):
        return self.process.pid

    @contextlib.contextmanager
    def running(self):
        """Runs the daemon for the block; gives the seconds from its start until it told that it is ready."""
        argv = [
            self._bench.binary("hauld"),
            f"--bus={self.address}",
            f"--state-dir={self.state}",
            f"--config={self._config}",
            "--log-level=warn",
        ]
        notify = self._bench.socket_path("notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
            receiver.bind(str(notify))
            start = time.monotonic()
            environment = {**os.environ, "NOTIFY_SOCKET": str(notify)}
            with self._bench.spawn(argv, env=environment) as self.process:
                self._await_ready(receiver)
                yield time.monotonic() - start

    def kill(self):
        """Ends the daemon as a crash would."""
        self.process.kill()
        stop(self.process)

    def _await_ready(self, receiver, timeout=60):
        receiver.settimeout(0.1)
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            try:
                if b"READY=1" in receiver.recv(4096).split(b"\n"):
                    return
            except TimeoutError:
                if self.process.poll() is not None:
                    raise BenchError(f"hauld ended with exit code {self.process.returncode}") from None
        raise BenchError(f"hauld is not ready after {timeout} s")


@contextlib.contextmanager
def fresh_hauld(bench):
    """A daemon without any task, running on a bus of its own."""
    with private_bus(bench) as address:
        hauld = Hauld(bench, address)
        with hauld.running():
            yield hauld
