"""What RFC 6455 forbids a server, each bit of it: answered with its code, told, and the end of the task."""

import pytest

from harness.client import Session
from harness.machine import Machine
from servers.websocket.adversary import Adversary
from servers.websocket.deflate import Deflate, bomb
from servers.websocket.frames import BINARY, CONTINUATION, PING, PONG, TEXT, Frame, fragments
from servers.websocket.handshakes import Accept
from websocket.expect import closes, failed, inbox, last_word, opened, wait_inbox

MIB = 1 << 20

MALFORMED: dict[str, list[Frame]] = {
    **{f"opcode {opcode}": [Frame(opcode, b"x")] for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)},
    **{f"opcode {opcode} without payload": [Frame(opcode)] for opcode in (3, 7, 11, 15)},
    **{f"reserved bits {rsv} of {name}": [Frame(opcode, b"x", rsv=rsv)]
       for rsv in range(1, 8) for name, opcode in (("a text", TEXT), ("a ping", PING))},
    **{f"reserved bit {rsv} of a continuation": [Frame(TEXT, b"x", fin=False), Frame(CONTINUATION, b"y", rsv=rsv)] for rsv in (1, 2, 4)},
    "a mask": [Frame(TEXT, b"x", mask=b"\x01\x02\x03\x04")],
    "a mask of zeros": [Frame(BINARY, b"x", mask=bytes(4))],
    "a mask of a ping": [Frame(PING, b"x", mask=b"\x01\x02\x03\x04")],
    "16 bits for 125": [Frame(TEXT, b"x" * 125, form=16)],
    "16 bits for nothing": [Frame(TEXT, form=16)],
    "64 bits for 125": [Frame(TEXT, b"x" * 125, form=64)],
    "64 bits for 65535": [Frame(TEXT, b"x" * 65535, form=64)],
    "a length with the highest bit": [Frame(BINARY, b"x" * 100, form=64, claims=1 << 63)],
    "the greatest length": [Frame(BINARY, b"x" * 100, form=64, claims=(1 << 64) - 1)],
    "a fragmented ping": [Frame(PING, b"x", fin=False)],
    "a fragmented pong": [Frame(PONG, b"x", fin=False)],
    "a fragmented goodbye": [Frame(8, b"\x03\xe8", fin=False)],
    "a ping of 126 bytes": [Frame(PING, b"x" * 126)],
    "a pong of 126 bytes": [Frame(PONG, b"x" * 126)],
    "a goodbye of 126 bytes": [Frame(8, b"\x03\xe8" + b"x" * 124)],
    "a ping with 16 bits": [Frame(PING, b"x", form=16)],
    "a ping of 65536 bytes": [Frame(PING, b"x" * 65536)],
    "a continuation of nothing": [Frame(CONTINUATION, b"x")],
    "an unfinished continuation of nothing": [Frame(CONTINUATION, b"x", fin=False)],
    "a continuation behind a whole message": [Frame(TEXT, b"whole"), Frame(CONTINUATION, b"x")],
    "a text in a message": [Frame(TEXT, b"x", fin=False), Frame(TEXT, b"y")],
    "a binary in a message": [Frame(TEXT, b"x", fin=False), Frame(BINARY, b"y")],
    "a beginning in a message": [Frame(BINARY, b"x", fin=False), Frame(BINARY, b"y", fin=False)],
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_frame_is_answered_with_1002(session: Session, server: Adversary, name: str) -> None:
    endpoint = server.serve()
    task, peer = opened(session, endpoint)
    before, bad = MALFORMED[name][:-1], MALFORMED[name][-1]
    peer.send(Frame(TEXT, b"good"), *before, bad, Frame(TEXT, b"behind"))
    assert last_word(peer) == 1002
    failed(task, "protocol")
    end, = closes(session, task)
    assert end.code == 1002 and not end.clean
    assert inbox(session, task) == ["good", *(frame.payload.decode() for frame in before if frame.fin)]
    assert len(endpoint.requests) == 1


BAD_UTF8 = {
    "a lone continuation": b"\x80", "an overlong slash": b"\xc0\xaf", "an overlong nul": b"\xe0\x80\x80", "a surrogate": b"\xed\xa0\x80",
    "beyond Unicode": b"\xf4\x90\x80\x80", "a byte that never is": b"\xfe", "another one": b"\xff", "half a character": b"abc\xc3",
    "five bytes": b"\xf8\x88\x80\x80\x80", "a break in a character": b"\xe5\xad x", "two of four": b"\xf0\x9f",
}


@pytest.mark.parametrize("name", BAD_UTF8)
@pytest.mark.parametrize("way", ["one frame", "split", "byte by byte", "deflated"])
def test_a_text_that_is_no_utf8_is_answered_with_1007(session: Session, server: Adversary, name: str, way: str) -> None:
    endpoint = server.serve(Accept(deflate=Deflate()))
    task, peer = opened(session, endpoint, compressed=way == "deflated")
    data = "gut: größer ".encode() + BAD_UTF8[name]
    if way in ("one frame", "deflated"):
        peer.text(data)
    elif way == "split":
        peer.send(*fragments(TEXT, data[:-1], data[-1:]))
    else:
        peer.send(*fragments(TEXT, *(bytes([byte]) for byte in data)))
    assert last_word(peer) == 1007
    failed(task, "protocol")
    assert closes(session, task)[0].code == 1007 and inbox(session, task) == []


@pytest.mark.parametrize("frames", [
    [Frame(TEXT, b"good \xff", fin=False)],
    [Frame(TEXT, b"good ", fin=False), Frame(CONTINUATION, b"\xed\xa0", fin=False)],
    [Frame(TEXT, b"\xc3", fin=False), Frame(PING), Frame(CONTINUATION, b"x", fin=False)]],
    ids=["in the first fragment", "in the second", "between two"])
def test_bad_text_is_answered_before_the_message_ends(session: Session, server: Adversary, frames: list[Frame]) -> None:
    task, peer = opened(session, server.serve())
    peer.send(*frames)
    assert last_word(peer) == 1007
    failed(task, "protocol")


def test_bad_text_is_answered_before_its_frame_ends(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    peer.raw(Frame(TEXT, b"\xff" * 10, claims=100_000).encode())
    assert last_word(peer) == 1007
    failed(task, "protocol")


@pytest.mark.parametrize("text", ["\0", "\x7f", "\x80", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\ufffd", "\uffff", "\U00010000",
                                  "\U0010ffff", "\ufeff"], ids=ascii)
def test_the_edges_of_unicode_are_texts(session: Session, server: Adversary, text: str) -> None:
    task, peer = opened(session, server.serve())
    peer.fragmented(TEXT, *(bytes([byte]) for byte in text.encode()))
    wait_inbox(session, task, text)


def test_bytes_that_are_no_text_are_bytes(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    peer.binary(b"\xff\xfe")
    peer.fragmented(BINARY, b"\xc3", b"x")
    wait_inbox(session, task, b"\xff\xfe", b"\xc3x")


LIMIT = 10_000
TOO_LONG: dict[str, list[bytes]] = {
    "one frame": [Frame(BINARY, bytes(LIMIT + 1)).encode()],
    "fragments": [frame.encode() for frame in fragments(BINARY, *(bytes(1000) for _ in range(11)))],
    "a fragment without end": [Frame(BINARY, bytes(LIMIT), fin=False).encode(), Frame(CONTINUATION, b"x", fin=False).encode()],
    "a great length": [Frame(BINARY, form=64, claims=1 << 40).encode()],
    "the greatest length that there is": [Frame(BINARY, form=64, claims=(1 << 63) - 1).encode()],
    "one byte more, said": [Frame(BINARY, claims=LIMIT + 1).encode()],
    "a continuation's length": [Frame(TEXT, b"x" * LIMIT, fin=False).encode(), Frame(CONTINUATION, claims=2).encode()],
}


@pytest.mark.parametrize("name", TOO_LONG)
def test_a_message_over_the_limit_is_answered_with_1009(session: Session, server: Adversary, name: str) -> None:
    task, peer = opened(session, server.serve(), max_message=LIMIT)
    peer.binary(bytes(LIMIT))
    for piece in TOO_LONG[name]:
        peer.raw(piece)
    assert last_word(peer) == 1009
    failed(task, "limit")
    assert closes(session, task)[0].code == 1009 and inbox(session, task) == [bytes(LIMIT)]


def test_the_default_limit(session: Session, server: Adversary) -> None:
    task, peer = opened(session, server.serve())
    peer.binary(bytes(MIB))
    wait_inbox(session, task, bytes(MIB))
    peer.binary(bytes(MIB + 1))
    assert last_word(peer) == 1009
    failed(task, "limit")


@pytest.mark.machine(log_level="info")
@pytest.mark.parametrize("way", ["one frame", "fragments", "many empty blocks"])
def test_a_bomb_is_defused(machine: Machine, session: Session, server: Adversary, way: str) -> None:
    task, peer = opened(session, server.serve(Accept(deflate=Deflate())), compressed=True)
    peer.text("warm")
    wait_inbox(session, task, "warm")
    before = machine.daemon.resident_bytes
    payload = bomb(256 * MIB)
    if way == "fragments":
        size = max(len(payload) // 50, 1)
        peer.send(*fragments(BINARY, *(payload[offset:offset + size] for offset in range(0, len(payload), size)), rsv=4))
    elif way == "one frame":
        peer.send(Frame(BINARY, payload, rsv=4))
    else:
        peer.send(Frame(BINARY, bytes.fromhex("000000ffff") * 200_000 + payload, rsv=4))
    assert last_word(peer) == 1009
    failed(task, "limit")
    if not machine.daemon.is_sanitized:
        assert machine.daemon.resident_bytes - before < 16 * MIB


@pytest.mark.parametrize("payload", [b"\xff\xff\xff", b"\x05", b"no deflate at all"], ids=["bits", "distance", "text"])
def test_what_cannot_be_inflated_is_a_fault(session: Session, server: Adversary, payload: bytes) -> None:
    task, peer = opened(session, server.serve(Accept(deflate=Deflate())), compressed=True)
    peer.send(Frame(BINARY, payload, rsv=4))
    assert last_word(peer) in (1002, 1007)
    failed(task, "protocol")


@pytest.mark.parametrize("bad", [Frame(CONTINUATION, b"x", rsv=4), Frame(PING, b"x", rsv=4), Frame(TEXT, b"x", rsv=2), Frame(TEXT, b"x", rsv=5)],
                         ids=["continuation", "ping", "RSV2", "RSV1 and RSV3"])
def test_the_compressed_bit_where_it_may_not_be(session: Session, server: Adversary, bad: Frame) -> None:
    task, peer = opened(session, server.serve(Accept(deflate=Deflate())), compressed=True)
    if bad.opcode == CONTINUATION:
        peer.send(Frame(TEXT, Deflate().deflate(b"x"), fin=False, rsv=4))
    peer.send(bad)
    assert last_word(peer) == 1002
    failed(task, "protocol")


def test_a_server_that_pours_garbage(session: Session, server: Adversary) -> None:
    """Whatever it is, it ends, and the daemon serves the next."""
    for seed in range(5):
        task, peer = opened(session, server.serve(), retries=0)
        peer.raw(bytes((seed * 89 + index * 151) % 256 for index in range(20_000)))
        assert last_word(peer) in (1002, 1007, 1009)
        assert task.wait()[0] == "failed"
    task, peer = opened(session, server.serve())
    peer.text("alive")
    wait_inbox(session, task, "alive")
