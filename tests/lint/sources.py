"""The project's own files, with or without git, also in a further work tree of it."""

import os
from pathlib import Path
from typing import Iterator

REPOSITORY = Path(__file__).resolve().parents[2]
_NOT_OURS = {".git", ".cache", "build", "__pycache__", "node_modules"}


def sources(*suffixes: str, under: str = ".") -> Iterator[Path]:
    """Files below `under`, relative to the repository; with one of these suffixes where some are given."""
    for directory, names, files in os.walk(REPOSITORY / under):
        names[:] = sorted(set(names) - _NOT_OURS)
        for file in sorted(set(files) - _NOT_OURS):
            path = Path(directory, file)
            if not suffixes or path.suffix in suffixes:
                yield path.relative_to(REPOSITORY)


def lines(file: Path) -> Iterator[tuple[int, str]]:
    """The numbered lines of a text file; none of a binary one, as the seeds of fuzz targets are."""
    content = (REPOSITORY / file).read_bytes()
    if b"\0" not in content and "corpus" not in file.parts:
        yield from enumerate(content.decode().splitlines(), 1)
