"""The adversary speaks WebSocket as python3-websockets and npm's ws understand it, and notices what clients do wrong."""

import asyncio
import contextlib
import socket
from pathlib import Path
from typing import Any, Callable, Coroutine, Iterator

import pytest
import websockets
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from servers.websocket.adversary import Adversary
from servers.websocket.deflate import Deflate, bomb
from servers.websocket.frames import (BINARY, CLOSE, CONTINUATION, PING, TEXT, ClientFault, Frame, close_of, close_payload,
                                      fragments, masked, parse_from)
from servers.websocket.handshakes import Accept, Raw, accept_of, guarded, hang_up, redirect, refuse
from servers.websocket.library import WebsocketsServer, WsServer
from servers.websocket.peer import Gone, Goodbye, Peer

MASK = b"\x01\x02\x03\x04"


@pytest.fixture(scope="module")
def adversary() -> Iterator[Adversary]:
    with Adversary() as running:
        yield running


def reader(data: bytes) -> Callable[[int], bytes]:
    left = bytearray(data)

    def read(count: int) -> bytes:
        assert len(left) >= count, "it reads beyond the frame"
        found = bytes(left[:count])
        del left[:count]
        return found
    return read


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(asyncio.wait_for(work, 20))


def echo(peer: Peer) -> None:
    """Until the client says goodbye."""
    with contextlib.suppress(Goodbye):
        while True:
            peer.message(peer.receive())


def part(peer: Peer) -> None:
    peer.goodbye(answer=True)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536])
def test_a_frame_is_read_as_it_was_built(size: int) -> None:
    frame = Frame(BINARY, bytes(index % 251 for index in range(size)), mask=MASK)
    found = parse_from(reader(frame.encode()))
    assert (found.opcode, found.payload, found.fin, found.mask) == (BINARY, frame.payload, True, MASK)


def test_the_examples_of_the_rfc() -> None:
    """RFC 6455, 5.7 and 1.3."""
    assert Frame(TEXT, b"Hello").encode() == bytes.fromhex("810548656c6c6f")
    assert Frame(TEXT, b"Hello", mask=bytes.fromhex("37fa213d")).encode() == bytes.fromhex("818537fa213d7f9f4d5158")
    assert b"".join(frame.encode() for frame in fragments(TEXT, b"Hel", b"lo")) == bytes.fromhex("010348656c80026c6f")
    assert Frame(BINARY, bytes(256)).encode()[:4] == bytes.fromhex("827e0100")
    assert Frame(BINARY, bytes(65536)).encode()[:10] == bytes.fromhex("827f0000000000010000")
    assert accept_of("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    assert masked(masked(b"abcdefg", MASK), MASK) == b"abcdefg"


@pytest.mark.parametrize("frame, fault", [
    (Frame(TEXT, b"x"), "without a mask"), (Frame(3, b"", mask=MASK), "opcode 3"), (Frame(11, mask=MASK), "opcode 11"),
    (Frame(TEXT, b"x", rsv=4, mask=MASK), "reserved"), (Frame(TEXT, b"x", mask=MASK, form=16), "in 16 bits"),
    (Frame(TEXT, b"x", mask=MASK, form=64), "in 64 bits"), (Frame(PING, fin=False, mask=MASK), "fragmented"),
    (Frame(PING, bytes(126), mask=MASK), "126 bytes"), (Frame(CLOSE, b"\x03", mask=MASK), "one byte"),
    (Frame(CLOSE, close_payload(1005), mask=MASK), "1005"), (Frame(CLOSE, close_payload(1000, b"\xff"), mask=MASK), "UTF-8")],
    ids=lambda value: value if isinstance(value, str) else "")
def test_faults_of_clients_are_seen(frame: Frame, fault: str) -> None:
    with pytest.raises(ClientFault, match=fault):
        parse_from(reader(frame.encode()))


def test_a_real_client_is_content(adversary: Adversary) -> None:
    endpoint = adversary.serve(Accept(subprotocol="chat"), conduct=echo)

    async def talk() -> None:
        async with websockets.connect(endpoint.url, subprotocols=["chat"]) as client:  # type: ignore[list-item]
            assert client.subprotocol == "chat"
            for message in ("text", b"binary", "", "x" * 100_000):
                await client.send(message)
                assert await client.recv() == message
            await (await client.ping(b"round trip"))
    run(talk())
    request, = endpoint.requests
    assert request.header("Sec-WebSocket-Protocol") == "chat"


@pytest.mark.parametrize("deflate", [Deflate(), Deflate(False, False), Deflate(server_bits=9, client_bits=9)],
                         ids=["takeover", "no takeover", "small windows"])
def test_a_real_client_understands_what_is_deflated(adversary: Adversary, deflate: Deflate) -> None:
    endpoint = adversary.serve(Accept(deflate=deflate), conduct=echo)

    async def talk() -> None:
        extension = websockets.extensions.permessage_deflate.ClientPerMessageDeflateFactory(client_max_window_bits=True)
        async with websockets.connect(endpoint.url, extensions=[extension]) as client:
            for message in ("again " * 1000, "again " * 1000, b"", bytes(70_000)):
                await client.send(message)
                assert await client.recv() == message
    run(talk())
    assert endpoint.faults == []


def test_a_bomb_is_one() -> None:
    packed = bomb(10 << 20)
    assert len(packed) < 20_000 and len(Deflate().inflate(packed)) == 10 << 20


def test_goodbyes_of_both_sides(adversary: Adversary) -> None:
    endpoint = adversary.serve()

    async def close_first() -> None:
        async with websockets.connect(endpoint.url) as client:
            peer = await asyncio.to_thread(endpoint.peer)
            closing = asyncio.ensure_future(client.close(3000, "enough"))
            said = await asyncio.to_thread(peer.goodbye, answer=True)
            assert (said.code, said.reason) == (3000, "enough")
            await closing

    async def be_closed() -> None:
        async with websockets.connect(endpoint.url) as client:
            peer = await asyncio.to_thread(endpoint.peer)
            peer.close(1012, "later")
            assert close_of(await asyncio.to_thread(peer.frame))[0] == 1012
            peer.hang_up()
            with pytest.raises(ConnectionClosed) as raised:
                await client.recv()
            assert raised.value.rcvd and (raised.value.rcvd.code, raised.value.rcvd.reason) == (1012, "later")
    run(close_first())
    run(be_closed())


@pytest.mark.parametrize("handshake", [
    Accept(key="wrong"), Accept(key=None), Accept(upgrade=None), Accept(connection=None), Accept(subprotocol="other"),
    Accept(extensions="x-unknown"), refuse(403), hang_up, Raw(b"220 mail\r\n"),
    guarded(Accept(), 'Basic realm="x"', accepts=lambda request: False)],
    ids=["key", "no key", "upgrade", "connection", "subprotocol", "extension", "403", "end", "no HTTP", "401"])
def test_wrong_handshakes_are_wrong_for_a_real_client(adversary: Adversary, handshake: Any) -> None:
    async def talk() -> None:
        with pytest.raises((InvalidHandshake, EOFError, OSError)):
            async with websockets.connect(adversary.serve(handshake, conduct=Peer.hang_up).url, subprotocols=["chat"]):  # type: ignore[list-item]
                pass
    run(talk())


def test_the_first_frames_may_come_with_the_head(adversary: Adversary) -> None:
    first = Frame(TEXT, b"Hello").encode()
    target = adversary.serve(Accept(first=first), conduct=part)
    endpoint = adversary.serve(redirect(target.url), Accept(first=first, pieces=True), conduct=part)

    async def talk() -> None:
        for _ in range(2):
            async with websockets.connect(endpoint.url) as client:
                assert await client.recv() == "Hello"
    run(talk())


def test_a_client_that_leaves_is_noticed(adversary: Adversary) -> None:
    endpoint = adversary.serve()
    with socket.create_connection(("127.0.0.1", adversary.port)) as client:
        head = ["GET /" + endpoint.url.rpartition("/")[2] + " HTTP/1.1", "Host: x", "Upgrade: websocket", "Connection: Upgrade",
                "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]
        client.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + Frame(CONTINUATION, b"x", mask=MASK).encode())
        peer = endpoint.peer()
        assert peer.frame().payload == b"x"
    with pytest.raises(Gone):
        peer.frame()


def test_the_real_servers_echo_and_count(tmp_path: Path) -> None:
    async def talk(echoes: str, counts: str) -> None:
        async with websockets.connect(echoes) as client:
            await client.send("x" * 70_000)
            assert await client.recv() == "x" * 70_000
        async with websockets.connect(counts) as client:
            assert [message async for message in client] == ["0", "1", "2"]
            assert (client.close_code, client.close_reason) == (1000, "done")
    with WsServer(tmp_path) as ws, WebsocketsServer() as library:
        run(talk(ws.url(), ws.url("/count/3")))
        run(talk(ws.url(deflate=True), ws.url("/count/3", deflate=True)))
        run(talk(library.url(), library.url("/count/3")))
