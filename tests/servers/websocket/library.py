"""Real servers: python3-websockets in a thread, and ws from npm."""

import contextlib

import websockets
from websockets.exceptions import ConnectionClosed

from ..npm import NodeServer
from ..rooms import Rooms, Socket


class WsServer(NodeServer):
    """npm's ws, as ws.js says."""

    script = "ws.js"

    def url(self, path: str = "/echo", deflate: bool = False) -> str:
        return f"ws://127.0.0.1:{self.port}{path}{'?deflate' if deflate else ''}"


class WebsocketsServer(Rooms):
    """python3-websockets while `with` lasts: /echo, /count/N as ws.js has them. Always ready for permessage-deflate."""

    def __init__(self) -> None:
        super().__init__(["chat.v2", "chat.v1"], max_size=64 << 20)

    def url(self, path: str = "/echo") -> str:
        return f"ws://127.0.0.1:{self.port}{path}"

    async def _check(self, path: str, _: websockets.Headers) -> None:
        """Every path is one."""

    async def _connection(self, socket: Socket) -> None:
        with contextlib.suppress(ConnectionClosed):
            if socket.path.startswith("/count/"):
                for number in range(int(socket.path.removeprefix("/count/"))):
                    await socket.send(str(number))
                await socket.close(1000, "done")
            else:
                async for message in socket:
                    await socket.send(message)
