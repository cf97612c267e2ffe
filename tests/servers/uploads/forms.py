"""multipart/form-data, as a parser of mail reads it."""

import email.parser
import email.policy
from email.message import EmailMessage

from servers.exchange import Request

Part = tuple[str, str, str, bytes]


def parts(request: Request) -> list[Part]:
    """Name, file name, type and bytes of each part of a request that has come whole."""
    kind = request.header("Content-Type")
    assert kind and kind.startswith("multipart/form-data; boundary=")
    assert request.header("Content-Length") == str(request.received) and request.body.is_complete
    head = f"Content-Type: {kind}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + request.body.kept)
    assert message.is_multipart() and not message.defects
    return [_told(part) for part in message.iter_parts()]


def _told(part: EmailMessage) -> Part:
    assert part.get_content_disposition() == "form-data"
    kind = part.get_content_type() if part["Content-Type"] else ""
    disposition = part["Content-Disposition"].params
    return disposition["name"], disposition.get("filename", ""), kind, part.get_payload(decode=True)
