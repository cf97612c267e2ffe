"""GetMetrics: what each request took, where it went, and what it carried."""

import time

import pytest

from bus.expect import failed, finished
from harness.client import Session, Task, microseconds, plain
from harness.machine import Machine
from servers.behaviours import File, redirect, status
from servers.content import Content
from servers.proxy import Proxy
from servers.scripted import ScriptedServer

SIZE, CUT = 600_000, 350_000
CONTENT = Content(231, SIZE)
FIRST, WHOLE = File(CONTENT, etag='"one"', cut=CUT), File(CONTENT, etag='"one"')


def metrics(task: Task) -> list[dict]:
    return [plain(one) for one in task.call("GetMetrics")]


def test_a_request_is_measured(machine: Machine, session: Session, server: ScriptedServer) -> None:
    before = time.time() * 1e6
    resource = server.serve(WHOLE)
    task = session.download(resource.url, destination=machine.downloads / "file", start=True)
    finished(task, CONTENT, machine.downloads / "file")
    one, = metrics(task)
    assert (one["attempt"], one["hop"], one["connection"], one["status"], one["url"]) == (1, 0, 0, 200, resource.url)
    assert before - 1e6 <= one["started"] <= time.time() * 1e6
    assert one["connect"] <= one["first-byte"] <= one["total"] < 60_000_000
    assert "tls" not in one and "tls-version" not in one
    assert one["protocol"] == "http/1.1"
    assert one["remote-address"] == f"127.0.0.1:{server.port}"
    assert one["local-address"].startswith("127.0.0.1:")
    assert (one["reused"], one["proxy"]) == (False, False)
    assert one["bytes-written"] == SIZE
    assert SIZE < one["bytes-received"] < SIZE + 2000, "the body and its head"
    assert 0 < one["bytes-sent"] < 2000


def test_there_are_none_before_the_first_request(session: Session, server: ScriptedServer) -> None:
    assert metrics(session.download(server.serve(WHOLE).url)) == []


def test_each_attempt_and_each_hop_has_its_own(machine: Machine, session: Session, server: ScriptedServer) -> None:
    target = server.serve(FIRST, status(503), WHOLE)
    start = server.serve(redirect(target.url, 307))
    task = session.download(start.url, destination=machine.downloads / "file", start=True)
    finished(task, CONTENT, machine.downloads / "file")
    seen = [(one["attempt"], one["hop"], one["status"], one["url"]) for one in metrics(task)]
    assert seen == [(1, 0, 307, start.url), (1, 1, 200, target.url), (2, 0, 307, start.url), (2, 1, 503, target.url),
                    (3, 0, 307, start.url), (3, 1, 206, target.url)]
    assert [one["bytes-written"] for one in metrics(task)] == [0, CUT, 0, 0, 0, SIZE - CUT]


def test_a_connection_that_is_used_again_says_so(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(redirect(server.serve(WHOLE).url)).url, destination=machine.downloads / "file", start=True)
    finished(task, CONTENT, machine.downloads / "file")
    first, second = metrics(task)
    assert (first["reused"], second["reused"]) == (False, True)
    assert "connect" in first and "connect" not in second


def test_tls_is_measured(machine: Machine, session: Session, tls_server: ScriptedServer, certificates) -> None:
    task = session.download(tls_server.serve(WHOLE).url, destination=machine.downloads / "file", start=True,
                            ca_file=certificates.authority)
    finished(task, CONTENT, machine.downloads / "file")
    one, = metrics(task)
    assert one["tls-version"] in ("TLSv1.2", "TLSv1.3")
    assert one["connect"] <= one["tls"] <= one["first-byte"] <= one["total"]


def test_a_proxy_is_told(machine: Machine, session: Session, server: ScriptedServer) -> None:
    with Proxy() as proxy:
        task = session.download(server.serve(WHOLE).url, destination=machine.downloads / "file", start=True, proxy=proxy.url())
        finished(task, CONTENT, machine.downloads / "file")
        one, = metrics(task)
        assert one["proxy"] is True
        assert one["remote-address"] == f"127.0.0.1:{proxy.port}"


def test_a_request_that_never_got_an_answer_is_there_too(session: Session) -> None:
    task = session.download("http://127.0.0.1:1/file", start=True, retries=1)
    failed(task, "connection")
    first, second = metrics(task)
    assert (first["attempt"], second["attempt"]) == (1, 2)
    for one in (first, second):
        assert "first-byte" not in one and "tls" not in one
        assert one.get("status", 0) == 0 and one["bytes-written"] == 0


def test_the_newest_sixty_four_are_kept(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(*[status(503)] * 70, WHOLE).url, destination=machine.downloads / "file", start=True,
                            retry_delay=microseconds(0.002), retry_delay_max=microseconds(0.002))
    finished(task, CONTENT, machine.downloads / "file")
    assert [one["attempt"] for one in metrics(task)] == list(range(8, 72))


@pytest.mark.parametrize("ended", [True, False], ids=["of an ended task", "of a waiting task"])
def test_they_outlive_a_crash(machine: Machine, session: Session, server: ScriptedServer, ended: bool) -> None:
    last = WHOLE if ended else status(503, ("Retry-After", "3600"))
    resource = server.serve(FIRST, last)
    task = session.download(resource.url, destination=machine.downloads / "file", start=True)
    task.wait_for(lambda t: t.state == "finished" or (len(resource.requests) == 2 and t.blocked_by == ["retry-delay"]), "its end")
    before = metrics(task)
    assert len(before) == 2
    machine.restart()
    assert metrics(machine.client().task(task.id)) == before


def test_they_keep_secrets(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(WHOLE, secret="opensesame")
    task = session.download(resource.url.replace("http://", "http://user:opensesame@"), destination=machine.downloads / "file",
                            start=True)
    finished(task, CONTENT, machine.downloads / "file")
    one, = metrics(task)
    assert one["url"] == resource.url.partition("?")[0]
    assert "opensesame" not in str(one)
