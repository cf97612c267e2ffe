"""Goodbyes: the outside suite's group 7."""

import pytest

from conformance.echo import EchoClient, say_goodbye
from servers.websocket.frames import CLOSE, CONTINUATION, PING, TEXT, Frame, close_payload


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999])
@pytest.mark.parametrize("reason", [b"", b"Hello World!", b"*" * 123], ids=["no reason", "a reason", "the longest"])
def test_a_valid_goodbye_is_answered_with_its_code(client: EchoClient, code: int, reason: bytes) -> None:
    with client.connection() as peer:
        peer.send(Frame(CLOSE, close_payload(code, reason)))
        assert peer.goodbye().code == code
        peer.hang_up()


@pytest.mark.parametrize("code", [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535])
def test_an_invalid_code_is_a_fault(client: EchoClient, code: int) -> None:
    with client.connection() as peer:
        peer.send(Frame(CLOSE, close_payload(code)))
        assert peer.goodbye().code == 1002


def test_an_empty_goodbye_is_answered_with_an_empty_one(client: EchoClient) -> None:
    with client.connection() as peer:
        peer.send(Frame(CLOSE))
        assert peer.goodbye().code in (None, 1000)


@pytest.mark.parametrize("payload", [b"\x03", close_payload(1000, b"*" * 124)], ids=["one byte", "126 bytes"])
def test_a_goodbye_of_the_wrong_size_is_a_fault(client: EchoClient, payload: bytes) -> None:
    with client.connection() as peer:
        peer.send(Frame(CLOSE, payload))
        assert peer.goodbye().code == 1002


@pytest.mark.parametrize("reason", [b"\xce\xba\xed\xa0\x80edited", b"\xff", b"x\xc3"], ids=["surrogate", "byte", "cut"])
def test_a_reason_that_is_no_text_is_a_fault(client: EchoClient, reason: bytes) -> None:
    with client.connection() as peer:
        peer.send(Frame(CLOSE, close_payload(1000, reason)))
        assert peer.goodbye().code in (1002, 1007)


def test_a_message_then_a_goodbye(client: EchoClient) -> None:
    with client.connection() as peer:
        peer.text("Hello World!")
        assert peer.receive().text == "Hello World!"
        say_goodbye(peer)


@pytest.mark.parametrize("behind", [
    [Frame(CLOSE, close_payload(1000))], [Frame(PING, b"late")], [Frame(TEXT, b"late")], [Frame(TEXT, b"la", fin=False), Frame(CONTINUATION, b"te")],
    [Frame(TEXT, b"*" * 262_144)]], ids=["a goodbye", "a ping", "a text", "fragments", "256 KiB"])
def test_nothing_counts_behind_a_goodbye(client: EchoClient, behind: list[Frame]) -> None:
    with client.connection() as peer:
        peer.send(Frame(CLOSE, close_payload(1000)), *behind)
        assert peer.frame().opcode == CLOSE
        peer.hang_up()


def test_a_goodbye_in_a_message(client: EchoClient) -> None:
    with client.connection() as peer:
        peer.send(Frame(TEXT, b"fragment1", fin=False), Frame(CLOSE, close_payload(1000)), Frame(CONTINUATION, b"fragment2"))
        assert peer.frame().opcode == CLOSE
        peer.hang_up()


def test_the_client_ends_tcp_in_the_end(client: EchoClient) -> None:
    """Also where the server does not."""
    with client.connection() as peer:
        say_goodbye(peer)
        peer.wait_gone(30)
