"""The real servers that there are, and how one is run."""

import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterator, Optional

from servers.apache import Apache
from servers.caddy import Caddy
from servers.lighttpd import Lighttpd
from servers.nginx import Nginx
from servers.real import RealServer, Tls

KINDS = {kind.name: kind for kind in (Nginx, Apache, Lighttpd, Caddy)}
EVERY_WAY = ("http1", "https1", "h2")


@contextmanager
def running(kind: type[RealServer], tls: Optional[Tls] = None) -> Iterator[RealServer]:
    """A server in a directory that every user may enter."""
    directory = Path(tempfile.mkdtemp(prefix="haul-server-"))
    directory.chmod(0o755)
    try:
        with kind(directory, tls=tls) as server:
            yield server
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@dataclass
class Site:
    """A server, and what a download from it needs."""

    server: RealServer
    way: str
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def protocol(self) -> str:
        """As the metrics call it."""
        return "h2" if self.way == "h2" else "http/1.1"
