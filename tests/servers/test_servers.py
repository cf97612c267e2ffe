"""The servers do exactly what tests of the daemon take for granted."""

import http.client
import socket
import ssl
import subprocess
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from harness.deadline import wait_until
from servers.authentication import basic, bearer, digest, is_basic
from servers.behaviours import A_YEAR_AGO, File, Part, gated, multipart, raw, redirect, silent, status, trickle
from servers.content import Content
from servers.nginx import Nginx
from servers.proxy import Proxy
from servers.scripted import Resource, ScriptedServer
from servers.tls import Certificates

CONTENT = Content(seed=7, size=300_000)


def get(url: str, headers: dict[str, str] = {}, context: ssl.SSLContext | None = None) -> http.client.HTTPResponse:
    parts = urlsplit(url)
    connection = (http.client.HTTPSConnection(parts.hostname, parts.port, timeout=5, context=context) if context
                  else http.client.HTTPConnection(parts.hostname, parts.port, timeout=5))
    connection.request("GET", parts.path + (f"?{parts.query}" if parts.query else ""), headers=headers)
    return connection.getresponse()


def over(resource: Resource) -> None:
    wait_until(lambda: resource.requests and resource.requests[-1].is_over, "the request to be over")


def test_content_is_the_same_from_every_offset(tmp_path: Path) -> None:
    content = Content(3, 9_000_000)
    everything = content.read_all()
    assert len(everything) == 9_000_000
    for offset in (0, 1, 1_048_573, 5_000_000, 8_999_999):
        assert content.read(offset, 1000) == everything[offset:offset + 1000]
    assert content.read(9_000_000, 1) == b""
    content.write_to(tmp_path / "file")
    content.check(tmp_path / "file")
    with (tmp_path / "file").open("r+b") as file:
        file.seek(5_000_001)
        file.write(bytes([everything[5_000_001] ^ 1]))
    with pytest.raises(AssertionError, match="at byte 5000001"):
        content.check(tmp_path / "file")


def test_a_file_is_served_whole_and_counted(server: ScriptedServer) -> None:
    resource = server.serve(File(CONTENT, etag='"a"'), secret="s3")
    assert get(resource.url).read() == CONTENT.read_all()
    over(resource)
    request, = resource.requests
    assert (request.status, request.sent, request.query) == (200, CONTENT.size, {"token": ["s3"]})


def test_a_range_is_served_while_the_validator_matches(server: ScriptedServer) -> None:
    resource = server.serve(File(CONTENT, etag='"a"', last_modified=A_YEAR_AGO))
    for condition, code in (('"a"', 206), (A_YEAR_AGO, 206), ('"b"', 200)):
        answer = get(resource.url, {"Range": "bytes=1000-", "If-Range": condition})
        assert answer.status == code
        assert answer.read() == CONTENT.read_all()[1000 if code == 206 else 0:]
    assert get(resource.url, {"Range": "bytes=1000-"}).getheader("Content-Range") == "bytes 1000-299999/300000"
    assert get(resource.url, {"Range": "bytes=300000-"}).status == 416


def test_a_cut_ends_after_exactly_so_many_bytes(server: ScriptedServer) -> None:
    for chunked in (False, True):
        resource = server.serve(File(CONTENT, cut=100_000, chunked=chunked), File(CONTENT))
        with pytest.raises(http.client.IncompleteRead) as raised:
            get(resource.url).read()
        assert chunked or raised.value.partial == CONTENT.read(0, 100_000)
        over(resource)
        assert resource.requests[0].sent == 100_000
        assert get(resource.url).read() == CONTENT.read_all()


def test_a_body_may_be_chunked_or_end_with_the_connection(server: ScriptedServer) -> None:
    for file in (File(CONTENT, chunked=True), File(CONTENT, until_close=True)):
        answer = get(server.serve(file).url)
        assert answer.getheader("Content-Length") is None
        assert answer.read() == CONTENT.read_all()


def test_a_rate_is_kept(server: ScriptedServer) -> None:
    resource = server.serve(File(Content(1, 50_000), rate=100_000))
    answer = get(resource.url)
    answer.read()
    over(resource)
    assert resource.requests[0].is_over


def test_a_part_lies_as_told(server: ScriptedServer) -> None:
    resource = server.serve(Part(CONTENT, first=10, says="bytes 0-299999/300000", headers=(("ETag", '"z"'),)))
    answer = get(resource.url, {"Range": "bytes=20-"})
    assert (answer.status, answer.getheader("Content-Range"), answer.getheader("ETag")) \
        == (206, "bytes 0-299999/300000", '"z"')
    assert answer.read() == CONTENT.read_all()[10:]
    assert b"multipart" in get(server.serve(multipart(CONTENT)).url).getheader("Content-Type").encode()


def test_answers_come_in_their_order(server: ScriptedServer) -> None:
    resource = server.serve(status(503, ("Retry-After", "1")), redirect("/elsewhere"), File(CONTENT))
    assert [get(resource.url).status for _ in range(4)] == [503, 302, 200, 200]
    assert get(server.redirect_to_itself().url).status == 302
    assert get(server.origin + "/nothing").status == 404


def test_raw_answers_go_out_as_they_are(server: ScriptedServer) -> None:
    with pytest.raises(http.client.BadStatusLine):
        get(server.serve(raw(b"no http at all\r\n\r\n")).url)


def test_a_silent_server_takes_the_request_only(server: ScriptedServer) -> None:
    for behaviour in (silent(), trickle(b"HTTP/1.1 200 OK\r\nX: y\r\n", pause=30)):
        parts = urlsplit(server.serve(behaviour).url)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=0.2)
        connection.request("GET", parts.path)
        with pytest.raises(socket.timeout):
            connection.getresponse()
        connection.close()


def test_a_gate_holds_the_answer_back(server: ScriptedServer) -> None:
    gate = threading.Event()
    resource = server.serve(gated(gate, File(CONTENT)))
    opener = threading.Thread(target=lambda: (wait_until(lambda: resource.requests, "the request"), gate.set()))
    opener.start()
    assert get(resource.url).read() == CONTENT.read_all()
    opener.join()


def test_tls_is_verified_against_the_authority(tls_server: ScriptedServer, certificates: Certificates) -> None:
    resource = tls_server.serve(File(CONTENT))
    context = ssl.create_default_context(cafile=str(certificates.authority))
    assert get(resource.url, context=context).read() == CONTENT.read_all()
    with pytest.raises(ssl.SSLCertVerificationError):
        get(resource.url, context=ssl.create_default_context())


def test_nginx_serves_and_counts(tmp_path: Path) -> None:
    with Nginx(tmp_path) as nginx:
        CONTENT.write_to(nginx.files / "file")
        assert get(nginx.url("file"), {"Range": "bytes=100000-"}).read() == CONTENT.read_all()[100_000:]
        served = wait_until(lambda: [line for line in nginx.served() if line.target == "/file"], "the log line")
        assert [(line.status, line.body_bytes, line.range) for line in served] == [(206, 200_000, "bytes=100000-")]


def test_a_guarded_resource_wants_its_credentials(server: ScriptedServer) -> None:
    resource = server.serve(basic(File(CONTENT), "user", "secret"))
    refused = get(resource.url)
    assert (refused.status, refused.getheader("WWW-Authenticate")) == (401, 'Basic realm="vault", charset="UTF-8"')
    assert get(resource.url, {"Authorization": "Basic dXNlcjpzZWNyZXQ="}).status == 200
    assert get(server.serve(bearer(File(CONTENT), "token")).url, {"Authorization": "Bearer token"}).status == 200


def test_a_digest_is_that_of_the_standard(server: ScriptedServer) -> None:
    resource = server.serve(digest(File(CONTENT), "user", "secret", "MD5"))
    program = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--digest", resource.url, "-u"]
    assert [subprocess.run([*program, user], capture_output=True, text=True).stdout for user in ("user:secret", "user:wrong")] \
        == ["200", "401"]


def test_a_proxy_forwards_and_tunnels(server: ScriptedServer, tls_server: ScriptedServer, certificates: Certificates) -> None:
    plain, tls = server.serve(File(CONTENT)), tls_server.serve(File(CONTENT))
    with Proxy("Basic", is_basic("user", "secret", "Proxy-Authorization")) as proxy:
        program = ["curl", "-s", "--cacert", certificates.authority, "-w", "%{http_code} %{http_connect} %{size_download}",
                   "-o", "/dev/null", "-x"]
        said = [subprocess.run([*program, proxy.url(user), resource.url], capture_output=True, text=True, env={}).stdout
                for resource in (plain, tls) for user in ("user:secret", "user:wrong")]
        assert said == [f"200 000 {CONTENT.size}", "407 000 0", f"200 200 {CONTENT.size}", "000 407 0"]
        assert [request.method for request in proxy.requests] == ["GET", "GET", "CONNECT", "CONNECT"]
    assert plain.requests[0].header("Proxy-Authorization") is None


def test_a_tripwire_holds_an_answer_and_has_it_given_again(server: ScriptedServer) -> None:
    resource = server.serve(File(CONTENT, etag='"a"'), status(404))
    wire = resource.trip(1, after=1000)
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        path = urlsplit(resource.url).path.encode()
        client.sendall(b"GET %s HTTP/1.1\r\n\r\n" % path)
        wire.wait_reached()
        wire.release()
        received = b""
        while data := client.recv(65536):
            received += data
    assert len(received) == 1000 and received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert [get(resource.url).status for _ in range(2)] == [200, 404]
