"""How WebSocket tasks are made, and what is no such task."""

import re

import pytest

from bus.expect import refused, unknown_object
from harness.client import NAME, Client, Session, WebSocket
from harness.connection import BusError
from harness.machine import Machine
from servers.websocket.adversary import Adversary
from servers.websocket.handshakes import Accept, check_request
from websocket.expect import QUICK, opened, part, start, types, wait_opened

NOWHERE = "ws://127.0.0.1:9/"
GIB = 1 << 30


def test_a_new_task_is_suspended_and_empty(session: Session) -> None:
    task = session.websocket(NOWHERE, ["chat"])
    assert task.get_all() | {"Id": task.id, "Kind": "websocket", "State": "suspended", "Reason": ""} == task.get_all()
    assert task.socket.get_all() == {"Subprotocol": "", "CloseCode": 0, "CloseReason": "", "Queued": 0}
    row, = session.tasks()
    assert (row.id, row.kind, row.state) == (task.id, "websocket", "suspended")
    details = task.details()
    assert (details["kind"], details["url"], details["subprotocols"]) == ("websocket", NOWHERE, ["chat"])
    assert types(session, task) == []


def test_it_connects_when_it_is_resumed(session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    task = session.websocket(endpoint.url, [], QUICK)
    assert endpoint.requests == []
    task.resume()
    endpoint.peer()
    wait_opened(session, task)
    assert task.state == "running"
    check_request(endpoint.requests[0])
    assert endpoint.requests[0].header("Sec-WebSocket-Protocol") is None
    assert endpoint.requests[0].header("Sec-WebSocket-Extensions") is None


def test_the_daemon_says_that_it_can(client: Client) -> None:
    assert "websocket" in client.get("Features")


def test_many_in_one_call(session: Session, server: Adversary) -> None:
    endpoint = server.serve(Accept(subprotocol="chat"))
    one, other, download = session.create_many([
        ("websocket", endpoint.url, {"subprotocols": ["chat"], "start": True}), ("websocket", NOWHERE, {}),
        ("download", "http://127.0.0.1:9/", {})])
    assert [row.kind for row in session.tasks()] == ["websocket", "websocket", "download"]
    endpoint.peer()
    wait_opened(session, one)
    assert WebSocket(one.connection, one.path).subprotocol == "chat"
    with refused("InvalidArgument"):
        session.create_many([("websocket", NOWHERE, {}), ("websocket", "http://127.0.0.1:9/", {})])
    assert len(session.tasks()) == 3, "all or none"


def test_of_the_default_session_with_plain_strings(client: Client, server: Adversary) -> None:
    endpoint = server.serve(Accept(subprotocol="chat.v1"))
    task = client.websocket(endpoint.url, "chat.v2,chat.v1")
    endpoint.peer()
    wait_opened(client.session("default"), task)
    assert task.subprotocol == "chat.v1"
    assert endpoint.requests[0].header("Sec-WebSocket-Protocol") == "chat.v2, chat.v1"


def dbus_send(machine: Machine, path: str, member: str, *arguments: str) -> str:
    """Runs the line and returns what it prints; a failure comes as its text, which begins with "Error"."""
    line = ["dbus-send", "--session", f"--dest={NAME}", "--print-reply", path, member, *arguments]
    result = machine.family.run(line, {"DBUS_SESSION_BUS_ADDRESS": machine.bus.address})
    return result.stdout if result.returncode == 0 else result.stderr


def test_a_whole_conversation_from_the_command_line(machine: Machine, server: Adversary) -> None:
    endpoint = server.serve(Accept(subprotocol="b"))
    said = dbus_send(machine, "/org/hauld1", "org.hauld1.Manager.OpenWebSocket", f"string:{endpoint.url}", "string:a,b")
    task = re.search(r'object path "(/org/hauld1/task/\d+)"', said)
    assert task, said
    peer = endpoint.peer()
    assert "uint64 1" in dbus_send(machine, task[1], "org.hauld1.WebSocket.Send", "string:hello")
    assert peer.receive().text == "hello"
    assert "uint64 2" in dbus_send(machine, task[1], "org.hauld1.WebSocket.SendBytes", "array:byte:1,2,3")
    assert peer.receive().data == b"\x01\x02\x03"
    said = dbus_send(machine, task[1], "org.freedesktop.DBus.Properties.Get", "string:org.hauld1.WebSocket", "string:Subprotocol")
    assert re.search(r'variant\s+string "b"', said)
    dbus_send(machine, task[1], "org.hauld1.WebSocket.Close", "uint16:4000", "string:over")
    goodbye = part(peer)
    assert (goodbye.code, goodbye.reason) == (4000, "over")
    said = dbus_send(machine, task[1], "org.hauld1.Task.Wait", "uint64:20000000")
    assert re.search(r'string "finished"\s+string ""', said)


@pytest.mark.parametrize("url", [
    "", "x", "//127.0.0.1/", "http://127.0.0.1:9/", "https://127.0.0.1:9/", "ftp://127.0.0.1/", "file:///etc/passwd", "ws:", "ws://",
    "ws:///path", "ws:127.0.0.1", "wss://:443/", "ws://127.0.0.1:99999/", "ws://127.0.0.1:9/#part", "ws://127.0.0.1:9/#",
    "ws://127.0.0.1:9/a b", "ws://127.0.0.1:9/\n", "ws://127.0.0.1:9/\x01", "ws://127.0.0.1:9/" + "x" * 8192, "wsx://127.0.0.1:9/"])
def test_what_is_no_url_of_a_websocket_is_refused(client: Client, session: Session, url: str) -> None:
    with refused("InvalidArgument"):
        session.websocket(url)
    with refused("InvalidArgument"):
        client.websocket(url)
    assert client.tasks() == []


@pytest.mark.parametrize("url", ["ws://127.0.0.1:9", "WS://127.0.0.1:9/", "wss://example.com", "ws://[::1]:9/?a=b",
                                 "ws://127.0.0.1:9/".ljust(8192, "x")], ids=lambda url: url[:30])
def test_what_is_one_is_taken(session: Session, url: str) -> None:
    assert session.websocket(url).state == "suspended"


def test_other_kinds_have_no_such_url(session: Session) -> None:
    with refused("InvalidArgument"):
        session.download(NOWHERE)
    with refused("InvalidArgument"):
        session.create_many([("download", NOWHERE, {})])


@pytest.mark.parametrize("subprotocols", [
    [""], ["a b"], ["a,b"], ["a/b"], ["größe"], ["a\x7f"], ["a\n"], ["\"a\""], ["a", "a"], ["a", "b", "a"],
    [f"p{number}" for number in range(33)]], ids=lambda value: ",".join(value)[:20])
def test_illegal_subprotocols_are_refused(session: Session, subprotocols: list[str]) -> None:
    with refused("InvalidArgument"):
        session.websocket(NOWHERE, subprotocols)
    with refused("InvalidArgument"):
        session.create_many([("websocket", NOWHERE, {"subprotocols": subprotocols})])
    assert session.tasks() == []


@pytest.mark.parametrize("text", ["a,a", "a b", "a,,b", "größe"])
def test_illegal_subprotocols_in_a_line_are_refused(client: Client, text: str) -> None:
    with refused("InvalidArgument"):
        client.websocket(NOWHERE, text)


def test_many_subprotocols_are_offered_in_their_order(session: Session, server: Adversary) -> None:
    names = [f"p{number}" for number in range(31)] + ["!#$%&'*+-.^_`|~"]
    endpoint = server.serve(Accept(subprotocol=names[-1]))
    task, _ = opened(session, endpoint, *names)
    assert endpoint.requests[0].header("Sec-WebSocket-Protocol") == ", ".join(names)
    assert task.subprotocol == names[-1]


@pytest.mark.parametrize("name, value", [("X-A", "a\nb"), ("X-A", "a\rb"), ("X-A", "a\x01"), ("X A", "a"), ("", "a"), ("X:", "a"),
                                         ("größe", "a")])
def test_illegal_headers_are_refused(session: Session, name: str, value: str) -> None:
    with refused("InvalidArgument"):
        session.websocket(NOWHERE, [], {"headers": {name: value}})
    assert session.tasks() == []


@pytest.mark.parametrize("name", ["Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Accept", "Sec-WebSocket-Protocol",
                                  "Sec-WebSocket-Extensions", "Upgrade", "Connection", "Content-Length", "Transfer-Encoding"])
def test_the_handshakes_own_headers_are_not_the_clients(session: Session, server: Adversary, name: str) -> None:
    """Refused, or of no effect."""
    endpoint = server.serve()
    try:
        task, _ = opened(session, endpoint, headers={name: "5"})
    except BusError as error:
        assert error.word == "InvalidArgument" and name.lower() in error.message.lower()
        return
    check_request(endpoint.requests[0])
    assert (name, "5") not in endpoint.requests[0].headers and task.state == "running"


@pytest.mark.parametrize("key", ["colour", "Overflow", "inbox", "x" * 5000])
def test_unknown_options_are_refused(session: Session, key: str) -> None:
    with refused("InvalidArgument", key[:20]):
        session.websocket(NOWHERE, [], {key: ("s", "blue")})


FOREIGN = {"destination": "/tmp/x", "if-exists": "fail", "mode": 0o644, "max-size": 1, "expected-size": 1, "mirrors": [], "range": "0-",
           "checksum": "sha-256=" + "0" * 64, "method": "PUT", "content-type": "text/plain", "resumable": "off", "snapshot": "copy"}


@pytest.mark.parametrize("key", FOREIGN)
def test_options_of_other_kinds_are_refused(session: Session, key: str) -> None:
    with refused("InvalidArgument", key):
        session.websocket(NOWHERE, [], {key: FOREIGN[key]})


OWN = {"subprotocols": ["a"], "delivery": "live", "max-message": 1000, "ping-interval": 10**6, "pong-timeout": 10**6, "reconnect": False,
       "reconnect-max-delay": 10**6, "final-close-codes": "1000", "retried-status": "503", "inbox-messages": 10, "inbox-bytes": 10**6,
       "overflow": "wait"}


@pytest.mark.parametrize("key", OWN)
def test_its_own_options_are_no_other_kinds(session: Session, key: str) -> None:
    with refused("InvalidArgument", key):
        session.download("http://127.0.0.1:9/", {key: OWN[key]})
    shown = session.websocket(NOWHERE, [], {key: OWN[key]}).details()
    assert shown[key] == OWN[key]


def test_options_as_text(session: Session) -> None:
    task = session.websocket(NOWHERE)
    texts = {"subprotocols": "a b", "delivery": "live", "max-message": "1000", "reconnect": "false", "overflow": "drop-oldest",
             "final-close-codes": "1000,4000-4999", "inbox-messages": "10"}
    for key, text in texts.items():
        task.call("SetOption", "ss", key, text)
    shown = task.details()
    assert shown["subprotocols"] == ["a", "b"] and shown["max-message"] == 1000 and shown["reconnect"] is False
    assert shown["final-close-codes"] == "1000,4000-4999" and shown["inbox-messages"] == 10


@pytest.mark.parametrize("choice", [
    {"delivery": "fast"}, {"delivery": ""}, {"overflow": "drop"}, {"max-message": 0}, {"max-message": (16 << 20) + 1},
    {"max-message": GIB + 1, "delivery": "live"}, {"final-close-codes": "1000-"}, {"final-close-codes": "x"},
    {"final-close-codes": "999"}, {"final-close-codes": "5000"}, {"final-close-codes": "1003-1000"}, {"retried-status": "x"},
    {"retried-status": "99"}, {"inbox-messages": 0}, {"inbox-bytes": 0}, {"delivery": ("b", True)}, {"max-message": ("s", "1000")},
    {"subprotocols": ("s", "a")}, {"pong-timeout": 0}], ids=str)
def test_values_out_of_bounds_are_refused(session: Session, choice: dict) -> None:
    with refused("InvalidArgument", next(iter(choice))):
        session.websocket(NOWHERE, [], choice)


def test_the_largest_messages(session: Session) -> None:
    session.websocket(NOWHERE, [], {"max-message": 16 << 20})
    session.websocket(NOWHERE, [], {"max-message": GIB, "delivery": "live"})


def test_the_same_token_is_the_same_task(session: Session) -> None:
    assert session.websocket(NOWHERE, token="t") == session.websocket(NOWHERE, token="t")


def test_other_tasks_are_no_websockets(session: Session) -> None:
    task = session.download("http://127.0.0.1:9/")
    with pytest.raises(BusError):
        WebSocket(task.connection, task.path).send("x")
    assert task.state == "suspended"


CALLS = [("Send", "s", "x"), ("SendBytes", "ay", b"x"), ("Ping", ""), ("Close", "qs", 0, ""), ("OpenChannel", "")]


@pytest.mark.root
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call[0])
def test_anothers_websocket_is_no_object(machine: Machine, session: Session, server: Adversary, call: tuple) -> None:
    task, peer = opened(session, server.serve())
    theirs = WebSocket(machine.stranger().connection, task.path)
    with unknown_object():
        theirs.socket.call(*call)
    with unknown_object():
        theirs.socket.get("Subprotocol")
    assert task.state == "running"
    task.send("mine")
    assert peer.receive().text == "mine"


def test_cancelling_sends_nothing_more(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    task.cancel()
    assert task.wait() == ("cancelled", "client")
    peer.wait_gone()
    assert types(session, task)[-1] == "cancelled"


def test_a_suspended_task_leaves_its_connection(session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    task, peer = opened(session, endpoint)
    task.suspend()
    peer.wait_gone()
    assert task.state == "suspended" and len(endpoint.requests) == 1
    task.resume()
    endpoint.peer()
    wait_opened(session, task, 2)


def test_a_task_ends_with_its_deadline(session: Session, server: Adversary) -> None:
    task = start(session, server.serve(), resource_timeout=300_000)
    assert task.wait() == ("failed", "deadline")
