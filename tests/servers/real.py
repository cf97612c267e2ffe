"""What the real servers have in common: a program with a configuration of its own, on a port that the kernel picked."""

import base64
import hashlib
import http.client
import socket
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Optional

from harness.deadline import wait_until
from servers.tls import Certificates, Identity

USER, SECRET, REALM = "ann", "open-sesame-7", "haul"

_TRIES = 5  # ports, where somebody else was quicker


@dataclass(frozen=True)
class Served:
    """A line of the access log."""

    status: int
    body_bytes: int
    range: str  # as asked for; "" without one
    target: str
    protocol: str  # "HTTP/1.1", "HTTP/2.0"
    client_port: int  # one for each connection


@dataclass(frozen=True)
class Tls:
    """How a server speaks TLS."""

    certificates: Certificates
    http2: bool = False
    identity: Optional[Identity] = None  # another one than `certificates.server`
    wants_client: bool = False  # a certificate of the same authority, or no answer
    only_1_1: bool = False  # no newer version than the one that RFC 8996 forbids

    @property
    def server(self) -> Identity:
        return self.identity or self.certificates.server


class RealServer:
    """Serves `directory`/files while `with` lasts: all of it to everyone, but what is below basic/ and digest/ to
    USER with SECRET alone; compressed where it ends in .txt and the client takes that. The directory has to be open to
    every user, as some servers give root's authority up."""

    name = ""
    has_digest = False
    has_old_tls = False

    def __init__(self, directory: Path, *, tls: Optional[Tls] = None, limit_rate: int = 0) -> None:
        """`limit_rate`: bytes a second for each connection, 0 for no limit."""
        self.directory = directory
        self.files = directory / "files"
        self.files.mkdir(parents=True, exist_ok=True)
        self.port = 0
        self.tls = tls
        self.limit_rate = limit_rate
        self._process: Optional[subprocess.Popen] = None

    @property
    def scheme(self) -> str:
        return "https" if self.tls else "http"

    def url(self, name: str, port: int = 0) -> str:
        """Of a file; `port` where something stands between."""
        return f"{self.scheme}://127.0.0.1:{port or self.port}/{name}"

    def served(self, name: str = "") -> list[Served]:
        """What has been served, of one file or in all; a request is logged when it is over."""
        log = self.directory / "access.log"
        lines = log.read_text().splitlines() if log.exists() else []
        found = [served for served in map(self._parse, lines) if served]
        return [served for served in found if not name or served.target == f"/{name}"]

    def headers(self, name: str) -> http.client.HTTPMessage:
        """What a HEAD request over HTTP/1.1 tells of a file."""
        connection = self._connect()
        try:
            connection.request("HEAD", f"/{name}")
            return connection.getresponse().headers
        finally:
            connection.close()

    def __enter__(self) -> "RealServer":
        self._write_passwords()
        for _ in range(_TRIES):
            self._process = self._start()
            try:
                wait_until(self._answers, f"{self.name} to answer", 20)
                return self
            except ChildProcessError as error:
                ended = error
        raise ended

    def __exit__(self, kind: Optional[type], error: Optional[BaseException], where: Optional[TracebackType]) -> None:
        assert self._process
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:  # some wait for connections that nobody closes
            self._process.kill()
            self._process.wait(10)

    def _start(self) -> subprocess.Popen:
        """Picks `port` and starts the program in the foreground."""
        raise NotImplementedError

    def _parse(self, line: str) -> Optional[Served]:
        """A line of the access log; None for what is none."""
        raise NotImplementedError

    def _spawn(self, argv: list[object], environment: dict[str, str] = {}, **popen) -> subprocess.Popen:
        with (self.directory / "output.log").open("ab") as output:
            return subprocess.Popen(
                [str(word) for word in argv], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **environment}, **popen)

    def _connect(self) -> http.client.HTTPConnection:
        if not self.tls:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        context = ssl.create_default_context(cafile=str(self.tls.certificates.authority))
        context.check_hostname = False
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=5, context=context)

    def _answers(self) -> bool:
        assert self._process
        if self._process.poll() is not None:
            said = [path.read_text(errors="replace") for path in self.directory.glob("*.log")]
            raise ChildProcessError(f"{self.name} ended with {self._process.returncode}:\n" + "\n".join(said))
        try:
            self.headers("")
            return True
        except ssl.SSLError:
            return True  # one that wants a certificate, or an old version
        except OSError:
            return False

    def _write_passwords(self) -> None:
        digest = base64.b64encode(hashlib.sha1(SECRET.encode()).digest()).decode()
        (self.directory / "basic.users").write_text(f"{USER}:{{SHA}}{digest}\n")
        ha1 = hashlib.md5(f"{USER}:{REALM}:{SECRET}".encode()).hexdigest()
        (self.directory / "digest.users").write_text(f"{USER}:{REALM}:{ha1}\n")


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]
