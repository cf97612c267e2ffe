"""Where an upload server keeps what it has: in files, so that another server can go on with it."""

import asyncio
import hashlib
import itertools
import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Optional

from servers.exchange import Copy, Header


@dataclass
class Upload:
    """An upload resource."""

    id: str
    target: str  # of the request that made it
    method: str
    headers: tuple[Header, ...]
    length: Optional[int]
    is_complete: bool = False

    def __post_init__(self) -> None:
        self.headers = tuple((name, value) for name, value in self.headers)


class Work:
    """A request that brings bytes."""

    def __init__(self) -> None:
        self._task = asyncio.current_task()
        self._over = asyncio.Event()

    def end(self) -> None:
        self._over.set()

    async def settle(self, grace: float) -> None:
        """Gives it so many seconds to take what is still on its way, then it has to be over."""
        try:
            await asyncio.wait_for(self._over.wait(), grace)
        except asyncio.TimeoutError:
            if self._task:
                self._task.cancel()
            await self._over.wait()


class Depot:
    """One directory: for each upload its description and its bytes, and a line for each copy that was completed."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._directory.mkdir(parents=True, exist_ok=True)
        self.work: dict[str, Work] = {}  # what is done to an upload, or was done last

    def create(self, target: str, method: str, headers: list[Header], length: Optional[int]) -> Upload:
        upload = Upload(secrets.token_hex(12), target, method, tuple(headers), length)
        self.bytes_of(upload).touch()
        self.save(upload)
        return upload

    def find(self, id: str) -> Optional[Upload]:
        path = self._directory / f"{id}.json"
        return Upload(**json.loads(path.read_text())) if id.isalnum() and path.exists() else None

    def save(self, upload: Upload) -> None:
        draft = self._directory / f"{upload.id}.draft"
        draft.write_text(json.dumps(asdict(upload)))
        draft.replace(self._directory / f"{upload.id}.json")

    def delete(self, upload: Upload) -> None:
        (self._directory / f"{upload.id}.json").unlink(missing_ok=True)
        self.bytes_of(upload).unlink(missing_ok=True)

    def uploads(self) -> list[Upload]:
        return [found for path in self._directory.glob("*.json") if (found := self.find(path.stem))]

    def bytes_of(self, upload: Upload) -> Path:
        return self._directory / f"{upload.id}.bytes"

    def offset(self, upload: Upload) -> int:
        return self.bytes_of(upload).stat().st_size

    def complete(self, upload: Upload) -> None:
        """All bytes are there: that is a copy."""
        path = self.bytes_of(upload)
        with path.open("rb") as file:
            digest = hashlib.sha256()
            for piece in iter(lambda: file.read(1 << 20), b""):
                digest.update(piece)
        upload.is_complete = True
        self.record(Copy(upload.target, upload.method, digest.hexdigest(), path.stat().st_size, upload.headers))
        self.save(upload)

    def record(self, copy: Copy) -> None:
        with (self._directory / "copies").open("a") as file:
            file.write(json.dumps(asdict(copy)) + "\n")

    @property
    def copies(self) -> list[Copy]:
        path = self._directory / "copies"
        rows = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        return [Copy(**{**row, "headers": tuple(map(tuple, row["headers"]))}) for row in rows]

    def forget(self) -> None:
        """As if the disk had been lost; copies stay."""
        for path in itertools.chain(self._directory.glob("*.json"), self._directory.glob("*.bytes")):
            path.unlink()
