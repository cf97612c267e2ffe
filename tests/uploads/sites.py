"""A server of each protocol behind a relay, with what a test wants to know of it."""

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Callable, Optional, Sequence

from harness.client import Session, Task
from servers.relay import Relay
from servers.scripted import ScriptedServer
from servers.uploads.answers import accept
from servers.uploads.conduct import Conduct, relative
from servers.uploads.ietf import IetfServer
from servers.uploads.node import Tus, UploadServer, Uploadx
from servers.uploads.s3 import S3
from uploads.expect import QUICK

MIB = 1 << 20


class Site:
    """`relay` carries everything; `last` the answer that ends the upload."""

    name = ""
    protocol = ""  # as the details call it
    goes_on = True  # from the middle
    has_farewell = True  # whether the server forgets an upload that is taken back
    method = "POST"

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.url_bytes = 0  # of the requests that bring the file, where they are many and long
        self.relay: Relay
        self.last: Relay
        self._stack = ExitStack()

    def __enter__(self) -> "Site":
        self.relay = self.last = self._stack.enter_context(Relay(self._start()))
        return self

    def __exit__(self, kind: Optional[type], error: Optional[BaseException], where: Optional[TracebackType]) -> None:
        self._stack.close()
        self._stop()

    def send(self, session: Session, path: Path, **choice: Any) -> Task:
        named = {key.replace("_", "-"): value for key, value in choice.items()}
        url, options = self.request(path)
        return session.upload(url, path, {"start": True, **QUICK, **options, **named})

    def request(self, path: Path) -> tuple[str, dict[str, Any]]:
        """URL and options of an upload of a file."""
        raise NotImplementedError

    def copies(self) -> Sequence[Any]:
        """Whole uploads that the server took, each with its `sha256`."""
        raise NotImplementedError

    def unfinished(self) -> int:
        """Uploads that the server still waits for the end of."""
        return 0

    def release(self) -> None:
        """Breaks what is open, and lets everything pass."""
        for relay in (self.relay, self.last):
            relay.cut()
            relay.release()

    def restart(self) -> None:
        """kill -9 for the server, and a new one on what it had."""
        raise NotImplementedError

    def _start(self) -> int:
        """Its port."""
        raise NotImplementedError

    def _stop(self) -> None:
        raise NotImplementedError


class PlainSite(Site):
    """One request, and nothing to go on with."""

    goes_on = has_farewell = False
    protocol = "off"

    def __init__(self, directory: Path, method: str) -> None:
        super().__init__(directory)
        self.method = method
        self.name = f"plain {method}"

    def request(self, path: Path) -> tuple[str, dict[str, Any]]:
        url = self._resource.url.replace(str(self._server.port), str(self.relay.port), 1)
        return url, {"method": self.method, "resumable": "off"}

    def copies(self) -> Sequence[Any]:
        return self._resource.copies

    def restart(self) -> None:
        self.relay.cut()

    def _start(self) -> int:
        self._server = ScriptedServer().__enter__()
        self._resource = self._server.serve(accept(rate=60 * MIB))
        return self._server.port

    def _stop(self) -> None:
        self._server.__exit__(None, None, None)


class IetfSite(Site):
    protocol = "ietf"

    def __init__(self, directory: Path, interop: int, resumable: str = "ietf") -> None:
        super().__init__(directory)
        self.interop = interop
        self.resumable = resumable
        self.name = f"{resumable} {interop}"
        self.server: IetfServer

    def request(self, path: Path) -> tuple[str, dict[str, Any]]:
        return f"http://127.0.0.1:{self.relay.port}/files", {
            "method": "POST", "resumable": self.resumable, "interop": self.interop}

    def copies(self) -> Sequence[Any]:
        return self.server.copies

    def unfinished(self) -> int:
        return sum(not upload.is_complete for upload in self.server.depot.uploads())

    def restart(self) -> None:
        self._stop()
        self._run(self.server.port)

    def _start(self) -> int:
        self._run(0)
        return self.server.port

    def _run(self, port: int) -> None:
        self.server = IetfServer(self.directory, self.interop, port=port,
                                 conduct=Conduct(location=relative, progress=4 * MIB))
        self.server.__enter__()

    def _stop(self) -> None:
        self.server.__exit__(None, None, None)


class NodeSite(Site):
    server_type: type[UploadServer]

    def copies(self) -> Sequence[Any]:
        return self.server.finished()

    def restart(self) -> None:
        self.server.kill()
        self.server.start()

    def _start(self) -> int:
        self.server = self.server_type(self.directory).__enter__()
        return self.server.port

    def _stop(self) -> None:
        self.server.kill()


class TusSite(NodeSite):
    name = protocol = "tus"
    server_type = Tus

    def request(self, path: Path) -> tuple[str, dict[str, Any]]:
        return f"http://127.0.0.1:{self.relay.port}/files", {"resumable": "tus", "upload-metadata": {"project": "haul"}}

    def unfinished(self) -> int:
        done = {found.path for found in self.copies()}
        return sum(path.suffix != ".json" and path not in done for path in (self.directory / "files").iterdir())


class ContentRangeSite(NodeSite):
    name = protocol = "content-range"
    server_type = Uploadx
    has_farewell = False

    def request(self, path: Path) -> tuple[str, dict[str, Any]]:
        return f"http://127.0.0.1:{self.relay.port}/files?name={path.name}", {"resumable": "content-range"}


class S3Site(NodeSite):
    """The last request goes through a relay of its own. s3rver cannot take an upload back."""

    name = protocol = "s3"
    server_type = S3
    has_farewell = False
    part_size = MIB

    def __enter__(self) -> "S3Site":
        super().__enter__()
        self.last = self._stack.enter_context(Relay(self.server.port))
        return self

    def request(self, path: Path) -> tuple[str, dict[str, Any]]:
        assert isinstance(self.server, S3)
        parts = max(-(-path.stat().st_size // self.part_size), 1)
        upload = self.server.multipart(path.name, parts, self.relay.port)
        self.url_bytes = sum(map(len, upload.parts))
        return upload.complete.replace(str(self.relay.port), str(self.last.port), 1), {
            "resumable": "s3", "part-urls": upload.parts, "part-size": self.part_size, "abort-url": upload.abort,
            "connections": 2}


SITES: dict[str, Callable[[Path], Site]] = {
    **{f"ietf-{interop}": lambda directory,
       interop=interop: IetfSite(directory, interop) for interop in (3, 4, 5, 6, 8)},
    "auto": lambda directory: IetfSite(directory, 8, "auto"),
    "tus": TusSite, "content-range": ContentRangeSite, "s3": S3Site,
}
PLAIN: dict[str, Callable[[Path], Site]] = {
    method: lambda directory, method=method: PlainSite(directory, method) for method in ("PUT", "POST")}
