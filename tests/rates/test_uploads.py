"""What uploads send counts as what downloads receive does."""

from pathlib import Path

import pytest

from harness.client import Client
from harness.deadline import wait_until
from harness.machine import QUICK_RETRIES, Machine
from servers.behaviours import File
from servers.content import Content
from servers.scripted import ScriptedServer
from servers.uploads.answers import accept

CONTENT = Content(311, 1_000_000)
LITTLE = 20_000  # bytes a second

pytestmark = pytest.mark.machine(config=QUICK_RETRIES)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    CONTENT.write_to(path)
    return path


def test_uploads_and_downloads_of_a_session_get_the_same(machine: Machine, client: Client, server: ScriptedServer,
                                                         source: Path) -> None:
    session = client.session("limited", max_rate=1_000_000)
    upload = session.upload(server.serve(accept(200)).url, source, start=True)
    download = session.download(server.serve(File(CONTENT)).url, destination=machine.downloads / "file", start=True)
    tasks = upload, download
    wait_until(lambda: any(task.state == "finished" for task in tasks), "the first of them", 30)
    done = [task.done for task in tasks]
    assert min(done) > 0.6 * CONTENT.size, f"nobody is far behind: {done}"
    for task in tasks:
        assert task.wait(30) == ("finished", "")
    CONTENT.check(machine.downloads / "file")


def test_a_change_holds_at_once_for_an_upload(client: Client, server: ScriptedServer, source: Path) -> None:
    session = client.session("limited", max_rate=LITTLE)
    resource = server.serve(accept(200))
    upload = session.upload(resource.url, source, start=True)
    upload.wait_for(lambda task: task.done > LITTLE, "bytes of the upload")
    assert upload.state == "running"
    client.session("limited", max_rate=100 * CONTENT.size)
    assert upload.wait(30) == ("finished", "")
    assert resource.requests[-1].body.received == CONTENT.size
