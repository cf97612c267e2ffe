"""The upload servers do exactly what tests of the daemon take for granted."""

import hashlib
import http.client
import json
import socket
import subprocess
import threading
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Iterator
from urllib.parse import urlsplit

import pytest

from harness.deadline import wait_until
from servers.behaviours import status
from servers.content import Content
from servers.nginx import Nginx
from servers.proxy import Proxy
from servers.relay import Relay
from servers.scripted import ScriptedServer
from servers.tls import Certificates
from servers.uploads.answers import accept, by_method, cut, cut_before_the_answer, early, redirect, refuse_expectation
from servers.uploads.conduct import END, Conduct, relative, without_scheme
from servers.uploads.gate import Gate
from servers.uploads.ietf import IetfServer
from servers.uploads.node import Tus, Uploadx
from servers.uploads.s3 import S3, Keys, presign

CONTENT = Content(seed=501, size=300_000)
DATA = CONTENT.read_all()
SHA256 = hashlib.sha256(DATA).hexdigest()
VERSION = {"Upload-Draft-Interop-Version": "8"}


def ask(url: str, method: str, body: Any = None, headers: dict[str, str] = {},
        chunked: bool = False) -> http.client.HTTPResponse:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=5)
    connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, headers,
                       encode_chunked=chunked)
    return connection.getresponse()


class Wire:
    """A request written by hand, and all responses to it."""

    def __init__(self, url: str, method: str, headers: dict[str, str], length: int) -> None:
        parts = urlsplit(url)
        self.socket = socket.create_connection((parts.hostname, parts.port), timeout=5)
        self.file = self.socket.makefile("rb")
        fields = {"Host": parts.netloc, "Content-Length": str(length), **headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self.socket.sendall(f"{method} {parts.path} HTTP/1.1\r\n{head}\r\n".encode())

    def head(self) -> tuple[int, http.client.HTTPMessage]:
        line = self.file.readline()
        return int(line.split()[1]), http.client.parse_headers(self.file)

    def close(self) -> None:
        self.file.close()
        self.socket.close()


def curl(*arguments: object) -> str:
    return subprocess.run(["curl", "-sS", "--max-time", "10", *map(str, arguments)], capture_output=True,
                          text=True).stdout


@pytest.fixture
def source(tmp_path: Path) -> Path:
    CONTENT.write_to(tmp_path / "source")
    return tmp_path / "source"


@pytest.fixture
def ietf(tmp_path: Path) -> Iterator[IetfServer]:
    with IetfServer(tmp_path / "ietf") as running:
        yield running


def create(server: IetfServer, length: int = CONTENT.size) -> Wire:
    return Wire(server.url(), "POST", {**VERSION, "Upload-Complete": "?1"}, length)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_is_counted_hashed_and_kept(server: ScriptedServer, chunked: bool) -> None:
    resource = server.serve(accept(201, ("X-Id", "7"), body=b"thanks"))
    body: Any = iter([DATA[:100], DATA[100:]]) if chunked else DATA
    answer = ask(resource.url, "PUT", body, {"Transfer-Encoding": "chunked"} if chunked else {}, chunked)
    assert (answer.status, answer.getheader("X-Id"), answer.read()) == (201, "7", b"thanks")
    copy, = resource.copies
    assert (copy.method, copy.sha256, copy.length) == ("PUT", SHA256, CONTENT.size)
    assert resource.requests[0].body.kept == DATA and resource.received == CONTENT.size


def test_a_connection_goes_on_after_a_body(server: ScriptedServer) -> None:
    resource = server.serve(accept())
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    for _ in range(3):
        connection.request("POST", urlsplit(resource.url).path, DATA)
        assert connection.getresponse().read() == b""
    assert [copy.sha256 for copy in resource.copies] == [SHA256] * 3


def test_an_early_answer_counts_what_still_comes(server: ScriptedServer) -> None:
    resource = server.serve(early(413, after=1000, body=b"no"))
    wire = Wire(resource.url, "PUT", {}, CONTENT.size)
    wire.socket.sendall(DATA[:1000])
    assert wire.head()[0] == 413
    wire.socket.sendall(DATA[1000:5000])
    wire.close()
    wait_until(lambda: resource.requests[0].is_over, "the end")
    assert resource.received == 5000 and not resource.copies


def test_bodies_are_cut(server: ScriptedServer) -> None:
    for behaviour, received, copies in ((cut(1000), 1000, 0), (cut(1000, resets=True), 1000, 0),
                                        (cut_before_the_answer(), 300_000, 1)):
        resource = server.serve(behaviour)
        with pytest.raises(OSError):
            ask(resource.url, "PUT", DATA)
        assert resource.received == received and len(resource.copies) == copies


def test_expectations(server: ScriptedServer, source: Path) -> None:
    expect = ("-H", "Expect: 100-continue", "-w", "%{http_code}", "-T", source)
    assert curl(*expect, server.serve(accept()).url) == "201"
    assert curl(*expect, server.serve(accept(continues=False)).url) == "201"
    resource = server.serve(refuse_expectation(accept()))
    assert curl(*expect, resource.url) in ("417", "201")
    assert curl("-H", "Expect:", "-w", "%{http_code}", "-T", source, resource.url) == "201"


@pytest.mark.parametrize("code, methods", [(307, ["PUT"]), (308, ["PUT"]), (303, ["GET"])])
def test_redirects(server: ScriptedServer, other_server: ScriptedServer, source: Path, code: int,
                   methods: list[str]) -> None:
    far = other_server.serve(by_method(PUT=accept(), GET=status(200)))
    near = server.serve(redirect(far.url, code))
    curl("-L", "-T", source, near.url)
    assert [request.method for request in far.requests] == methods


def test_bodies_over_http2(certificates: Certificates, source: Path) -> None:
    context = certificates.server_context()
    context.set_alpn_protocols(["h2"])
    with ScriptedServer(context) as server:
        resource = server.serve(accept(201, body=b"thanks"))
        for _ in range(2):
            assert curl("--http2", "--cacert", certificates.authority, "-w", "%{http_code} %{http_version}", "-T",
                        source, resource.url) == "thanks201 2"
        assert [copy.sha256 for copy in resource.copies] == [SHA256] * 2
        refusing = server.serve(early(413, after=1000, body=b"no"))
        assert "413" in curl("--http2", "--cacert", certificates.authority, "-w", "%{http_code}", "-T", source,
                             refusing.url)


def test_an_upload_is_announced_and_taken(ietf: IetfServer) -> None:
    wire = create(ietf)
    code, fields = wire.head()
    assert code == 104 and fields["Upload-Draft-Interop-Version"] == "8"
    wire.socket.sendall(DATA)
    assert wire.head()[0] == 201
    assert [(copy.method, copy.sha256, copy.target) for copy in ietf.copies] == [("POST", SHA256, "/files")]
    answer = ask(fields["Location"], "HEAD")
    assert (answer.status, answer.getheader("Upload-Complete"), answer.getheader("Upload-Offset")) == (204, "?1",
                                                                                                       "300000")
    assert answer.getheader("Upload-Length") == "300000"


def broken_off(server: IetfServer, at: int = 100_000) -> str:
    """The location of an upload that was cut."""
    wire = create(server)
    location = wire.head()[1]["Location"]
    wire.socket.sendall(DATA[:at])
    wire.close()
    return location


def append(location: str, offset: int, data: bytes, complete: str = "?1", **headers: str) -> http.client.HTTPResponse:
    return ask(location, "PATCH", data, {"Upload-Offset": str(offset), "Upload-Complete": complete,
                                         "Content-Type": "application/partial-upload", **headers})


def test_an_upload_goes_on_where_it_was_cut(ietf: IetfServer) -> None:
    location = broken_off(ietf)
    answer = ask(location, "HEAD")
    assert (answer.getheader("Upload-Offset"), answer.getheader("Upload-Complete")) == ("100000", "?0")
    wrong = append(location, 99_999, DATA[99_999:])
    assert (wrong.status, wrong.getheader("Upload-Offset")) == (409, "100000")
    assert json.loads(wrong.read())["type"].endswith("#mismatching-upload-offset")
    assert append(location, 100_000, DATA[100_000:], **{"Content-Type": "text/plain"}).status == 415
    part = append(location, 100_000, DATA[100_000:200_000], "?0")
    assert (part.status, part.getheader("Upload-Complete")) == (204, "?0")
    assert append(location, 200_000, DATA[200_000:] + b"x").status == 400
    assert append(location, 200_000, DATA[200_000:]).status == 201
    assert [copy.sha256 for copy in ietf.copies] == [SHA256]
    assert append(location, 300_000, b"").status == 400
    assert ask(location, "DELETE").status == 204 and ask(location, "HEAD").status == 404


def test_an_upload_survives_its_server(tmp_path: Path) -> None:
    with IetfServer(tmp_path) as first:
        location = broken_off(first)
        wait_until(lambda: first.received == 100_000, "the bytes")
    with IetfServer(tmp_path, port=first.port) as second:
        assert append(location, 100_000, DATA[100_000:]).status == 201
        assert [copy.sha256 for copy in second.copies] == [SHA256]
    with IetfServer(tmp_path, port=first.port) as third:
        third.depot.forget()
        assert ask(location, "HEAD").status == 404 and len(third.copies) == 1


@pytest.mark.parametrize("interop, name, value", [(3, "Upload-Incomplete", "?0"), (4, "Upload-Complete", "?1"),
                                                  (5, "Upload-Complete", "?1"), (6, "Upload-Complete", "?1")])
def test_older_drafts(tmp_path: Path, interop: int, name: str, value: str) -> None:
    with IetfServer(tmp_path, interop) as server:
        for version, codes in ((interop, [104, 201]), (8, [201])):
            wire = Wire(server.url(), "POST", {"Upload-Draft-Interop-Version": str(version), name: value}, 3)
            wire.socket.sendall(b"abc")
            heads = [wire.head() for _ in codes]
            assert [code for code, _ in heads] == codes
        location = broken_off_in(server, interop, name, value)
        answer = ask(location, "HEAD")
        assert answer.getheader(name) == ("?1" if interop == 3 else "?0")
        headers = {"Upload-Offset": "1", name: value,
                   **({"Content-Type": "application/partial-upload"} if interop >= 6 else {})}
        assert ask(location, "PATCH", b"bc", headers).status == 201
        assert len(server.copies) == 3


def broken_off_in(server: IetfServer, interop: int, name: str, value: str) -> str:
    wire = Wire(server.url(), "POST", {"Upload-Draft-Interop-Version": str(interop), name: value}, 3)
    location = wire.head()[1]["Location"]
    wire.socket.sendall(b"a")
    wire.close()
    return location


@pytest.mark.parametrize("announces, heads",
                         [((), [201]), ((0, 0), [104, 104, 201]), ((1000,), [104, 201]), ((END,), [104, 201])])
def test_moments_of_the_announcement(ietf: IetfServer, announces: tuple[int, ...], heads: list[int]) -> None:
    ietf.conduct.announces = announces
    wire = create(ietf)
    wire.socket.sendall(DATA)
    assert [wire.head()[0] for _ in heads] == heads


def test_locations_and_versions_as_told(ietf: IetfServer) -> None:
    for location, begin in ((relative, "/uploads/"), (without_scheme, f"//127.0.0.1:{ietf.port}/uploads/")):
        ietf.conduct.location = location
        assert create(ietf).head()[1]["Location"].startswith(begin)
    for told in ("", "7"):
        ietf.conduct.announced_interop = told
        assert create(ietf).head()[1].get("Upload-Draft-Interop-Version", "") == told


def test_misconduct(ietf: IetfServer) -> None:
    location = broken_off(ietf)
    conduct = ietf.conduct
    conduct.conflicts, conduct.locks = 1, 1
    assert [append(location, 100_000, DATA[100_000:]).status for _ in range(2)] == [423, 409]
    conduct.says_offset, conduct.says_complete = (lambda offset: f"{offset}x"), True
    answer = ask(location, "HEAD")
    assert (answer.getheader("Upload-Offset"), answer.getheader("Upload-Complete")) == ("100000x", "?1")
    conduct.cuts = [150_000]
    with pytest.raises(OSError):
        append(location, 100_000, DATA[100_000:])
    assert append(location, 150_000, DATA[150_000:]).status == 201
    conduct.gone_after, conduct.gone = 0, 410
    assert ask(location, "HEAD").status == 410


def test_limits_are_told_and_kept(ietf: IetfServer) -> None:
    ietf.conduct.limits = {"max-size": 1_000_000, "max-append-size": 100}
    assert ask(ietf.url(), "OPTIONS").getheader("Upload-Limit") == "max-size=1000000, max-append-size=100"
    wire = create(ietf)
    code, fields = wire.head()
    assert (code, fields["Upload-Limit"]) == (413, "max-size=1000000, max-append-size=100")


def test_gates_hold_the_server(ietf: IetfServer) -> None:
    gate, before = Gate(), Gate()
    ietf.conduct = Conduct(in_body=(50_000, gate), before_answer=before)
    wire = create(ietf)
    wire.socket.sendall(DATA)
    gate.wait_reached()
    assert ietf.received == 50_000
    gate.open()
    before.wait_reached()
    assert len(ietf.copies) == 1
    before.open()
    assert [wire.head()[0] for _ in range(2)] == [104, 201]


def test_resumption_over_http2(tmp_path: Path, certificates: Certificates, source: Path) -> None:
    context = certificates.server_context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    with IetfServer(tmp_path / "h2", tls=context) as server:
        said = curl("--http2", "--cacert", certificates.authority, "-D", "-", "-X", "POST", "-T", source, server.url(),
                    "-H", "Upload-Draft-Interop-Version: 8", "-H", "Upload-Complete: ?1")
        assert "HTTP/2 104" in said and "HTTP/2 201" in said and "location: https://127.0.0.1" in said
        assert [copy.sha256 for copy in server.copies] == [SHA256]
        server.conduct.cuts = [100_000]
        said = curl("--http2", "--cacert", certificates.authority, "-D", "-", "-X", "POST", "-T", source, server.url(),
                    "-H", "Upload-Draft-Interop-Version: 8", "-H", "Upload-Complete: ?1")
        location = next(line.split()[1] for line in said.splitlines() if line.startswith("location"))
        said = curl("--http2", "--cacert", certificates.authority, "-I", location)
        assert "upload-offset: 100000" in said


@pytest.mark.parametrize("drops", [False, True])
def test_a_proxy_passes_bodies_on_and_may_drop_interim_answers(ietf: IetfServer, source: Path, drops: bool) -> None:
    with Proxy(drops_interim=drops) as proxy:
        said = curl("-x", proxy.url(), "-D", "-", "-T", source, ietf.url(), "-H", "Upload-Draft-Interop-Version: 8",
                    "-H", "Upload-Complete: ?1")
        assert ("104" in said) is not drops and "201" in said
    assert [copy.sha256 for copy in ietf.copies] == [SHA256]


def test_a_presigned_url_is_that_of_the_documentation() -> None:
    """The example in "Authenticating Requests: Using Query Parameters" of Amazon S3's API reference."""
    keys = Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    url = presign("GET", "https://examplebucket.s3.amazonaws.com/test.txt", {}, 86400, keys,
                  datetime(2013, 5, 24, tzinfo=timezone.utc))
    assert url.endswith("X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")


def test_s3rver_joins_parts_behind_a_relay(tmp_path: Path) -> None:
    with S3(tmp_path) as s3, Relay(s3.port) as relay:
        upload = s3.multipart("file", 2, relay.port)
        tags = [ask(url, "PUT", data).getheader("ETag") for url,
                data in zip(upload.parts, (DATA[:200_000], DATA[200_000:]))]
        rows = "".join(f"<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>" for number,
                       tag in enumerate(tags, 1))
        answer = ask(upload.complete, "POST", f"<CompleteMultipartUpload>{rows}</CompleteMultipartUpload>")
        assert answer.status == 200 and b"<ETag>" in answer.read()
        assert [found.sha256 for found in s3.finished()] == [SHA256] and relay.requests.passed > CONTENT.size


def test_tus_goes_on_after_a_kill(tmp_path: Path) -> None:
    protocol = {"Tus-Resumable": "1.0.0"}
    with Tus(tmp_path) as tus:
        location = ask(tus.url(), "POST", None, {**protocol, "Upload-Length": str(CONTENT.size)}).getheader("Location")
        assert location and location.startswith("/files/")
        url = f"http://127.0.0.1:{tus.port}{location}"
        for offset, end in ((0, 100_000), (100_000, CONTENT.size)):
            answer = ask(url, "PATCH", DATA[offset:end], {
                **protocol, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"})
            assert (answer.status, answer.getheader("Upload-Offset")) == (204, str(end))
            tus.kill()
            tus.start()
        assert [found.sha256 for found in tus.finished()] == [SHA256]


def test_uploadx_goes_on_after_a_kill(tmp_path: Path) -> None:
    with Uploadx(tmp_path) as uploadx:
        location = ask(uploadx.url(), "POST", None,
                       {"X-Upload-Content-Length": str(CONTENT.size)}).getheader("Location")
        assert location and location.startswith("//127.0.0.1:")
        for offset, end in ((0, 100_000), (100_000, CONTENT.size)):
            answer = ask(location, "PUT", DATA[offset:end],
                         {"Content-Range": f"bytes {offset}-{end - 1}/{CONTENT.size}"})
            assert answer.status == (308 if end < CONTENT.size else 200)
            uploadx.kill()
            uploadx.start()
        assert ask(location, "PUT", b"", {"Content-Range": f"bytes */{CONTENT.size}"}).status == 200
        assert [found.sha256 for found in uploadx.finished()] == [SHA256]


def test_nginx_takes_a_put(tmp_path: Path, source: Path) -> None:
    with Nginx(tmp_path / "nginx") as nginx:
        assert [curl("-w", "%{http_code}", "-o", "/dev/null", "-T", source,
                     nginx.url("new/file")) for _ in range(2)] == ["201", "204"]
        CONTENT.check(nginx.files / "new/file")


def test_a_relay_holds_a_body_back(server: ScriptedServer) -> None:
    resource = server.serve(accept())
    with Relay(server.port) as relay:
        relay.requests.hold_after(100_000)
        wire = Wire(resource.url.replace(str(server.port), str(relay.port)), "PUT", {}, CONTENT.size)
        threading.Thread(target=wire.socket.sendall, args=(DATA,), daemon=True).start()
        wait_until(lambda: relay.requests.passed == 100_000, "the bytes that may pass")
        wait_until(lambda: resource.received > 99_000, "their arrival")
        relay.release()
        assert wire.head()[0] == 201
        assert resource.copies[0].sha256 == SHA256


def test_an_upload_may_be_gone_for_a_while(ietf: IetfServer) -> None:
    location = broken_off(ietf)
    ietf.conduct.gone_after, ietf.conduct.gone_times = 1, 2
    assert [ask(location, "HEAD").status for _ in range(4)] == [204, 404, 404, 204]
