"""haul get with several URLs and with an input file."""

import json
import signal
import subprocess
import threading

import pytest

from harness.client import Client
from harness.deadline import wait_until
from harness.machine import Machine
from servers.behaviours import File, gated, status
from servers.content import Content
from servers.scripted import ScriptedServer, many

SMALL = Content(7, 300_000)
NOBODY = "http://127.0.0.1:9/"


def lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_several_urls_make_several_files(haul, machine: Machine, client: Client, server: ScriptedServer) -> None:
    contents = {f"file-{seed}": Content(seed, 100_000) for seed in range(5)}
    urls = [server.serve(File(content), name=name).url for name, content in contents.items()]
    (machine.downloads / "sub").mkdir()
    ended = haul("get", "-o", "sub/", *urls)
    assert ended.returncode == 0, ended.stderr
    for name, content in contents.items():
        content.check(machine.downloads / "sub" / name)
    assert ended.stderr.count("haul: saved ") == 5
    assert client.session("default").tasks() == [] and client.session("default").events() == []


def test_one_bad_url_makes_none(haul, machine: Machine, client: Client, server: ScriptedServer) -> None:
    ended = haul("get", server.serve(File(SMALL)).url, "nonsense", server.serve(File(SMALL)).url)
    assert ended.returncode == 5
    assert "nonsense" in ended.stderr
    assert client.session("default").tasks() == []


def test_the_worst_decides_and_the_others_finish(haul, machine: Machine, client: Client, server: ScriptedServer) -> None:
    good, bad = server.serve(File(SMALL), name="good"), server.serve(status(404), name="bad")
    ended = haul("get", bad.url, good.url)
    assert ended.returncode == 1
    SMALL.check(machine.downloads / "good")
    left, = client.session("default").tasks()
    assert left.state == "failed"
    assert f"show {left.id}" in ended.stderr and f"remove {left.id}" in ended.stderr


def test_progress_is_of_all(haul, server: ScriptedServer) -> None:
    urls = [server.serve(File(Content(seed, 200_000), rate=150_000), name=f"f{seed}").url for seed in range(3)]
    ended = haul("--json", "get", *urls)
    assert ended.returncode == 0
    reports = lines(ended.stdout)
    assert len({report["id"] for report in reports if report["type"] == "progress"}) == 3
    assert [report["state"] for report in reports if report["type"] == "ended"] == ["finished"] * 3
    said = haul("get", *[server.serve(File(Content(seed, 200_000), rate=100_000), name=f"g{seed}").url for seed in range(3)])
    assert "of 3 tasks ended" in said.stderr


def test_detached_prints_every_number(haul, client: Client, server: ScriptedServer) -> None:
    urls = [server.serve(File(SMALL), name=f"f{number}").url for number in range(3)]
    numbers = [int(line) for line in haul("get", "-d", *urls).stdout.split()]
    assert len(numbers) == 3
    assert [client.task(number).wait() for number in numbers] == [("finished", "")] * 3
    urls = [server.serve(File(SMALL), name=f"g{number}").url for number in range(2)]
    rows = json.loads(haul("--json", "get", "-d", *urls).stdout)
    assert [row["destination"].rpartition("/")[0] for row in rows] == [str(haul.machine.downloads)] * 2


def test_an_interrupt_names_those_that_go_on(haul, client: Client, server: ScriptedServer) -> None:
    gate = threading.Event()
    urls = [server.serve(File(SMALL), name="quick").url,
            *[server.serve(gated(gate, File(SMALL)), name=f"f{number}").url for number in range(2)]]
    running = haul.start("get", *urls, stderr=subprocess.PIPE)
    session = client.session("default")
    # The finished one is forgotten as soon as it is seen.
    wait_until(lambda: [task.state for task in session.tasks()] == ["running", "running"], "the quick one to end")
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=30)
    assert running.returncode == 130
    numbers = " ".join(str(task.id) for task in session.tasks())
    assert f"wait {numbers}" in said and f"cancel {numbers}" in said
    gate.set()
    assert haul("wait", *numbers.split()).returncode == 0


def test_hundreds_are_followed_to_their_ends(haul, machine: Machine, client: Client, server: ScriptedServer) -> None:
    """More than are asked about one by one; some of them fail."""
    served = many(server, 150, 2_000)
    urls = [resource.url.replace("/file", f"/file?{content.seed}") for resource, content in served]
    listing = machine.directory / "urls"
    listing.write_text("".join(f"{url}\n  output=file-{content.seed}\n" for url, (_, content) in zip(urls, served))
                       + "".join(f"{server.serve(status(410)).url}\n  output=gone-{number}\n" for number in range(15)))
    ended = haul("get", "-i", listing)
    assert ended.returncode == 1
    assert ended.stderr.count("haul: saved ") == 150 and "15 downloads failed" in ended.stderr
    for _, content in served:
        content.check(machine.downloads / f"file-{content.seed}")
    assert len(client.session("default").tasks()) == 15


def test_an_input_file_has_options_for_each_url(haul, machine: Machine, client: Client, server: ScriptedServer) -> None:
    (machine.downloads / "sub").mkdir()
    one, two = server.serve(File(SMALL)), server.serve(File(SMALL))
    listing = machine.directory / "urls"
    listing.write_text(f"# two of them\n{one.url}\n  output=first\n  header=X-One: 1\n\n"
                       f"{two.url}\n  directory=sub\n  output=second\n  mode=600\n  priority=0.25\n")
    ended = haul("get", "-i", listing, "-H", "X-All: yes", "--retries=0")
    assert ended.returncode == 0, ended.stderr
    SMALL.check(machine.downloads / "first")
    SMALL.check(machine.downloads / "sub" / "second")
    assert (machine.downloads / "sub" / "second").stat().st_mode & 0o777 == 0o600
    assert [one.requests[0].header(name) for name in ("X-All", "X-One")] == ["yes", "1"]
    assert [two.requests[0].header(name) for name in ("X-All", "X-One")] == ["yes", None]


def test_an_input_file_may_be_standard_input(haul, machine: Machine, server: ScriptedServer) -> None:
    running = haul.start("get", "-i", "-", stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    running.communicate(server.serve(File(SMALL), name="piped").url + "\n", timeout=60)
    assert running.returncode == 0
    SMALL.check(machine.downloads / "piped")


@pytest.mark.parametrize("text, says", [
    ("", "holds no URL"),
    ("  output=x\nhttp://h/\n", "line 1: an option stands before the first URL"),
    ("http://h/\n  output\n", "line 2: an indented line is an option"),
    ("http://h/\n  shiny=yes\n", 'line 2: there is no option "shiny"'),
    ("http://h/\n  detach=true\n", 'line 2: there is no option "detach"'),
    ("http://h/\n  -o=x\n", 'line 2: there is no option "-o"'),
    ("http://h/\n\nhttp://h/\n  max-size=lots\n", "below the URL in line 3"),
    ("http://h/\n  if-exists=perhaps\n", "below the URL in line 1"),
])
def test_a_wrong_input_file_is_told_by_its_line(haul, machine: Machine, text: str, says: str) -> None:
    listing = machine.directory / "urls"
    listing.write_text(text)
    ended = haul("get", "-i", listing)
    assert ended.returncode == 2
    assert says in ended.stderr and str(listing) in ended.stderr


@pytest.mark.parametrize("option", ["--checksum=" + "a" * 64, "--range=0-9", "--token=t", "--mirror=http://h/",
                                    "--filename=x", "--if-none-match=\"a\"", "--expected-size=1", "-o=file"])
def test_what_is_about_one_file_is_not_for_several(haul, option: str) -> None:
    ended = haul("get", option, NOBODY, NOBODY)
    assert ended.returncode == 2
    assert "several URLs" in ended.stderr


def test_an_input_file_that_is_not_there(haul) -> None:
    ended = haul("get", "-i", "/nonexistent/list")
    assert ended.returncode == 2
    assert "cannot read /nonexistent/list: No such file" in ended.stderr
