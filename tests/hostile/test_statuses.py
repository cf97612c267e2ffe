"""Servers whose status is not success: what passes is waited out, what does not ends the task, no page becomes the file."""

from hostile.entity import BODY, CONTENT, FIRST, LENGTH, WHOLE
from hostile.row import Failed, Finished, Kill, Row, Stage, Waits, both_ways, play
from servers.behaviours import status
from servers.exchange import Exchange
from servers.misbehaviours import spelled

A_PAGE = b"<html>Something went wrong.</html>"


def later(*values: str) -> tuple:
    """503 with such Retry-After fields, then the file."""
    return (status(503, *(("Retry-After", value) for value in values)), WHOLE)


async def endless_trouble(exchange: Exchange) -> None:
    """A 503 whose page never ends."""
    await exchange.head(503, [("Transfer-Encoding", "chunked")])
    while True:
        await exchange.chunk(bytes(16384))


async def endless_refusal(exchange: Exchange) -> None:
    """A 404 whose page never ends."""
    await exchange.head(404, [("Transfer-Encoding", "chunked")])
    while True:
        await exchange.chunk(bytes(16384))


RETRY_AFTER = [
    Row("a Retry-After that is garbage is none", later("soon"), Finished(CONTENT), requests=2),
    Row("a Retry-After that is negative is none", later("-1"), Finished(CONTENT), requests=2),
    Row("a Retry-After with a fraction is none", later("0.5"), Finished(CONTENT), requests=2),
    Row("an empty Retry-After is none", later(""), Finished(CONTENT), requests=2),
    Row("a Retry-After of zero is a second at least", later("0"), Finished(CONTENT), requests=2),
    Row("a Retry-After in the past is a second at least", later("Sat, 01 Nov 2025 10:00:00 GMT"), Finished(CONTENT), requests=2),
    Row("a Retry-After of thirty years is a wait",
        (status(503, ("Retry-After", "999999999")),), Waits("retry-delay"), requests=1),
    Row("a Retry-After with more digits than a number has is a wait",
        (status(429, ("Retry-After", "9" * 100)),), Waits("retry-delay"), requests=1),
    Row("a Retry-After of the year 9999 is a wait",
        (status(503, ("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT")),), Waits("retry-delay"), requests=1),
]

PAGES = [
    Row("a page without end that says to come back later is left",
        (endless_trouble, WHOLE), Finished(CONTENT), kill=Kill(1, 30_000), requests=2),
    Row("a page without end that says no is left",
        (endless_refusal,), Failed("http-status"), kill=Kill(1, 30_000), requests=1),
    Row("a page that says no while the file is half there is not its other half",
        (FIRST, status(403, body=A_PAGE)), Failed("http-status"), requests=2),
    Row("a page that says to come back later is not the other half of the file",
        (FIRST, status(502, body=A_PAGE), status(500, body=A_PAGE), WHOLE), Finished(CONTENT), requests=4),
    Row("a refusal with the file's own length and validator is no file",
        (spelled(LENGTH, 'ETag: "one"', line="HTTP/1.1 403 Forbidden", body=BODY),), Failed("http-status"), requests=1),
    Row("a server that is always in trouble ends the task when the retries are used up",
        (status(500),), Failed("http-status"), options={"retries": 3}, requests=4),
]

NO_BODY = [
    Row("no content is no file", (status(204),), Failed("http-status"), requests=1),
    Row("no content with a length is no file",
        (spelled("Content-Length: 5", line="HTTP/1.1 204 No Content", body=b"hello"),), Failed("http-status"), requests=1),
    Row("a reset of content is no file", (status(205, body=b""),), Failed("http-status"), requests=1),
    Row("not modified, which nobody asked about, is no file", (status(304),), Failed("http-status"), requests=1),
    Row("a status that nobody has defined is no success", (status(600),), Failed("http-status"), requests=1),
    Row("a status of 999 is no success",
        (spelled(LENGTH, line="HTTP/1.1 999 Denied", body=BODY),), Failed("http-status"), requests=1),
    Row("a refusal of the range that was not asked for is final",
        (status(416, ("Content-Range", "bytes */5")),), Failed("http-status"), requests=1),
    Row("a failed precondition that was not set is final", (status(412),), Failed("http-status"), requests=1),
]


@both_ways(RETRY_AFTER + PAGES + NO_BODY)
def test_statuses(stage: Stage, row: Row, killed: bool) -> None:
    play(stage, row, killed)
