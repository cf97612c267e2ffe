"""The file that most rows are about, the first part of it, and entities that could be mistaken for it."""

from servers.behaviours import A_YEAR_AGO, File
from servers.content import Content
from servers.exchange import Header

SIZE, CUT = 600_000, 350_000  # more than a quarter of a MiB is journalled at once
CONTENT = Content(71, SIZE)
OTHER = Content(72, SIZE)  # as long
LONGER = Content(71, SIZE + 1000)
SHORTER = Content(71, SIZE - 1000)

ETAG: tuple[Header, ...] = (("ETag", '"one"'),)
DATE: tuple[Header, ...] = (("Last-Modified", A_YEAR_AGO),)

FIRST = File(CONTENT, etag='"one"', cut=CUT)
WHOLE = File(CONTENT, etag='"one"')
OTHER_WHOLE = File(OTHER, etag='"two"')

BODY = CONTENT.read_all()
LENGTH = f"Content-Length: {SIZE}"
FROM_ZERO = ("resumed-from-zero",)
