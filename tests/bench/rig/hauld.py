"""The daemon under test, its configuration the default unless a part says otherwise, its state in the bench's directory."""

import contextlib
import os
import resource
import socket
import time

from .bench import BenchError, Run, stop
from .bus import private_bus
from .usage import cpu_seconds

DESCRIPTORS = 16_384  # LimitNOFILE= of the packaged unit


class Hauld:
    """hauld on a bus of its own; `process` is the running daemon."""

    def __init__(self, bench, address, config=""):
        """`config` is the text of its configuration file."""
        self._bench = bench
        self.address = address
        self.state = bench.new_directory("state")
        self._config = self.state / "hauld.toml"
        self._config.write_text(config)
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
                resource.prlimit(self.pid, resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
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
def fresh_hauld(bench, config=""):
    """A daemon without any task, running on a bus of its own."""
    with private_bus(bench) as address:
        hauld = Hauld(bench, address, config)
        with hauld.running():
            yield hauld


def haul_get(bench, url, path, *options, config=""):
    """`haul get` at a fresh daemon."""
    return _haul(bench, config, "get", url, "-o", str(path), *options)


def haul_put(bench, url, path):
    """`haul put` at a fresh daemon."""
    return _haul(bench, "", "put", str(path), url)


def _haul(bench, config, *arguments):
    """A Run whose processor time is the client's and, from the call to the end, the daemon's."""
    with fresh_hauld(bench, config) as hauld:
        before = cpu_seconds(hauld.pid)
        client = bench.run([bench.binary("haul"), f"--bus={hauld.address}", *arguments])
        return Run(client.seconds, client.cpu_seconds + cpu_seconds(hauld.pid) - before, client.output)
