"""A server on loopback whose every resource answers as its test says."""

import asyncio
import itertools
import ssl
from typing import Optional

from .behaviours import Behaviour, File, status
from .content import Content
from .exchange import Copy, Exchange, Request
from .origin import Origin
from .tripwire import Tripwire


class Resource:
    """A URL with its behaviours: the first request gets the first one, and so on; the last one stays."""

    def __init__(self, url: str, behaviours: tuple[Behaviour, ...]) -> None:
        self.url = url
        self.behaviours = behaviours
        self.requests: list[Request] = []
        self.copies: list[Copy] = []  # of whole bodies that were taken
        self._tripwires: list[Tripwire] = []
        self._counted: list[Request] = []  # but for those that a tripwire stopped and that came again
        self._stopped: Optional[Request] = None  # by a tripwire; not known yet whether it comes again

    def trip(self, request: int, after: Optional[int] = None) -> Tripwire:
        """Holds the answer to the n-th request (from 1) back, as Tripwire says."""
        self._tripwires.append(Tripwire(request, after))
        return self._tripwires[-1]

    @property
    def sent(self) -> int:
        """Body bytes handed out over all requests."""
        return sum(request.sent for request in self.requests)

    @property
    def received(self) -> int:
        """Body bytes that came over all requests."""
        return sum(request.received for request in self.requests)

    def take(self, request: Request, writer: asyncio.StreamWriter, is_reused: bool) -> tuple[Behaviour, Exchange]:
        if self._stopped and self._stopped.range != request.range:
            self._counted.append(self._stopped)
        self._stopped = None
        before = tuple(self._counted)
        number = len(before)
        tripwire = next((wire for wire in self._tripwires if wire.request == number + 1 and not wire.is_reached), None)
        self.requests.append(request)
        if tripwire:
            self._stopped = request
        else:
            self._counted.append(request)
        return (self.behaviours[min(number, len(self.behaviours) - 1)],
                Exchange(request, before, writer, is_reused, tripwire=tripwire, copies=self.copies))


class ScriptedServer(Origin):
    """serve() may be called at any time from any thread."""

    name = "scripted server"

    def __init__(self, tls: Optional[ssl.SSLContext] = None, port: int = 0) -> None:
        super().__init__(tls, port)
        self._resources: dict[str, Resource] = {}
        self._numbers = itertools.count(1)

    def serve(self, *behaviours: Behaviour, name: str = "file", secret: str = "") -> Resource:
        """A new resource. `secret` goes into its URL as the query "token=SECRET"."""
        path = f"/{next(self._numbers)}/{name}"
        resource = Resource(self.origin + path + (f"?token={secret}" if secret else ""), behaviours)
        self._resources[path] = resource
        return resource

    def redirect_to_itself(self) -> Resource:
        """A loop of one."""
        resource = self.serve(status(500))
        resource.behaviours = (status(302, ("Location", resource.url), body=b""),)
        return resource

    def _take(self, request: Request, writer: asyncio.StreamWriter, is_reused: bool) -> tuple[Behaviour, Exchange]:
        resource = self._resources.get(request.path)
        return resource.take(request, writer, is_reused) if resource else (status(404), Exchange(request, (), writer))


def many(server: ScriptedServer, count: int, size: int, first_seed: int = 1) -> list[tuple[Resource, Content]]:
    """`count` plain files of `size` bytes with seeds of their own."""
    contents = [Content(first_seed + number, size) for number in range(count)]
    return [(server.serve(File(content, etag=f'"{content.seed}"')), content) for content in contents]
