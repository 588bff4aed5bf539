"""The bytes of a text file become text, in whatever encoding they are."""

import re

import charset_normalizer

from index.errors import UnreadableFileError
from index.language.identify import confidence_in

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_ACCENTS_WITHIN = 50_000
_WIDE = ["utf_16_le", "utf_16_be", "utf_32_le", "utf_32_be"]
_CONTROLS = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def decode(data: bytes) -> tuple[str, str]:
    """Decode the bytes of a text file.

    Returns:
        the text without byte order mark, and the name of the encoding.

    Raises:
        UnreadableFileError: the bytes are no text in any encoding that can be told.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _checked(data, encoding)
    if b"\x00" in data:
        # Without a mark, NUL bytes are either UTF-16 or UTF-32, or not text at all.
        return _guessed(data, _WIDE)
    try:
        return _checked(data, "utf-8")
    except UnicodeDecodeError:
        return _guessed(data, None)


def _checked(data: bytes, encoding: str) -> tuple[str, str]:
    """Decode, refusing what decodes but is no text.

    Raises:
        UnicodeDecodeError: the bytes are not of a plain UTF-8 file.
    """
    try:
        text = data.decode(encoding).lstrip("\ufeff")
        text.encode("utf-8")
    except (UnicodeError, LookupError) as error:
        if encoding == "utf-8" and isinstance(error, UnicodeDecodeError):
            raise
        reason = f"the file claims to be {encoding}, but is not"
        raise UnreadableFileError(reason) from error
    controls = sum(1 for _ in _CONTROLS.finditer(text))
    if "\x00" in text or controls > max(8, len(text) // 100):
        raise UnreadableFileError("the file is binary, not text")
    return text, "utf-8" if encoding == "utf-8-sig" else encoding


def _guessed(data: bytes, candidates: list[str] | None) -> tuple[str, str]:
    matches = list(charset_normalizer.from_bytes(data, cp_isolation=candidates))
    if not matches:
        binary = b"\x00" in data
        what = "the file is binary, not text" if binary else "its encoding cannot be told"
        raise UnreadableFileError(what)
    # Relatives such as cp1250 and cp1252 look alike to charset-normalizer; what they make of
    # the letters with accents shows in the language.
    best = matches[0]
    equal = [m for m in matches if m.chaos == best.chaos and m.coherence >= best.coherence - 0.06]
    if len(equal) > 1 and not data[:_ACCENTS_WITHIN].isascii():
        best = max(equal, key=lambda match: confidence_in(_accented(str(match))))
    return _checked(data, best.encoding)


def _accented(text: str) -> str:
    """The words with letters beyond ASCII: only these differ between relatives."""
    words = [word for word in text[: 4 * _ACCENTS_WITHIN].split() if not word.isascii()]
    return " ".join(words[:400])
