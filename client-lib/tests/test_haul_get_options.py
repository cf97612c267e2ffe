"""Each option of haul get: that the task has it, and that the request or the file shows it."""

import base64
import gzip
import hashlib
import os
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from harness.client import Client
from harness.fixtures import certificates, other_server, tls_server  # noqa: F401
from harness.machine import Machine
from servers.behaviours import A_YEAR_AGO, Behaviour, File, redirect, status
from servers.content import Content
from servers.exchange import Exchange
from servers.scripted import ScriptedServer
from servers.tls import Certificates

SMALL = Content(7, 300_000)
ETAG = '"one"'
NOBODY = "http://127.0.0.1:9/"
SHA256 = hashlib.sha256(SMALL.read_all()).hexdigest()
SHA512 = hashlib.sha512(SMALL.read_all()).hexdigest()
PIN = "sha256//" + "A" * 43 + "="


@pytest.mark.parametrize("arguments, wanted", [
    (["--accept-status=200-299,404"], {"accept-status": "200-299,404"}),
    (["--max-redirects=3"], {"max-redirects": 3}),
    (["--redirect-headers"], {"redirect-headers": True}),
    (["--redirect-headers=false"], {"redirect-headers": False}),
    (["--allow-downgrade"], {"allow-downgrade": True}),
    (["--proxy=none"], {"proxy": "none"}),
    (["--no-proxy=localhost,.example.com"], {"no-proxy": "localhost,.example.com"}),
    (["--max-rate=500K"], {"max-rate": 512_000}),
    (["--ca-file=/etc/hosts"], {"ca-file": "/etc/hosts"}),
    (["--cert=/etc/hosts", "--key=/etc/hostname"], {"client-cert": "/etc/hosts", "client-key": "/etc/hostname"}),
    (["--pin=" + PIN], {"public-key-pin": PIN}),
    (["--cookies"], {"cookies": True}),
    (["--compressed"], {"compressed": True}),
    (["--remote-time"], {"remote-time": True}),
    (["--no-preallocate"], {"preallocate": False}),
    (["--checksum=sha256:" + SHA256], {"checksum": "sha-256=" + SHA256}),
    (["--checksum", SHA512], {"checksum": "sha-512=" + SHA512}),
    (["--mirror=http://127.0.0.1:9/a", "--mirror", "http://127.0.0.1:9/b"],
     {"mirrors": ["http://127.0.0.1:9/a", "http://127.0.0.1:9/b"]}),
    (["-x4"], {"connections": 4}),
    (["--connections=auto"], {"connections": 0}),
    (["--range=10-99"], {"range": "10-99"}),
    (["--range=10-"], {"range": "10-"}),
    (["--if-none-match", '"a", "b"'], {"if-none-match": '"a", "b"'}),
    (["--if-exists=replace"], {"if-exists": "replace"}),
])
def test_the_task_has_the_option(haul, client: Client, arguments: list[str], wanted: dict) -> None:
    ended = haul("get", "-d", "--delay=1h", *arguments, NOBODY)
    assert ended.returncode == 0, ended.stderr
    details = client.task(int(ended.stdout)).details()
    assert {key: details.get(key) for key in wanted} == wanted
    assert haul("show", int(ended.stdout)).returncode == 0


@pytest.mark.parametrize("argument, says", [
    ("--checksum=md5=" + "a" * 32, "sha-256=HEX"), ("--checksum=" + "a" * 63, "64 or 128"), ("--range=9", "a range such as"),
    ("--range=9-1", "a range such as"), ("--connections=17", "1 to 16"), ("--connections=many", "1 to 16"),
    ("--max-rate=0", "a rate"), ("--max-rate=quick", "a rate"), ("--max-redirects=21", "0 to 20"),
    ("--scheme=ntlm", "basic"), ("--if-exists=maybe", "rename"), ("--resume-data=/nonexistent", "No such file"),
    ("--resume-data=/dev/null", "is empty"), ("--proxy=@/nonexistent", "cannot read /nonexistent"),
    ("--mode=999", "octal"), ("--compressed=perhaps", "true or false"), ("--replace=perhaps", "--replace = perhaps"), ("--if-none-match=bare", "quotes"),
])
def test_wrong_values_say_what_they_should_be(haul, argument: str, says: str) -> None:
    ended = haul("get", argument, NOBODY)
    assert ended.returncode == 2
    assert says in ended.stderr, ended.stderr


@pytest.mark.parametrize("argument, says", [
    ("--accept-status=nonsense", "accept-status"), ("--proxy=ftp://127.0.0.1/", "proxy"), ("--pin=md5//x", "public-key-pin"),
    ("--filename=../x", "filename"), ("--mirror=nonsense", "mirror"),
])
def test_what_the_daemon_refuses_is_named(haul, client: Client, argument: str, says: str) -> None:
    ended = haul("get", argument, NOBODY)
    assert ended.returncode == 5
    assert says in ended.stderr, ended.stderr
    assert client.session("default").tasks() == []


@pytest.mark.parametrize("checksum", ["sha-256=" + SHA256, SHA512.upper()])
def test_a_right_checksum_passes(haul, machine: Machine, server: ScriptedServer, checksum: str) -> None:
    ended = haul("get", "--checksum", checksum, server.serve(File(SMALL)).url)
    assert ended.returncode == 0, ended.stderr
    SMALL.check(machine.downloads / "file")


def test_a_wrong_checksum_leaves_no_file(haul, machine: Machine, server: ScriptedServer) -> None:
    ended = haul("get", "--checksum", "sha-256=" + "0" * 64, server.serve(File(SMALL)).url)
    assert ended.returncode == 1
    assert "0" * 64 in ended.stderr and SHA256 in ended.stderr
    machine.wait_downloads()


def test_a_mirror_takes_over(haul, machine: Machine, server: ScriptedServer, other_server: ScriptedServer) -> None:
    mirror = other_server.serve(File(SMALL, etag=ETAG))
    ended = haul("get", "-o", "file", "--mirror", mirror.url, server.serve(status(404)).url)
    assert ended.returncode == 0, ended.stderr
    assert len(mirror.requests) == 1
    SMALL.check(machine.downloads / "file")


def test_mirrors_may_stand_in_the_input_file(haul, machine: Machine, server: ScriptedServer) -> None:
    listing = machine.directory / "urls"
    listing.write_text(f"{server.serve(status(404)).url}\t{server.serve(File(SMALL)).url}\n  output=file\n")
    assert haul("get", "-i", listing).returncode == 0
    SMALL.check(machine.downloads / "file")


def test_several_connections_fetch_parts(haul, machine: Machine, server: ScriptedServer) -> None:
    content = Content(3, 12_000_000)
    resource = server.serve(File(content, etag=ETAG, rate=4_000_000))
    ended = haul("get", "-x", "4", resource.url)
    assert ended.returncode == 0, ended.stderr
    content.check(machine.downloads / "file")
    assert len({request.range_start for request in resource.requests if request.range_start}) >= 2


def test_an_accepted_status_is_the_file(haul, machine: Machine, server: ScriptedServer) -> None:
    ended = haul("get", "-o", "page", "--accept-status=404", server.serve(status(404, body=b"not here\n")).url)
    assert ended.returncode == 0, ended.stderr
    assert (machine.downloads / "page").read_bytes() == b"not here\n"


def test_redirects_have_a_limit(haul, server: ScriptedServer) -> None:
    last = server.serve(File(SMALL))
    chain = server.serve(redirect(server.serve(redirect(last.url)).url))
    assert haul("get", "--max-redirects=1", "-o", "one", chain.url).returncode == 1
    assert last.requests == []
    assert haul("get", "--max-redirects=2", "-o", "two", chain.url).returncode == 0


@pytest.mark.parametrize("option, sent", [([], None), (["--redirect-headers"], "secret")])
def test_headers_follow_a_redirect_only_where_told(haul, server: ScriptedServer, other_server: ScriptedServer,
                                                   option: list[str], sent: str | None) -> None:
    target = other_server.serve(File(SMALL))
    assert haul("get", "-H", "X-Key: secret", *option, server.serve(redirect(target.url)).url).returncode == 0
    assert target.requests[0].header("X-Key") == sent


def test_a_downgrade_is_followed_only_where_told(haul, machine: Machine, server: ScriptedServer, tls_server: ScriptedServer,
                                                 certificates: Certificates) -> None:
    url = tls_server.serve(redirect(server.serve(File(SMALL)).url)).url
    refused = haul("get", "--ca-file", certificates.authority, "-o", "one", url)
    assert refused.returncode == 1
    assert haul("get", "--ca-file", certificates.authority, "--allow-downgrade", "-o", "two", url).returncode == 0
    SMALL.check(machine.downloads / "two")


def test_a_proxy_is_asked(haul, machine: Machine, client: Client, server: ScriptedServer, other_server: ScriptedServer) -> None:
    """The scripted server finds its resources by path, so it is a proxy for whatever host has that path."""
    resource = other_server.serve(File(SMALL))
    path = resource.url.removeprefix(other_server.origin)
    ended = haul("get", "--proxy", other_server.origin, f"http://nowhere.invalid{path}")
    assert ended.returncode == 0, ended.stderr
    assert resource.requests[0].target == f"http://nowhere.invalid{path}"
    SMALL.check(machine.downloads / "file")
    direct = server.serve(File(SMALL))
    assert haul("get", "--proxy", other_server.origin, "--no-proxy=127.0.0.1", "-o", "direct", direct.url).returncode == 0
    assert direct.requests[0].target.startswith("/")


def test_a_proxys_password_is_read_from_a_file_and_not_shown(haul, machine: Machine, client: Client,
                                                             other_server: ScriptedServer) -> None:
    resource = other_server.serve(File(SMALL))
    path = resource.url.removeprefix(other_server.origin)
    secret = machine.directory / "proxy"
    secret.write_text(other_server.origin.replace("//", "//me:canary@") + "\n")
    assert haul("get", "--proxy", f"@{secret}", f"http://nowhere.invalid{path}").returncode == 0
    sent = resource.requests[0].header("Proxy-Authorization")
    assert sent == "Basic " + base64.b64encode(b"me:canary").decode()
    number = int(haul("get", "-d", "--delay=1h", "--proxy", f"@{secret}", NOBODY).stdout)
    for shown in (haul("show", number), haul("--json", "show", number), haul("list", "-l")):
        assert "canary" not in shown.stdout
    assert "canary" not in machine.daemon.log


def test_a_rate_is_kept(haul, server: ScriptedServer) -> None:
    began = time.monotonic()
    assert haul("get", "--max-rate=200K", server.serve(File(SMALL)).url).returncode == 0
    assert time.monotonic() - began > 0.5


def test_certificates_to_trust(haul, machine: Machine, tls_server: ScriptedServer, certificates: Certificates) -> None:
    url = tls_server.serve(File(SMALL)).url
    refused = haul("get", "-o", "one", url)
    assert refused.returncode == 1 and "certificate" in refused.stderr
    assert haul("get", "-o", "two", "--ca-file", os.path.relpath(certificates.authority, machine.downloads), url).returncode == 0


def test_a_certificate_of_ones_own(haul, machine: Machine, certificates: Certificates) -> None:
    directory = certificates.authority.parent
    context = certificates.server_context()
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(certificates.authority)
    with ScriptedServer(context) as server:
        url = server.serve(File(SMALL)).url
        trust = ["--ca-file", certificates.authority]
        assert haul("get", *trust, "--retries=0", "-o", "one", url).returncode == 1
        ended = haul("get", *trust, "--cert", directory / "server.pem", "--key", directory / "server.key", "-o", "two", url)
        assert ended.returncode == 0, ended.stderr
        SMALL.check(machine.downloads / "two")


def pin_of(certificate: Path) -> str:
    """SHA-256 of the certificate's public key, as curl(1) writes it."""
    key = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-pubkey"], check=True, capture_output=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"], input=key, check=True, capture_output=True).stdout
    return "sha256//" + base64.b64encode(hashlib.sha256(der).digest()).decode()


def test_a_pinned_key(haul, tls_server: ScriptedServer, certificates: Certificates) -> None:
    url = tls_server.serve(File(SMALL)).url
    trust = ["--ca-file", certificates.authority, "--retries=0"]
    assert haul("get", *trust, "--pin", PIN, "-o", "one", url).returncode == 1
    right = pin_of(certificates.authority.parent / "server.pem")
    assert haul("get", *trust, "--pin", f"{PIN};{right}", "-o", "two", url).returncode == 0


def test_cookies_are_the_sessions(haul, server: ScriptedServer) -> None:
    first = server.serve(File(SMALL, headers=(("Set-Cookie", "flavour=oat; Path=/"),)))
    later = server.serve(File(SMALL))
    for session, cookies, resource in (("a", True, first), ("a", True, later), ("a", False, later), ("b", True, later)):
        options = ["--cookies"] if cookies else []
        assert haul("get", "--rename", "-o", "file", "-s", session, *options, resource.url).returncode == 0
    assert [request.header("Cookie") for request in later.requests] == ["flavour=oat", None, None]


def gzipped(content: Content) -> Behaviour:
    async def answer(exchange: Exchange) -> None:
        packed = gzip.compress(content.read_all())
        await exchange.head(200, [("Content-Encoding", "gzip"), ("Content-Length", str(len(packed)))])
        await exchange.body(packed)
    return answer


def test_a_compressed_answer_is_stored_as_it_was(haul, machine: Machine, server: ScriptedServer) -> None:
    resource = server.serve(gzipped(SMALL))
    ended = haul("get", "--compressed", resource.url)
    assert ended.returncode == 0, ended.stderr
    assert "gzip" in resource.requests[0].header("Accept-Encoding")
    SMALL.check(machine.downloads / "file")


def test_the_servers_time(haul, machine: Machine, server: ScriptedServer) -> None:
    resource = server.serve(File(SMALL, last_modified=A_YEAR_AGO))
    assert haul("get", "--remote-time", resource.url).returncode == 0
    found = time.gmtime((machine.downloads / "file").stat().st_mtime)
    assert time.strftime("%a, %d %b %Y %H:%M:%S GMT", found) == A_YEAR_AGO


def test_a_part_of_the_file(haul, machine: Machine, server: ScriptedServer) -> None:
    async def part(exchange: Exchange) -> None:
        assert exchange.request.header("Range") == "bytes=1000-1999"
        await exchange.head(206, [("Content-Range", f"bytes 1000-1999/{SMALL.size}"), ("Content-Length", "1000")])
        await exchange.body(SMALL.read(1000, 1000))
    ended = haul("get", "--range=1000-1999", server.serve(part).url)
    assert ended.returncode == 0, ended.stderr
    assert (machine.downloads / "file").read_bytes() == SMALL.read(1000, 1000)


def test_what_is_not_modified_is_not_fetched(haul, machine: Machine, server: ScriptedServer) -> None:
    resource = server.serve(status(304, ("ETag", ETAG)))
    ended = haul("get", "--if-none-match", ETAG, resource.url)
    assert ended.returncode == 0, ended.stderr
    assert "not modified" in ended.stderr and "saved" not in ended.stderr
    assert resource.requests[0].header("If-None-Match") == ETAG
    machine.wait_downloads()


def test_the_server_names_the_file_in_a_directory(haul, machine: Machine, server: ScriptedServer) -> None:
    headers = (("Content-Disposition", "attachment; filename*=UTF-8''na%C3%AFve%20name.bin"),)
    (machine.downloads / "sub").mkdir()
    ended = haul("get", "-D", "sub", server.serve(File(SMALL, headers=headers)).url)
    assert ended.returncode == 0, ended.stderr
    SMALL.check(machine.downloads / "sub" / "naïve name.bin")
    assert "naïve name.bin" in ended.stderr
    assert haul("get", "-o", "sub/", "--filename", "mine", server.serve(File(SMALL, headers=headers)).url).returncode == 0
    SMALL.check(machine.downloads / "sub" / "mine")


def test_a_file_in_a_directory_is_renamed_unless_told_otherwise(haul, machine: Machine, server: ScriptedServer) -> None:
    url = server.serve(File(SMALL)).url
    (machine.downloads / "file").write_text("old")
    refused = haul("get", "--if-exists=fail", url)
    assert refused.returncode in (1, 5)
    machine.wait_downloads(machine.downloads / "file")
    assert haul("get", url).returncode == 0
    assert (machine.downloads / "file").read_text() == "old"
    assert len(list(machine.downloads.iterdir())) == 2
    assert haul("get", "--replace", url).returncode == 0
    SMALL.check(machine.downloads / "file")
