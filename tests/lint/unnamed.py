"""Functions of unnamed namespaces: a room's sources are compiled several at a time (unity builds), where functions of one name
overload each other, and a call may silently find another file's."""

import re
from collections import defaultdict
from pathlib import Path
from typing import Iterator

from lint.sources import REPOSITORY, sources

ATTRIBUTES = re.compile(r"\[\[.*?\]\]\s*")
# A function's first line as clang-format leaves it: from the first column, its name before the first parenthesis.
FUNCTION = re.compile(r"(?!template|using|namespace|struct|class|enum|static_assert|[#/])\w[^=(]*?\b(?!operator\b)(\w+)\(")
ALONE = re.compile(r"set_source_files_properties\(([^)]*?)\s+PROPERTIES\s+SKIP_UNITY_BUILD_INCLUSION ON\)")
NO_UNITY = re.compile(r"UNITY_BUILD OFF|add_executable\(\S+ \$\{\w+\}\.cpp\)")


def functions(text: str) -> set[str]:
    """The names of the functions that a source has in unnamed namespaces."""
    names: set[str] = set()
    inside = False
    for line in text.splitlines():
        if line.startswith("namespace {"):
            inside = True
        elif line.startswith("}  // namespace"):
            inside = False
        elif inside and (found := FUNCTION.match(ATTRIBUTES.sub("", line))):
            names.add(found[1])
    return names


def compiled_together(room: Path) -> Iterator[Path]:
    """The sources of a directory but for those that its CMakeLists.txt has compiled one by one."""
    recipe = room / "CMakeLists.txt"
    recipe_text = recipe.read_text() if recipe.exists() else ""
    if not NO_UNITY.search(recipe_text):
        alone = " ".join(ALONE.findall(recipe_text)).split()
        yield from (source for source in sorted(room.glob("*.cpp")) if source.name not in alone)


def shared(room: Path) -> list[str]:
    """The functions that unnamed namespaces of several files of a directory have, each with these files."""
    owners: dict[str, list[str]] = defaultdict(list)
    for source in compiled_together(room):
        for name in functions(source.read_text()):
            owners[name].append(source.name)
    return [f"{name} in {', '.join(files)}" for name, files in sorted(owners.items()) if len(files) > 1]


def rooms() -> list[Path]:
    """The directories that hold sources."""
    return sorted({REPOSITORY / source.parent for source in sources(".cpp")})
