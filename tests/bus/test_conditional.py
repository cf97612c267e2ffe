"""Downloads of a part, under a condition, encoded on the way, at a limited speed, with the session's cookies."""

import gzip
import time
from pathlib import Path

import pytest

from bus.expect import failed, finished, refused, terminal, types
from harness.client import Client, Session, microseconds
from harness.deadline import wait_until
from harness.machine import Machine
from servers.behaviours import A_YEAR_AGO, File, status
from servers.content import Content
from servers.misbehaviours import spelled
from servers.scripted import ScriptedServer

SIZE, CUT = 600_000, 350_000
CONTENT = Content(201, SIZE)
BODY = CONTENT.read_all()
WHOLE = File(CONTENT, etag='"one"')


@pytest.mark.parametrize("range, first, end", [("100-199", 100, 200), ("0-0", 0, 1), (f"{CUT}-", CUT, SIZE), ("0-", 0, SIZE),
                                               (f"100-{SIZE * 2}", 100, SIZE)])
def test_a_part_of_an_object_is_the_file(machine: Machine, session: Session, server: ScriptedServer, range: str, first: int,
                                         end: int) -> None:
    resource = server.serve(WHOLE)
    task = session.download(resource.url, destination=machine.downloads / "file", start=True, range=range)
    assert task.wait() == ("finished", "")
    assert (machine.downloads / "file").read_bytes() == BODY[first:end]
    assert resource.requests[0].header("Range") == f"bytes={range}"
    assert task.details()["bytes-done"] == task.details()["bytes-total"] == end - first


def test_a_part_that_breaks_off_is_continued_within_itself(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(File(CONTENT, etag='"one"', cut=CUT), WHOLE)
    task = session.download(resource.url, destination=machine.downloads / "file", start=True, range="1000-499999")
    assert task.wait() == ("finished", "")
    assert (machine.downloads / "file").read_bytes() == BODY[1000:500_000]
    assert [request.range for request in resource.requests] == [(1000, 499_999), (1000 + CUT, 499_999)]
    assert types(session, task) == ["finished-downloading", "completed"]


def test_a_part_is_continued_after_a_crash(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(WHOLE)
    wire = resource.trip(1, after=CUT)
    task = session.download(resource.url, destination=machine.downloads / "file", start=True, range="1000-")
    wire.wait_reached()
    machine.daemon.kill()
    wire.release()
    machine.daemon.start()
    assert machine.client().task(task.id).wait() == ("finished", "")
    assert (machine.downloads / "file").read_bytes() == BODY[1000:]


def test_a_part_behind_the_end_is_no_file(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(WHOLE).url, destination=machine.downloads / "file", start=True, range=f"{SIZE}-")
    failed(task, "http-status")
    assert terminal(session, task).details["status"] == 416
    machine.wait_downloads()


def test_a_server_that_knows_no_parts_does_not_give_another_file(machine: Machine, session: Session,
                                                                server: ScriptedServer) -> None:
    resource = server.serve(File(CONTENT, ranges=False))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True, range="1000-1999")
    state, _ = task.wait()
    if state == "finished":
        assert (machine.downloads / "file").read_bytes() == BODY[1000:2000]
    else:
        machine.wait_downloads()


@pytest.mark.parametrize("value", ["", "5", "-5", "9-5", "a-b", "1-2,4-5", "bytes=1-2", "1-2-3", " 1-2", "1-99999999999999999999"])
def test_what_is_no_range_is_refused(session: Session, value: str) -> None:
    with refused("InvalidArgument", "range"):
        session.download("http://127.0.0.1:9/file", range=value)


def test_an_entity_that_is_known_already_is_not_fetched(machine: Machine, session: Session, server: ScriptedServer) -> None:
    path = machine.downloads / "file"
    path.write_bytes(b"what was there before")
    resource = server.serve(WHOLE)
    task = session.download(resource.url, destination=path, if_exists="replace", start=True, if_none_match='"one"')
    assert task.wait() == ("finished", "not-modified")
    assert resource.requests[0].header("If-None-Match") == '"one"'
    assert path.read_bytes() == b"what was there before"
    assert terminal(session, task).type == "completed"
    assert terminal(session, task).details["status"] == 304
    machine.wait_downloads(path)


def test_an_entity_that_is_new_is_fetched(machine: Machine, session: Session, server: ScriptedServer) -> None:
    task = session.download(server.serve(WHOLE).url, destination=machine.downloads / "file", start=True, if_none_match='"zero"')
    finished(task, CONTENT, machine.downloads / "file")


def test_not_modified_outlives_a_crash(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(WHOLE)
    wire = resource.trip(1)
    task = session.download(resource.url, destination=machine.downloads / "file", start=True, if_none_match='"one"')
    wire.wait_reached()
    machine.daemon.kill()
    wire.release()
    machine.daemon.start()
    assert machine.client().task(task.id).wait() == ("finished", "not-modified")
    machine.wait_downloads()


def test_a_new_entity_is_continued_without_the_condition(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(File(CONTENT, etag='"one"', cut=CUT), WHOLE)
    task = session.download(resource.url, destination=machine.downloads / "file", start=True, if_none_match='"zero"')
    finished(task, CONTENT, machine.downloads / "file")
    assert resource.requests[1].range_start == CUT


def test_what_comes_encoded_is_decoded_where_asked(machine: Machine, session: Session, server: ScriptedServer) -> None:
    zipped = gzip.compress(BODY)
    resource = server.serve(spelled("Content-Encoding: gzip", f"Content-Length: {len(zipped)}", 'ETag: "one"', body=zipped))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True, compressed=True)
    finished(task, CONTENT, machine.downloads / "file")
    assert "gzip" in resource.requests[0].header("Accept-Encoding")
    assert task.details()["resumable"] is False


def test_resumable_says_whether_bytes_can_be_continued(machine: Machine, session: Session, server: ScriptedServer) -> None:
    for name, behaviour, resumable in (("yes", WHOLE, True), ("no", File(CONTENT), False)):
        task = session.download(server.serve(behaviour).url, destination=machine.downloads / name)
        assert "resumable" not in task.details()
        task.resume()
        finished(task, CONTENT, machine.downloads / name)
        assert task.details()["resumable"] is resumable


def test_the_files_time_is_the_servers_where_asked(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(File(CONTENT, last_modified=A_YEAR_AGO))
    asked = session.download(resource.url, destination=machine.downloads / "asked", start=True, remote_time=True)
    finished(asked, CONTENT, machine.downloads / "asked")
    assert (machine.downloads / "asked").stat().st_mtime == 1761991200
    unasked = session.download(resource.url, destination=machine.downloads / "unasked", start=True)
    finished(unasked, CONTENT, machine.downloads / "unasked")
    assert abs((machine.downloads / "unasked").stat().st_mtime - time.time()) < 60


@pytest.mark.parametrize("date", [None, "yesterday", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_strange_time_does_no_harm(machine: Machine, session: Session, server: ScriptedServer, date) -> None:
    task = session.download(server.serve(File(CONTENT, last_modified=date)).url, destination=machine.downloads / "file",
                            start=True, remote_time=True)
    finished(task, CONTENT, machine.downloads / "file")


def bakery(cookie: str, *more: str) -> File:
    return File(CONTENT, headers=tuple(("Set-Cookie", value) for value in (cookie, *more)))


def get(machine: Machine, session: Session, url: str, name: str, **choice) -> None:
    finished(session.download(url, destination=machine.downloads / name, if_exists="replace", start=True, **choice), CONTENT,
             machine.downloads / name)


def test_cookies_stay_within_their_session_and_those_who_want_them(machine: Machine, client: Client, server: ScriptedServer) -> None:
    one, two = client.session("one", cookies=True), client.session("two", cookies=True)
    get(machine, one, server.serve(bakery("id=first; Path=/")).url, "file")
    seen = server.serve(WHOLE)
    get(machine, one, seen.url, "file")
    get(machine, two, seen.url, "file")
    get(machine, one, seen.url, "file", cookies=False)
    assert [request.header("Cookie") for request in seen.requests] == ["id=first", None, None]


def connections_to(port: int) -> int:
    """How many connections of this machine lead there (proc(5), /proc/net/tcp)."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[2].endswith(f":{port:04X}") and row[3] == "01" for row in rows)


def test_cookies_outlive_the_connections_that_brought_them(machine: Machine, client: Client) -> None:
    with ScriptedServer() as server:
        shop = client.session("shop", cookies=True)
        get(machine, shop, server.serve(bakery("id=one; Path=/")).url, "file")
        wait_until(lambda: connections_to(server.port) == 0, "the daemon to let go of its idle connections")
        seen = server.serve(WHOLE)
        get(machine, shop, seen.url, "file")
        assert seen.requests[0].header("Cookie") == "id=one"


def test_cookies_are_not_kept_unless_asked(machine: Machine, session: Session, server: ScriptedServer) -> None:
    get(machine, session, server.serve(bakery("id=first; Path=/")).url, "file")
    seen = server.serve(WHOLE)
    get(machine, session, seen.url, "file")
    get(machine, session, seen.url, "file", cookies=True)
    assert [request.header("Cookie") for request in seen.requests] == [None, None]


def test_cookies_stay_with_their_host_and_path(machine: Machine, client: Client, server: ScriptedServer) -> None:
    jar = client.session("one", cookies=True)
    get(machine, jar, server.serve(bakery("id=first; Path=/")).url, "file")
    get(machine, jar, server.serve(bakery("private=second; Path=/nowhere")).url, "file")
    near, far = server.serve(WHOLE), server.serve(WHOLE)
    get(machine, jar, near.url, "file")
    get(machine, jar, far.url.replace("127.0.0.1", "localhost"), "file")
    assert (near.requests[0].header("Cookie"), far.requests[0].header("Cookie")) == ("id=first", None)


def test_a_cookie_of_a_redirect_is_used_behind_it(machine: Machine, client: Client, server: ScriptedServer) -> None:
    seen = server.serve(WHOLE)
    start = server.serve(status(302, ("Location", seen.url), ("Set-Cookie", "id=first; Path=/"), body=b""))
    get(machine, client.session("one", cookies=True), start.url, "file")
    assert seen.requests[0].header("Cookie") == "id=first"


def test_a_part_of_an_entity_that_changed_is_fetched_anew(machine: Machine, session: Session, server: ScriptedServer) -> None:
    other = Content(202, SIZE)
    resource = server.serve(File(CONTENT, etag='"one"', cut=CUT), File(other, etag='"two"'))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True, range="1000-499999")
    assert task.wait() == ("finished", "")
    assert (machine.downloads / "file").read_bytes() == other.read_all()[1000:500_000]
    assert "resumed-from-zero" in types(session, task)


def test_a_task_keeps_to_its_rate(machine: Machine, session: Session, server: ScriptedServer) -> None:
    content = Content(203, 3_000_000)
    began = time.monotonic()
    task = session.download(server.serve(File(content)).url, destination=machine.downloads / "file", start=True, max_rate=1_000_000)
    other = session.download(server.serve(WHOLE).url, destination=machine.downloads / "other", start=True)
    finished(other, CONTENT, machine.downloads / "other")
    assert task.state == "running", "nobody else is held up"
    finished(task, content, machine.downloads / "file")
    assert time.monotonic() - began > 1.8, "three seconds' worth, of which the first second's may come at once"
    with refused("InvalidArgument", "max-rate"):
        session.download("http://127.0.0.1:9/file", max_rate=0)


def test_a_pause_for_the_sake_of_the_rate_is_no_silence_of_the_server(machine: Machine, session: Session,
                                                                      server: ScriptedServer) -> None:
    content = Content(204, 9000)
    resource = server.serve(File(content, etag='"one"'))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True, max_rate=4000,
                            request_timeout=microseconds(0.1))
    finished(task, content, machine.downloads / "file")
    assert len(resource.requests) == 1


@pytest.mark.parametrize("value", ["", "one", '"one', '"o\ne"'])
def test_what_is_no_entity_tag_is_refused(session: Session, value: str) -> None:
    with refused("InvalidArgument", "if-none-match"):
        session.download("http://127.0.0.1:9/file", if_none_match=value)
