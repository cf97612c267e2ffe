"""packaging/try: the first thing that a newcomer runs."""

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest
from harness.daemon import binary_directory
from harness.deadline import PATIENCE, wait_until
from harness.family import Family

TRY = Path(__file__).resolve().parents[2] / "packaging/try"


@pytest.fixture
def family(tmp_path):
    family = Family(tmp_path)
    yield family
    assert family.disband() == []


@pytest.fixture
def environment(tmp_path):
    """Where the programs are, and a directory in which the script leaves nothing."""
    yield {"HAUL_BIN": str(binary_directory()), "TMPDIR": str(tmp_path)}
    assert list(tmp_path.iterdir()) == []


def test_downloads_and_says_what_else_to_try(family, environment):
    done = family.run([TRY], environment, timeout=60 * PATIENCE)
    assert done.returncode == 0, done.stderr
    assert re.search(r" 209715200 .*demo\.bin", done.stdout)
    assert "org.hauld1.Manager.Download" in done.stdout


def test_ctrl_c_cleans_up(family, environment):
    script = family.spawn([TRY], environment, stdout=subprocess.PIPE, text=True, start_new_session=True)
    with script.stdout:
        wait_until(lambda: "Downloading" in script.stdout.readline(), "the download to start")
        os.killpg(script.pid, signal.SIGINT)
        assert script.wait(20 * PATIENCE) in (130, 1, -signal.SIGINT)


def test_programs_that_do_not_start_are_an_error(family, environment):
    broken = family.run([TRY], {**environment, "HAUL_BIN": "/nonexistent"})
    assert broken.returncode == 1
    assert "/nonexistent/hauld" in broken.stderr
