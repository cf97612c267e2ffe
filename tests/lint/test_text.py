"""Length, format and words of the sources."""

import re
import subprocess

import pytest

from lint.sources import REPOSITORY, lines, sources

LONGEST = 400

# Written so that they do not match themselves.
MACHINE_PATHS = re.compile(r"/(w[o]rk|f[a]rm|r[o]ot)/")
FIXED_SLEEPS = re.compile(r"\btime\.sleep\(\s*[\d.]|\busleep\(|\bsleep_(for|until)\(.*\d|^\s*sleep [\d.]")
UNFINISHED = re.compile(r"\b(TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b")


def found(pattern, files):
    """Where a pattern stands, as FILE:LINE: text."""
    return [f"{file}:{number}: {text.strip()}"
            for file in files for number, text in lines(file) if pattern.search(text)]


def test_files_are_short():
    long = {str(file): sum(1 for _ in lines(file)) for file in sources(".cpp", ".hpp", ".h", ".py")}
    assert {file: length for file, length in long.items() if length > LONGEST} == {}


def test_no_paths_of_one_machine():
    assert found(MACHINE_PATHS, sources()) == []


def test_tests_wait_for_conditions():
    assert found(FIXED_SLEEPS, sources(under="tests")) == []


def test_nothing_is_left_unfinished():
    assert found(UNFINISHED, sources()) == []


def test_format():
    files = list(sources(".cpp", ".hpp", ".h"))
    verdict = subprocess.run(
        ["clang-format", "--dry-run", "--Werror", *files], cwd=REPOSITORY, capture_output=True, text=True)
    badly_formatted = set(re.findall(r"^(\S+?):\d+:\d+: error", verdict.stderr, re.MULTILINE))
    assert badly_formatted == set()
    assert verdict.returncode == 0, verdict.stderr


def test_public_headers_show_no_bus_library():
    bus = re.compile(r"#\s*include.*(sdbus|proto/|systemd/)|sdbus::")
    assert found(bus, sources(under="client-lib/include")) == []


@pytest.mark.parametrize("text", ["time.sle" + "ep(0.5)", "std::this_thread::sle" + "ep_for(5ms);", "  sle" + "ep 1"])
def test_fixed_sleeps_are_seen(text):
    assert FIXED_SLEEPS.search(text)


@pytest.mark.parametrize("text", ["time.sleep(interval)", "await asyncio.sleep(0.1)  # a slow server", "exec sleep 60"])
def test_other_waits_are_not(text):
    assert not FIXED_SLEEPS.search(text)
