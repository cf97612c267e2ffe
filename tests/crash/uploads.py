"""Uploads that were ordered: a file as it is, a copy of one, and a form."""

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import ClassVar, Protocol, Sequence

from harness.client import Event, Session, Task, options
from servers.content import Content
from servers.exchange import Copy, Request
from servers.uploads.forms import parts
from servers.uploads.ietf import IetfServer

from crash.orders import Order

ANSWER = b"thanks\n"


class Target(Protocol):
    """A URL that takes uploads."""

    url: str

    @property
    def copies(self) -> Sequence[Copy]:
        """What it has taken."""

    @property
    def requests(self) -> Sequence[Request]:
        ...


class IetfTarget:
    """A path of its own at an upload server."""

    def __init__(self, server: IetfServer, name: str) -> None:
        self.url = server.url(name)
        self._server = server
        self._path = f"/{name}"

    @property
    def copies(self) -> Sequence[Copy]:
        return [copy for copy in self._server.copies if copy.target == self._path]

    @property
    def requests(self) -> Sequence[Request]:
        return [request for request in self._server.requests if request.path == self._path]


@dataclass
class UploadOrder(Order):
    """`source` is a file with the content; a form has it as its one part."""

    kind: ClassVar[str] = "upload"

    resource: Target
    content: Content = field(kw_only=True)
    source: Path = field(kw_only=True)
    is_form: bool = field(kw_only=True)

    @property
    def keeps_source(self) -> bool:
        return self.is_form or self.choice.get("snapshot") == "copy"

    @property
    def options(self) -> dict:
        return options({"token": self.token, **self._form, **self.choice})

    @property
    def row(self) -> tuple[str, str, dict]:
        file = {} if self.is_form else options(file=self.source)
        return self.kind, self.resource.url, {**self.options, **file}

    def create(self, session: Session) -> str:
        file = "" if self.is_form else str(self.source)
        return session.call("CreateUpload", "ssa{sv}", self.resource.url, file, self.options)

    def spoil(self) -> None:
        """The file is another one: what was ordered is in the spool."""
        assert self.id is not None and self.keeps_source
        self.source.write_bytes(b"something else")

    def check_spooled(self, task: Task) -> None:
        """A server that is asked afterwards only says that it has it all."""
        answers = {ANSWER, b""} if isinstance(self.resource, IetfTarget) else {ANSWER}
        with task.open_result() as result:
            assert result.read() in answers, f"{self.token}: another answer"

    def check(self, events: Sequence[Event]) -> None:
        assert self.resource.copies, f"{self.token}: the server has nothing"
        if self.is_form:
            for request in self.resource.requests:
                self._check_form(request)
            return
        wanted = sha256(self.content.read_all()).hexdigest()
        assert {copy.sha256 for copy in self.resource.copies} == {wanted}, f"{self.token}: the server has other bytes"

    def _check_form(self, request: Request) -> None:
        if request.body.is_complete:
            (name, _, _, data), = parts(request)
            assert (name, data) == ("file", self.content.read_all()), f"{self.token}: the server has other bytes"

    @property
    def _form(self) -> dict:
        # Nothing else lets a POST be sent again.
        return {"form": [{"name": "file", "file": self.source}], "retry-non-idempotent": True} if self.is_form else {}
