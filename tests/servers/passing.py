"""What proxies do with bytes that are not for them."""

import asyncio

_STEP = 64 << 10  # bytes passed on at once

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def tunnel(near: Ends, far: Ends) -> None:
    """Both ways, until both sides have ended or one is broken. Closes the far one."""
    ways = [asyncio.ensure_future(pass_on(reader, writer)) for reader, writer in ((near[0], far[1]), (far[0], near[1]))]
    try:
        await asyncio.gather(*ways)
    finally:
        for way in ways:
            way.cancel()
        far[1].close()


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until the reader's side ends; then so does the writer's."""
    while data := await reader.read(_STEP):
        writer.write(data)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()
