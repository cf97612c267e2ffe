"""Messages that go out: numbered, in order, journalled until the kernel has them, and sent by whichever connection comes."""

import random
import threading
from typing import Optional

import pytest

from bus.expect import refused
from harness.client import Session, WebSocket
from harness.machine import Machine
from servers.websocket.adversary import Adversary
from servers.websocket.frames import BINARY, TEXT, Message
from servers.websocket.handshakes import Accept, silent
from servers.websocket.peer import Gone, Goodbye, Peer
from websocket.expect import QUICK, again, events_of, finished, opened, part, start, until, wait_closed, wait_opened

NOWHERE = "ws://127.0.0.1:9/"
MIB = 1 << 20
MOST = 10_000  # messages
MOST_BYTES = 64 * MIB


def last_sent(session: Session, task: WebSocket) -> int:
    """The number that the newest event "sent" tells."""
    return max([event.details["number"] for event in events_of(session, task, "sent")], default=0)


def wait_sent(session: Session, task: WebSocket, number: int) -> None:
    until(lambda: last_sent(session, task) >= number, f"message {number} to be sent")
    numbers = [event.details["number"] for event in events_of(session, task, "sent")]
    assert numbers == sorted(set(numbers)) and numbers[-1] == number, numbers


def test_messages_arrive_as_they_were_sent(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    data = random.Random(2).randbytes(MIB)
    texts, binaries = ["one", "", "größer 字 🙂", "x" * 126, "y" * 65536], [b"", bytes(range(256)), data]
    assert [task.send(text) for text in texts] == [1, 2, 3, 4, 5]
    assert [task.send_bytes(binary) for binary in binaries] == [6, 7, 8]
    for text in texts:
        assert peer.receive() == Message(TEXT, text.encode())
    for binary in binaries:
        assert peer.receive() == Message(BINARY, binary)
    wait_sent(session, task, 8)
    assert task.queued == 0


def test_each_frame_has_a_mask_of_its_own(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    for number in range(50):
        task.send(f"message {number}")
    for _ in range(50):
        peer.receive()
    assert len(set(peer.masks)) >= 49, "RFC 6455, 5.3: fresh and unpredictable"
    assert bytes(4) not in peer.masks


def test_numbers_go_on_over_connections_and_kills(machine: Machine, session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    task, peer = opened(session, endpoint)
    assert task.send("a") == 1
    peer.receive()
    wait_sent(session, task, 1)
    peer.reset()
    second = endpoint.peer()
    assert task.send("b") == 2
    assert second.receive().text == "b"
    wait_sent(session, task, 2)
    machine.restart()
    task, session = again(machine, task)
    third = endpoint.peer()
    assert task.send("c") == 3
    assert third.receive().text == "c", "what was sent is not sent again"
    wait_sent(session, task, 3)


def test_a_suspended_task_takes_them(machine: Machine, session: Session, server: Adversary) -> None:
    """The queue outlives the daemon."""
    endpoint = server.serve()
    task = session.websocket(endpoint.url, [], QUICK)
    for number in range(100):
        assert task.send(f"message {number}") == number + 1
    task.send_bytes(bytes(MIB))
    assert task.queued == 101 and endpoint.requests == []
    machine.restart()
    task, session = again(machine, task)
    assert task.queued == 101
    task.resume()
    peer = endpoint.peer()
    assert [peer.receive().text for _ in range(100)] == [f"message {number}" for number in range(100)]
    assert peer.receive().data == bytes(MIB)
    wait_sent(session, task, 101)
    assert task.queued == 0


def test_what_is_sent_between_connections_goes_with_the_next(session: Session, server: Adversary) -> None:
    gate = threading.Event()
    endpoint = server.serve(Accept(), Accept(gate=gate))
    task, peer = opened(session, endpoint)
    peer.reset()
    wait_closed(session, task)
    assert [task.send(text) for text in ("a", "b", "c")] == [1, 2, 3]
    assert task.queued == 3
    gate.set()
    second = endpoint.peer()
    assert [second.receive().text for _ in range(3)] == ["a", "b", "c"]
    wait_sent(session, task, 3)


def test_what_is_queued_outlives_a_kill_between_connections(machine: Machine, session: Session, server: Adversary) -> None:
    endpoint = server.serve(silent, Accept())
    task = start(session, endpoint)
    until(lambda: endpoint.requests, "the first request")
    task.send("kept")
    machine.restart()
    task, session = again(machine, task)
    assert endpoint.peer().receive().text == "kept"
    wait_sent(session, task, 1)


def test_a_reader_that_stops_holds_the_queue(session: Session, server: Adversary) -> None:
    """What the kernel does not take stays in the queue, and goes when the server reads on."""
    task, peer = opened(session, server.serve(), max_message=4 * MIB)
    peer.bounded()
    for _ in range(12):
        task.send_bytes(bytes(4 * MIB))
    assert task.queued > 0
    for _ in range(12):
        assert len(peer.receive().data) == 4 * MIB
    wait_sent(session, task, 12)


def test_a_full_queue_is_an_error_that_loses_nothing(session: Session, server: Adversary) -> None:
    endpoint = server.serve()
    task = session.websocket(endpoint.url)
    calls = [task.socket.begin("Send", "s", str(number)) for number in range(MOST)]
    assert [task.socket.result(call, 60) for call in calls] == list(range(1, MOST + 1))
    with refused("LimitExceeded"):
        task.send("one more")
    with refused("LimitExceeded"):
        task.send_bytes(b"one more")
    assert task.queued == MOST
    task.resume()
    peer = endpoint.peer()
    assert [peer.receive().text for _ in range(MOST)] == [str(number) for number in range(MOST)]
    until(lambda: task.queued == 0, "an empty queue")
    assert task.send("after") == MOST + 1, "a refused message has no number"
    assert peer.receive().text == "after"


def test_a_queue_full_of_bytes(session: Session, server: Adversary) -> None:
    task = session.websocket(server.serve().url, [], {"max-message": 16 * MIB})
    for _ in range(MOST_BYTES // (16 * MIB)):
        task.send_bytes(bytes(16 * MIB))
    with refused("LimitExceeded"):
        task.send("x")
    assert task.queued == 4


@pytest.mark.parametrize("size", [1000, 1001])
def test_the_limit_of_a_message_goes_for_sending_too(session: Session, size: int) -> None:
    task = session.websocket(NOWHERE, [], {"max-message": 1000})
    if size <= 1000:
        assert (task.send("x" * size), task.send("é" * (size // 2)), task.send_bytes(bytes(size))) == (1, 2, 3)
        return
    with refused("InvalidArgument"):
        task.send("x" * size)
    with refused("InvalidArgument"):
        task.send("é" * 501)
    with refused("InvalidArgument"):
        task.send_bytes(bytes(size))
    assert task.queued == 0


def test_the_default_limit_is_a_mebibyte(session: Session) -> None:
    task = session.websocket(NOWHERE)
    task.send_bytes(bytes(MIB))
    with refused("InvalidArgument"):
        task.send_bytes(bytes(MIB + 1))


def test_an_ended_task_takes_nothing(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    peer.close(1000)
    finished(task)
    for call in (lambda: task.send("x"), lambda: task.send_bytes(b"x"), task.ping, task.close, task.open_channel):
        with refused("InvalidState"):
            call()


def test_a_task_that_was_asked_to_close_takes_no_more(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    task.send("before")
    task.close()
    with refused("InvalidState"):
        task.send("after")
    assert peer.receive().text == "before"
    part(peer)
    finished(task)


def test_many_senders_keep_their_order(machine: Machine, session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    others = [WebSocket(machine.client().connection, task.path) for _ in range(3)]
    calls = [(sender, sender.socket.begin("Send", "s", f"{name} {number}"))
             for number in range(50) for name, sender in enumerate(others)]
    numbers = [sender.socket.result(call) for sender, call in calls]
    assert sorted(numbers) == list(range(1, 151))
    received = [peer.receive().text for _ in range(150)]
    for name in range(3):
        assert [text for text in received if text.startswith(f"{name} ")] == [f"{name} {number}" for number in range(50)]
    by_number = dict(zip(numbers, (f"{name} {number}" for number in range(50) for name in range(3))))
    assert received == [by_number[number] for number in range(1, 151)], "their numbers are their order"


def test_secrets_of_messages_are_nobodys(machine: Machine, session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    task.send("canary-out-51")
    peer.receive()
    peer.text("canary-in-52")
    wait_opened(session, task)
    until(lambda: events_of(session, task, "message"), "the message")
    assert "canary" not in machine.daemon.log


def test_a_restart_in_the_middle_of_a_long_queue(machine: Machine, session: Session, server: Adversary) -> None:
    """A message may come twice, none is missing, and the order holds."""
    endpoint = server.serve()
    task, peer = opened(session, endpoint)
    calls = [task.socket.begin("Send", "s", str(number)) for number in range(2000)]
    first = [int(peer.receive().text) for _ in range(500)]
    for call in calls:
        task.socket.result(call, 60)
    task.send("end")
    machine.restart()
    first += heard_until_end(peer)
    second = heard_until_end(endpoint.peer(), closes=again(machine, task)[0])
    assert first == list(range(len(first))) and second == list(range(2000 - len(second), 2000))
    assert len(first) + len(second) >= 2000


def test_a_server_that_leaves_again_and_again_hears_everything_once(session: Session, server: Adversary) -> None:
    """While the client sends on: what comes between a goodbye and its answer goes with the next connection."""
    heard: list[int] = []

    def conduct(peer: Peer) -> None:
        try:
            for _ in range(3):
                heard.append(int(peer.receive().text))
            peer.close(1012)
            while True:
                heard.append(int(peer.receive().text))
        except Goodbye:
            pass

    task = start(session, server.serve(conduct=conduct))
    for number in range(1000):
        assert task.send(str(number)) == number + 1
    until(lambda: task.queued == 0, "an empty queue")
    until(lambda: len(heard) >= 1000, "all messages")
    assert heard == list(range(1000))


def heard_until_end(peer: Peer, closes: Optional[WebSocket] = None) -> list[int]:
    """The numbers that come until the connection ends, in whichever way. `closes`: the task, which is asked to."""
    numbers: list[int] = []
    if closes:
        closes.close()
    try:
        while (text := peer.receive().text) != "end" or closes:
            if text != "end":
                numbers.append(int(text))
    except (Gone, Goodbye):
        pass
    return numbers
