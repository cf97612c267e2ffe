"""What a resource does with a request that has a body: takes it, or one of the ways of not doing so."""

from typing import Iterable, Optional

from servers.behaviours import Behaviour
from servers.exchange import Close, Exchange, Header
from servers.uploads.gate import Gate


async def continue_if_asked(exchange: Exchange) -> None:
    """100 Continue, where the client waits for it."""
    if (exchange.request.header("Expect") or "").lower() == "100-continue":
        await exchange.interim(100)


def accept(status: int = 201, *headers: Header, body: bytes = b"", rate: Optional[float] = None, continues: bool = True,
           keeps: bool = True) -> Behaviour:
    """Reads everything, keeps a copy and answers.

    rate: bytes a second that it reads. continues: False ignores Expect. keeps: False reads and forgets.
    """
    async def answer(exchange: Exchange) -> None:
        if continues:
            await continue_if_asked(exchange)
        await exchange.request.body.read(rate=rate)
        if keeps:
            exchange.take_copy()
        await exchange.answer(status, headers, body)
    return answer


def early(status: int, *headers: Header, after: int = 0, body: bytes = b"", reads_on: bool = True) -> Behaviour:
    """A final answer after so many bytes of a body that goes on.

    reads_on: whatever still comes is read and counted until the client stops; False leaves it in the socket.
    """
    async def answer(exchange: Exchange) -> None:
        if after:
            await continue_if_asked(exchange)
        await exchange.request.body.read(after)
        exchange.closes = True
        await exchange.answer(status, headers, body)
        if not reads_on:
            await exchange.silence()
        await exchange.request.body.read()
        raise Close
    return answer


def cut(after: int, resets: bool = False) -> Behaviour:
    """The connection breaks off after so many bytes of the body."""
    async def answer(exchange: Exchange) -> None:
        await continue_if_asked(exchange)
        await exchange.request.body.read(after)
        await (exchange.reset if resets else exchange.hang_up)()
    return answer


def cut_before_the_answer(keeps: bool = True) -> Behaviour:
    """The whole body is there, and perhaps acted on; the answer never comes."""
    async def answer(exchange: Exchange) -> None:
        await continue_if_asked(exchange)
        await exchange.request.body.read()
        if keeps:
            exchange.take_copy()
        await exchange.hang_up()
    return answer


def silent_after_the_body(keeps: bool = True) -> Behaviour:
    """Takes everything and says nothing."""
    async def answer(exchange: Exchange) -> None:
        await continue_if_asked(exchange)
        await exchange.request.body.read()
        if keeps:
            exchange.take_copy()
        await exchange.silence()
    return answer


def stalls(after: int) -> Behaviour:
    """Reads so much, then nothing more until the client leaves."""
    async def answer(exchange: Exchange) -> None:
        await continue_if_asked(exchange)
        await exchange.request.body.read(after)
        await exchange.silence()
    return answer


def read_then(then: Behaviour) -> Behaviour:
    """Reads everything before another behaviour's answer."""
    async def answer(exchange: Exchange) -> None:
        await continue_if_asked(exchange)
        await exchange.request.body.read()
        await then(exchange)
    return answer


def redirect(location: str, status: int = 307, reads: bool = True) -> Behaviour:
    """reads: False answers before the body and closes."""
    fields = [("Location", location)]
    return read_then(_bare(status, fields)) if reads else early(status, *fields)


def _bare(status: int, headers: Iterable[Header]) -> Behaviour:
    async def answer(exchange: Exchange) -> None:
        await exchange.answer(status, headers)
    return answer


def refuse_expectation(then: Behaviour) -> Behaviour:
    """417 to whoever expects something (RFC 9110, 15.5.18); another behaviour for everybody else."""
    async def answer(exchange: Exchange) -> None:
        if exchange.request.header("Expect"):
            exchange.closes = True
            await exchange.answer(417)
            raise Close
        await then(exchange)
    return answer


def interims(count: Optional[int], then: Behaviour, status: int = 102, *headers: Header) -> Behaviour:
    """So many 1xx responses, or no end of them, before anything else."""
    async def answer(exchange: Exchange) -> None:
        sent = 0
        while count is None or sent < count:
            await exchange.interim(status, headers)
            sent += 1
        await then(exchange)
    return answer


def endless_answer(status: int = 200, rate: Optional[float] = None) -> Behaviour:
    """Takes the body; the answer has no end."""
    async def answer(exchange: Exchange) -> None:
        await continue_if_asked(exchange)
        await exchange.request.body.read()
        exchange.take_copy()
        await exchange.head(status, [("Transfer-Encoding", "chunked")])
        while True:
            await exchange.chunk(bytes(16384), rate)
    return answer


def by_method(**behaviours: Behaviour) -> Behaviour:
    """One for each method: by_method(POST=..., HEAD=...)."""
    async def answer(exchange: Exchange) -> None:
        found = behaviours.get(exchange.request.method)
        if found:
            await found(exchange)
            return
        await exchange.request.body.read()
        await exchange.answer(405)
    return answer


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """One after the other, whatever the resource was asked before; the last one stays. For by_method()."""
    left = list(behaviours)

    async def answer(exchange: Exchange) -> None:
        await (left.pop(0) if len(left) > 1 else left[0])(exchange)
    return answer


def held(gate: Gate, then: Behaviour) -> Behaviour:
    """Goes on once the gate is open."""
    async def answer(exchange: Exchange) -> None:
        await gate.pass_through()
        await then(exchange)
    return answer
