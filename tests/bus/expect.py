"""Expectations that many tests of the contract share."""

from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

import pytest

from harness.client import Event, Session, Task
from harness.connection import BusError
from servers.content import Content


@contextmanager
def refused(word: str, *mentions: str) -> Iterator[None]:
    """The block gets org.hauld1.Error.`word`, whose message mentions each of the texts."""
    with pytest.raises(BusError) as raised:
        yield
    assert raised.value.name == f"org.hauld1.Error.{word}", str(raised.value)
    for text in mentions:
        assert text in raised.value.message, str(raised.value)


@contextmanager
def unknown_object() -> Iterator[None]:
    """The block calls a path that does not exist for its caller."""
    with pytest.raises(BusError) as raised:
        yield
    assert raised.value.name == "org.freedesktop.DBus.Error.UnknownObject", str(raised.value)


def finished(task: Task, content: Content, path: Path) -> None:
    """The task ends well and its file is `content`."""
    assert task.wait() == ("finished", "")
    content.check(path)


def failed(task: Task, *reasons: str) -> None:
    """The task fails for one of the reasons."""
    state, reason = task.wait()
    assert state == "failed", (state, reason)
    assert reason in reasons


def types(session: Session, task: Task) -> list[str]:
    """The types of a task's waiting events, in order."""
    return [event.type for event in session.events() if event.task == task.id]


def terminal(session: Session, task: Task) -> Event:
    """The one event that tells of the task's end."""
    found = [event for event in session.events() if event.task == task.id and event.is_terminal]
    assert len(found) == 1, found
    return found[0]
