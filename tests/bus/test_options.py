"""Option keys: known ones with the right type and a sensible value, everything else an error that names the key."""

import pytest

from bus.expect import failed, finished, refused
from harness.client import Client, Session, microseconds, wall_time
from harness.machine import Machine
from servers.behaviours import File, endless, silent, status
from servers.content import Content
from servers.scripted import ScriptedServer

CONTENT = Content(seed=41, size=60_000)


@pytest.fixture
def url(server: ScriptedServer) -> str:
    return server.serve(File(CONTENT)).url


@pytest.mark.parametrize("key", ["colour", "", "Retries", "retries ", "start\n", "x" * 5000, "größe"])
def test_an_unknown_key_is_refused(client: Client, session: Session, url: str, key: str) -> None:
    named = key[:20] if key.isprintable() else ""
    with refused("InvalidArgument", named):
        session.download(url, {key: ("s", "blue")})
    with refused("InvalidArgument", named):
        client.session("new", {key: ("s", "blue")})
    assert client.tasks() == []
    assert [identifier for identifier, _, _ in client.sessions()] == ["test"]


WRONG_TYPES = {
    "description": ("u", 1), "headers": ("a{sv}", {}), "request-timeout": ("s", "5s"), "resource-timeout": ("b", True),
    "priority": ("s", "high"), "redirects": ("b", True), "retry-delay": ("d", 1.0), "retry-delay-max": ("x", -1),
    "retries": ("i", -1), "ca-file": ("ay", b"x"), "token": ("t", 1), "start": ("u", 1), "destination": ("ay", b"/tmp/x"),
    "if-exists": ("b", True), "mode": ("s", "0644"), "not-before": ("s", "tomorrow"), "max-size": ("d", 1.0),
    "expected-size": ("v", ("t", 1)), "accept-status": ("u", 404), "max-redirects": ("s", "3"), "redirect-headers": ("u", 1),
    "allow-downgrade": ("s", "true"), "proxy": ("b", True), "no-proxy": ("as", ["a"]), "max-rate": ("s", "1k"),
    "client-cert": ("ay", b"x"), "client-key": ("b", True), "public-key-pin": ("ay", b"x"), "cookies": ("s", "yes"),
    "compressed": ("u", 1), "remote-time": ("t", 1), "preallocate": ("s", "no"), "checksum": ("ay", b"x"), "mirrors": ("u", 1),
    "connections": ("s", "four"), "range": ("t", 5), "if-none-match": ("b", True), "filename": ("ay", b"x"),
    "resume-data": ("s", "text"),
    "allow-expensive": ("s", "no"), "allow-constrained": ("u", 0), "allow-roaming": ("u", 0), "discretionary": ("s", "yes"),
    "keep-awake": ("u", 1), "window": ("b", True), "after": ("as", ["one"]), "after-failure": ("b", True),
}


@pytest.mark.parametrize("key", WRONG_TYPES)
def test_a_wrong_type_is_refused_with_the_key_and_the_type_expected(client: Client, session: Session, url: str,
                                                                    key: str) -> None:
    with refused("InvalidArgument", key):
        session.download(url, {key: WRONG_TYPES[key]})
    assert client.tasks() == []


def test_the_expected_type_is_named(session: Session, url: str) -> None:
    with refused("InvalidArgument", "retries", "u"):
        session.download(url, {"retries": ("s", "3")})


BAD_VALUES = {
    "priority": [("d", 1.5), ("d", -0.5), ("d", float("nan"))],
    "redirects": [("s", "always"), ("s", "")],
    "if-exists": [("s", "ask"), ("s", "")],
    "mode": [("u", 0o10000), ("u", 2**32 - 1)],
    "destination": [("s", "relative/path")],
    "request-timeout": [("t", 0), ("t", 2**64 - 1)],
    "resource-timeout": [("t", 0), ("t", 2**64 - 1)],
    "not-before": [("t", 2**64 - 1)],
    "ca-file": [("s", "relative.pem")],
    "accept-status": [("s", "2xx"), ("s", "299-200"), ("s", "99"), ("s", "")],
    "max-redirects": [("u", 21)],
    "proxy": [("s", "ftp://proxy"), ("s", "proxy:8080"), ("s", "http://"), ("s", "http://proxy:99999"), ("s", "")],
    "no-proxy": [("s", "a\nb")],
    "max-rate": [("t", 0), ("t", 2**64 - 1)],
    "client-cert": [("s", "relative.pem")],
    "client-key": [("s", "relative.pem")],
    "public-key-pin": [("s", "sha1//AAAA"), ("s", "sha256//AAAA")],
    "checksum": [("s", "md5=" + "0" * 32), ("s", "sha-256=00"), ("s", "sha-256=" + "g" * 64), ("s", "0" * 64)],
    "mirrors": [("as", ["ftp://mirror/"]), ("as", ["http://mirror/"] * 33), ("as", ["mirror"])],
    "connections": [("u", 17)],
    "range": [("s", "9-5"), ("s", "-5"), ("s", "bytes=0-1"), ("s", "0-1,3-4"), ("s", "")],
    "if-none-match": [("s", '"a"\r\nX: y')],
    "filename": [("s", ""), ("s", ".."), ("s", "a/b"), ("s", "x" * 256)],
    "resume-data": [("ay", b""), ("ay", b"forged"), ("ay", b"x" * 20_000)],
    "headers": [("a{ss}", {"X": "a\nb"}), ("a{ss}", {"": "x"}), ("a{ss}", {"X y": "x"})],
}


@pytest.mark.parametrize("key, value", [(key, value) for key, values in BAD_VALUES.items() for value in values])
def test_a_value_out_of_range_is_refused(client: Client, session: Session, url: str, key: str, value: tuple) -> None:
    with refused("InvalidArgument", key):
        session.download(url, {key: value})
    assert client.tasks() == []


def test_a_session_takes_no_task_options(client: Client) -> None:
    for key, value in (("token", "t"), ("start", True), ("destination", "/tmp/x"), ("mode", 0o600), ("connections", 2),
                       ("mirrors", ["http://mirror/"]), ("checksum", "sha-256=" + "0" * 64), ("range", "0-1"),
                       ("if-none-match", '"a"'), ("filename", "x"), ("resume-data", b"x")):
        with refused("InvalidArgument", key):
            client.session("new", {key: value})
    assert client.sessions() == []


def test_empty_text_for_the_destination_is_the_spool(session: Session, url: str) -> None:
    task = session.download(url, destination="", start=True)
    assert task.wait() == ("finished", "")
    with task.open_result() as result:
        assert result.read() == CONTENT.read_all()


@pytest.mark.parametrize("length_known", [True, False])
def test_max_size_ends_what_is_larger(machine: Machine, session: Session, server: ScriptedServer, length_known: bool) -> None:
    resource = server.serve(File(Content(1, 50 << 20)) if length_known else endless())
    task = session.download(resource.url, destination=machine.downloads / "file", start=True, max_size=100_000)
    failed(task, "limit")
    machine.wait_downloads()
    assert resource.sent < 10 << 20


def test_max_size_lets_pass_what_fits_exactly(machine: Machine, session: Session, url: str) -> None:
    task = session.download(url, destination=machine.downloads / "file", start=True, max_size=CONTENT.size)
    finished(task, CONTENT, machine.downloads / "file")


@pytest.mark.parametrize("off", [-1, 1])
@pytest.mark.parametrize("chunked", [True, False])
def test_another_size_than_the_expected_one_is_a_failure(machine: Machine, session: Session, server: ScriptedServer,
                                                         off: int, chunked: bool) -> None:
    resource = server.serve(File(CONTENT, chunked=chunked))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True, retries=0,
                            expected_size=CONTENT.size + off)
    state, reason = task.wait()
    assert state == "failed" and reason in ("incomplete", "limit", "changed", "protocol")
    machine.wait_downloads()


def test_not_before_holds_the_task_back_also_over_a_crash(machine: Machine, session: Session, url: str) -> None:
    moment = wall_time(1.5)
    task = session.download(url, destination=machine.downloads / "file", start=True, not_before=moment)
    assert (task.state, task.blocked_by) == ("waiting", ["not-before"])
    assert task.details()["next-attempt"] == moment
    machine.restart()
    again = machine.client().task(task.id)
    assert again.blocked_by == ["not-before"]
    finished(again, CONTENT, machine.downloads / "file")
    assert wall_time() >= moment


def test_request_timeout_ends_the_attempt_only(machine: Machine, session: Session, server: ScriptedServer) -> None:
    resource = server.serve(silent(), File(CONTENT))
    task = session.download(resource.url, destination=machine.downloads / "file", start=True,
                            request_timeout=microseconds(0.4))
    finished(task, CONTENT, machine.downloads / "file")
    assert len(resource.requests) == 2


def test_zero_retries_means_one_attempt(session: Session, server: ScriptedServer) -> None:
    resource = server.serve(status(503))
    task = session.download(resource.url, start=True, retries=0)
    failed(task, "http-status")
    assert len(resource.requests) == 1
    assert task.details()["attempts"] == 1
