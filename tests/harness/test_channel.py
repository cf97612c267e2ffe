"""The channel's framing, against a socket pair."""

import socket
from typing import Iterator

import pytest

from harness.channel import BINARY, CLOSED, TEXT, Channel, Record


@pytest.fixture
def ends() -> Iterator[tuple[Channel, socket.socket]]:
    near, far = socket.socketpair()
    with near, far:
        yield Channel(near), far


def test_records_as_the_contract_has_them(ends: tuple[Channel, socket.socket]) -> None:
    channel, far = ends
    channel.text("é")
    channel.say_goodbye(4000, "on")
    assert far.recv(100) == b"\x01\0\0\0\0\0\0\x02\xc3\xa9" + b"\x08\0\0\0\0\0\0\x04\x0f\xa0on"


def test_records_are_read_in_any_pieces(ends: tuple[Channel, socket.socket]) -> None:
    channel, far = ends
    for byte in b"\x02\0\0\0\0\0\0\x03abc":
        far.send(bytes([byte]))
    far.send(b"\x01\0\0\0\0\0\0\0" + b"\x08\0\0\0\0\0\0\x05\x03\xeebye")
    assert channel.receive() == Record(BINARY, b"abc")
    assert channel.expect(TEXT).text == ""
    assert channel.expect(CLOSED).close == (1006, "bye")
    far.close()
    assert channel.wait_end() == []


def test_an_end_in_the_middle_is_a_failure(ends: tuple[Channel, socket.socket]) -> None:
    channel, far = ends
    far.send(b"\x01\0\0\0\0\0\0\x04ab")
    far.close()
    with pytest.raises(AssertionError, match="middle"):
        channel.receive()
