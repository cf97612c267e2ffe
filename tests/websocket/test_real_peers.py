"""Real servers: python3-websockets and npm's ws, plainly and with permessage-deflate."""

import random
from pathlib import Path
from typing import Iterator

import pytest

from harness.channel import BINARY, OPENED, TEXT
from harness.client import Session
from harness.machine import Machine
from servers.websocket.library import WebsocketsServer, WsServer
from websocket.expect import Word, again, closes, finished, inbox, types, until, wait_inbox

NOISE = random.Random(6).randbytes(500_000)
WORDS: list[Word] = ["", "größer 🙂", b"", bytes(range(256)), "again " * 50_000, NOISE, "x" * 125, "y" * 126, "z" * 65_536]


@pytest.fixture(scope="module")
def library() -> Iterator[WebsocketsServer]:
    with WebsocketsServer() as running:
        yield running


@pytest.fixture(scope="module")
def npm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WsServer]:
    with WsServer(tmp_path_factory.mktemp("ws")) as running:
        yield running


@pytest.fixture(params=["websockets", "ws", "ws with deflate"])
def where(request: pytest.FixtureRequest, library: WebsocketsServer, npm: WsServer):
    """The URL of a path."""
    return {"websockets": library.url, "ws": npm.url, "ws with deflate": lambda path: npm.url(path, deflate=True)}[request.param]


@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "compressed"])
def test_an_echo_through_the_queues(session: Session, where, compressed: bool) -> None:
    task = session.websocket(where("/echo"), [], {"start": True, "compressed": compressed})
    for word in WORDS:
        task.send(word) if isinstance(word, str) else task.send_bytes(word)
    wait_inbox(session, task, *WORDS)
    assert task.ping() > 0
    task.close(1000, "bye")
    finished(task)
    assert closes(session, task)[0].clean


@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "compressed"])
def test_an_echo_through_the_channel(session: Session, where, compressed: bool) -> None:
    task = session.websocket(where("/echo"), [], {"start": True, "compressed": compressed, "delivery": "live"})
    with task.open_channel() as channel:
        channel.expect(OPENED)
        for word in WORDS:
            data = word.encode() if isinstance(word, str) else word
            channel.send(TEXT if isinstance(word, str) else BINARY, data)
            record = channel.receive()
            assert record and (record.type == TEXT, record.payload) == (isinstance(word, str), data)


@pytest.mark.parametrize("count", [0, 1, 1000])
def test_all_that_a_server_says_before_it_leaves(machine: Machine, session: Session, where, count: int) -> None:
    task = session.websocket(where(f"/count/{count}"), [], start=True)
    finished(task)
    assert inbox(session, task) == [str(number) for number in range(count)]
    end, = closes(session, task)
    assert (end.code, end.reason, end.clean) == (1000, "done", True)
    machine.restart()
    assert inbox(again(machine, task)[1], task) == [str(number) for number in range(count)]


def test_a_subprotocol_of_a_real_server(session: Session, library: WebsocketsServer) -> None:
    task = session.websocket(library.url(), ["other", "chat.v1", "chat.v2"], start=True)
    until(lambda: "opened" in types(session, task), "the connection")
    assert task.subprotocol in ("chat.v1", "chat.v2")


def test_a_server_that_is_killed_and_comes_back(session: Session, tmp_path: Path) -> None:
    with WsServer(tmp_path) as server:
        task = session.websocket(server.url(), [], {"start": True, "retry-delay": 20_000, "reconnect-max-delay": 50_000})
        task.send("one")
        wait_inbox(session, task, "one")
        server.kill()
        until(lambda: closes(session, task), "the loss")
        task.send("two")
        server.start()
        wait_inbox(session, task, "one", "two")
        assert closes(session, task)[0].code == 1006
