"""Keys under which the spellings of one name meet, across alphabets.

Transliteration alone does not bring Tikhanovskaya and Tsikhanouskaya together: Russian, Ukrainian
and Belarusian each spell the same name by its sound. So we transliterate a name, merge the letters
that these conventions confuse, and drop vowels: a consonant skeleton, in the manner of Soundex
(Russell 1918) but for East Slavic names in Latin and Cyrillic letters.
"""

import re
import unicodedata
from functools import lru_cache

from index.language.folding import STOP_WORDS, fold

_CYRILLIC = {
    **dict(zip("абвгґдезийіклмнопрстуўфыэ", "abvggdeziiiklmnoprstuvfye", strict=True)),
    **{"ё": "e", "є": "e", "ї": "i", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh"},
    **{"щ": "shch", "ю": "iu", "я": "ia", "ъ": "", "ь": "", "'": ""},
}
# Letters with marks that change their sound; we drop any other mark.
_LATIN = {
    **{"ł": "l", "đ": "d", "ø": "o", "ı": "i", "æ": "e", "œ": "e", "ß": "ss", "ŭ": "v"},
    **{"š": "sh", "ş": "sh", "č": "ch", "ć": "ch", "ç": "ch", "ž": "zh", "ż": "zh"},
    **{"ę": "en", "ą": "on"},
}
# Case endings, longest first; a name's stem has at least three letters left.
_ENDING = re.compile(
    r"(?<=\w{3})(?:ього|ому|ого|ими|ыми|ями|ами|ьою|ой|ою|ей|ею|ом|ем|ым|им|их|ых|ую|юю|ая|яя|ий|ый|"
    r"ам|ям|ах|ях|[аеёиіїоуыэюяьй])$"
)
_SAME_SOUND = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"shch|(?<!t)sch|sh|sz", "S"),
        (r"tsch|tch|ch|cz", "C"),
        # English j, and its spellings in Cyrillic.
        (r"^joh(?=n)", "jo"),
        (r"^dzh|^j(?=[aeiou])|zh", "Z"),
        (r"(?<=[oe])ff?$", "v"),
        (r"(?<=[lnr])z$", "ts"),
        (r"th", "t"),
        (r"kh|gh|h|g", "g"),
        (r"ts|tz", "t"),
        (r"ph", "f"),
        (r"ck|qu|q", "k"),
        (r"c(?=[eiy])", "s"),
        (r"c", "k"),
        (r"x", "ks"),
        (r"w", "v"),
        # ў and its Latin u: the v of the Russian spelling.
        (r"(?<=[aeo])u(?=[^aeiouy])", "v"),
    )
)
_NAME = re.compile(r"[^\W\d_a-zа-яёіїєґў][^\W\d_]+(?:['’ʼ-][^\W\d_]+)*")
_STOP = frozenset(STOP_WORDS)
MIN_LETTERS = 3


def transliterate(word: str) -> str:
    """Write a Cyrillic word in Latin letters, and any word in lower case."""
    plain = fold(word).casefold()
    if not any(letter in _CYRILLIC for letter in plain):
        return plain
    return "".join(_CYRILLIC.get(letter, letter) for letter in plain)


@lru_cache(maxsize=100_000)
def name_key(word: str) -> str | None:
    """The key of a name, or None for a word too short to tell names apart.

    Args:
        word: one word, in Latin or Cyrillic letters, in any case.
    """
    plain = fold(word).casefold()
    if len(plain) < MIN_LETTERS or plain in _STOP:
        return None
    plain = transliterate(_ENDING.sub("", plain))
    plain = "".join(_LATIN.get(letter, letter) for letter in plain)
    plain = "".join(c for c in unicodedata.normalize("NFD", plain) if c.isascii() and c.isalpha())
    for pattern, sound in _SAME_SOUND:
        plain = pattern.sub(sound, plain)
    plain = re.sub(r"([^aeiouyj])\1+", r"\1", plain)
    # It matters whether a name opens with a vowel, but not with which one (Eismont, Эйсмонт).
    skeleton = ("a" if re.match(r"[aeiouyj]", plain) else "") + re.sub(r"[aeiouyj]", "", plain)
    key = re.sub(r"(.)\1+", r"\1", skeleton)
    return (
        f"{key}:{len(key)}" if len(key) > 2 else _short_key(max(key, skeleton[:2], key=len), plain)
    )


def _short_key(key: str, plain: str) -> str | None:
    """Add the length: two consonants tell little, so their lengths must match (Kyiv, Kiev)."""
    length = len(re.sub(r"[aeiouyj]+$", "", plain))
    return f"{key}:{length // 2}" if len(key) == 2 else None


def name_keys(text: str) -> list[str]:
    """List the keys of a text's capitalised words, in order, each once."""
    keys = (name_key(match.group()) for match in _NAME.finditer(text))
    return list(dict.fromkeys(key for key in keys if key))
