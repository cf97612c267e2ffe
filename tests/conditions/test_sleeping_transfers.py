"""Transfers, and the machine's sleep: on the disk before it, at work again after it, or in its way."""

from typing import Iterator

import pytest

from conditions.expect import wait_inhibitors
from harness.client import Session
from harness.deadline import wait_until
from harness.machine import Machine
from harness.system_services import BLOCK, DELAY, LOGIND, Mock, SystemServices, prepare_for_sleep
from servers.behaviours import File
from servers.content import Content
from servers.scripted import ScriptedServer

pytestmark = pytest.mark.machine(system_bus=True)

SLOW = 2_000_000.0  # bytes a second
CONTENT = Content(77, 3_000_000)


@pytest.fixture
def logind(services: SystemServices) -> Iterator[Mock]:
    running = services.start(LOGIND)
    wait_inhibitors(running, [DELAY])
    yield running


def test_what_is_under_way_is_on_the_disk_first(machine: Machine, session: Session, server: ScriptedServer, logind: Mock) -> None:
    resource = server.serve(File(CONTENT, '"v1"', rate=SLOW))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True)
    wait_until(lambda: task.done > 500_000, "some bytes")
    prepare_for_sleep(logind, True)
    wait_inhibitors(logind, [])
    assert task.state == "waiting" and task.blocked_by == ["power"]
    done = task.done
    assert done > 500_000
    prepare_for_sleep(logind, False)
    wait_inhibitors(logind, [DELAY])
    assert task.wait() == ("finished", "")
    CONTENT.check(machine.downloads / "file")
    assert resource.requests[1].header("Range") == f"bytes={done}-"


def test_a_machine_is_kept_awake_while_bytes_flow(machine: Machine, session: Session, server: ScriptedServer, logind: Mock) -> None:
    first, second = (session.download(server.serve(File(CONTENT, '"v1"', rate=rate)).url, {"keep-awake": ("b", True)},
                                      destination=machine.downloads / str(rate)) for rate in (SLOW, SLOW / 2))
    first.resume()
    wait_inhibitors(logind, [DELAY, BLOCK])
    second.resume()
    assert first.wait() == ("finished", "")
    second.suspend()
    wait_inhibitors(logind, [DELAY])
    second.resume()
    wait_inhibitors(logind, [DELAY, BLOCK])
    assert second.wait() == ("finished", "")
    wait_inhibitors(logind, [DELAY])


def test_the_machine_may_sleep_during_other_transfers(machine: Machine, session: Session, server: ScriptedServer, logind: Mock) -> None:
    resource = server.serve(File(CONTENT, '"v1"', rate=SLOW))
    assert session.download(resource.url, destination=machine.downloads / "file", start=True).wait() == ("finished", "")
    assert len(logind.mock("GetMethodCalls", "s", "Inhibit")[0]) == 1
