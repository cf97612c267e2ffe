"""draft-ietf-httpbis-resumable-upload: the server's word alone moves the offset."""

from pathlib import Path
from typing import Callable, Optional

import pytest

from harness.client import Session
from harness.deadline import wait_until
from harness.machine import Machine
from servers.proxy import Proxy
from servers.relay import Relay
from servers.tls import Certificates
from servers.uploads.conduct import END, ENDLESS, Conduct, Problem, relative, without_scheme
from servers.uploads.gate import Gate
from servers.uploads.ietf import IetfServer
from uploads.expect import CONTENT, LARGE, MAY_HAVE_IT, QUICK, failed, finished, taken_once, types

MIDDLE = CONTENT.size // 2
# Where it matters that the last byte has not left.
HALF = LARGE.size // 2
POST = {"method": "POST", "resumable": "ietf", "start": True, **QUICK}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize("resumable", ["ietf", "auto"])
def test_one_request_is_enough(session: Session, ietf: IetfServer, source: Path, method: str, resumable: str) -> None:
    task = session.upload(ietf.url(), source,
                          {**POST, "method": method, "resumable": resumable, "content-type": "image/png"})
    details = finished(task)
    assert (details["protocol"], details["status"]) == ("ietf", 201)
    taken_once(ietf.copies)
    request, = ietf.requests
    assert [request.header(name) for name in ("Upload-Complete", "Upload-Length", "Upload-Draft-Interop-Version",
                                              "Content-Type")] \
        == ["?1", str(CONTENT.size), "8", "image/png"]
    with task.open_result() as result:
        assert result.read() == b"thanks\n"


@pytest.mark.parametrize("interop", [3, 4, 5, 6, 8])
@pytest.mark.parametrize("resumable", ["ietf", "auto"])
def test_it_goes_on_with_each_draft(session: Session, tmp_path: Path, source: Path, interop: int,
                                    resumable: str) -> None:
    with IetfServer(tmp_path / str(interop), interop, conduct=Conduct(cuts=[MIDDLE])) as server:
        finished(session.upload(server.url(), source, {**POST, "resumable": resumable, "interop": interop}))
        taken_once(server.copies)
        assert server.methods() == ["POST", "HEAD", "PATCH"] and server.received == CONTENT.size


@pytest.mark.parametrize("ours, theirs", [(8, 3), (3, 8), (6, 8), (5, 4)])
def test_another_draft_is_a_plain_upload(session: Session, tmp_path: Path, source: Path, ours: int,
                                         theirs: int) -> None:
    with IetfServer(tmp_path / "other", theirs) as server:
        finished(session.upload(server.url(), source, {**POST, "resumable": "auto", "interop": ours}))
        taken_once(server.copies)
        assert server.methods() == ["POST"]


def test_off_says_nothing_of_it(session: Session, ietf: IetfServer, source: Path) -> None:
    finished(session.upload(ietf.url(), source, {**POST, "resumable": "off"}))
    assert not [name for name, _ in ietf.requests[0].headers if name.lower().startswith("upload-")]


@pytest.mark.parametrize("announces", [(0,), (0, 0), (1000,), (0, 1000)],
                         ids=["early", "twice", "late", "early and late"])
@pytest.mark.parametrize("location", [relative, without_scheme, lambda origin, path: origin + path],
                         ids=["relative", "without scheme", "absolute"])
def test_moments_and_places_of_the_announcement(session: Session, ietf: IetfServer, source: Path,
                                                announces: tuple[int, ...],
                                                location: Callable[[str, str], str]) -> None:
    gate = Gate()
    ietf.conduct = Conduct(announces=announces, location=location, in_body=(MIDDLE, gate), cuts=[MIDDLE])
    task = session.upload(ietf.url(), source, {**POST, "resumable": "auto"})
    task.wait_for(lambda t: t.details()["protocol"] == "ietf", "the announcement")  # what is unread at the cut is lost
    gate.open()
    finished(task)
    taken_once(ietf.copies)
    assert ietf.methods() == ["POST", "HEAD", "PATCH"]


def test_an_announcement_behind_the_last_byte(session: Session, ietf: IetfServer, source: Path) -> None:
    ietf.conduct = Conduct(announces=(END,), cuts_before_answer=1)
    finished(session.upload(ietf.url(), source, POST))
    taken_once(ietf.copies)
    assert ietf.methods() == ["POST", "HEAD"]


@pytest.mark.parametrize("conduct", [{"announces": ()}, {"announced_interop": "7"}, {"announced_interop": ""}],
                         ids=["none", "another version", "no version"])
def test_without_an_announcement_that_counts(session: Session, ietf: IetfServer, source: Path, conduct: dict) -> None:
    ietf.conduct = Conduct(**conduct, cuts=[MIDDLE])
    failed(session.upload(ietf.url(), source, {**POST, "resumable": "auto"}), "connection", "incomplete",
           says=MAY_HAVE_IT)
    assert ietf.methods() == ["POST"] and ietf.copies == []
    ietf.conduct = Conduct(**conduct, cuts=[MIDDLE])
    finished(session.upload(ietf.url(), source, {**POST, "method": "PUT"}))
    taken_once(ietf.copies)


def test_a_lost_answer_is_found_out(session: Session, ietf: IetfServer, source: Path) -> None:
    ietf.conduct = Conduct(cuts_before_answer=1)
    finished(session.upload(ietf.url(), source, POST))
    taken_once(ietf.copies)
    assert ietf.methods() == ["POST", "HEAD"]


def test_all_bytes_without_the_word_that_those_were_all(session: Session, ietf: IetfServer, source: Path) -> None:
    """Offset = size, and incomplete: an empty PATCH completes it."""
    ietf.conduct = Conduct(cuts=[CONTENT.size])
    finished(session.upload(ietf.url(), source, POST))
    taken_once(ietf.copies)
    assert ietf.methods() == ["POST", "HEAD", "PATCH"] and ietf.requests[-1].received == 0


def test_several_cuts(session: Session, ietf: IetfServer, source: Path) -> None:
    ietf.conduct = Conduct(cuts=[50_000, 100_000, 150_000, 150_001, 399_999])
    finished(session.upload(ietf.url(), source, {**POST, "retries": 2}))
    taken_once(ietf.copies)
    assert ietf.received == CONTENT.size


def test_pieces_of_the_size_that_the_server_wants(session: Session, ietf: IetfServer, source: Path) -> None:
    ietf.conduct = Conduct(limits={"max-append-size": 150_000}, cuts=[100_000], enforces_limits=False)
    task = session.upload(ietf.url(), source, POST)
    wait_until(lambda: len(ietf.requests) >= 2, "the first piece")
    ietf.conduct.enforces_limits = True
    finished(task)
    taken_once(ietf.copies)
    assert [request.received for request in ietf.requests if request.method == "PATCH"] == [150_000, 150_000]


def test_a_file_larger_than_the_server_takes(session: Session, ietf: IetfServer, source: Path) -> None:
    ietf.conduct = Conduct(limits={"max-size": 1000})
    details = failed(session.upload(ietf.url(), source, POST), "http-status", "limit")
    assert ietf.copies == [] and len(ietf.requests) <= 3, details


def test_a_limit_that_comes_with_the_announcement(session: Session, ietf: IetfServer, source: Path) -> None:
    ietf.conduct = Conduct(limits={"max-size": 1000}, enforces_limits=False, cuts=[MIDDLE])
    failed(session.upload(ietf.url(), source, POST), "limit")
    assert ietf.copies == []
    wait_until(lambda: ietf.depot.uploads() == [], "the server to forget it")


def test_an_age_that_is_over(session: Session, ietf: IetfServer, source: Path) -> None:
    ietf.conduct = Conduct(limits={"max-age": 3600}, cuts=[MIDDLE])
    finished(session.upload(ietf.url(), source, POST))
    taken_once(ietf.copies)


@pytest.mark.parametrize("limit", ["max-size=banana", "max-size", "=;=", "max-append-size=0", "max-age=-1",
                                   "max-size=1.5", "\"", "a" * 5000])
def test_limits_that_are_none(session: Session, ietf: IetfServer, source: Path, limit: str) -> None:
    name, _, value = limit.partition("=")
    ietf.conduct = Conduct(limits={name: value}, enforces_limits=False, cuts=[MIDDLE])
    finished(session.upload(ietf.url(), source, POST))
    taken_once(ietf.copies)


@pytest.mark.parametrize("says", ["", "x", "-1", "1x", "0x10", "1.0", " ", "?1", "99999999999999999999999", "100, 200"])
def test_an_offset_that_is_garbage(session: Session, ietf: IetfServer, source: Path, says: str) -> None:
    ietf.conduct = Conduct(cuts=[MIDDLE], says_offset=lambda _: says)
    failed(session.upload(ietf.url(), source, POST), "protocol")
    assert ietf.copies == []


@pytest.mark.parametrize("says", [CONTENT.size + 1, 2**40])
def test_an_offset_beyond_the_end(session: Session, ietf: IetfServer, source: Path, says: int) -> None:
    ietf.conduct = Conduct(cuts=[MIDDLE], says_offset=lambda _: str(says))
    failed(session.upload(ietf.url(), source, POST), "protocol")
    assert ietf.copies == []


@pytest.mark.parametrize("says",
                         [lambda offset: "0", lambda offset: str(offset - 1000), lambda offset: str(offset + 1000)],
                         ids=["zero", "backwards", "more than there is"])
def test_an_offset_that_is_wrong(session: Session, ietf: IetfServer, source: Path, says: Callable[[int], str]) -> None:
    """The server refuses what it asked for, again and again: bounded, and no other bytes than the file's."""
    ietf.conduct = Conduct(cuts=[MIDDLE], says_offset=says)
    failed(session.upload(ietf.url(), source, {**POST, "retries": 30}), "rejected", "protocol", "http-status")
    assert ietf.copies == [] and len(ietf.requests) < 60


def test_endless_conflicts(session: Session, ietf: IetfServer, source: Path) -> None:
    ietf.conduct = Conduct(cuts=[MIDDLE], conflicts=ENDLESS)
    failed(session.upload(ietf.url(), source, {**POST, "retries": 100}), "rejected")
    assert 4 <= sum(request.method == "PATCH" for request in ietf.requests) <= 9


def test_some_conflicts(session: Session, ietf: IetfServer, source: Path) -> None:
    ietf.conduct = Conduct(cuts=[MIDDLE], conflicts=3)
    finished(session.upload(ietf.url(), source, {**POST, "retries": 10}))
    taken_once(ietf.copies)


@pytest.mark.parametrize("locks, end", [(2, "finished"), (ENDLESS, "failed")])
def test_a_lock(session: Session, ietf: IetfServer, source: Path, locks: int, end: str) -> None:
    ietf.conduct = Conduct(cuts=[MIDDLE], locks=locks)
    task = session.upload(ietf.url(), source, {**POST, "retries": 5})
    assert task.wait()[0] == end
    assert len(ietf.requests) < 20


@pytest.mark.parametrize("code", [404, 410])
def test_an_upload_that_is_gone_begins_anew(session: Session, ietf: IetfServer, large: Path, code: int) -> None:
    ietf.conduct = Conduct(cuts=[HALF], progress=1 << 20, gone_after=0, gone=code, gone_times=1)
    task = session.upload(ietf.url(), large, POST)
    finished(task, 30)
    taken_once(ietf.copies, LARGE)
    assert ietf.methods()[:3] == ["POST", "HEAD", "POST"] and len(ietf.requests) <= 5
    assert types(session, task) == ["resumed-from-zero", "completed"]


def test_an_upload_that_is_gone_behind_its_last_byte(session: Session, ietf: IetfServer, source: Path) -> None:
    ietf.conduct = Conduct(cuts_before_answer=1, gone_after=0)
    failed(session.upload(ietf.url(), source, POST), "http-status", "connection", "incomplete", says="may have")
    taken_once(ietf.copies)
    assert ietf.methods().count("POST") == 1


def test_a_server_that_always_forgets(session: Session, ietf: IetfServer, large: Path) -> None:
    ietf.conduct = Conduct(cuts=[1 << 20] * 100, gone_after=0)
    failed(session.upload(ietf.url(), large, {**POST, "retries": 50}), "rejected", "http-status", "connection")
    assert len(ietf.requests) < 60 and ietf.copies == []


@pytest.mark.parametrize("says_length", [None, lambda length: str(length - 1), lambda length: "x"],
                         ids=["offset", "length", "garbage"])
def test_a_cut_that_is_called_complete(session: Session, ietf: IetfServer, source: Path,
                                       says_length: Optional[Callable[[int], str]]) -> None:
    ietf.conduct = Conduct(cuts=[MIDDLE], says_complete=True, says_length=says_length, acts_on_cut=True)
    failed(session.upload(ietf.url(), source, POST), "incomplete", "protocol")
    assert ietf.methods().count("POST") == 1


def test_a_problem_document_is_told(session: Session, ietf: IetfServer, source: Path) -> None:
    ietf.conduct = Conduct(refuses=Problem(422, "No room", "The shelf is full."))
    details = failed(session.upload(ietf.url(), source, POST), "http-status", says="No room")
    assert "The shelf is full." in details["error-text"] and details["status"] == 422
    ietf.conduct = Conduct(cuts=[MIDDLE], refuses_append=Problem(400, "Half\u202e\u0000 is\nenough"))
    failed(session.upload(ietf.url(), source, POST), "http-status", says="Half")


def test_cancelling_deletes(session: Session, ietf: IetfServer, large: Path) -> None:
    gate = Gate()
    ietf.conduct = Conduct(in_body=(HALF, gate))
    task = session.upload(ietf.url(), large, POST)
    gate.wait_reached()
    task.cancel()
    assert task.wait() == ("cancelled", "client")
    gate.open()
    wait_until(lambda: "DELETE" in ietf.methods() and not ietf.depot.uploads(), "the DELETE")
    assert ietf.copies == []


def test_failing_for_good_deletes(session: Session, ietf: IetfServer, source: Path) -> None:
    ietf.conduct = Conduct(cuts=[MIDDLE], refuses_append=Problem(403, "no more"))
    failed(session.upload(ietf.url(), source, POST), "http-status")
    wait_until(lambda: not ietf.depot.uploads(), "the DELETE")


def test_what_went_well_is_not_deleted(session: Session, ietf: IetfServer, source: Path) -> None:
    finished(session.upload(ietf.url(), source, POST))
    session.upload(ietf.url(), source, {**POST, "method": "PUT"}).wait()
    assert "DELETE" not in ietf.methods()


def test_headers_of_the_client_go_to_the_resource_but_not_elsewhere(session: Session, ietf: IetfServer,
                                                                    source: Path) -> None:
    ietf.conduct = Conduct(cuts=[MIDDLE])
    finished(session.upload(ietf.url(), source, {**POST, "headers": {"Authorization": "Bearer t"}}))
    assert {request.header("Authorization") for request in ietf.requests} == {"Bearer t"}


def test_a_resource_at_another_origin_gets_no_secrets(session: Session, ietf: IetfServer, source: Path) -> None:
    with Relay(ietf.port) as relay:
        ietf.conduct = Conduct(cuts=[MIDDLE], location=lambda _, path: f"http://127.0.0.1:{relay.port}{path}")
        task = session.upload(ietf.url(), source, {**POST, "headers": {"X-Api-Key": "secret"}})
        task.wait()
        assert {request.header("X-Api-Key") for request in ietf.requests if request.method != "POST"} <= {None}


@pytest.mark.parametrize("drops", [False, True])
def test_through_a_proxy(session: Session, ietf: IetfServer, source: Path, drops: bool) -> None:
    with Proxy(drops_interim=drops) as proxy:
        details = finished(session.upload(ietf.url(), source, {**POST, "resumable": "auto", "proxy": proxy.url()}))
    taken_once(ietf.copies)
    assert details["protocol"] == ("auto" if drops else "ietf")


def test_over_http2(session: Session, tmp_path: Path, certificates: Certificates, source: Path) -> None:
    context = certificates.server_context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    with IetfServer(tmp_path / "h2", tls=context, conduct=Conduct(cuts=[MIDDLE])) as server:
        finished(session.upload(server.url(), source, {**POST, "ca-file": certificates.authority}))
        taken_once(server.copies)
        assert server.methods() == ["POST", "HEAD", "PATCH"] and server.received == CONTENT.size


def test_the_resource_survives_a_crash_of_the_daemon(machine: Machine, session: Session, ietf: IetfServer,
                                                     large: Path) -> None:
    gate = Gate()
    ietf.conduct = Conduct(in_body=(HALF, gate))
    task = session.upload(ietf.url(), large, POST)
    gate.wait_reached()
    task.wait_for(lambda t: t.details()["protocol"] == "ietf", "the 104 to be known")
    machine.daemon.kill()
    gate.open()
    machine.daemon.start()
    finished(machine.client().task(task.id), 30)
    taken_once(ietf.copies, LARGE)
    assert ietf.methods() == ["POST", "HEAD", "PATCH"]
