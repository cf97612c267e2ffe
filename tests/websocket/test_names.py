"""A name whose resolution hangs delays its own task and nobody else."""

import os
import subprocess
from pathlib import Path
from typing import Iterator

import pytest

from harness.client import Session
from harness.machine import Machine
from servers.websocket.adversary import Adversary
from websocket.expect import QUICK, opened, wait_inbox

_SOURCE = Path(__file__).with_name("hanging_names.c")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("names") / "hanging_names.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", path, _SOURCE], check=True)
    return path


@pytest.fixture
def fifo(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "names"
    os.mkfifo(path)
    yield path


@pytest.fixture
def slow_session(machine: Machine, library: Path, fifo: Path) -> Iterator[Session]:
    """Of a daemon for which some names hang until the test is over."""
    if machine.daemon.is_sanitized:
        pytest.skip("a sanitizer's runtime has to be loaded first")
    machine.daemon.terminate()
    machine.daemon.start({"LD_PRELOAD": str(library), "HAUL_TEST_NAMES": str(fifo)})
    yield machine.client().session("test")
    os.close(os.open(fifo, os.O_RDWR))  # wakes who waits


def hang(session: Session, count: int) -> list:
    tasks = [session.websocket(f"ws://hanging.{number}.example/", [], {**QUICK, "start": True, "retries": 0})
             for number in range(count)]
    for task in tasks:
        task.wait_for(lambda t: t.state == "running", "connecting")
    return tasks


def test_others_connect_and_talk_meanwhile(machine: Machine, slow_session: Session, server: Adversary) -> None:
    hanging = hang(slow_session, 5)
    for _ in range(5):
        task, peer = opened(slow_session, server.serve())
        peer.text("not delayed")
        wait_inbox(slow_session, task, "not delayed")
        task.send("nor this")
        assert peer.receive().text == "nor this"
    assert [task.state for task in hanging] == ["running"] * 5


def test_a_hanging_task_can_be_cancelled(slow_session: Session, server: Adversary) -> None:
    for task in hang(slow_session, 2):
        task.cancel()
        assert task.wait() == ("cancelled", "client")
    task, peer = opened(slow_session, server.serve())
    peer.text("x")
    wait_inbox(slow_session, task, "x")


def test_a_daemon_with_hanging_names_still_ends(machine: Machine, slow_session: Session) -> None:
    hang(slow_session, 2)
    assert machine.daemon.terminate(10) == 0
