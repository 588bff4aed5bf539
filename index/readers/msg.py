"""A message that Outlook saved (.msg), by python-oxmsg."""

import io

from oxmsg import Message

from index.readers.base import Read
from index.readers.mail import read_mail


def read(data: bytes, name: str) -> Read:
    """Read the text of a message, without its attachments."""
    message = Message.load(io.BytesIO(data))
    return read_mail(message.subject, message.sent_date, message.body, message.html_body)
