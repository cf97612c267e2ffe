"""The handshake: what is asked, what is taken for an answer, and what is not."""

import threading

import pytest

from harness.client import Session, WebSocket, microseconds
from harness.deadline import wait_until
from servers.websocket.adversary import Adversary, Endpoint
from servers.websocket.deflate import Deflate
from servers.websocket.frames import TEXT, Frame
from servers.websocket.handshakes import Accept, Handshake, Raw, check_request, hang_up, redirect, refuse, silent
from websocket.expect import FOR_HOURS, blocked, failed, finished, opened, part, start, types, wait_inbox, wait_opened

KIB = 1 << 10
WRONG: dict[str, Handshake] = {
    "another key": Accept(key="s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "no key": Accept(key=None), "an empty key": Accept(key=" "),
    "no Upgrade": Accept(upgrade=None), "another Upgrade": Accept(upgrade="h2c"), "no Connection": Accept(connection=None),
    "another Connection": Accept(connection="keep-alive"), "a subprotocol that was not offered": Accept(subprotocol="other"),
    "a subprotocol in another case": Accept(subprotocol="CHAT"), "two subprotocols": Accept(subprotocol="chat, second"),
    "an unknown extension": Accept(extensions="x-unknown"), "an extension that was not offered": Accept(extensions="permessage-deflate"),
    "200": Accept(status="200 OK"), "204": Accept(status="204 No Content"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_fails_the_task(session: Session, server: Adversary, name: str) -> None:
    endpoint = server.serve(WRONG[name])
    task = start(session, endpoint, "chat", "second")
    state, reason = task.wait()
    assert (state, reason) in (("failed", "protocol"), ("failed", "http-status")), (state, reason, task.details().get("error-text"))
    assert (reason == "http-status") <= name.isdigit()
    assert len(endpoint.requests) == 1
    assert types(session, task) == ["failed"], "it was never open"


@pytest.mark.parametrize("name, answer", {
    "tokens in capitals": Accept(upgrade="WebSocket", connection="UPGRADE"),
    "a list of tokens": Accept(connection="keep-alive, Upgrade"),
    "other headers": Accept(headers=(("Server", "x"), ("Set-Cookie", "a=b"), ("X-Empty", ""))),
    "byte by byte": Accept(pieces=True),
    "another phrase": Accept(status="101 Web Socket Protocol Handshake"),
    "no phrase": Accept(status="101 "),
}.items(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_right_answer_of_any_form_is_taken(session: Session, server: Adversary, name: str, answer: Accept) -> None:
    task, peer = opened(session, server.serve(answer))
    peer.text("hello")
    wait_inbox(session, task, "hello")


def test_a_server_that_chooses_no_subprotocol_is_taken(session: Session, server: Adversary) -> None:
    task, _ = opened(session, server.serve(), "chat")
    assert task.subprotocol == ""


def test_the_choice_is_that_of_the_newest_connection(session: Session, server: Adversary) -> None:
    endpoint = server.serve(Accept(subprotocol="a"), Accept(subprotocol="b"))
    task, peer = opened(session, endpoint, "a", "b")
    assert task.subprotocol == "a"
    peer.reset()
    endpoint.peer()
    wait_opened(session, task, 2)
    assert task.subprotocol == "b"


@pytest.mark.parametrize("headers", [(("X-Long", "x" * 64 * KIB),), tuple((f"X-{number}", "y" * 600) for number in range(100))],
                         ids=["one", "many"])
def test_a_head_of_64_kib_is_within_or_without_bounds(session: Session, server: Adversary, headers: tuple) -> None:
    """Taken, or an end; never a hang or a crash."""
    endpoint = server.serve(Accept(headers=headers))
    task = start(session, endpoint, retries=0)
    wait_until(lambda: "opened" in types(session, task) or task.state == "failed", "an open connection or an end", 15)
    if task.state == "failed":
        assert task.reason in ("limit", "protocol")


def test_a_head_without_end_is_cut_off(session: Session, server: Adversary) -> None:
    def pour(peer) -> bool:
        peer.raw(b"HTTP/1.1 101 Switching Protocols\r\n")
        while True:
            peer.raw(b"X-Long: " + b"x" * 8000 + b"\r\n")
    task = start(session, server.serve(pour), retries=0)
    state, reason = task.wait()
    assert state == "failed" and reason in ("limit", "protocol"), (state, reason)


def test_headers_of_the_client_arrive(session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    opened(session, endpoint, headers={"Authorization": "Bearer opensesame", "X-Api-Key": "key", "Origin": "https://example.com"})
    request = endpoint.requests[0]
    check_request(request)
    assert request.header("Authorization") == "Bearer opensesame"
    assert (request.header("X-Api-Key"), request.header("Origin")) == ("key", "https://example.com")
    assert request.header("Host") == f"127.0.0.1:{server.port}"


def test_path_and_query_arrive(session: Session, server: Adversary) -> None:
    endpoint = server.serve(secret="a%20b&c=d")
    opened(session, endpoint)
    assert endpoint.requests[0].target == "/1?token=a%20b&c=d"


def test_each_connection_has_a_key_of_its_own(session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    task, peer = opened(session, endpoint)
    for number in range(2, 6):
        peer.reset()
        peer = endpoint.peer()
        wait_opened(session, task, number)
    assert len({request.header("Sec-WebSocket-Key") for request in endpoint.requests}) == 5


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(session: Session, server: Adversary, other_server: Adversary, status: int) -> None:
    target = other_server.serve()
    endpoint = server.serve(redirect(target.url.replace("ws://", "http://"), status))
    task = start(session, endpoint)
    target.peer()
    wait_opened(session, task)
    check_request(target.requests[0])
    assert types(session, task) == ["redirected", "opened"]


def test_redirects_may_name_ws_and_be_relative(session: Session, server: Adversary) -> None:
    target = server.serve()
    for place in (target.url, target.url.removeprefix(server.origin)):
        task = start(session, server.serve(redirect(place)))
        target.peer()
        wait_opened(session, task)


def test_secrets_do_not_cross_origins(session: Session, server: Adversary, other_server: Adversary) -> None:
    headers = {"Authorization": "Bearer opensesame", "Cookie": "id=opensesame", "X-Api-Key": "opensesame"}
    far = other_server.serve()
    start(session, server.serve(redirect(far.url)), headers=headers)
    far.peer()
    assert "opensesame" not in str(far.requests)
    near = server.serve()
    start(session, server.serve(redirect(near.url)), headers=headers)
    near.peer()
    assert near.requests[0].header("Authorization") == "Bearer opensesame"


def test_redirects_that_are_refused(session: Session, server: Adversary, other_server: Adversary) -> None:
    far = other_server.serve()
    loop = server.serve()
    loop.handshakes = (redirect(loop.url),)
    for endpoint, choice in ((server.serve(redirect(far.url)), {"redirects": "deny"}),
                             (server.serve(redirect(far.url)), {"redirects": "same-origin"}),
                             (server.serve(redirect("ftp://127.0.0.1/")), {}), (server.serve(redirect("file:///etc/passwd")), {}),
                             (loop, {"max_redirects": 3}), (server.serve(refuse(302)), {})):
        failed(start(session, endpoint, **choice), "redirect")
    assert far.requests == [] and len(loop.requests) == 4


def test_wss_is_not_left_by_a_redirect(session: Session, tls_server: Adversary, server: Adversary, certificates) -> None:
    plain = server.serve()
    endpoint = tls_server.serve(redirect(plain.url))
    failed(start(session, endpoint, ca_file=str(certificates.authority)), "redirect")
    assert plain.requests == []
    task = start(session, endpoint, ca_file=str(certificates.authority), allow_downgrade=True)
    plain.peer()
    wait_opened(session, task)


@pytest.mark.parametrize("status", [400, 403, 404, 405, 410, 426, 501])
def test_a_status_that_is_final_fails_the_task(session: Session, server: Adversary, status: int) -> None:
    endpoint = server.serve(refuse(status))
    details = failed(start(session, endpoint), "http-status")
    assert details["status"] == status and len(endpoint.requests) == 1 and details["attempts"] == 1


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_status_that_may_pass_is_tried_again(session: Session, server: Adversary, status: int) -> None:
    endpoint = server.serve(refuse(status), refuse(status), Accept())
    task = start(session, endpoint)
    endpoint.peer()
    wait_opened(session, task)
    assert len(endpoint.requests) == 3


def test_which_statuses_are_tried_again_is_an_option(session: Session, server: Adversary) -> None:
    endpoint = server.serve(refuse(404), Accept())
    start(session, endpoint, retried_status="404")
    endpoint.peer()
    failed(start(session, server.serve(refuse(503)), retried_status="404"), "http-status")


def next_attempt(task: WebSocket) -> int:
    """When the task, which waits, goes on, in µs since 1970."""
    blocked(task, "retry-delay")
    return task.details()["next-attempt"]


@pytest.mark.parametrize("status", [429, 503])
def test_the_servers_wish_for_a_delay_is_honoured(session: Session, server: Adversary, status: int) -> None:
    endpoint = server.serve(refuse(status, ("Retry-After", "1000")))
    task = start(session, endpoint)
    delay = next_attempt(task) - task.details()["created"]
    assert microseconds(999) <= delay <= microseconds(1100)
    assert len(endpoint.requests) == 1


def test_the_servers_wish_outlives_a_kill(machine, session: Session, server: Adversary) -> None:
    endpoint = server.serve(refuse(503, ("Retry-After", "1000")))
    task = start(session, endpoint)
    planned = next_attempt(task)
    machine.restart()
    task = WebSocket(machine.client().connection, task.path)
    assert abs(next_attempt(task) - planned) < microseconds(2) and len(endpoint.requests) == 1


@pytest.mark.parametrize("handshake", [hang_up, Raw(b""), silent], ids=["hangs up", "says nothing and hangs up", "is silent"])
def test_no_answer_is_tried_again(session: Session, server: Adversary, handshake: Handshake) -> None:
    endpoint = server.serve(handshake, handshake, Accept())
    start(session, endpoint, request_timeout=microseconds(0.3))
    endpoint.peer()
    assert len(endpoint.requests) == 3


@pytest.mark.parametrize("data", [b"220 mail\r\n\r\n", b"HTTP/1.1\r\n\r\n", b"\r\n\r\n", b"HTTP/1.1 101\r\nno colon\r\n\r\n", bytes(100)])
def test_what_is_no_http_is_no_connection(session: Session, server: Adversary, data: bytes) -> None:
    task = start(session, server.serve(Raw(data)), retries=1)
    state, reason = task.wait()
    assert state == "failed" and reason in ("protocol", "connection", "incomplete"), (state, reason)
    assert "opened" not in types(session, task)


def test_a_slow_handshake_is_waited_for(session: Session, server: Adversary) -> None:
    gate = threading.Event()
    endpoint = server.serve(Accept(gate=gate))
    task = start(session, endpoint)
    wait_until(lambda: endpoint.requests, "the request")
    task.wait_for(lambda t: t.state == "running", "connecting")
    assert types(session, task) == []
    gate.set()
    endpoint.peer()
    wait_opened(session, task)


def test_a_connecting_task_can_be_closed_and_cancelled(session: Session, server: Adversary) -> None:
    endpoint = server.serve(silent)
    cancelled, closed = start(session, endpoint), start(session, endpoint)
    wait_until(lambda: len(endpoint.requests) == 2, "both requests")
    cancelled.cancel()
    assert cancelled.wait() == ("cancelled", "client")
    closed.close()
    finished(closed)


def test_nobody_listens(session: Session) -> None:
    nowhere = Endpoint("ws://127.0.0.1:1/", (), None)
    task = start(session, nowhere, retries=2)
    details = failed(task, "connection")
    assert details["attempts"] == 3
    blocked(start(session, nowhere, **FOR_HOURS), "retry-delay")


def test_deflate_is_offered_where_it_was_asked_for(session: Session, server: Adversary) -> None:
    endpoint = server.serve(Accept(deflate=Deflate()))
    task, peer = opened(session, endpoint, compressed=True)
    assert "permessage-deflate" in (endpoint.requests[0].header("Sec-WebSocket-Extensions") or "")
    assert peer.deflate
    peer.text("deflated")
    peer.send(Frame(TEXT, b"plain"))
    wait_inbox(session, task, "deflated", "plain")
    task.close()
    part(peer)
    finished(task)
