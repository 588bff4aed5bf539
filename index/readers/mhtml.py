"""A web page saved with all its parts (MHTML): the page is a part of a message."""

import email
import email.policy

from index.errors import UnreadableFileError
from index.readers.base import Read
from index.readers.html import decode_page, read_page
from index.readers.values import web_address

_MAX_PARTS = 2_000


def read(data: bytes, name: str) -> Read:
    """Read the page that the message holds first."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    for number, part in enumerate(message.walk()):
        if number >= _MAX_PARTS:
            break
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            content = part.get_payload(decode=True)
            if isinstance(content, bytes) and content.strip():
                charset = part.get_content_charset()
                text, encoding = _decoded(content, charset)
                address = message["Snapshot-Content-Location"] or part["Content-Location"]
                return read_page(text, encoding, web_address(str(address or "")))
    raise UnreadableFileError("the saved page holds no HTML; save it again as HTML")


def _decoded(content: bytes, charset: str | None) -> tuple[str, str]:
    if charset:
        try:
            return content.decode(charset), charset
        except (LookupError, UnicodeDecodeError):
            pass
    return decode_page(content)
