"""Values that a format states, read as what they say: lines of text, days, languages, addresses.

Each of them takes whatever stands in a file, and gives None where that says nothing. What has been
read once may be read again: it stays as it is.
"""

import datetime
import re
from email.utils import parsedate_to_datetime

from index.language.printed_dates import read_date
from index.visible import well_formed

_ISO = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?!\d)")
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def clean_characters(text: str) -> str:
    """Leave out what is not a character of a text; half a surrogate pair becomes U+FFFD."""
    return _UNSEEN.sub("", well_formed(text))


def one_line(text: object) -> str | None:
    """Put a value on one line of text. Return None if it is not text, or empty."""
    if not isinstance(text, str):
        return None
    return " ".join(clean_characters(text).split()) or None


def stated_day(value: object) -> datetime.date | None:
    """Read the day of a machine-readable date. Return None if none is certain."""
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    if not isinstance(value, str):
        return None
    text = " ".join(value.split())[:80]
    if iso := _ISO.match(text):
        try:
            return datetime.date(*map(int, iso.groups()))
        except ValueError:
            return None
    try:
        return parsedate_to_datetime(text).date()
    except ValueError:
        written = read_date(text)
        return written if isinstance(written, datetime.date) else None


def language_code(value: object) -> str | None:
    """``en`` of ``en-GB``; None if the value names no language."""
    match = re.match(r"([A-Za-z]{2,3})(?:[-_]|$)", value) if isinstance(value, str) else None
    return match[1].lower() if match else None


def web_address(value: object) -> str | None:
    """Check a stated web address. Return None if it is not one."""
    text = one_line(value)
    return text if text and re.match(r"https?://[^\s/]+", text) and len(text) < 2_000 else None
