"""Tasks that were ordered, what was told of them, and what has to be there in the end."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Mapping, Optional, Protocol, Sequence

from harness.client import Event, Session, Task, options
from servers.content import Content
from servers.scripted import Resource


class Target(Protocol):
    """Where it goes."""

    url: str


@dataclass
class Order:
    """One task that was ordered."""

    kind: ClassVar[str]

    token: str
    session: str
    resource: Target
    choice: Mapping[str, object] = field(default_factory=dict)
    id: Optional[int] = field(default=None, init=False)  # once told
    asked_to_cancel: bool = field(default=False, init=False)
    cancelled: bool = field(default=False, init=False)  # once told
    asked_to_remove: bool = field(default=False, init=False)
    removed: bool = field(default=False, init=False)  # once told

    @property
    def path(self) -> Optional[Path]:
        """The file that it makes; None where that is none, or in the spool."""
        return None

    @property
    def keeps_source(self) -> bool:
        """Whether the spool holds what it sends."""
        return False

    @property
    def options(self) -> dict:
        return options({"token": self.token, **self.choice})

    @property
    def row(self) -> tuple[str, str, dict]:
        """What CreateMany takes."""
        return self.kind, self.resource.url, self.options

    def create(self, session: Session) -> str:
        """The path of the task that was made for it alone."""
        raise NotImplementedError

    def check_spooled(self, task: Task) -> None:
        """Of one that is complete and was not acknowledged yet."""

    def check(self, events: Sequence[Event]) -> None:
        """Of one that is complete: `events` are all that it had."""
        raise NotImplementedError


@dataclass
class DownloadOrder(Order):
    """`destination` is None for the spool."""

    kind: ClassVar[str] = "download"

    resource: Resource
    content: Content = field(kw_only=True)
    destination: Optional[Path] = field(kw_only=True)

    @property
    def path(self) -> Optional[Path]:
        return self.destination

    @property
    def options(self) -> dict:
        destination = {} if self.destination is None else {"destination": self.destination}
        return options({"token": self.token, **destination, **self.choice})

    def create(self, session: Session) -> str:
        return session.call("CreateDownload", "sa{sv}", self.resource.url, self.options)

    def check_spooled(self, task: Task) -> None:
        if self.destination is None:
            with task.open_result() as result:
                assert result.read() == self.content.read_all(), f"{self.token}: wrong bytes in the spool"

    def check(self, events: Sequence[Event]) -> None:
        if self.destination is not None:
            self.content.check(self.destination)
