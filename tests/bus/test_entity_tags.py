"""Downloads of a part, under a condition, encoded on the way, at a limited speed, with the session's cookies."""

import gzip
import time

import pytest

from bus.expect import failed, finished, refused, terminal, types
from harness.client import Client, Session
from harness.machine import Machine
from servers.behaviours import A_YEAR_AGO, File, status
from servers.content import Content
from servers.misbehaviours import spelled
from servers.scripted import ScriptedServer

SIZE, CUT = 600_000, 350_000
CONTENT = Content(201, SIZE)
BODY = CONTENT.read_all()
WHOLE = File(CONTENT, etag='"one"')




@pytest.mark.parametrize("value", ["", "one", '"one', '"o\ne"'])
def test_what_is_no_entity_tag_is_refused(session: Session, value: str) -> None:
    with refused("InvalidArgument", "if-none-match"):
        session.download("http://127.0.0.1:9/file", if_none_match=value)
