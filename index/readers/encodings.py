"""Turn the bytes of a text file into text, whatever their encoding."""

import re

import charset_normalizer

from index.article import DAMAGED, GUESSED
from index.errors import UnreadableFileError
from index.language.identify import confidence_in, likeliest_language, tell_language

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_CYRILLIC = ("cp1251", "koi8-r", "koi8-u", "cp866", "mac-cyrillic", "iso-8859-5")
# Languages that Windows-1252 serves, of those that `tell_language` knows.
_WESTERN = frozenset("en fr de es it pt nl sv da no fi ca".split())
_CENTRAL = frozenset("pl cs sk hu sl hr ro sq".split())
_LATIN = {
    "cp1250": _CENTRAL, "iso8859_2": _CENTRAL, "cp1254": frozenset({"tr", "az"}),
    "cp1257": frozenset({"lt", "lv", "et"}), "cp1252": _WESTERN, "mac_roman": _WESTERN,
    "mac_latin2": _CENTRAL,
}  # fmt: skip
"""Code pages, with the languages that they serve."""
_OTHER_ALPHABETS = ["cp1253", "iso8859_7", "cp1255", "iso8859_8", "cp1256", "iso8859_6"]
_WELL = 0.95
_SIGNS = frozenset("‘’“”‚„«»‹›–—…€£¥§©®™°•·×½¼¾±²³¿¡№\xa0\xad")
_WORD = re.compile(r"[^\W\d_]+")
_ACCENTS_WITHIN = 50_000
_WIDE = ["utf_16_le", "utf_16_be", "utf_32_le", "utf_32_be"]
_SEVEN_BITS = ["iso2022_jp_2", "iso2022_jp_3", "iso2022_kr"]
_SHIFTS = re.compile(rb"\x1b\$[@B(]|\x1b\$\)C")
_CONTROLS = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def decode(data: bytes) -> tuple[str, str]:
    """Decode the bytes of a text file.

    Returns:
        the text without byte order mark, and the name of the encoding, after which
        `index.article.GUESSED` stands where the bytes do not say it themselves, or `DAMAGED`
        where some of them are no text in it.

    Raises:
        UnreadableFileError: the bytes are not text in any encoding that we can tell.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _checked(data, encoding)
    if b"\x00" in data:
        # Without a mark, NUL bytes are either UTF-16 or UTF-32, or not text at all.
        text, encoding = _guessed(data, _WIDE)
        return text, f"{encoding} {GUESSED}"
    if _SHIFTS.search(data):
        # Japanese or Korean in seven bits, which would pass for ASCII.
        text, encoding = _guessed(data, _SEVEN_BITS)
        return text, f"{encoding} {GUESSED}"
    try:
        return _checked(data, "utf-8")
    except UnicodeDecodeError:
        repaired = _damaged_utf_8(data)
        if repaired is not None:
            return _checked(repaired, "utf-8")[0], f"utf-8 {DAMAGED}"
        known = _windows(data) or _latin(data)
        text, encoding = _checked(data, known) if known else _guessed(data, None)
        return text, f"{encoding} {GUESSED}"


def _damaged_utf_8(data: bytes) -> bytes | None:
    """Plain UTF-8 but for some bytes, each of which becomes U+FFFD; None if it is not that.

    In another encoding, bytes hardly ever follow one another as UTF-8 demands.
    """
    text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    sound = sum(1 for char in text if char > "\x7f") - damaged
    return text.encode() if sound > damaged else None


def _windows(data: bytes) -> str | None:
    """The code page of Western text with accents and curly signs, or of Cyrillic."""
    beyond = sum(1 for byte in data if byte > 0x7F)
    if beyond > 0.4 * len(data):
        shapes = {name: _well_formed(data, name) for name in _CYRILLIC}
        best = max(shapes, key=lambda name: shapes[name])
        return _by_its_letters(data, best) if shapes[best] > _WELL else None
    if beyond > 0.15 * len(data) or _well_formed(data, "cp1252") < 1:
        return None
    return "cp1252" if tell_language(data.decode("cp1252")) in _WESTERN else None


def _by_its_letters(data: bytes, cyrillic: str) -> str:
    """The code page of Greek, Hebrew or Arabic, whose letters are Cyrillic in another, or that one.

    The letters of a language are known by how often each occurs.
    """
    among = [*_OTHER_ALPHABETS, cyrillic]
    found = charset_normalizer.from_bytes(data[:_ACCENTS_WITHIN], cp_isolation=among)
    best = max(found, key=lambda match: match.coherence, default=None)
    other = best is not None and best.encoding in _OTHER_ALPHABETS
    return best.encoding if best is not None and other and best.coherence > 0 else cyrillic


def _latin(data: bytes) -> str | None:
    """The code page of Latin text in which its words are well formed, and of a language of its own.

    Only letters with accents differ between these pages, and any of them is a letter in most.
    """
    found: dict[str, tuple[float, float]] = {}
    for name, languages in _LATIN.items():
        well = round(_well_formed(data, name), 2)
        if well < _WELL:
            continue
        accented = _accented(data[: 4 * _ACCENTS_WITHIN].decode(name, "replace"))
        if likeliest_language(accented) in languages:
            found[name] = (well, round(confidence_in(accented), 2))
    return max(found, key=lambda name: found[name]) if found else None


def _well_formed(data: bytes, encoding: str) -> float:
    """The share of the words beyond ASCII that look like written words.

    In the wrong code page capitals stand inside words, and signs take the place of letters.
    """
    try:
        text = data[: 4 * _ACCENTS_WITHIN].decode(encoding)
    except UnicodeDecodeError:
        return 0.0
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    sound = sum(word[1:].islower() or word.isupper() or len(word) == 1 for word in words)
    signs = sum(1 for char in text if char > "\x7f" and not char.isalpha() and char not in _SIGNS)
    return sound / (len(words) + signs) if words or signs else 1.0


def _checked(data: bytes, encoding: str) -> tuple[str, str]:
    """Decode, and refuse what decodes but is not text.

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
    # Relatives such as cp1250 and cp1252 look alike to charset-normalizer, but letters with accents
    # show in the language which is right.
    best = matches[0]
    equal = [m for m in matches if m.chaos == best.chaos and m.coherence >= best.coherence - 0.06]
    if len(equal) > 1 and not data[:_ACCENTS_WITHIN].isascii():
        best = max(equal, key=lambda match: confidence_in(_accented(str(match))))
    return _checked(data, best.encoding)


def _accented(text: str) -> str:
    """Pick the words with letters beyond ASCII: only these differ between relatives."""
    words = [word for word in text[: 4 * _ACCENTS_WITHIN].split() if not word.isascii()]
    return " ".join(words[:400])
