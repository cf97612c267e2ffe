"""permessage-deflate: the outside suite's groups 12 and 13."""

import json
import random

import pytest

from conformance.echo import EchoClient, chopped, say_goodbye
from servers.websocket.deflate import Deflate
from servers.websocket.frames import BINARY, TEXT, Frame, Message, fragments
from servers.websocket.handshakes import Accept

# Size of a message and of the pieces that it is cut into (0: one frame).
SIZES = [(16, 0), (64, 0), (256, 0), (1 << 10, 0), (4 << 10, 0), (8 << 10, 0), (16 << 10, 0), (32 << 10, 0), (64 << 10, 0), (128 << 10, 0),
         (8 << 10, 256), (16 << 10, 256), (32 << 10, 256), (64 << 10, 256), (128 << 10, 256)]
COUNT = 20  # messages of each case; the outside suite has 1000
AGREED = {
    "all takeover": lambda: Deflate(), "no takeover of the server": lambda: Deflate(server_takeover=False),
    "no takeover of the client": lambda: Deflate(client_takeover=False), "no takeover": lambda: Deflate(False, False),
    "9 bits of the server": lambda: Deflate(server_bits=9), "9 bits, no takeover": lambda: Deflate(False, False, server_bits=9),
    "8 KiB window": lambda: Deflate(server_bits=13),
}


def kinds() -> dict[str, tuple[int, bytes]]:
    """A mebibyte of each kind of data, as a source for messages."""
    chance = random.Random(7)
    words = [("".join(chr(chance.randrange(97, 123)) for _ in range(chance.randrange(2, 9)))) for _ in range(500)]
    text = " ".join(chance.choice(words) for _ in range(200_000))
    rows = json.dumps([{"id": number, "name": chance.choice(words), "price": round(chance.random() * 100, 2)} for number in range(20_000)])
    return {"words": (TEXT, text.encode()), "JSON": (TEXT, rows.encode()), "zeros": (BINARY, bytes(1 << 20)),
            "noise": (BINARY, chance.randbytes(1 << 20)), "umlauts": (TEXT, ("äöü" * 200_000).encode())}


KINDS = kinds()


def messages(kind: str, size: int, count: int) -> list[Message]:
    opcode, source = KINDS[kind]
    found = []
    for number in range(count):
        start = number * 977 % (len(source) - size)
        data = source[start:start + size]
        found.append(Message(opcode, data if opcode == BINARY else data.decode(errors="ignore").encode()))
    return found


def converse(client: EchoClient, deflate: Deflate, said: list[Message], cut: int) -> None:
    with client.connection(Accept(deflate=deflate), compressed=True) as peer:
        assert peer.deflate
        for message in said:
            if cut:
                peer.send(*fragments(message.opcode, *chopped(peer.deflate.deflate(message.data), cut), rsv=4))
            else:
                peer.message(message)
            assert peer.receive() == message
        say_goodbye(peer)


@pytest.mark.parametrize("size, cut", SIZES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_data(client: EchoClient, kind: str, size: int, cut: int) -> None:
    converse(client, Deflate(), messages(kind, size, COUNT if size <= 16 << 10 else 5), cut)


@pytest.mark.parametrize("size, cut", [(16, 0), (4 << 10, 0), (64 << 10, 0), (64 << 10, 256)])
@pytest.mark.parametrize("name", AGREED)
def test_every_agreement(client: EchoClient, name: str, size: int, cut: int) -> None:
    converse(client, AGREED[name](), messages("JSON", size, COUNT if size <= 16 << 10 else 5), cut)


@pytest.mark.long
@pytest.mark.parametrize("size, cut", SIZES)
@pytest.mark.parametrize("name", AGREED)
def test_a_thousand_messages(client: EchoClient, name: str, size: int, cut: int) -> None:
    converse(client, AGREED[name](), messages("words", size, 1000), cut)


def test_compressed_and_not_in_turn(client: EchoClient) -> None:
    with client.connection(Accept(deflate=Deflate()), compressed=True) as peer:
        for number in range(20):
            message = Message(TEXT, f"message {number} ".encode() * 100)
            peer.message(message) if number % 2 else peer.send(Frame(TEXT, message.data))
            assert peer.receive() == message
        say_goodbye(peer)
