"""The upload servers from npm."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..npm import NodeServer


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


class UploadServer(NodeServer):
    """One that writes down what it has taken, in done.log of its directory."""

    def finished(self) -> list[Finished]:
        """All uploads that it took for complete, in order, told before their answers. Asked about one of them again,
        a server may say so again."""
        log = self.directory / "done.log"
        lines = dict.fromkeys(log.read_text().splitlines()) if log.exists() else {}
        return [Finished(self.directory / row["path"], row.get("metadata") or {}) for row in map(json.loads, lines)]


class Tus(UploadServer):
    """tus 1.0: @tus/server with @tus/file-store. Its argument: milliseconds after which it forgets an unfinished
    upload."""

    script = "tus.js"

    def url(self, port: int = 0) -> str:
        return f"http://127.0.0.1:{port or self.port}/files"


class Uploadx(UploadServer):
    """Content-Range sessions: @uploadx/core. It answers 403 to sessions that were begun without a name."""

    script = "uploadx.js"

    def url(self, port: int = 0) -> str:
        return f"http://127.0.0.1:{port or self.port}/files?name=source.bin"
