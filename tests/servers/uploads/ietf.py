"""An upload server as draft-ietf-httpbis-resumable-upload says, over HTTP/1.1 and HTTP/2."""

import asyncio
import json
import ssl
from pathlib import Path
from typing import Awaitable, Callable, Optional

from servers.exchange import Close, Copy, Exchange, Header, Request
from servers.origin import Origin
from servers.uploads.answers import continue_if_asked
from servers.uploads.conduct import END, Conduct, Problem
from servers.uploads.depot import Depot, Upload, Work
from servers.uploads.draft import PROBLEMS, VERSION, Draft, integer

_UPLOADS = "/uploads/"
_GRACE = 3.0  # seconds in which an interrupted request may still bring what is on its way


class IetfServer(Origin):
    """Every path takes uploads; upload resources are below /uploads/. What it has lies in `directory`: another server
    there goes on with it."""

    name = "IETF upload server"

    def __init__(self, directory: Path, interop: int = 8, *, conduct: Optional[Conduct] = None,
                 tls: Optional[ssl.SSLContext] = None, port: int = 0) -> None:
        super().__init__(tls, port)
        self.depot = Depot(directory)
        self.draft = Draft(interop)
        self.conduct = conduct or Conduct()
        self.requests: list[Request] = []
        self._asked = 0  # requests to upload resources

    def url(self, name: str = "files") -> str:
        return f"{self.origin}/{name}"

    @property
    def copies(self) -> list[Copy]:
        return self.depot.copies

    @property
    def received(self) -> int:
        """Body bytes that came over all requests."""
        return sum(request.received for request in self.requests)

    def methods(self) -> list[str]:
        return [request.method for request in self.requests]

    def _take(self, request: Request, writer: asyncio.StreamWriter,
              is_reused: bool) -> tuple[Callable[[Exchange], Awaitable[None]], Exchange]:
        self.requests.append(request)
        behaviour = self._resource if request.path.startswith(_UPLOADS) else self._collection
        return behaviour, Exchange(request, (), writer, is_reused)

    async def _collection(self, exchange: Exchange) -> None:
        request = exchange.request
        if request.method == "OPTIONS":
            await exchange.answer(204, [("Accept-Patch", "application/partial-upload"), *self._limits()])
        elif request.method not in ("POST", "PUT", "PATCH"):
            await exchange.answer(405)
        elif self.conduct.refuses:
            await self._refuse(exchange, self.conduct.refuses)
        elif self.draft.is_spoken_by(request) and self.draft.is_complete(request) is not None:
            await self._create(exchange)
        else:
            await self._plain(exchange)

    async def _plain(self, exchange: Exchange) -> None:
        """A client that says nothing of resumption, or says it in another version."""
        await continue_if_asked(exchange)
        await exchange.request.body.read(rate=self.conduct.rate)
        body = exchange.request.body
        self.depot.record(Copy(exchange.request.target, exchange.request.method, body.sha256, body.received,
                               tuple(exchange.request.headers)))
        await exchange.answer(self.conduct.status, self.conduct.answer_headers, self.conduct.answer_body)

    async def _create(self, exchange: Exchange) -> None:
        request = exchange.request
        length = self._length(request, 0)
        if await self._is_too_large(exchange, length):
            return
        upload = self.depot.create(request.target, request.method, request.headers, length)
        await continue_if_asked(exchange)
        await self._receive(exchange, upload, 0, self.conduct.announces)

    async def _resource(self, exchange: Exchange) -> None:
        request, conduct = exchange.request, self.conduct
        self._asked += 1
        if conduct.gone_after is not None and self._asked > conduct.gone_after and conduct.gone_times > 0:
            conduct.gone_times -= 1
            await self._end(exchange, conduct.gone)
            return
        upload = self.depot.find(request.path.removeprefix(_UPLOADS))
        if not upload:
            await self._end(exchange, 404)
            return
        if conduct.locks > 0:
            conduct.locks -= 1
            await self._end(exchange, 423)
            return
        if upload.id in self.depot.work:
            await self.depot.work[upload.id].settle(_GRACE)
        if request.method == "HEAD":
            await self._tell(exchange, upload)
        elif request.method == "PATCH":
            await self._append(exchange, upload)
        elif request.method == "DELETE":
            self.depot.delete(upload)
            await exchange.answer(204)
        else:
            await self._end(exchange, 405)

    async def _tell(self, exchange: Exchange, upload: Upload) -> None:
        offset, conduct = self.depot.offset(upload), self.conduct
        fields = [
            ("Upload-Offset", conduct.says_offset(offset) if conduct.says_offset else str(offset)),
            self.draft.complete(upload.is_complete or conduct.says_complete), *self._limits(),
            ("Cache-Control", "no-store")]
        if upload.length is not None and self.draft.has_limits:
            fields.append(("Upload-Length",
                           conduct.says_length(upload.length) if conduct.says_length else str(upload.length)))
        await exchange.answer(204, fields)

    async def _append(self, exchange: Exchange, upload: Upload) -> None:
        request, conduct = exchange.request, self.conduct
        offset, claimed = self.depot.offset(upload), integer(exchange.request, "Upload-Offset")
        if conduct.refuses_append:
            await self._refuse(exchange, conduct.refuses_append)
        elif self.draft.has_media_type and request.header("Content-Type") != "application/partial-upload":
            await self._end(exchange, 415)
        elif claimed is None or self.draft.is_complete(request) is None:
            await self._end(exchange, 400)
        elif conduct.conflicts > 0 or claimed != offset:
            conduct.conflicts = max(conduct.conflicts - 1, 0)
            await self._refuse(exchange, Problem(
                409, "offset from request does not match offset of resource",
                headers=(("Upload-Offset", str(offset)),)), "mismatching-upload-offset")
        elif upload.is_complete:
            await self._refuse(exchange, Problem(400, "upload is already completed"), "completed-upload")
        elif upload.length is not None and self._length(request, offset) not in (None, upload.length):
            await self._refuse(exchange, Problem(400, "inconsistent length values for upload"),
                               "inconsistent-upload-length")
        elif not await self._is_too_large(exchange, self._length(request, offset)):
            await continue_if_asked(exchange)
            await self._receive(exchange, upload, offset, ())

    async def _receive(self, exchange: Exchange, upload: Upload, start: int, announces: tuple[int, ...]) -> None:
        """The body, from `start` of the upload on, and the answer."""
        body, conduct = exchange.request.body, self.conduct
        left = list(announces)
        work = self.depot.work[upload.id] = Work()
        try:
            with self.depot.bytes_of(upload).open("ab", buffering=0) as file:
                await self._announce(exchange, upload, left, 0)
                while not body.is_complete:
                    before = start + body.received
                    stops = [place - start for place in (*conduct.cuts, *left,
                                                         conduct.in_body[0] if conduct.in_body else END)
                             if place > before]
                    if conduct.progress:
                        stops.append(body.received + conduct.progress)
                    async for piece in body.pieces(min(stops, default=None)):
                        file.write(piece)
                        if conduct.rate:
                            await asyncio.sleep(len(piece) / conduct.rate)
                    await self._pause(exchange, upload, start + body.received, left)
        except (Close, OSError, asyncio.IncompleteReadError):
            if conduct.acts_on_cut:
                self.depot.complete(upload)
            raise
        finally:
            work.end()
        await self._announce(exchange, upload, left, END)
        await self._finish(exchange, upload)

    async def _pause(self, exchange: Exchange, upload: Upload, place: int, left: list[int]) -> None:
        """At a byte where something is to happen."""
        conduct = self.conduct
        if conduct.in_body and conduct.in_body[0] == place:
            await conduct.in_body[1].pass_through()
        await self._announce(exchange, upload, left, place)
        if place in conduct.cuts:
            conduct.cuts.remove(place)
            await exchange.reset()
        if conduct.progress and self.draft.has_progress and not exchange.request.body.is_complete:
            await exchange.interim(104, [self._version(), ("Upload-Offset", str(place))])

    async def _announce(self, exchange: Exchange, upload: Upload, left: list[int], place: int) -> None:
        while place in left:
            left.remove(place)
            if self.conduct.before_104:
                await self.conduct.before_104.pass_through()
            location = self.conduct.location(self.origin, _UPLOADS + upload.id)
            version = [self._version()] if self.conduct.announced_interop != "" else []
            await exchange.interim(104, [*version, ("Location", location), *self._limits()])
            if self.conduct.after_104:
                await self.conduct.after_104.pass_through()

    async def _finish(self, exchange: Exchange, upload: Upload) -> None:
        conduct = self.conduct
        if not self.draft.is_complete(exchange.request):
            location = ("Location", conduct.location(self.origin, _UPLOADS + upload.id))
            is_append = exchange.request.path.startswith(_UPLOADS)
            await exchange.answer(204 if is_append else 201, [
                self.draft.complete(False), ("Upload-Offset", str(self.depot.offset(upload))), *self._limits(),
                *([] if is_append else [self._version(), location])])
            return
        upload.length = self.depot.offset(upload)
        self.depot.complete(upload)
        if conduct.before_answer:
            await conduct.before_answer.pass_through()
        if conduct.cuts_before_answer > 0:
            conduct.cuts_before_answer -= 1
            await exchange.reset()
        await exchange.answer(conduct.status, [self.draft.complete(True), *conduct.answer_headers], conduct.answer_body)
        if conduct.after_answer:
            await conduct.after_answer.pass_through()

    async def _is_too_large(self, exchange: Exchange, length: Optional[int]) -> bool:
        limits, body = self.conduct.limits, exchange.request.body.length
        if not self.conduct.enforces_limits or not (
                length is not None and length > int(str(limits.get("max-size", length)))
                or body is not None and body > int(str(limits.get("max-append-size", body)))):
            return False
        await self._refuse(exchange, Problem(413, "too large", headers=tuple(self._limits())))
        return True

    async def _refuse(self, exchange: Exchange, problem: Problem, kind: str = "") -> None:
        document = {"title": problem.title, **({"detail": problem.detail} if problem.detail else {}),
                    **({"type": PROBLEMS + kind} if kind else {})}
        await self._end(exchange, problem.status, [("Content-Type", "application/problem+json"), *problem.headers],
                        json.dumps(document).encode())

    async def _end(self, exchange: Exchange, status: int, headers: tuple[Header, ...] | list[Header] = (),
                   content: bytes = b"") -> None:
        """An answer that does not wait for the body; what still comes of it is read until the client stops."""
        exchange.closes = not exchange.request.body.is_complete
        await exchange.answer(status, headers, content)
        await exchange.request.body.read()

    def _length(self, request: Request, offset: int) -> Optional[int]:
        """Of the whole upload, as this request tells."""
        told = integer(request, "Upload-Length")
        if told is None and self.draft.is_complete(request) and request.body.length is not None:
            return offset + request.body.length
        return told

    def _version(self) -> Header:
        says = self.conduct.announced_interop
        return VERSION, str(self.draft.interop) if says is None else says

    def _limits(self) -> list[Header]:
        limits = self.conduct.limits
        if not limits or not self.draft.has_limits:
            return []
        return [("Upload-Limit", ", ".join(f"{name}={value}" for name, value in limits.items()))]
