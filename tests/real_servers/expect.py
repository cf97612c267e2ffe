"""What the tests of real servers share: files, downloads of them, and what the metrics tell."""

import os
from pathlib import Path
from typing import Any, Optional

from harness.client import Session, Task, plain
from harness.deadline import wait_until
from harness.machine import Machine
from real_servers.sites import Site
from servers.content import Content
from servers.real import RealServer, Served
from servers.relay import Relay

# Well before any response's Date: a younger one is no strong validator (RFC
# 9110, 8.8.2.2), and Apache's entity tag would be weak.
MODIFIED = 1_700_000_000

MIB = 1 << 20


def publish(server: RealServer, name: str, content: Content, modified: int = MODIFIED) -> None:
    """Puts a file there in one step, as whoever replaces a release does."""
    path = server.files / name
    path.parent.mkdir(exist_ok=True)
    draft = server.directory / "draft"
    content.write_to(draft)
    os.utime(draft, (modified, modified))
    draft.replace(path)


def start(session: Session, site: Site, name: str, destination: Path | str, relay: Optional[Relay] = None,
          **choice: Any) -> Task:
    """A download that runs, over the relay where there is one."""
    url = site.server.url(name, relay.port if relay else 0)
    named = {key.replace("_", "-"): value for key, value in choice.items()}
    return session.download(url, {"destination": destination, "start": True, **site.options, **named})


def metrics(task: Task) -> list[dict[str, Any]]:
    """One dictionary for each request of the task."""
    return [plain(request) for request in task.call("GetMetrics")]


def requests_of(server: RealServer, name: str, count: int = 1) -> list[Served]:
    """The log's lines of a file, once there are so many: a request is logged a little after its last byte."""
    return wait_until(lambda: len(found := server.served(name)) >= count and found,
                      f"{count} requests for {name} in the log")


def killed_in_the_middle(machine: Machine, task: Task, relay: Relay, least: int) -> tuple[int, Task]:
    """Kills the daemon while the relay holds and `least` bytes are there, and starts it again with the way free: bytes
    that there were, and the task as the new daemon shows it."""
    task.wait_for(lambda t: t.done >= least, "the bytes that passed the relay")
    done = task.done
    assert task.state == "running"
    machine.daemon.kill()
    relay.release()
    machine.daemon.start()
    return done, machine.client().task(task.id)
