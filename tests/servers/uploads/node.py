"""The upload servers from npm, each a node process on a directory of its own that can be killed and started again."""

import hashlib
import json
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Optional, TypeVar

_SCRIPTS = Path(__file__).resolve().parents[1] / "node"
_MODULES = Path(__file__).resolve().parents[3] / "build/node/node_modules"

Self = TypeVar("Self", bound="NodeServer")


@lru_cache(maxsize=1)
def _install() -> None:
    subprocess.run([_SCRIPTS / "install"], check=True)


@dataclass(frozen=True)
class Finished:
    """An upload that the server took for complete."""

    path: Path
    metadata: dict[str, Any]

    @property
    def sha256(self) -> str:
        digest = hashlib.sha256()
        with self.path.open("rb") as file:
            for piece in iter(lambda: file.read(1 << 20), b""):
                digest.update(piece)
        return digest.hexdigest()


class NodeServer:
    """Serves while `with` lasts; what is in `directory` stays."""

    script = ""

    def __init__(self, directory: Path, *arguments: object) -> None:
        self.directory = directory
        self.port = 0
        self._arguments = arguments
        self._process: Optional[subprocess.Popen] = None

    def __enter__(self: Self) -> Self:
        _install()
        self.directory.mkdir(parents=True, exist_ok=True)
        self.start()
        return self

    def __exit__(self, kind: Optional[type], error: Optional[BaseException], where: Optional[TracebackType]) -> None:
        self.kill()

    def start(self) -> None:
        """On the port that it had, if it had one."""
        with (self.directory / "output.log").open("ab") as log:
            self._process = subprocess.Popen(
                ["node", _SCRIPTS / self.script, self.directory, str(self.port), *map(str, self._arguments)],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True,
                env={"PATH": "/usr/local/bin:/usr/bin:/bin", "NODE_PATH": str(_MODULES)})
        assert self._process.stdout
        said = self._process.stdout.readline()
        assert said.strip().isdigit(), f"{self.script} said {said!r}:\n{(self.directory / 'output.log').read_text()}"
        self.port = int(said)

    def kill(self) -> None:
        """kill -9, and waits until it is gone."""
        assert self._process and self._process.stdout
        self._process.kill()
        self._process.wait(10)
        self._process.stdout.close()

    def finished(self) -> list[Finished]:
        """All uploads that it took for complete, in order, told before their answers. Asked about one of them again,
        a server may say so again."""
        log = self.directory / "done.log"
        lines = dict.fromkeys(log.read_text().splitlines()) if log.exists() else {}
        return [Finished(self.directory / row["path"], row.get("metadata") or {}) for row in map(json.loads, lines)]


class Tus(NodeServer):
    """tus 1.0: @tus/server with @tus/file-store. Its argument: milliseconds after which it forgets an unfinished
    upload."""

    script = "tus.js"

    def url(self, port: int = 0) -> str:
        return f"http://127.0.0.1:{port or self.port}/files"


class Uploadx(NodeServer):
    """Content-Range sessions: @uploadx/core. It answers 403 to sessions that were begun without a name."""

    script = "uploadx.js"

    def url(self, port: int = 0) -> str:
        return f"http://127.0.0.1:{port or self.port}/files?name=source.bin"
