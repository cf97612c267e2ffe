"""Programs from npm, each a node process on a directory of its own that can be killed and started again."""

import subprocess
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Optional, TypeVar

_SCRIPTS = Path(__file__).resolve().parent / "node"
_MODULES = Path(__file__).resolve().parents[2] / "build/node/node_modules"

Self = TypeVar("Self", bound="NodeServer")


@lru_cache(maxsize=1)
def _install() -> None:
    subprocess.run([_SCRIPTS / "install"], check=True)


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
