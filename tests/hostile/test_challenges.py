"""Servers that want credentials and do not say how: the task waits for its client, whatever the challenge looks like."""

from hostile.entity import FIRST
from hostile.row import Kill, Row, Stage, Waits, both_ways, play
from servers.behaviours import status
from servers.exchange import Exchange

NEEDED = ("credentials-needed",)


def challenged(*values: str, code: int = 401) -> tuple:
    name = "WWW-Authenticate" if code == 401 else "Proxy-Authenticate"
    return (status(code, *((name, value) for value in values)),)


async def endless_challenge(exchange: Exchange) -> None:
    """A 401 whose page never ends."""
    await exchange.head(401, [("WWW-Authenticate", "Basic"), ("Transfer-Encoding", "chunked")])
    while True:
        await exchange.chunk(bytes(16384))


ROWS = [
    Row("401 without a challenge waits for credentials", challenged(), Waits("credentials", NEEDED), requests=1),
    Row("401 with garbage for a challenge waits for credentials",
        challenged(',,=;\x1b[31m"'), Waits("credentials", NEEDED), requests=1),
    Row("401 with an empty challenge waits for credentials", challenged(""), Waits("credentials", NEEDED), requests=1),
    Row("401 with a scheme that nobody knows waits for credentials",
        challenged("Telepathy thoughts=pure"), Waits("credentials", NEEDED), requests=1),
    Row("401 with a thousand challenges waits for credentials",
        challenged(*[f'Basic realm="{number}"' for number in range(1000)]), Waits("credentials", NEEDED), requests=1),
    Row("401 with a realm of fifty thousand characters waits for credentials",
        challenged(f'Basic realm="{"x" * 50_000}"'), Waits("credentials", NEEDED), requests=1),
    Row("401 with a Digest challenge without a nonce waits for credentials",
        challenged("Digest"), Waits("credentials", NEEDED), requests=1),
    Row("401 whose page never ends waits for credentials",
        (endless_challenge,), Waits("credentials", NEEDED), kill=Kill(1, 30_000), requests=1),
    Row("401 in the middle of a file waits for credentials",
        (FIRST, status(401, ("WWW-Authenticate", "Bearer"))), Waits("credentials", NEEDED), requests=2),
    Row("407 from a server that is no proxy waits for credentials",
        challenged("Basic", code=407), Waits("credentials", NEEDED), requests=1),
]


@both_ways(ROWS)
def test_challenges(stage: Stage, row: Row, killed: bool) -> None:
    play(stage, row, killed)
