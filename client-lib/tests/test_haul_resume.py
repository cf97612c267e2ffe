"""haul cancel --resume-data, haul get --resume-data, haul replace-url, haul metrics."""

import base64
import json
import subprocess

from harness.client import Client, Session
from harness.deadline import wait_until
from harness.machine import Machine
from servers.behaviours import File, redirect, status
from servers.content import Content
from servers.scripted import Resource, ScriptedServer

CONTENT = Content(13, 2_000_000)
ETAG = '"one"'


def start_slowly(haul, client: Client, server: ScriptedServer) -> tuple[int, Resource]:
    """A download under way that takes seconds where it is not continued quickly."""
    resource = server.serve(File(CONTENT, etag=ETAG, rate=400_000), File(CONTENT, etag=ETAG))
    task = client.task(int(haul("get", "-d", resource.url).stdout))
    wait_until(lambda: task.done > 500_000, "some bytes")
    return task.id, resource


def test_a_cancelled_download_goes_on_from_its_resume_data(haul, machine: Machine, client: Client,
                                                           server: ScriptedServer) -> None:
    task, resource = start_slowly(haul, client, server)
    kept = machine.directory / "kept"
    ended = haul("cancel", "--resume-data", kept, task)
    assert ended.returncode == 0, ended.stderr
    assert client.task(task).state == "cancelled"
    assert kept.stat().st_mode & 0o777 == 0o600
    ended = haul("get", "--resume-data", kept, "-o", "file")
    assert ended.returncode == 0, ended.stderr
    CONTENT.check(machine.downloads / "file")
    assert resource.requests[1].range_start >= 500_000
    used = haul("get", "--resume-data", kept, "-o", "again")
    assert used.returncode == 5
    machine.wait_downloads(machine.downloads / "file")


def test_another_session_may_go_on(haul, machine: Machine, client: Client, server: ScriptedServer) -> None:
    task, resource = start_slowly(haul, client, server)
    kept = machine.directory / "kept"
    assert haul("cancel", task, "--resume-data", kept).returncode == 0
    assert haul("get", "-s", "other", "--resume-data", kept, "-o", "file", resource.url).returncode == 0
    CONTENT.check(machine.downloads / "file")
    assert resource.requests[1].range_start >= 500_000


def test_resume_data_that_was_changed_is_refused(haul, machine: Machine, client: Client, server: ScriptedServer) -> None:
    task, resource = start_slowly(haul, client, server)
    kept = machine.directory / "kept"
    assert haul("cancel", "--resume-data", kept, task).returncode == 0
    data = bytearray(kept.read_bytes())
    data[len(data) // 2] ^= 1
    kept.write_bytes(data)
    refused = haul("get", "--resume-data", kept, "-o", "file", resource.url)
    assert refused.returncode == 5 and "resume data" in refused.stderr.replace("-", " ")


def test_a_failed_download_has_resume_data_in_its_event(haul, machine: Machine, client: Client, server: ScriptedServer) -> None:
    resource = server.serve(File(CONTENT, etag=ETAG, cut=700_000), status(404), File(CONTENT, etag=ETAG))
    task = int(haul("get", "-d", "-s", "test", resource.url).stdout)
    assert client.task(task).wait() == ("failed", "http-status")
    events = map(json.loads, haul("--json", "events", "-s", "test").stdout.splitlines())
    failed, = [event for event in events if event["type"] == "failed"]
    kept = machine.directory / "kept"
    kept.write_bytes(base64.b64decode(failed["details"]["resume-data"], validate=True))
    assert haul("get", "--resume-data", kept, "-o", "file").returncode == 0
    CONTENT.check(machine.downloads / "file")
    assert resource.requests[2].range_start == 700_000


def test_a_file_that_cannot_be_written_cancels_nothing(haul, session: Session) -> None:
    task = session.download("http://127.0.0.1:9/")
    refused = haul("cancel", "--resume-data", "/nonexistent/kept", task.id)
    assert refused.returncode == 5 and "/nonexistent/kept" in refused.stderr
    assert task.state == "suspended"


def test_without_bytes_there_is_no_resume_data(haul, machine: Machine, session: Session) -> None:
    task = session.download("http://127.0.0.1:9/")
    kept = machine.directory / "kept"
    ended = haul("cancel", "--resume-data", kept, task.id)
    assert ended.returncode == 0, ended.stderr
    assert task.state == "cancelled" and not kept.exists()
    assert "no bytes" in ended.stderr


def test_resume_data_is_one_tasks(haul, session: Session) -> None:
    tasks = [session.download("http://127.0.0.1:9/").id for _ in range(2)]
    assert haul("cancel", "--resume-data", "kept", *tasks).returncode == 2
    assert haul("cancel", "--resume-data", "kept", 4711).returncode == 4
    assert not list(haul.machine.downloads.iterdir())


def test_a_new_url_keeps_the_bytes(haul, machine: Machine, client: Client, server: ScriptedServer) -> None:
    task, _ = start_slowly(haul, client, server)
    fresh = server.serve(File(CONTENT, etag=ETAG), secret="canary")
    ended = haul("replace-url", task, fresh.url)
    assert ended.returncode == 0, ended.stderr
    assert haul("wait", task).returncode == 0
    CONTENT.check(machine.downloads / "file")
    assert fresh.requests[0].range_start >= 500_000
    assert "canary" not in haul("show", task).stdout


def test_a_new_url_may_come_from_standard_input(haul, machine: Machine, client: Client, server: ScriptedServer) -> None:
    task, _ = start_slowly(haul, client, server)
    fresh = server.serve(File(CONTENT, etag=ETAG))
    asked = haul.start("replace-url", task, "-", stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    asked.communicate(fresh.url + "\n", timeout=30)
    assert asked.returncode == 0
    assert haul("wait", task).returncode == 0
    assert len(fresh.requests) == 1


def test_a_new_url_that_is_none_is_refused(haul, session: Session) -> None:
    task = session.download("http://127.0.0.1:9/")
    refused = haul("replace-url", task.id, "ftp://127.0.0.1/x")
    assert refused.returncode == 5 and "ftp" in refused.stderr
    assert haul("replace-url", 4711, "http://127.0.0.1:9/").returncode == 4
    assert haul("replace-url", task.id).returncode == 2


def test_metrics_have_each_hop(haul, client: Client, server: ScriptedServer) -> None:
    target = server.serve(File(CONTENT))
    task = int(haul("get", "-d", server.serve(redirect(target.url), name="first").url).stdout)
    assert client.task(task).wait() == ("finished", "")
    first, second = json.loads(haul("--json", "metrics", task).stdout)
    assert (first["attempt"], first["hop"], first["status"]) == (1, 0, 302)
    assert (second["attempt"], second["hop"], second["status"]) == (1, 1, 200)
    assert second["remote-address"] == f"127.0.0.1:{server.port}" and second["protocol"] == "http/1.1"
    assert second["bytes-written"] == CONTENT.size and second["bytes-received"] > CONTENT.size
    assert 0 < second["first-byte"] <= second["total"]
    heading, *rows = haul("metrics", task).stdout.splitlines()
    assert heading.split()[:4] == ["TRY", "HOP", "CONN", "STATUS"]
    assert [row.split()[:4] for row in rows] == [["1", "0", "0", "302"], ["1", "1", "0", "200"]]
    assert rows[1].endswith(target.url)


def test_metrics_of_a_task_without_requests(haul, session: Session) -> None:
    task = session.download("http://127.0.0.1:9/")
    assert json.loads(haul("--json", "metrics", task.id).stdout) == []
    assert haul("metrics", 4711).returncode == 4
