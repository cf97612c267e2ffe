"""Where secrets must not turn up: in what the daemon says to anybody, in its log, and in its files once a task has ended."""

import base64
from typing import Iterable

from .client import Client, Session, Task, plain
from .machine import Machine


def told(secrets: Iterable[str], text: object) -> list[str]:
    """Which of them the text has, as themselves or within Basic credentials of "user"."""
    data = text if isinstance(text, bytes) else str(text).encode(errors="replace")
    return [secret for secret in secrets
            if secret.encode() in data or base64.b64encode(f"user:{secret}".encode()) in data]


def everything_said(client: Client, session: Session, task: Task) -> list[object]:
    client.connection.read_pending()
    return [task.details(), task.get_all(), [plain(one) for one in task.call("GetMetrics")], session.details(),
            session.events(), session.tasks(), client.tasks(), client.sessions(), client.connection.signals]


def files_with(machine: Machine, secrets: Iterable[str]) -> list[str]:
    """The daemon's files that have some of them, and which."""
    found = []
    for path in machine.state.rglob("*"):
        try:
            if path.is_file() and (inside := told(secrets, path.read_bytes())):
                found.append(f"{path}: {inside}")
        except FileNotFoundError:
            continue
    return found
