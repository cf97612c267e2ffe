"""A connection that a server has spoilt must not spoil the next download over it."""

import pytest

from bus.expect import finished
from harness.client import microseconds
from hostile.row import Stage
from servers.behaviours import Behaviour, File
from servers.content import Content
from servers.exchange import Close, Exchange
from servers.misbehaviours import poisoned

FIRST, SECOND = Content(75, 50_000), Content(76, 60_000)
FORGED = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nWRONG"


def late(poison: bytes, then: Behaviour) -> Behaviour:
    """On a connection that was used before: sends the poison when the next request is on its way already, so that
    nothing but its bytes tells it from the answer. A fresh connection gets the answer."""
    async def answer(exchange: Exchange) -> None:
        if exchange.is_reused:
            await exchange.raw(poison)
            raise Close
        await then(exchange)
    return answer


def download(stage: Stage, name: str, url: str):
    session = stage.machine.client().session("reuse")
    return session.download(url, destination=stage.machine.downloads / name, if_exists="replace", start=True, retries=3,
                            retry_delay=microseconds(0.01))


@pytest.mark.parametrize("poison", [b"and more", FORGED, b"\r\n", b"HTTP/1.1 100 Continue\r\n\r\n", b"0\r\n\r\n"], ids=[
    "garbage", "a forged answer", "an empty line", "an interim answer", "a last chunk"])
@pytest.mark.parametrize("killed", [False, True], ids=["plainly", "killed"])
def test_bytes_behind_an_answer_are_not_the_next_one(stage: Stage, poison: bytes, killed: bool) -> None:
    first, second = stage.server.serve(poisoned(FIRST, poison)), stage.server.serve(File(SECOND))
    finished(download(stage, "first", first.url), FIRST, stage.machine.downloads / "first")
    wire = second.trip(1) if killed else None
    task = download(stage, "second", second.url)
    if wire:
        wire.wait_reached()
        stage.machine.daemon.kill()
        wire.release()
        stage.machine.daemon.start()
        task = stage.machine.client().task(task.id)
    finished(task, SECOND, stage.machine.downloads / "second")
    task.remove()


@pytest.mark.parametrize("poison", [b"and more", b"0\r\n\r\n", b""], ids=["garbage", "a last chunk", "nothing"])
def test_bytes_that_come_late_cost_no_task(stage: Stage, poison: bytes) -> None:
    first, second = stage.server.serve(File(FIRST)), stage.server.serve(late(poison, File(SECOND)))
    finished(download(stage, "first", first.url), FIRST, stage.machine.downloads / "first")
    task = download(stage, "second", second.url)
    finished(task, SECOND, stage.machine.downloads / "second")
    assert len(second.requests) == 2, "the first one came over the connection that was used before"
    task.remove()
