"""A network of one's own: it has nothing but a loopback until a test adds more. Needs root."""

import ctypes
import os
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, Optional

from .deadline import wait_until
from .family import Family

_CLONE_NEWNET = 0x40000000
_setns = ctypes.CDLL(None, use_errno=True).setns


class NetworkNamespace:
    """Lives as long as a process that sleeps in it."""

    def __init__(self, family: Family) -> None:
        self._family = family
        self._holder: Optional[subprocess.Popen] = None

    @property
    def path(self) -> Path:
        assert self._holder
        return Path(f"/proc/{self._holder.pid}/ns/net")

    @property
    def prefix(self) -> list[str]:
        """In front of a command line that is to run in it, in its own process."""
        return ["nsenter", f"--net={self.path}"]

    def start(self) -> None:
        self._holder = self._family.spawn(["unshare", "--net", "sleep", "infinity"])
        own = os.readlink("/proc/self/ns/net")
        wait_until(lambda: os.readlink(self.path) != own, "the network namespace")
        self.ip("link set lo up")

    def stop(self) -> None:
        if self._holder:
            self._holder.kill()
            self._holder.wait(10)
            self._holder = None

    def ip(self, command: str) -> None:
        """Runs ip(8) in it: "link set eth0 up"."""
        subprocess.run([*self.prefix, "ip", *command.split()], check=True, capture_output=True, timeout=20)

    def add_link(self, name: str, address: str = "") -> None:
        """An interface that is up, has a link, and maybe an address such as "192.0.2.1/24". Its other end is `name`-far."""
        self.ip(f"link add {name} type veth peer name {name}-far")
        if address:
            self.ip(f"address add {address} dev {name}")
        self.ip(f"link set {name} up")
        self.plug(name)

    def plug(self, name: str) -> None:
        self.ip(f"link set {name}-far up")

    def unplug(self, name: str) -> None:
        """Its link goes down, its addresses and routes stay."""
        self.ip(f"link set {name}-far down")

    @contextmanager
    def entered(self) -> Iterator[None]:
        """What this thread opens in the meantime, and threads that it starts, belong to it."""
        own = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        other = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            _enter(other)
            yield
        finally:
            _enter(own)
            os.close(own)
            os.close(other)


def _enter(namespace: int) -> None:
    if _setns(namespace, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")
