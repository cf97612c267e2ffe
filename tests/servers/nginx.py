"""Debian's nginx with a configuration of its own, unprivileged ports and a log that counts bytes."""

import re
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Optional

from harness.deadline import wait_until

# Paths are relative to the directory that nginx is started with (-p), which
# other users cannot enter: hence the user, which counts for root alone.
_CONFIGURATION = """\
daemon off;
user root;
worker_processes 1;
pid nginx.pid;
error_log error.log warn;
events {{ worker_connections 1024; }}
http {{
  log_format bytes '$status $body_bytes_sent "$http_range" $request_uri';
  access_log access.log bytes;
  client_body_temp_path temp;
  proxy_temp_path temp;
  fastcgi_temp_path temp;
  uwsgi_temp_path temp;
  scgi_temp_path temp;
  sendfile on;
  keepalive_timeout 5s;
  server {{
    listen 127.0.0.1:{port} sndbuf=256k;
    root files;
    limit_rate {limit_rate};
  }}
}}
"""
_LINE = re.compile(r'(\d+) (\d+) "([^"]*)" (\S+)')


@dataclass(frozen=True)
class Served:
    """A line of the access log."""

    status: int
    body_bytes: int
    range: str
    target: str


class Nginx:
    """Serves `directory`/files while `with` lasts. The port is the kernel's choice."""

    def __init__(self, directory: Path, limit_rate: int = 0) -> None:
        """`limit_rate`: bytes a second for each connection, 0 for no limit."""
        self._directory = directory
        self.files = directory / "files"
        self.files.mkdir(parents=True, exist_ok=True)
        self._limit_rate = limit_rate
        self._process: Optional[subprocess.Popen] = None
        self.port = 0

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/{name}"

    def served(self) -> list[Served]:
        """What has been served; a request is logged when it is over."""
        lines = (self._directory / "access.log").read_text().splitlines()
        matches = [_LINE.fullmatch(line) for line in lines]
        return [Served(int(m[1]), int(m[2]), m[3], m[4]) for m in matches if m]

    def __enter__(self) -> "Nginx":
        # nginx takes a listening socket over as it does in an upgrade of its
        # binary, so that no port is picked twice.
        with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
            self.port = listener.getsockname()[1]
            configuration = self._directory / "nginx.conf"
            configuration.write_text(_CONFIGURATION.format(port=self.port, limit_rate=self._limit_rate))
            self._process = subprocess.Popen(
                ["nginx", "-p", self._directory, "-c", configuration, "-e", "error.log"],
                env={"PATH": "/usr/sbin:/usr/bin", "NGINX": f"{listener.fileno()};"}, pass_fds=[listener.fileno()], stdin=subprocess.DEVNULL)
        wait_until(self._answers, "nginx to answer")
        return self

    def __exit__(self, kind: Optional[type], error: Optional[BaseException], where: Optional[TracebackType]) -> None:
        assert self._process
        self._process.terminate()
        self._process.wait(10)

    def _answers(self) -> bool:
        assert self._process and self._process.poll() is None, (self._directory / "error.log").read_text()
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as probe:
            probe.sendall(b"HEAD / HTTP/1.0\r\n\r\n")
            return bool(probe.recv(1))
