"""Sizes and forms of frames, pings, reserved bits and opcodes, fragments: the outside suite's groups 1 to 5."""

import pytest

from conformance.echo import EchoClient, chopped, say_goodbye
from servers.websocket.frames import BINARY, CONTINUATION, PING, PONG, TEXT, Frame, Message, fragments

SIZES = [0, 1, 124, 125, 126, 127, 128, 65534, 65535, 65536, 65537]
MASK = b"\x01\x02\x03\x04"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("opcode, letter", [(TEXT, b"*"), (BINARY, b"\xfe")], ids=["text", "binary"])
def test_a_message_of_any_size_comes_back(client: EchoClient, opcode: int, letter: bytes, size: int) -> None:
    with client.connection() as peer:
        peer.send(Frame(opcode, letter * size))
        assert peer.receive() == Message(opcode, letter * size)
        say_goodbye(peer)


@pytest.mark.parametrize("chop", [1, 997, 65536])
@pytest.mark.parametrize("opcode", [TEXT, BINARY], ids=["text", "binary"])
def test_in_any_pieces_of_the_stream(client: EchoClient, opcode: int, chop: int) -> None:
    size = 65536 if chop > 1 else 300
    with client.connection() as peer:
        for piece in chopped(Frame(opcode, b"*" * size).encode(), chop):
            peer.raw(piece)
        assert peer.receive() == Message(opcode, b"*" * size)
        say_goodbye(peer)


@pytest.mark.parametrize("payload", [b"", b"Hello", b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff", b"\xfe" * 125])
@pytest.mark.parametrize("chop", [1, 1000], ids=["byte by byte", "whole"])
def test_a_ping_has_its_pong(client: EchoClient, payload: bytes, chop: int) -> None:
    with client.connection() as peer:
        for piece in chopped(Frame(PING, payload).encode(), chop):
            peer.raw(piece)
        frame = peer.frame()
        assert (frame.opcode, frame.payload) == (PONG, payload)
        say_goodbye(peer)


@pytest.mark.parametrize("payload", [b"", b"unsolicited", b"\xfe" * 125])
def test_an_unsolicited_pong_is_nothing(client: EchoClient, payload: bytes) -> None:
    with client.connection() as peer:
        peer.send(Frame(PONG, payload), Frame(PING, b"after"), Frame(TEXT, b"more"))
        frame = peer.frame()
        assert (frame.opcode, frame.payload) == (PONG, b"after")
        assert peer.receive().data == b"more"
        say_goodbye(peer)


@pytest.mark.parametrize("chop", [1, 1000], ids=["byte by byte", "whole"])
def test_ten_pings_have_ten_pongs(client: EchoClient, chop: int) -> None:
    with client.connection() as peer:
        data = b"".join(Frame(PING, f"payload-{number}".encode()).encode() for number in range(10))
        for piece in chopped(data, chop):
            peer.raw(piece)
        assert [peer.frame().payload for _ in range(10)] == [f"payload-{number}".encode() for number in range(10)]
        say_goodbye(peer)


@pytest.mark.parametrize("rsv", range(1, 8))
@pytest.mark.parametrize("opcode", [TEXT, BINARY, PING, PONG, 8])
def test_reserved_bits_end_it(client: EchoClient, rsv: int, opcode: int) -> None:
    with client.connection() as peer:
        peer.send(Frame(TEXT, b"before"), Frame(opcode, b"\x03\xe8", rsv=rsv), Frame(PING, b"behind"))
        assert peer.goodbye().code == 1002


@pytest.mark.parametrize("opcode", [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
@pytest.mark.parametrize("payload", [b"", b"x" * 20], ids=["empty", "with payload"])
@pytest.mark.parametrize("chop", [1, 1000], ids=["byte by byte", "whole"])
def test_reserved_opcodes_end_it(client: EchoClient, opcode: int, payload: bytes, chop: int) -> None:
    with client.connection() as peer:
        peer.text("before")
        for piece in chopped(Frame(opcode, payload).encode(), chop):
            peer.raw(piece)
        assert peer.goodbye().code == 1002


PARTS = [b"fragment1", b"fragment2", b"fragment3", b"fragment4", b"fragment5"]


@pytest.mark.parametrize("count", [2, 3, 5])
@pytest.mark.parametrize("chop", [1, 1000], ids=["byte by byte", "whole"])
@pytest.mark.parametrize("opcode", [TEXT, BINARY], ids=["text", "binary"])
def test_fragments_make_a_message(client: EchoClient, opcode: int, count: int, chop: int) -> None:
    with client.connection() as peer:
        for piece in chopped(b"".join(frame.encode() for frame in fragments(opcode, *PARTS[:count])), chop):
            peer.raw(piece)
        assert peer.receive() == Message(opcode, b"".join(PARTS[:count]))
        say_goodbye(peer)


@pytest.mark.parametrize("chop", [1, 1000], ids=["byte by byte", "whole"])
@pytest.mark.parametrize("pings", [1, 3])
def test_pings_between_fragments(client: EchoClient, chop: int, pings: int) -> None:
    with client.connection() as peer:
        frames = fragments(TEXT, *PARTS[:pings + 1])
        mixed = [frames[0]]
        for number, frame in enumerate(frames[1:]):
            mixed += [Frame(PING, str(number).encode()), frame]
        for piece in chopped(b"".join(frame.encode() for frame in mixed), chop):
            peer.raw(piece)
        for number in range(pings):
            frame = peer.frame()
            assert (frame.opcode, frame.payload) == (PONG, str(number).encode())
        assert peer.receive().data == b"".join(PARTS[:pings + 1])
        say_goodbye(peer)


BROKEN = {
    "a fragmented ping": [Frame(PING, b"a", fin=False), Frame(CONTINUATION, b"b")],
    "a fragmented pong": [Frame(PONG, b"a", fin=False), Frame(CONTINUATION, b"b")],
    "a ping too long": [Frame(PING, b"\xfe" * 126)],
    "a continuation of nothing, with FIN": [Frame(CONTINUATION, b"a"), Frame(TEXT, b"b")],
    "a continuation of nothing, without FIN": [Frame(CONTINUATION, b"a", fin=False), Frame(TEXT, b"b")],
    "a continuation behind a message of fragments": [*fragments(TEXT, b"a", b"b"), Frame(CONTINUATION, b"c", fin=False), Frame(TEXT, b"d")],
    "a text behind a text's beginning": [Frame(TEXT, b"a", fin=False), Frame(TEXT, b"b")],
    "three beginnings": [Frame(TEXT, b"a", fin=False), Frame(TEXT, b"b", fin=False), Frame(TEXT, b"c", fin=False)],
    "continuations behind a whole message": [Frame(TEXT, b"a"), Frame(CONTINUATION, b"b", fin=False), Frame(CONTINUATION, b"c")],
    "a mask": [Frame(TEXT, b"a", mask=MASK)],
    "a masked ping": [Frame(PING, b"a", mask=MASK)],
    "125 bytes in 16 bits": [Frame(TEXT, b"a" * 125, form=16)],
    "65535 bytes in 64 bits": [Frame(TEXT, b"a" * 65535, form=64)],
    "a length beyond 63 bits": [Frame(TEXT, b"a", form=64, claims=1 << 63)],
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("chop", [1, 1 << 20], ids=["byte by byte", "whole"])
def test_what_is_broken_ends_it(client: EchoClient, name: str, chop: int) -> None:
    with client.connection() as peer:
        data = b"".join(frame.encode() for frame in BROKEN[name])
        for piece in chopped(data, chop if len(data) < 1000 else 1 << 20):
            peer.raw(piece)
        assert peer.goodbye().code == 1002
