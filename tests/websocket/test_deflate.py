"""permessage-deflate (RFC 7692): what may be agreed upon, and messages both ways under it."""

import random
import re

import pytest

from harness.client import Session
from servers.websocket.adversary import Adversary
from servers.websocket.deflate import Deflate
from servers.websocket.frames import BINARY, CONTINUATION, PING, PONG, TEXT, Frame, fragments
from servers.websocket.handshakes import Accept
from websocket.expect import failed, opened, start, types, wait_inbox, wait_opened

MIB = 1 << 20
WINDOWS = {
    "takeover": lambda: Deflate(), "no takeover": lambda: Deflate(False, False),
    "no takeover of the server": lambda: Deflate(server_takeover=False), "a small window": lambda: Deflate(server_bits=9),
}


@pytest.mark.parametrize("name", WINDOWS)
def test_messages_both_ways(session: Session, server: Adversary, name: str) -> None:
    task, peer = opened(session, server.serve(Accept(deflate=WINDOWS[name]())), compressed=True)
    assert peer.deflate
    noise = random.Random(3).randbytes(200_000)
    words = ["again and again " * 1000, "again and again " * 1000, "", noise, b"", bytes(MIB), "ü" * 1000]
    for word in words:
        peer.text(word) if isinstance(word, str) else peer.binary(word)
    wait_inbox(session, task, *words)
    for word in words:
        task.send(word) if isinstance(word, str) else task.send_bytes(word)
    for word in words:
        message = peer.receive()
        assert (message.data.decode() if isinstance(word, str) else message.data) == word
        assert message.opcode == (TEXT if isinstance(word, str) else BINARY)


def test_a_deflated_message_in_fragments_with_pings_between(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve(Accept(deflate=Deflate())), compressed=True)
    assert peer.deflate
    packed = peer.deflate.deflate(b"deflated " * 100)
    frames = fragments(TEXT, *(packed[index:index + 1] for index in range(len(packed))), rsv=4)
    frames.insert(2, Frame(PING, b"between"))
    peer.send(*frames)
    wait_inbox(session, task, "deflated " * 100)
    pong = peer.frame()
    assert (pong.opcode, pong.payload, pong.rsv) == (PONG, b"between", 0)


def test_deflated_and_plain_messages_in_turn(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve(Accept(deflate=Deflate())), compressed=True)
    for _ in range(3):
        peer.text("deflated")
        peer.send(Frame(TEXT, b"plain"))
        peer.send(Frame(TEXT, b"in ", fin=False), Frame(CONTINUATION, b"two"))
    wait_inbox(session, task, *["deflated", "plain", "in two"] * 3)


@pytest.mark.parametrize("payload", [b"\x00", b"\x02\x00", b"\x03\x00", bytes.fromhex("f248cdc9c90700"), bytes.fromhex("000500faff48656c6c6f00"),
                                     bytes.fromhex("f34805000000ffffca c9c90700".replace(" ", ""))],
                         ids=["empty block", "fixed empty block", "final empty block", "Hello", "stored", "two blocks"])
def test_every_form_of_deflate(session: Session, server: Adversary, payload: bytes) -> None:
    """RFC 7692, 7.2.3: the same message in different forms of it."""
    task, peer = opened(session, server.serve(Accept(deflate=Deflate(False, False))), compressed=True)
    peer.send(Frame(TEXT, payload, rsv=4))
    wait_inbox(session, task, "Hello" if len(payload) > 2 else "")


def test_each_connection_begins_anew(session: Session, server: Adversary) -> None:
    endpoint = server.serve(Accept(deflate=Deflate()), Accept(), Accept(deflate=Deflate()))
    task, peer = opened(session, endpoint, compressed=True)
    seen = []
    for times in range(1, 4):
        wait_opened(session, task, times)
        peer.text(f"context {times}")
        seen.append(f"context {times}")
        wait_inbox(session, task, *seen)
        task.send(f"answer {times}")
        assert peer.receive().text == f"answer {times}"
        peer.reset()
        peer = endpoint.peer()


BAD = ["permessage-deflate; unknown", "permessage-deflate; server_max_window_bits=7", "permessage-deflate; server_max_window_bits=16",
       "permessage-deflate; server_max_window_bits=x", "permessage-deflate; server_max_window_bits",
       "permessage-deflate; server_no_context_takeover=1", "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
       "permessage-deflate, permessage-deflate", "permessage-bzip2", "permessage-deflate; client_max_window_bits=16"]


@pytest.mark.parametrize("extensions", BAD)
def test_what_may_not_be_agreed_upon_fails(session: Session, server: Adversary, extensions: str) -> None:
    endpoint = server.serve(Accept(extensions=extensions))
    task = start(session, endpoint, compressed=True)
    failed(task, "protocol")
    assert types(session, task) == ["failed"] and len(endpoint.requests) == 1


@pytest.mark.parametrize("extensions", ["permessage-deflate; server_max_window_bits=15", 'permessage-deflate; server_max_window_bits="10"',
                                        "permessage-deflate;server_no_context_takeover ;client_no_context_takeover",
                                        "Permessage-Deflate"])
def test_what_may_be_agreed_upon_is_taken(session: Session, server: Adversary, extensions: str) -> None:
    task, peer = opened(session, server.serve(Accept(extensions=extensions)), compressed=True)
    peer.send(Frame(TEXT, Deflate(False, False, server_bits=10).deflate(b"x" * 5000), rsv=4))
    wait_inbox(session, task, "x" * 5000)


def test_the_offer_is_one_that_servers_can_take(session: Session, server: Adversary) -> None:
    endpoint = server.serve(Accept())
    opened(session, endpoint, compressed=True)
    offer = endpoint.requests[0].header("Sec-WebSocket-Extensions") or ""
    names = [re.split("[;=]", one.strip())[0].strip() for one in offer.split(",")]
    assert set(names) == {"permessage-deflate"}, offer
    words = {re.split("=", word.strip())[0] for one in offer.split(",") for word in one.split(";")[1:]}
    assert words <= {"server_no_context_takeover", "client_no_context_takeover", "server_max_window_bits", "client_max_window_bits"}


def test_without_the_servers_word_nothing_is_deflated(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve(Accept()), compressed=True)
    task.send("plain " * 1000)
    frame = peer.frame()
    assert frame.rsv == 0 and frame.payload.startswith(b"plain")
