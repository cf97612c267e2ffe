"""What many tests of uploads share: a body, and what is expected of its task and at its server."""

import hashlib
from functools import lru_cache
from typing import Any, Iterable, Union

from harness.client import Session, Task, microseconds
from servers.content import Content
from servers.exchange import Copy
from servers.uploads.node import Finished

CONTENT = Content(seed=601, size=400_000)
LARGE = Content(seed=604, size=32 << 20)  # does not fit into the buffers between the ends

# As soon as may be, so that a test with some attempts does not take seconds.
QUICK = {"retry-delay": microseconds(0.01), "retry-delay-max": microseconds(0.05)}
IMPATIENT = {**QUICK, "request-timeout": microseconds(0.5)}
FOR_HOURS = ("Retry-After", "3600")

# What an error-text says where the server may have acted on what must not be sent twice.
MAY_HAVE_IT = "may have"


@lru_cache(maxsize=16)
def sha256(content: Union[Content, bytes]) -> str:
    return hashlib.sha256(content if isinstance(content, bytes) else content.read_all()).hexdigest()


def sha256s(copies: Iterable[Union[Copy, Finished]]) -> list[str]:
    return [copy.sha256 for copy in copies]


def finished(task: Task, timeout: float = 15.0) -> dict[str, Any]:
    """The task ends well. Its details."""
    end = task.wait(timeout)
    details = task.details()
    assert end == ("finished", ""), (end, details.get("error-text"))
    return details


def failed(task: Task, *reasons: str, says: str = "", timeout: float = 15.0) -> dict[str, Any]:
    """The task fails for one of the reasons, and says so in a sentence. Its details."""
    state, reason = task.wait(timeout)
    details = task.details()
    assert (state, reason in reasons) == ("failed", True), (state, reason, details.get("error-text"))
    text = details["error-text"]
    assert text and text.isprintable() and says in text, text
    return details


def taken_once(copies: Iterable[Union[Copy, Finished]], content: Union[Content, bytes] = CONTENT) -> None:
    """The server has exactly one copy, of exactly these bytes."""
    assert sha256s(copies) == [sha256(content)]


def types(session: Session, task: Task) -> list[str]:
    """The types of a task's waiting events, in order."""
    return [event.type for event in session.events() if event.task == task.id]


def terminal(session: Session, task: Task) -> dict[str, Any]:
    """The details of the one event that tells of the task's end."""
    found = [event for event in session.events() if event.task == task.id and event.is_terminal]
    assert len(found) == 1, found
    return {**found[0].details, "type": found[0].type}
