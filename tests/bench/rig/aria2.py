"""aria2c as a server: its JSON-RPC interface, with every new download paused."""

import contextlib
import socket
from dataclasses import dataclass

from .bench import wait_until


@dataclass
class Aria2:
    """Where to call it: a TCP port of 127.0.0.1."""

    address: int


@contextlib.contextmanager
def aria2_rpc(bench):
    """A fresh aria2c that lives as long as the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    argv = [
        "aria2c",
        "--no-conf",
        "--quiet",
        "--enable-rpc",
        f"--rpc-listen-port={port}",
        "--pause=true",
        f"--dir={bench.directory}",
    ]
    with bench.spawn(argv) as process:
        wait_until(lambda: _answers(port), "aria2c", process)
        yield Aria2(port)


def _answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
