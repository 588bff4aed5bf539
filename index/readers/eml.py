"""E-mail as it is sent and saved (RFC 5322), by the standard library."""

import email
import email.policy
from email.message import EmailMessage

from index.readers.base import Read
from index.readers.encodings import decode
from index.readers.mail import read_mail

_MAX_PARTS = 2_000


def read(data: bytes, name: str) -> Read:
    """Read the text of a message, without its attachments."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    texts: dict[str, str] = {}
    for number, part in enumerate(message.walk()):
        if number >= _MAX_PARTS:
            break
        kind = part.get_content_type()
        if kind in ("text/plain", "text/html") and not part.is_attachment():
            texts.setdefault(kind, _content(part))
    subject, sent = str(message["Subject"] or ""), str(message["Date"] or "")
    return read_mail(subject, sent, texts.get("text/plain"), texts.get("text/html"))


def _content(part: EmailMessage) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes) or not data.strip():
        return ""
    charset = part.get_content_charset()
    if charset:
        try:
            return data.decode(charset)
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(data)[0]
