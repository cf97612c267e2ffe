"""A SOCKS proxy on loopback that keeps what it was asked (RFC 1928, CONNECT alone): for everybody, or with a login
(RFC 1929)."""

import asyncio
import ipaddress
import struct
from dataclasses import dataclass
from types import MappingProxyType
from typing import Mapping, Optional

from .background import BackgroundServer
from .passing import tunnel

_VERSION = 5
_LOGIN_VERSION = 1
_NO_LOGIN, _LOGIN, _NO_METHOD = 0, 2, 0xFF
_CONNECT = 1
_ADDRESS_4, _NAME, _ADDRESS_6 = 1, 3, 4

# What it may answer a request with (RFC 1928, 6).
SUCCEEDED, GENERAL_FAILURE, NOT_ALLOWED, NETWORK_UNREACHABLE, HOST_UNREACHABLE, CONNECTION_REFUSED = range(6)


class SocksFault(Exception):
    """The client does not keep to the RFC."""


@dataclass(frozen=True)
class SocksRequest:
    """A host and a port that were asked for."""

    host: str
    port: int
    is_name: bool  # for the proxy to resolve


class SocksProxy(BackgroundServer):
    """Each connection serves one request.

    login: user and password, without which nobody gets through.
    answer: what each request is answered with; all but SUCCEEDED refuse it.
    names: hosts that it knows, and their addresses; all other addresses are their own.
    """

    name = "SOCKS proxy"

    def __init__(self, login: Optional[tuple[str, str]] = None, answer: int = SUCCEEDED,
                 names: Mapping[str, str] = MappingProxyType({})) -> None:
        self.requests: list[SocksRequest] = []
        self.logins: list[tuple[str, str]] = []  # that were tried
        self.refused = 0  # connections without a method that it takes
        self.faults: list[SocksFault] = []
        self.login = login
        self.answer = answer
        self._names = names
        super().__init__()

    def url(self, scheme: str = "socks5h", user_info: str = "") -> str:
        return f"{scheme}://{user_info + '@' if user_info else ''}127.0.0.1:{self.port}"

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if await self._agree(reader, writer):
                await self._serve_request(reader, writer)
        except SocksFault as fault:
            self.faults.append(fault)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _agree(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether the client may ask."""
        version, count = await reader.readexactly(2)
        _require(version == _VERSION, f"version {version}")
        methods = await reader.readexactly(count)
        wanted = _LOGIN if self.login else _NO_LOGIN
        method = wanted if wanted in methods else _NO_METHOD
        writer.write(bytes([_VERSION, method]))
        if method == _NO_METHOD:
            self.refused += 1
        return method == _NO_LOGIN or (method == _LOGIN and await self._log_in(reader, writer))

    async def _log_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        version, length = await reader.readexactly(2)
        _require(version == _LOGIN_VERSION, f"version {version} of a login")
        user = (await reader.readexactly(length)).decode()
        length, = await reader.readexactly(1)
        login = user, (await reader.readexactly(length)).decode()
        self.logins.append(login)
        writer.write(bytes([_LOGIN_VERSION, 0 if login == self.login else 1]))
        return login == self.login

    async def _serve_request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await _read_request(reader)
        self.requests.append(request)
        if self.answer != SUCCEEDED:
            writer.write(_reply(self.answer))
            return
        try:
            host = self._names.get(request.host, request.host)
            far = await asyncio.open_connection(host, request.port)
        except OSError:
            writer.write(_reply(HOST_UNREACHABLE if request.is_name else CONNECTION_REFUSED))
            return
        writer.write(_reply(SUCCEEDED))
        await tunnel((reader, writer), far)


async def _read_request(reader: asyncio.StreamReader) -> SocksRequest:
    version, command, reserved, kind = await reader.readexactly(4)
    _require((version, command, reserved) == (_VERSION, _CONNECT, 0), f"{version}, {command}, {reserved}")
    if kind == _NAME:
        length, = await reader.readexactly(1)
        host = (await reader.readexactly(length)).decode("ascii")
    else:
        _require(kind in (_ADDRESS_4, _ADDRESS_6), f"address type {kind}")
        host = str(ipaddress.ip_address(await reader.readexactly(4 if kind == _ADDRESS_4 else 16)))
    port, = struct.unpack("!H", await reader.readexactly(2))
    return SocksRequest(host, port, kind == _NAME)


def _reply(code: int) -> bytes:
    return bytes([_VERSION, code, 0, _ADDRESS_4]) + bytes(6)  # bound to 0.0.0.0:0


def _require(condition: bool, what: str) -> None:
    if not condition:
        raise SocksFault(f"the client says {what}")
