"""Goodbyes: codes and reasons both ways, exactly, and what comes of bad ones."""

import pytest

from bus.expect import refused
from harness.client import Session, microseconds
from servers.websocket.adversary import Adversary
from servers.websocket.frames import CLOSE, PING, TEXT, Frame, close_payload
from servers.websocket.handshakes import silent
from websocket.expect import Closed, closes, failed, finished, inbox, last_word, opened, part, start, types, wait_closed, wait_opened

pytestmark = pytest.mark.lengthy

MAY_BE_SENT = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]
MAY_NOT = [1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 65535]
LONGEST = "é" * 61 + "x"  # 123 bytes


@pytest.mark.parametrize("code", MAY_BE_SENT)
def test_a_code_of_ours_arrives(session: Session, server: Adversary, code: int) -> None:
    task, peer = opened(session, server.serve())
    task.close(code, "because")
    goodbye = part(peer)
    assert (goodbye.code, goodbye.reason) == (code, "because")
    finished(task)
    assert types(session, task) == ["opened", "closed", "completed"]


def test_no_code_is_1000(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    task.close()
    goodbye = part(peer)
    assert (goodbye.code, goodbye.reason) == (1000, "")
    finished(task)
    assert wait_closed(session, task).clean


def test_the_longest_reason(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    task.close(1000, LONGEST)
    assert part(peer).reason == LONGEST
    finished(task)


@pytest.mark.parametrize("code", MAY_NOT)
def test_a_code_that_may_not_be_sent_is_refused(session: Session, server: Adversary, code: int) -> None:
    task, peer = opened(session, server.serve())
    with refused("InvalidArgument", str(code)):
        task.close(code)
    assert task.state == "running" and not peer.is_readable()


@pytest.mark.parametrize("reason", ["x" * 124, "é" * 62, "x" * 10_000], ids=["ASCII", "others", "much"])
def test_a_longer_reason_is_refused(session: Session, server: Adversary, reason: str) -> None:
    task, _ = opened(session, server.serve())
    with refused("InvalidArgument"):
        task.close(1000, reason)
    assert task.state == "running"


def test_a_goodbye_without_answer_is_over_after_a_while(session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    task, peer = opened(session, endpoint)
    task.close(4000, "hello?")
    assert peer.goodbye().code == 4000
    finished(task, 30)
    end = wait_closed(session, task)
    assert not end.clean and len(endpoint.requests) == 1
    peer.wait_gone()


def test_what_comes_before_the_answer_is_kept(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    task.close(1000)
    assert peer.goodbye().code == 1000
    peer.text("one more")
    peer.close(1000)
    finished(task)
    assert inbox(session, task) == ["one more"]


def test_what_is_queued_goes_before_the_goodbye(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    for number in range(100):
        task.send(f"{number} " + "x" * 10_000)
    task.close(3000, "after all that")
    for number in range(100):
        assert peer.receive().text.startswith(f"{number} ")
    assert part(peer).code == 3000
    finished(task)
    assert task.queued == 0


def test_both_say_goodbye_at_the_same_time(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    peer.close(1000, "mine")
    task_is_open = task.state == "running"
    try:
        task.close(3000, "ours")
    except Exception as error:
        assert "InvalidState" in str(error)
    assert peer.goodbye().code in (1000, 3000) and task_is_open in (True, False)
    peer.hang_up()
    finished(task)
    assert types(session, task).count("closed") == 1


def test_the_daemon_waits_for_the_server_to_hang_up(session: Session, server: Adversary) -> None:
    """RFC 6455, 7.1.1: the server closes TCP first; but not for ever."""
    task, peer = opened(session, server.serve())
    peer.close(1000)
    assert peer.goodbye().code == 1000
    finished(task, 30)
    peer.wait_gone()


def test_a_closed_task_closes_again_without_harm(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    task.close(3000, "one")
    try:
        task.close(3001, "two")
    except Exception as error:
        assert "InvalidState" in str(error)
    goodbye = part(peer)
    assert goodbye.code in (3000, 3001)
    finished(task)
    with refused("InvalidState"):
        task.close()


def test_a_suspended_task_finishes_at_once(session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    task = session.websocket(endpoint.url)
    task.close()
    finished(task)
    assert endpoint.requests == [] and types(session, task) == ["completed"]


def test_a_connecting_task_without_a_queue_finishes(session: Session, server: Adversary) -> None:
    task = start(session, server.serve(silent), request_timeout=microseconds(30))
    task.wait_for(lambda t: t.state == "running", "connecting")
    task.close()
    finished(task)


@pytest.mark.parametrize("reason", ["", "größer", LONGEST], ids=["none", "UTF-8", "the longest"])
def test_a_reason_of_the_server_is_told(session: Session, server: Adversary, reason: str) -> None:
    task, peer = opened(session, server.serve())
    peer.close(4000, reason)
    failed(task, "rejected")
    assert closes(session, task) == [Closed(4000, reason, True)]
    assert task.close_reason == reason


@pytest.mark.parametrize("reason", ["a\0b", "\uffff", "\ufdd0", "\U0010fffe", "\x1b[2J"], ids=ascii)
def test_a_reason_that_d_bus_cannot_have_stops_no_events(session: Session, server: Adversary, reason: str) -> None:
    """libsystemd sends no noncharacters (Unicode, 23.7) in strings; RFC 3629 allows them."""
    task, peer = opened(session, server.serve())
    peer.close(4000, reason)
    failed(task, "rejected")
    assert types(session, task) == ["opened", "closed", "failed"]
    assert task.close_code == 4000 and isinstance(task.close_reason, str)


BAD: dict[str, tuple[bytes, set[int]]] = {
    "one byte": (b"\x03", {1002}),
    "a reason that is no UTF-8": (close_payload(1000, b"\xff"), {1007, 1002}),
    "a reason with half a character": (close_payload(1000, "é".encode()[:1]), {1007, 1002}),
    "a reason with a surrogate": (close_payload(1000, b"\xed\xa0\x80"), {1007, 1002}),
    **{f"code {code}": (close_payload(code), {1002}) for code in [0, *MAY_NOT]},
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_goodbye_is_a_fault_of_the_server(session: Session, server: Adversary, name: str) -> None:
    payload, answers = BAD[name]
    task, peer = opened(session, server.serve())
    peer.send(Frame(CLOSE, payload))
    assert last_word(peer) in answers
    failed(task, "protocol")
    end, = closes(session, task)
    assert end.code in answers and not end.clean


def test_nothing_is_answered_behind_a_goodbye(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    peer.send(Frame(CLOSE, close_payload(1000)), Frame(PING, b"late"), Frame(TEXT, b"late"), Frame(3, b"bad"))
    assert peer.goodbye().code == 1000
    finished(task)
    assert inbox(session, task) == []


def test_a_goodbye_between_fragments(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    peer.send(Frame(TEXT, b"half", fin=False), Frame(CLOSE, close_payload(1000)))
    finished(task)
    assert inbox(session, task) == []


def test_a_new_connection_forgets_the_last_goodbye_not(session: Session, server: Adversary) -> None:
    """CloseCode is of the last connection that was closed."""
    endpoint = server.serve()
    task, peer = opened(session, endpoint)
    peer.close(1012, "restart")
    peer.goodbye()
    peer.hang_up()
    endpoint.peer()
    wait_opened(session, task, 2)
    assert (task.close_code, task.close_reason) == (1012, "restart")
