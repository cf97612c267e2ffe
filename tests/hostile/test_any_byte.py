"""An answer that breaks off after any number of its bytes, one download for each."""

import pytest

from bus.expect import finished
from harness.client import microseconds
from harness.deadline import wait_until
from hostile.row import Stage
from servers.behaviours import File, raw
from servers.content import Content

CONTENT = Content(seed=281, size=400)
HEAD = f"HTTP/1.1 200 OK\r\nContent-Length: {CONTENT.size}\r\nETag: \"one\"\r\nAccept-Ranges: bytes\r\n\r\n".encode()
ANSWER = HEAD + CONTENT.read_all()
CHUNKED_HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nETag: \"one\"\r\n\r\n"
CHUNKED = (CHUNKED_HEAD + b"c8;x=y\r\n" + CONTENT.read(0, 200) + b"\r\n0c8\r\n" + CONTENT.read(200, 200)
           + b"\r\n0\r\nX-Last: one\r\n\r\n")


@pytest.mark.parametrize("answer, head", [(ANSWER, HEAD), (CHUNKED, CHUNKED_HEAD)], ids=["with a length", "in chunks"])
@pytest.mark.parametrize("kills", [0, 3])
def test_an_answer_may_break_off_after_any_byte(stage: Stage, answer: bytes, head: bytes, kills: int) -> None:
    directory = stage.machine.downloads / f"{len(head)} {kills}"
    directory.mkdir()
    resources = [stage.server.serve(raw(answer[:min(place, len(head))], answer[len(head):place]), File(CONTENT, etag='"one"'))
                 for place in range(len(answer))]
    session = stage.machine.client().session(directory.name)
    tasks = session.create_many([
        ("download", resource.url, {"destination": directory / str(place), "start": True,
                                    "retry-delay": microseconds(0.001), "retry-delay-max": microseconds(0.005)})
        for place, resource in enumerate(resources)])
    for kill in range(kills):
        wanted = (kill + 1) * len(tasks) // (kills + 1)
        wait_until(lambda: sum(bool(resource.requests) for resource in resources) >= wanted, f"{wanted} requests", 30)
        stage.machine.restart()
    client = stage.machine.client()
    for place, task in enumerate(tasks):
        finished(client.task(task.id), CONTENT, directory / str(place))
    wait_until(lambda: len(list(directory.iterdir())) == len(tasks), "part files to go")
    ends = [event.task for event in read_all(client.session(directory.name)) if event.is_terminal]
    assert sorted(ends) == sorted(task.id for task in tasks)


def read_all(session) -> list:
    events = []
    while page := session.events(after=events[-1].seq if events else 0):
        events += page
    return events
