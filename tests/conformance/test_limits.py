"""Large messages, many fragments, many pieces, many messages: the outside suite's groups 9 and 10."""

import threading
from typing import Iterable

import pytest

from conformance.echo import EchoClient, chopped, say_goodbye
from servers.websocket.frames import BINARY, TEXT, Frame, Message, fragments
from servers.websocket.peer import Peer

KIB, MIB = 1 << 10, 1 << 20
LONG = pytest.mark.long


def echoed(peer: Peer, opcode: int, data: bytes, writes: Iterable[bytes]) -> None:
    """The whole message comes back, sent in these writes."""
    pieces = list(writes)
    sending = threading.Thread(target=lambda: [peer.raw(piece) for piece in pieces])
    sending.start()
    assert peer.receive(60) == Message(opcode, data)
    sending.join()
    say_goodbye(peer)


@pytest.mark.parametrize("size", [64 * KIB, 256 * KIB, MIB, 4 * MIB, 8 * MIB, 16 * MIB])
@pytest.mark.parametrize("opcode", [TEXT, BINARY], ids=["text", "binary"])
def test_large_messages(client: EchoClient, opcode: int, size: int) -> None:
    with client.connection() as peer:
        echoed(peer, opcode, b"*" * size, [Frame(opcode, b"*" * size).encode()])


@pytest.mark.parametrize("part", [pytest.param(64, marks=LONG), 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB, 4 * MIB])
@pytest.mark.parametrize("opcode", [TEXT, BINARY], ids=["text", "binary"])
def test_four_mebibytes_in_fragments(client: EchoClient, opcode: int, part: int) -> None:
    data = b"*" * (4 * MIB)
    with client.connection() as peer:
        frames = fragments(opcode, *chopped(data, part))
        echoed(peer, opcode, data, chopped(b"".join(frame.encode() for frame in frames), MIB))


@pytest.mark.parametrize("piece", [64, 128, 256, 512, KIB, 2 * KIB])
@pytest.mark.parametrize("opcode", [TEXT, BINARY], ids=["text", "binary"])
def test_a_mebibyte_in_pieces_of_the_stream(client: EchoClient, opcode: int, piece: int) -> None:
    data = b"*" * MIB
    with client.connection() as peer:
        echoed(peer, opcode, data, chopped(Frame(opcode, data).encode(), piece))


@pytest.mark.parametrize("size", [0, 16, 64, 256, KIB, 4 * KIB, 16 * KIB])
@pytest.mark.parametrize("opcode", [TEXT, BINARY], ids=["text", "binary"])
@pytest.mark.parametrize("count", [100, pytest.param(1000, marks=LONG)])
def test_round_trips(client: EchoClient, opcode: int, size: int, count: int) -> None:
    with client.connection() as peer:
        message = Message(opcode, b"*" * size)
        for _ in range(count):
            peer.message(message)
            assert peer.receive() == message
        say_goodbye(peer)


def test_fragments_of_1300_bytes(client: EchoClient) -> None:
    data = b"*" * 65_536
    with client.connection() as peer:
        echoed(peer, TEXT, data, [frame.encode() for frame in fragments(TEXT, *chopped(data, 1300))])


def test_fragments_without_end_are_one_message(client: EchoClient) -> None:
    """200,000 empty ones before the last."""
    with client.connection() as peer:
        echoed(peer, TEXT, b"x", chopped(b"".join(frame.encode() for frame in fragments(TEXT, *[b""] * 200_000, b"x")), MIB))
