"""What the program can be told is in its manual page and in the completions."""

import re
from pathlib import Path

import pytest

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"
COMMANDS = ["get", "put", "ws", "list", "status", "show", "why", "wait", "suspend", "resume", "cancel", "remove", "credential",
            "replace-url", "metrics", "events", "limit", "data-saver", "sessions", "version"]


def long_options(help_text: str) -> set[str]:
    """The long names of a command's options; --name,--no-name of a switch counts as the one that changes something."""
    names = set()
    for line in help_text.splitlines():
        if found := re.match(r"  (?:-\w,)?((?:--[a-z-]+(?:\{\w+\})?,?)+)", line):
            names.add(re.sub(r"\{.*", "", found[1].split(",")[-1]))
    return names - {"--help"}


@pytest.fixture(scope="session")
def manual() -> str:
    """The page's source with the options as they are typed."""
    return re.sub(r"\bFl -", "--", (PACKAGING / "man" / "haul.1").read_text())


@pytest.mark.parametrize("command", COMMANDS)
def test_each_option_is_documented(haul, manual: str, command: str) -> None:
    options = long_options(haul(command, "--help").stdout)
    assert {option for option in options if not re.search(rf"{option}\b", manual)} == set()
    assert re.search(rf"^\.Ss haul .*\b{command}\b", manual, re.MULTILINE)


@pytest.mark.parametrize("file", ["haul.bash", "_haul"])
def test_each_option_can_be_completed(haul, file: str) -> None:
    text = (PACKAGING / "completions" / file).read_text()
    for command in COMMANDS:
        assert re.search(rf"\b{command}\b", text)
        options = long_options(haul(command, "--help").stdout)
        assert {option for option in options if not re.search(rf"{option}\b", text)} == set()


def test_options_are_seen() -> None:
    """The reader of the help texts reads them."""
    assert long_options("  -h,--help  x\n  -o,--output FILE  x\n  --preallocate,--no-preallocate{false}\n  --mirror URL ...\n") == {
        "--output", "--no-preallocate", "--mirror"}
