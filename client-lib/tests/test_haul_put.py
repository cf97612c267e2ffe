"""haul put: the file, the form, the answer, the progress, the ends, and what happens in between."""

import hashlib
import json
import signal
import subprocess
from pathlib import Path

import pytest

from harness.client import Client
from harness.deadline import PATIENCE, wait_until
from harness.machine import Machine
from servers.behaviours import status
from servers.content import Content
from servers.scripted import Resource, ScriptedServer
from servers.uploads.answers import accept, early, held, read_then
from servers.uploads.gate import Gate

SMALL = Content(7, 300_000)
SHA256 = hashlib.sha256(SMALL.read_all()).hexdigest()
NOBODY = "http://127.0.0.1:9/"


def lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def only_task(client: Client):
    tasks = client.session("default").tasks()
    assert len(tasks) == 1
    return client.task(tasks[0].id)


def taken_once(resource: Resource, method: str = "PUT") -> None:
    """The server has one copy of SMALL."""
    assert [(copy.method, copy.sha256) for copy in resource.copies] == [(method, SHA256)]


@pytest.fixture
def source(machine: Machine) -> Path:
    """A file with SMALL in the directory that the program runs in."""
    path = machine.downloads / "source.bin"
    SMALL.write_to(path)
    return path


def test_put_leaves_nothing_behind(haul, client: Client, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(accept())
    ended = haul("put", source.name, resource.url)
    assert ended.returncode == 0, ended.stderr
    taken_once(resource)
    assert ended.stdout == ""
    last = ended.stderr.splitlines()[-1]
    assert last.startswith(f"haul: sent {source} to {resource.url} (293 KiB") and last.endswith("answer 201")
    session = client.session("default")
    assert session.tasks() == [] and session.events() == []
    SMALL.check(source)


@pytest.mark.parametrize("name", ["source.bin", "./source.bin", "sub/../source.bin", "link"])
def test_a_file_has_many_names(haul, machine: Machine, server: ScriptedServer, source: Path, name: str) -> None:
    (machine.downloads / "sub").mkdir()
    (machine.downloads / "link").symlink_to(source)
    resource = server.serve(accept())
    ended = haul("put", name, resource.url)
    assert ended.returncode == 0, ended.stderr
    taken_once(resource)


def test_a_url_may_come_from_a_file(haul, machine: Machine, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(accept())
    (machine.directory / "url").write_text(resource.url + "\nnot this line\n")
    ended = haul("put", source, f"@{machine.directory}/url")
    assert ended.returncode == 0, ended.stderr
    taken_once(resource)


@pytest.mark.parametrize("method", ["PUT", "POST", "PATCH", "post"])
def test_the_method_may_be_another(haul, server: ScriptedServer, source: Path, method: str) -> None:
    resource = server.serve(accept())
    ended = haul("put", "--resumable=off", "-X", method, source, resource.url)
    assert ended.returncode == 0, ended.stderr
    taken_once(resource, method.upper())


def test_a_form_has_values_and_files(haul, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(accept())
    ended = haul("put", "--form", "title=a=b c", "-F", f"image=@{source.name}", resource.url)
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.splitlines()[-1].startswith(f"haul: sent to {resource.url} (")
    request, = resource.requests
    assert request.method == "POST"
    assert (request.header("Content-Type") or "").startswith("multipart/form-data; boundary=")
    body = request.body.kept
    assert b'name="title"' in body and b"a=b c" in body
    assert b'filename="source.bin"' in body and SMALL.read_all() in body
    assert body.index(b'name="title"') < body.index(b'name="image"')


def test_the_answer_goes_to_standard_output(haul, server: ScriptedServer, source: Path) -> None:
    ended = haul("put", "--reply=-", source, server.serve(accept(200, body=b"taken\n")).url)
    assert (ended.returncode, ended.stdout) == (0, "taken\n"), ended.stderr


@pytest.mark.parametrize("behaviour, code, wanted", [
    (accept(200, body=b"taken"), 0, b"taken"), (accept(204), 0, b""),
    (read_then(status(403, body=b"not you")), 1, b"not you"),
], ids=["taken", "empty", "refused"])
def test_the_answer_goes_to_a_file(haul, machine: Machine, server: ScriptedServer, source: Path, behaviour, code: int,
                                   wanted: bytes) -> None:
    reply = machine.downloads / "reply"
    reply.write_bytes(b"something longer from another day")
    ended = haul("put", "--reply", "reply", source, server.serve(behaviour).url)
    assert ended.returncode == code, ended.stderr
    assert reply.read_bytes() == wanted


def test_an_answer_that_cannot_be_written_is_kept(haul, client: Client, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(accept(200, body=b"taken"))
    ended = haul("put", "--reply=/dev/full", source, resource.url)
    assert ended.returncode == 5
    assert "/dev/full" in ended.stderr
    taken_once(resource)
    assert only_task(client).details()["reply-size"] == 5


def test_a_reply_without_a_place_is_refused(haul, client: Client, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(accept())
    ended = haul("put", "--reply=nowhere/reply", source, resource.url)
    assert ended.returncode == 5
    assert "nowhere/reply" in ended.stderr
    assert resource.requests == [] and client.session("default").tasks() == []


def test_show_and_list_tell_of_an_upload(haul, client: Client, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(accept(201, ("ETag", '"one"'), body=b"taken"))
    number = int(haul("put", "-d", "--resumable=off", "--content-type=text/plain", source, resource.url).stdout)
    assert client.task(number).wait() == ("finished", "")
    shown = haul("show", number).stdout
    for key, value in {"kind": "upload", "file": str(source), "method": "PUT", "content type": "text/plain",
                       "resumable": "off", "status": "201", "answer": "5 B (5 bytes)"}.items():
        assert f"{key}:".ljust(18) + value in shown.splitlines()
    assert 'etag: "one"' in shown.lower()
    document = json.loads(haul("--json", "show", number).stdout)
    wanted = {"kind": "upload", "file": str(source), "method": "PUT", "resumable": "off", "protocol": "off",
              "reply-size": 5, "reply-truncated": False}
    assert {key: document[key] for key in wanted} == wanted
    row = haul("list", "--long").stdout.splitlines()[1].split()
    assert row[:3] == [str(number), "finished", "upload"] and row[-2:] == [str(source), resource.url]


def test_json_is_a_line_for_each_report(haul, server: ScriptedServer, source: Path) -> None:
    ended = haul("--json", "put", source, server.serve(accept(rate=400_000)).url)
    assert ended.returncode == 0 and ended.stderr == ""
    reports = lines(ended.stdout)
    assert [report["type"] for report in reports] == ["progress"] * (len(reports) - 1) + ["ended"]
    assert reports[-1]["state"] == "finished" and reports[-1]["bytes-done"] == SMALL.size
    assert (reports[-1]["kind"], reports[-1]["file"], reports[-1]["status"]) == ("upload", str(source), 201)


def test_quiet_says_nothing_of_success(haul, server: ScriptedServer, source: Path) -> None:
    ended = haul("put", "-q", source, server.serve(accept()).url)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_detached_tells_the_number_alone(haul, client: Client, server: ScriptedServer, source: Path) -> None:
    resource = server.serve(accept())
    ended = haul("put", "--detach", source, resource.url)
    assert client.task(int(ended.stdout)).wait() == ("finished", "")
    taken_once(resource)
    report = json.loads(haul("--json", "put", "-d", source.name, resource.url).stdout)
    assert set(report) == {"id", "task", "file"} and report["file"] == str(source)


def test_a_copy_outlives_its_file(haul, client: Client, server: ScriptedServer, source: Path) -> None:
    gate = Gate()
    resource = server.serve(held(gate, accept()))
    ended = haul("put", "-d", "--snapshot=copy", source, resource.url)
    assert ended.returncode == 0, ended.stderr
    source.unlink()
    gate.open()
    assert client.task(int(ended.stdout)).wait() == ("finished", "")
    taken_once(resource)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_the_upload_running(haul, client: Client, server: ScriptedServer, source: Path,
                                                number: signal.Signals) -> None:
    gate = Gate()
    resource = server.serve(held(gate, accept()))
    running = haul.start("put", source, resource.url, stderr=subprocess.PIPE)
    gate.wait_reached()
    running.send_signal(number)
    _, said = running.communicate(timeout=30 * PATIENCE)
    assert running.returncode == 130
    task = only_task(client)
    assert "the upload goes on" in said and f"wait {task.id}" in said and f"cancel {task.id}" in said
    gate.open()
    assert haul("wait", task.id).returncode == 0
    taken_once(resource)


def test_a_killed_daemon_is_waited_for(haul, machine: Machine, server: ScriptedServer, source: Path) -> None:
    gate = Gate()
    resource = server.serve(held(gate, accept()))
    running = haul.start("put", source, resource.url, stderr=subprocess.PIPE)
    gate.wait_reached()
    machine.daemon.kill()
    machine.daemon.start()
    gate.open()
    _, said = running.communicate(timeout=60 * PATIENCE)
    assert running.returncode == 0, said
    assert "the daemon is back" in said
    assert {copy.sha256 for copy in resource.copies} == {SHA256}


def test_the_first_command_starts_the_daemon(activated, server: ScriptedServer) -> None:
    SMALL.write_to(activated.machine.downloads / "source.bin")
    resource = server.serve(accept())
    ended = activated("put", "source.bin", resource.url)
    assert ended.returncode == 0, ended.stderr
    taken_once(resource)


def test_a_failed_upload_says_why_and_stays(haul, client: Client, server: ScriptedServer, source: Path) -> None:
    ended = haul("put", source, server.serve(early(413)).url)
    assert ended.returncode == 1
    assert "413" in ended.stderr
    task = only_task(client)
    assert f"show {task.id}" in ended.stderr
    assert "http-status" in haul("show", task.id).stdout


def test_a_file_that_changes_fails_it(haul, server: ScriptedServer, source: Path) -> None:
    gate = Gate()
    resource = server.serve(held(gate, accept()))
    running = haul.start("put", "--snapshot=never", source, resource.url, stderr=subprocess.PIPE)
    gate.wait_reached()
    source.write_bytes(b"another one")
    gate.open()
    _, said = running.communicate(timeout=60 * PATIENCE)
    assert running.returncode == 1
    assert str(source) in said


def test_a_missing_file_is_refused(haul, machine: Machine) -> None:
    ended = haul("put", "nothing", NOBODY)
    assert ended.returncode == 5
    assert str(machine.downloads / "nothing") in ended.stderr


def test_standard_input_is_refused_with_what_to_do(haul) -> None:
    for arguments in (["-", NOBODY], ["--form", "file=@-", NOBODY]):
        ended = haul("put", *arguments)
        assert ended.returncode == 2
        assert "write it to a file first" in ended.stderr and "--snapshot=copy" in ended.stderr


@pytest.mark.parametrize("arguments, says", [
    ([], "URL"), (["file"], "URL"), (["--form", "a=b"], "URL"), (["--form", "a=b", "file", NOBODY], "FILE"),
    (["--form", "nonsense", NOBODY], "--form"), (["--form", "a=@", NOBODY], "--form"),
    (["--metadata", "x", "f", NOBODY], "--metadata"),
    (["--method=GET", "f", NOBODY], "--method"), (["--interop=7", "f", NOBODY], "--interop"),
    (["--resumable=maybe", "f", NOBODY], "--resumable"), (["--snapshot=maybe", "f", NOBODY], "--snapshot"),
    (["--part-size=lots", "f", NOBODY], "--part-size"), (["--part-urls=/nonexistent", "f", NOBODY], "/nonexistent"),
    (["--part-urls=/dev/null", "f", NOBODY], "no URL"), (["--abort-url=@/nonexistent", "f", NOBODY], "/nonexistent"),
    (["--reply=r", "--detach", "f", NOBODY], "--detach"), (["--json", "--reply=-", "f", NOBODY], "standard output"),
    (["-u", "a:b", "--password-file=x", "f", NOBODY], "password"), (["--checksum=x", "f", NOBODY], "--checksum"),
])
def test_wrong_usage_is_two(haul, arguments: list[str], says: str) -> None:
    ended = haul("put", *arguments)
    assert ended.returncode == 2
    assert says in ended.stderr and not ended.stdout


def test_a_secret_in_a_wrong_part_is_not_repeated(haul) -> None:
    assert "canary" not in haul("put", "--form", "canary", NOBODY).stderr
    assert "canary" not in haul("put", "--metadata", "canary", "f", NOBODY).stderr


def test_a_vanished_working_directory_is_an_error(haul, machine: Machine) -> None:
    gone = machine.directory / "gone"
    gone.mkdir()
    ended = machine.family.run(
        ["/bin/sh", "-c", 'rmdir "$PWD"; exec "$@"', "sh", *haul.argv("put", "file", NOBODY)], cwd=gone)
    assert ended.returncode == 2
    assert "current directory" in ended.stderr


def test_a_file_that_is_gone_is_waited_for(haul, client: Client, server: ScriptedServer, source: Path) -> None:
    task = client.session("default").upload(server.serve(accept()).url, source, snapshot="never")
    source.rename(source.with_name("aside"))
    assert haul("resume", task.id).returncode == 0
    wait_until(lambda: task.blocked_by == ["file"], "it to wait for its file")
    assert "the file to send is not there" in haul("show", task.id).stdout


@pytest.mark.root
@pytest.mark.machine(user=65534)
def test_a_daemon_of_another_user_gets_a_copy(haul, server: ScriptedServer, source: Path) -> None:
    source.chmod(0o600)
    resource = server.serve(accept())
    refused = haul("put", source, resource.url)
    assert refused.returncode == 5
    assert "--snapshot=copy" in refused.stderr
    assert haul("put", "--snapshot=copy", source, resource.url).returncode == 0
    taken_once(resource)
    form = server.serve(accept())
    assert haul("put", "--form", f"image=@{source}", form.url).returncode == 0
    assert b'filename="source.bin"' in form.requests[0].body.kept
