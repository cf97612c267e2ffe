"""UTF-8, in whole and in part: the outside suite's group 6."""

import pytest

from conformance.echo import EchoClient, chopped, say_goodbye
from servers.websocket.frames import CONTINUATION, TEXT, Frame, fragments

GOOD = {
    "nothing": b"", "ASCII": b"Hello World", "greek": "κόσμε".encode(), "mixed": "Hello-µ@ßöäüàá-UTF-8!!".encode(),
    "a nul": b"a\0b", "two bytes": b"\xc2\x80\xdf\xbf", "three bytes": b"\xe0\xa0\x80\xef\xbf\xbf", "four bytes": b"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf",
    "before the surrogates": b"\xed\x9f\xbf", "behind the surrogates": b"\xee\x80\x80", "replacement": b"\xef\xbf\xbd",
    "no characters": b"\xef\xbf\xbe\xf0\x9f\xbf\xbe\xf3\xbf\xbf\xbf", "a byte order mark": b"\xef\xbb\xbfx",
}
KOSME = "κόσμε".encode()
BAD = {
    "a surrogate in a word": KOSME + b"\xed\xa0\x80edited", "the first surrogate": b"\xed\xa0\x80", "the last surrogate": b"\xed\xbf\xbf",
    "a pair of surrogates": b"\xed\xa0\x80\xed\xb0\x80", "beyond the last": b"\xf4\x90\x80\x80", "far beyond": b"\xf7\xbf\xbf\xbf",
    "five bytes": b"\xf8\x88\x80\x80\x80", "six bytes": b"\xfc\x84\x80\x80\x80\x80", "two long": b"\xc0\x80", "another two long": b"\xc1\xbf",
    "three long": b"\xe0\x9f\xbf", "four long": b"\xf0\x8f\xbf\xbf", "five long": b"\xf8\x87\xbf\xbf\xbf", "fe": b"\xfe", "ff": b"\xff",
    "a continuation": b"\x80", "many continuations": b"\x80\xbf" * 3, "a lone start of two": b"\xc3 ", "a lone start of three": b"\xe2\x82 ",
    "a lone start of four": b"\xf0\x9f\x98 ", "cut of two": b"x\xc3", "cut of three": b"x\xe2\x82", "cut of four": b"x\xf0\x9f\x98",
    **{f"start {byte:02x} alone": bytes([byte]) + b" " for byte in range(0xc0, 0x100, 5)},
}


def pieces_of(data: bytes, way: str) -> list[list[Frame]]:
    """A text in writes of frames."""
    if way == "one frame":
        return [[Frame(TEXT, data)]]
    if way == "a frame for each byte":
        return [fragments(TEXT, *chopped(data, 1))]
    return [[frame] for frame in fragments(TEXT, data[:len(data) // 2], data[len(data) // 2:])]


WAYS = ["one frame", "a frame for each byte", "two frames in two writes"]


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("way", WAYS)
def test_good_text_comes_back(client: EchoClient, name: str, way: str) -> None:
    with client.connection() as peer:
        for frames in pieces_of(GOOD[name], way):
            peer.send(*frames)
        assert peer.receive().data == GOOD[name]
        say_goodbye(peer)


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("way", WAYS)
def test_bad_text_ends_it(client: EchoClient, name: str, way: str) -> None:
    with client.connection() as peer:
        for frames in pieces_of(BAD[name], way):
            peer.send(*frames)
        assert peer.goodbye().code == 1007


@pytest.mark.parametrize("first, second", [
    (KOSME + b"\xf4\x90", b"\x80\x80edited"), (KOSME + b"\xed\xa0", b"\x80"), (b"\xff", b"more"), (b"good \xc0", b"\xaf"), (b"x" * 100_000 + b"\xfe", b"")],
    ids=["beyond Unicode", "surrogate", "byte", "overlong", "after much"])
@pytest.mark.parametrize("way", ["fragments", "in a frame", "byte by byte in a frame"])
def test_bad_text_ends_it_before_the_rest_is_there(client: EchoClient, first: bytes, second: bytes, way: str) -> None:
    """Nothing but the first part is ever sent."""
    with client.connection() as peer:
        if way == "fragments":
            peer.send(Frame(TEXT, first, fin=False))
        elif way == "in a frame" or len(first) > 1000:
            peer.raw(Frame(TEXT, first, claims=len(first) + len(second) + 1).encode())
        else:
            for piece in chopped(Frame(TEXT, first, claims=len(first) + len(second) + 1).encode(), 1):
                peer.raw(piece)
        assert peer.goodbye().code == 1007


def test_a_character_over_many_fragments(client: EchoClient) -> None:
    with client.connection() as peer:
        peer.send(Frame(TEXT, b"\xf0", fin=False), Frame(CONTINUATION, b"", fin=False), Frame(CONTINUATION, b"\x9f", fin=False),
                  Frame(CONTINUATION, b"\x98\x80"))
        assert peer.receive().text == "😀"
        say_goodbye(peer)


def test_every_character(client: EchoClient) -> None:
    with client.connection() as peer:
        text = "".join(map(chr, [*range(0xd800), *range(0xe000, 0x110000)])).encode()
        peer.send(*fragments(TEXT, *chopped(text, 65_521)))
        assert peer.receive(60).data == text
        say_goodbye(peer)
