"""Files for a browser to save; one is shown only if nothing in it can run."""

import unicodedata
from urllib.parse import quote


def attachment(name: str) -> str:
    """The value of ``Content-Disposition`` that saves a file under a name.

    Args:
        name: in any script; characters that no file's name has are left out.
    """
    return f"attachment; {_named(name)}"


def inline(name: str) -> str:
    """The same that shows the file, and saves it under the name if it is saved."""
    return f"inline; {_named(name)}"


def _named(name: str) -> str:
    kept = "".join(c for c in name if unicodedata.category(c)[0] != "C")
    plain = "".join(c for c in kept if c.isascii() and (c.isalnum() or c in "._- "))
    stem, dot, ending = plain.rpartition(".")
    if not (stem if dot else ending).strip("._- "):
        plain = f"article.{ending.strip() or 'txt'}"
    return f"filename=\"{plain}\"; filename*=UTF-8''{quote(kept, safe='')}"
