"""A whole private machine: bus, daemon, clients, download directory; nothing of it stays."""

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Iterator, Optional

from .client import Client
from .daemon import Daemon
from .deadline import wait_until
from .family import Family
from .network_namespace import NetworkNamespace
from .private_bus import PrivateBus
from .stranger import connect_as

# Retries and news of progress come soon, so that a test of them does not take
# seconds.
QUICK_RETRIES = """\
[transfer]
retry-delay = "50ms"
retry-delay-max = "200ms"
progress-interval = "50ms"
"""


class Machine:
    """Built without a running daemon; `with` starts bus and daemon, and at its end checks that no process stays.

    The directories are open to every user, as a second owner's processes need
    to reach the bus.
    """

    def __init__(self, *, config: str = QUICK_RETRIES, state: Optional[Path] = None, log_level: str = "debug",
                 user: Optional[int] = None, system_bus: bool = False, own_network: bool = False) -> None:
        """`user`: whose daemon it is, where that is somebody else. `own_network`: the daemon has a network namespace of its
        own. Both need root. `system_bus`: there is one, for mocks of the machine's services."""
        self.directory = Path(tempfile.mkdtemp(prefix="haul-"))
        self.directory.chmod(0o755)
        self.downloads = self.directory / "downloads"
        self.downloads.mkdir()
        self.family = Family(self.directory)
        self.bus = PrivateBus(self.directory, self.family)
        if user is not None:
            os.chown(self.directory, user, user)
        self.daemon = Daemon(self.family, self.bus, self.directory, state=state, config=config, log_level=log_level, user=user)
        (self.directory / "system").mkdir()
        self.system_bus = PrivateBus(self.directory / "system", self.family)
        self._has_system_bus = system_bus
        self.network = NetworkNamespace(self.family) if own_network else None
        self._clients: list[Client] = []

    @property
    def state(self) -> Path:
        return self.daemon.state

    def __enter__(self) -> "Machine":
        try:
            self.bus.start()
            if self._has_system_bus:
                self.system_bus.start()
            if self.network:
                self.network.start()
                self.daemon.under = self.network.prefix
            self.daemon.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: Optional[type], error: Optional[BaseException], where: Optional[TracebackType]) -> None:
        left = self.close()
        assert error is not None or not left, f"processes that did not end with their bus: {left}"

    @contextmanager
    def without_daemon(self) -> Iterator["Machine"]:
        """As `with` on the machine itself, but somebody else starts the daemon."""
        try:
            self.bus.start()
            yield self
        except BaseException:
            self.close()
            raise
        left = self.close()
        assert not left, f"processes that did not end with their bus: {left}"

    def client(self) -> Client:
        """A new connection of the machine's own user."""
        client = Client(self.bus.connect())
        self._clients.append(client)
        return client

    def stranger(self, uid: int = 65534) -> Client:
        """A new connection of another user. Needs root."""
        client = Client(connect_as(uid, self.bus.address, self.family))
        self._clients.append(client)
        return client

    def restart(self) -> None:
        """kill -9 and a new start."""
        self.daemon.kill()
        self.daemon.start()

    def wait_downloads(self, *wanted: Path) -> None:
        """Until these files and nothing else are in the download directory: part files go soon, not at once."""
        wait_until(lambda: set(self.downloads.iterdir()) == set(wanted), f"only {wanted} in {self.downloads}")

    def part_files(self) -> list[Path]:
        """Part files anywhere in the download directory and the spool."""
        return [path for top in (self.downloads, self.state) for path in top.rglob(".haul.*.part")]

    def close(self) -> list[str]:
        """Ends everything. Returns the command lines of the processes that had to be killed."""
        for client in self._clients:
            client.close()
        self._clients.clear()
        if self.daemon.is_running:
            self.daemon.terminate()
        self.bus.stop()
        self.system_bus.stop()
        if self.network:
            self.network.stop()
        left = self.family.disband()
        shutil.rmtree(self.directory, ignore_errors=True)
        return left
