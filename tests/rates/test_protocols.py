"""Limits over TLS and HTTP/2, at a real server: every byte comes, and streams do not hold each other up."""

import tempfile
from pathlib import Path
from typing import Iterator

import pytest

from harness.client import Client
from harness.deadline import wait_until
from harness.machine import QUICK_RETRIES, Machine
from servers.content import Content
from servers.nginx import Nginx
from servers.real import Tls
from servers.tls import Certificates

SIZE = 3_000_000
RATE = 6_000_000

pytestmark = pytest.mark.machine(config=QUICK_RETRIES)


@pytest.fixture(scope="module", params=["https1", "h2"])
def nginx(request: pytest.FixtureRequest, certificates: Certificates) -> Iterator[Nginx]:  # noqa: F811
    with tempfile.TemporaryDirectory(prefix="haul-server-") as directory:
        Path(directory).chmod(0o755)
        with Nginx(Path(directory), tls=Tls(certificates, http2=request.param == "h2")) as server:
            yield server


@pytest.mark.parametrize("moment", ["before", "while they run"])
def test_every_byte_comes(machine: Machine, client: Client, nginx: Nginx, certificates: Certificates,  # noqa: F811
                          moment: str) -> None:
    contents = [Content(seed, SIZE) for seed in range(321, 325)]
    for number, content in enumerate(contents):
        content.write_to(nginx.files / f"file{number}")
    limit = {"max-rate": RATE} if moment == "before" else {}
    session = client.session("limited", limit)
    tasks = [session.download(nginx.url(f"file{number}"), destination=machine.downloads / f"file{number}", start=True,
                              ca_file=certificates.authority) for number in range(len(contents))]
    if moment != "before":
        wait_until(lambda: any(task.done > 0 for task in tasks), "bytes")
        client.session("limited", max_rate=RATE)
    for number, (task, content) in enumerate(zip(tasks, contents)):
        assert task.wait(60) == ("finished", "")
        content.check(machine.downloads / f"file{number}")


def test_what_begins_under_a_limit_has_its_own_connection(machine: Machine, client: Client, nginx: Nginx,
                                                          certificates: Certificates) -> None:  # noqa: F811
    Content(326, SIZE).write_to(nginx.files / "alone")
    session = client.session("limited", max_rate=100 * RATE)
    task = session.download(nginx.url("alone"), destination=machine.downloads / "alone", start=True,
                            ca_file=certificates.authority)
    assert task.wait(60) == ("finished", "")
    metrics, = task.call("GetMetrics")
    assert metrics["protocol"][1] == "http/1.1"
