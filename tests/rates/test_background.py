"""Discretionary tasks: how their packets are marked, and what they share with others."""

import re
import socket
import struct
import subprocess
from contextlib import closing
from typing import Iterator

import pytest

from harness.client import Client, Session
from harness.deadline import wait_until
from harness.machine import Machine
from servers.behaviours import File
from servers.content import Content
from servers.relay import Relay
from servers.scripted import ScriptedServer

CONTENT = Content(331, 100_000)
LOWER_EFFORT = 0x04  # RFC 8622: code point 000001, in the upper six bits of the octet
IP_PKTOPTIONS = 9  # ip(7): what a stream's handshake came with
IPV6_2292PKTOPTIONS = 6
BACKGROUND = {"discretionary": True}


@pytest.fixture
def relay(server: ScriptedServer) -> Iterator[Relay]:
    with Relay(server.port) as made:
        yield made


def mark_of(connection: socket.socket) -> int:
    """The octet that the client's packets carry."""
    if connection.family == socket.AF_INET:
        ancillary = connection.getsockopt(socket.IPPROTO_IP, IP_PKTOPTIONS, 64)
    else:
        ancillary = connection.getsockopt(socket.IPPROTO_IPV6, IPV6_2292PKTOPTIONS, 64)
    return struct.unpack_from("@i", ancillary, struct.calcsize("@nii"))[0]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_packets_carry_the_mark_of_lower_effort(machine: Machine, session: Session, host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.create_server((host, 0), family=family)) as listener:
        if family == socket.AF_INET:
            listener.setsockopt(socket.IPPROTO_IP, 13, 1)  # IP_RECVTOS
        else:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVTCLASS, 1)
        listener.settimeout(10)
        url = f"http://[{host}]/file" if ":" in host else f"http://{host}/file"
        url = url.replace("/file", f":{listener.getsockname()[1]}/file")
        marks = []
        for options in (BACKGROUND, {}):
            task = session.download(url, options, destination=machine.downloads / "file", start=True)
            with listener.accept()[0] as connection:
                connection.recv(1000)
                marks.append(mark_of(connection))
            task.cancel()
    assert marks == [LOWER_EFFORT, 0]


def test_connections_are_not_shared_with_others(machine: Machine, session: Session, server: ScriptedServer, relay: Relay) -> None:
    url = server.serve(File(CONTENT)).url.replace(str(server.port), str(relay.port))
    counts = []
    for number, options in enumerate(({}, {}, BACKGROUND, BACKGROUND, {})):
        task = session.download(url, options, destination=machine.downloads / f"file{number}", start=True)
        assert task.wait() == ("finished", "")
        counts.append(relay.connections)
    assert counts == [1, 1, 2, 2, 2]


def test_cookies_are_shared_but_connections_are_not(machine: Machine, client: Client, server: ScriptedServer, relay: Relay) -> None:
    session = client.session("cookies", cookies=True)
    resource = server.serve(File(CONTENT, headers=(("Set-Cookie", "id=first; Path=/"),)), File(CONTENT))
    url = resource.url.replace(str(server.port), str(relay.port))
    for number, options in enumerate(({}, BACKGROUND, {})):
        task = session.download(url, options, destination=machine.downloads / f"file{number}", start=True)
        assert task.wait() == ("finished", "")
    assert [request.header("Cookie") for request in resource.requests] == [None, "id=first", "id=first"]
    assert relay.connections == 2


def receive_buffer(server: ScriptedServer) -> int:
    """Bytes that the kernel would keep for the only connection to this server (ss(8), skmem's rb)."""
    shown = subprocess.run(["ss", "-tnmH", "state", "established", f"dport = :{server.port}"], check=True, capture_output=True, text=True)
    size, = re.findall(r"\brb(\d+)", shown.stdout)
    return int(size)


def test_little_is_received_in_advance_while_others_are_at_work(machine: Machine, session: Session, server: ScriptedServer,
                                                                other_server: ScriptedServer) -> None:
    """What a server has sent, and nobody reads yet, has taken its part of the line."""
    squeezed = 2 * (64 << 10)  # socket(7): the kernel doubles what it is told
    back = session.download(server.serve(File(Content(332, 1 << 30), rate=50e6)).url, BACKGROUND,
                            destination=machine.downloads / "back", start=True)
    wait_until(lambda: back.done > 1_000_000, "bytes in the background")
    assert receive_buffer(server) > squeezed
    fore = session.download(other_server.serve(File(Content(333, 10_000_000), rate=200_000)).url,
                            destination=machine.downloads / "fore", start=True)
    wait_until(lambda: receive_buffer(server) == squeezed, "the background to be restrained")
    assert fore.state == "running"
    fore.cancel()
    wait_until(lambda: receive_buffer(server) > squeezed, "the background to get on")
