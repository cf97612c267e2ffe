"""Connecting again: after what, after what not, how often and how soon."""

import pytest

from harness.client import Session, Task, microseconds
from harness.deadline import wait_until
from harness.machine import Machine
from servers.websocket.adversary import Adversary
from servers.websocket.handshakes import Accept, refuse
from servers.websocket.peer import Peer
from websocket.expect import (FOR_HOURS, Closed, again, blocked, closes, events_of, failed, finished, inbox, opened, part, start,
                              types, wait_closed, wait_inbox, wait_opened)

pytestmark = pytest.mark.lengthy

AGAIN = [1001, 1011, 1012, 1013, 1014]
FINAL = {1002: "protocol", 1003: "protocol", 1007: "protocol", 1008: "rejected", 1009: "limit", 1010: "protocol",
         3000: "rejected", 3999: "rejected", 4000: "rejected", 4999: "rejected"}


@pytest.mark.parametrize("code", AGAIN)
def test_after_a_code_that_is_not_final(session: Session, server: Adversary, code: int) -> None:
    endpoint = server.serve()
    task, peer = opened(session, endpoint)
    peer.close(code, "for now")
    assert peer.goodbye().code == code
    peer.hang_up()
    second = endpoint.peer()
    wait_opened(session, task, 2)
    assert closes(session, task) == [Closed(code, "for now", True)]
    second.text("hello again")
    wait_inbox(session, task, "hello again")


def test_after_a_goodbye_without_a_code(session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    task, peer = opened(session, endpoint)
    peer.close(None)
    assert peer.goodbye().code is None
    peer.hang_up()
    endpoint.peer()
    assert wait_closed(session, task) == Closed(1005, "", True)


@pytest.mark.parametrize("how", [Peer.hang_up, Peer.reset], ids=["FIN", "RST"])
def test_after_a_loss(session: Session, server: Adversary, how) -> None:
    endpoint = server.serve()
    task, peer = opened(session, endpoint)
    how(peer)
    endpoint.peer()
    wait_opened(session, task, 2)
    end, = closes(session, task)
    assert (end.code, end.clean) == (1006, False)
    assert task.close_code == 1006


@pytest.mark.parametrize("code", FINAL)
def test_not_after_a_final_code(session: Session, server: Adversary, code: int) -> None:
    endpoint = server.serve()
    task, peer = opened(session, endpoint)
    peer.close(code, "that is all")
    assert peer.goodbye().code == code
    peer.hang_up()
    failed(task, FINAL[code])
    assert closes(session, task) == [Closed(code, "that is all", True)]
    assert types(session, task) == ["opened", "closed", "failed"] and len(endpoint.requests) == 1
    assert (task.close_code, task.close_reason) == (code, "that is all")


def test_1000_finishes_it(session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    task, peer = opened(session, endpoint)
    peer.close(1000, "done")
    finished(task)
    assert types(session, task) == ["opened", "closed", "completed"] and len(endpoint.requests) == 1


def test_which_codes_are_final_is_an_option(session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    task, peer = opened(session, endpoint, final_close_codes="1011,4500-4999")
    for times, code in enumerate((1000, 3000, 4499), 1):
        peer.close(code)
        peer.goodbye()
        peer.hang_up()
        peer = endpoint.peer()
        wait_opened(session, task, times + 1)
    peer.close(4500)
    assert task.wait()[0] == "failed"


def test_not_after_our_own_goodbye(session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    task, peer = opened(session, endpoint)
    task.close(1001, "leaving")
    part(peer)
    finished(task)
    assert len(endpoint.requests) == 1 and types(session, task)[-1] == "completed"


def test_not_where_it_was_not_wanted(session: Session, server: Adversary) -> None:
    """A goodbye without a complaint is then an end like 1000."""
    for how, code, end in ((Peer.reset, 1006, "failed"), (lambda peer: peer.close(1011), 1011, "failed"),
                           (lambda peer: peer.close(1001), 1001, "finished")):
        endpoint = server.serve()
        task, peer = opened(session, endpoint, reconnect=False)
        how(peer)
        assert task.wait()[0] == end
        assert closes(session, task)[0].code == code and len(endpoint.requests) == 1


@pytest.mark.parametrize("conduct", [Peer.reset, lambda peer: peer.close(1011)], ids=["drops", "closes"])
def test_attempts_in_a_row_are_limited(session: Session, server: Adversary, conduct) -> None:
    """One that is accepted and ends at once goes on with the row."""
    endpoint = server.serve(conduct=conduct)
    task = start(session, endpoint, retries=3)
    assert task.wait()[0] == "failed"
    assert len(endpoint.requests) == 4 and len(closes(session, task)) == 4


def test_failed_handshakes_count_too(session: Session, server: Adversary) -> None:
    endpoint = server.serve(Accept(), refuse(503))
    task, peer = opened(session, endpoint, retries=2)
    peer.reset()
    details = failed(task, "http-status")
    assert details["status"] == 503 and len(endpoint.requests) == 3


@pytest.mark.parametrize("is_accepted", [True, False], ids=["accepted and dropped", "refused"])
def test_delays_grow_up_to_a_bound(session: Session, server: Adversary, is_accepted: bool) -> None:
    """The planned moments, not the real ones: 0.2 s, doubled up to 0.7 s, each up to a quarter longer."""
    endpoint = server.serve(Accept() if is_accepted else refuse(503), conduct=Peer.reset)
    task = start(session, endpoint, retry_delay=microseconds(0.2), reconnect_max_delay=microseconds(0.7))
    planned: dict[int, int] = {}

    def look() -> bool:
        details = task.details()
        if "retry-delay" in details.get("blocked-by", []):
            planned[details["attempts"]] = details["next-attempt"]
        return details["attempts"] >= 6
    wait_until(look, "six attempts", 30)
    known = sorted(planned)
    assert len(known) >= 4, planned
    for attempt, following in zip(known, known[1:]):
        if following == attempt + 1:
            least = min(0.2 * 2 ** attempt, 0.7)
            gap = planned[following] - planned[attempt]
            assert gap >= microseconds(least), (attempt, planned)
    assert len(endpoint.requests) <= 8


def test_the_first_delay_is_what_was_asked_for(session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    task, peer = opened(session, endpoint, **FOR_HOURS)
    peer.reset()
    blocked(task, "retry-delay")
    event, = events_of(session, task, "closed")
    delay = task.details()["next-attempt"] - event.when
    assert microseconds(3599) <= delay <= microseconds(3600 * 1.25 + 1)


def test_the_delay_and_the_row_outlive_a_kill(machine: Machine, session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    task, peer = opened(session, endpoint, **FOR_HOURS)
    peer.reset()
    blocked(task, "retry-delay")
    before = task.details()
    machine.restart()
    task, session = again(machine, task)
    blocked(task, "retry-delay")
    after = task.details()
    assert abs(after["next-attempt"] - before["next-attempt"]) < microseconds(2)
    assert after["attempts"] == before["attempts"] and len(endpoint.requests) == 1
    assert len(closes(session, task)) == 1


def test_a_kill_while_it_is_open_is_a_reconnect(machine: Machine, session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    task, peer = opened(session, endpoint, retries=0)
    for times in range(2, 5):
        machine.restart()
        peer = endpoint.peer()
        task, session = again(machine, task)
        wait_opened(session, task, times)
    peer.close(1000)
    finished(task)


def test_an_ended_task_stays_so_after_a_kill(machine: Machine, session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    task, peer = opened(session, endpoint)
    peer.close(4000)
    failed(task, "rejected")
    machine.restart()
    task, session = again(machine, task)
    assert task.state == "failed" and types(session, task).count("failed") == 1 and len(endpoint.requests) == 1


def test_a_goodbye_that_waits_for_its_answer_outlives_a_kill(machine: Machine, session: Session, server: Adversary) -> None:
    """The client has asked to close: whatever happens, the task finishes once."""
    endpoint = server.serve(conduct=lambda peer: hold(peer))
    task = start(session, endpoint)
    wait_opened(session, task)
    task.close(4001, "enough")
    machine.restart()
    task, session = again(machine, task)
    finished(task, 30)
    assert types(session, task).count("completed") == 1


def hold(peer: Peer) -> None:
    """Never answers a goodbye."""
    peer.wait_gone(60)


def test_a_silent_server_is_lost(session: Session, server: Adversary) -> None:
    """A ping after so much silence, and no answer to it."""
    endpoint = server.serve()
    task, peer = opened(session, endpoint, ping_interval=microseconds(0.2), pong_timeout=microseconds(0.3))
    frame = peer.frame()
    assert frame.opcode == 9
    assert wait_closed(session, task).code == 1006
    endpoint.peer()
    wait_opened(session, task, 2)


def test_a_server_that_answers_pings_is_not(session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    task, peer = opened(session, endpoint, ping_interval=microseconds(0.1), pong_timeout=microseconds(20))
    for _ in range(10):
        frame = peer.frame()
        assert frame.opcode == 9
        peer.pong(frame.payload)
    assert closes(session, task) == [] and len(endpoint.requests) == 1


def test_a_server_with_a_full_inbox_is_not_lost(session: Session, server: Adversary) -> None:
    """While nothing is read, no pong can be seen. Another server, which is silent, shows that the time was over."""
    impatient = {"ping_interval": microseconds(0.1), "pong_timeout": microseconds(0.2)}
    task, peer = opened(session, server.serve(), inbox_messages=1, **impatient)
    peer.text("0")
    wait_inbox(session, task, "0")
    peer.text("1")
    for _ in range(3):
        silent_task, _ = opened(session, server.serve(), reconnect=False, **impatient)
        failed(silent_task, "connection")
    assert closes(session, task) == [] and inbox(session, task) == ["0"]


def test_a_task_waits_no_longer_than_for_its_deadline(session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    task, peer = opened(session, endpoint, resource_timeout=microseconds(1.5), **FOR_HOURS)
    peer.reset()
    assert task.wait() == ("failed", "deadline")


def test_a_waiting_task_can_be_told_to_close_and_to_end(session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    ended: list[Task] = []
    for end in (lambda task: task.close(), lambda task: task.cancel()):
        task, peer = opened(session, endpoint, **FOR_HOURS)
        peer.reset()
        blocked(task, "retry-delay")
        end(task)
        ended.append(task)
    assert [task.wait() for task in ended] == [("finished", ""), ("cancelled", "client")]
    assert len(endpoint.requests) == 2


def test_what_is_queued_is_sent_before_a_close_between_connections(session: Session, server: Adversary) -> None:
    """"otherwise it connects once more"."""
    endpoint = server.serve()
    task, peer = opened(session, endpoint)
    endpoint.handshakes = (refuse(503, ("Retry-After", "1")), Accept())
    endpoint.requests.clear()
    peer.reset()
    wait_closed(session, task)
    task.send("last words")
    task.close(3001, "bye")
    second = endpoint.peer()
    assert second.receive().text == "last words"
    goodbye = part(second)
    assert (goodbye.code, goodbye.reason) == (3001, "bye")
    finished(task)
