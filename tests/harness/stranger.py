"""Connections of another user on the private bus."""

import socket
import subprocess
import sys

from .connection import Connection
from .family import Family

# The bus takes the user from the process that connects, so that process must
# be the other user's, and it stays alive for as long as the connection does:
# whoever looks it up by its process id finds it.
_PROGRAM = """\
import socket, sys
from jeepney.io.blocking import prep_socket
parent = socket.socket(fileno=int(sys.argv[2]))
bus = prep_socket(sys.argv[1], enable_fds=True, timeout=10.0)
socket.send_fds(parent, [b"."], [bus.fileno()])
bus.close()
parent.recv(1)
"""


class _StrangersConnection(Connection):
    """Lets its process go when it is closed."""

    def __init__(self, sock: socket.socket, leash: socket.socket, process: subprocess.Popen) -> None:
        super().__init__("", sock)
        self._leash = leash
        self._process = process

    def close(self) -> None:
        super().close()
        self._leash.close()
        self._process.wait(10)


def connect_as(uid: int, address: str, family: Family) -> Connection:
    """Connects to the bus at `address` as user `uid`. Needs root."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = family.spawn(
            [sys.executable, "-I", "-c", _PROGRAM, address.removeprefix("unix:path="), str(theirs.fileno())],
            pass_fds=[theirs.fileno()], user=uid, group=uid, extra_groups=[])
    ours.settimeout(20.0)
    _, descriptors, _, _ = socket.recv_fds(ours, 1, 1)
    return _StrangersConnection(socket.socket(fileno=descriptors[0]), ours, process)
