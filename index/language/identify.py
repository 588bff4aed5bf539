"""Tell the language of a text, if possible."""

import functools
import re
from typing import Any

# py3langid knows about 140 languages. It sometimes takes short news text in a common one for a rare
# relative, so a guess must be clear before it counts.
_CONFIDENT = 0.8
_MIN_LETTERS = 20
_SAMPLE = 4000
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LETTER = re.compile(r"[^\W\d_]")
_EAST_SLAVIC = ("ru", "uk", "be")
_COMMON_TEXT = (
    "en fr de es it pt nl pl cs sk sl hr ro hu fi sv no da et lv lt tr vi id ca el sq "
    "ru uk be bg sr mk kk ar fa he ur hi bn ta te th zh ja ko ka hy az uz"
)
_COMMON = tuple(_COMMON_TEXT.split())


def tell_language(text: str) -> str | None:
    """Tell the language of a text.

    Returns:
        ISO 639-1 code (ISO 639-3 if the language has none of two letters); None if the text is too
        short or the guess too unsure.
    """
    sample = text[:_SAMPLE]
    letters = len(_LETTER.findall(sample))
    if letters < _MIN_LETTERS:
        return None
    cyrillic = 2 * len(_CYRILLIC.findall(sample)) > letters
    for among in (None, _EAST_SLAVIC if cyrillic else _COMMON):
        language, confidence = _identifier(among).classify(sample)
        if confidence >= _CONFIDENT:
            return str(language)
    return None


@functools.lru_cache(maxsize=1024)
def likeliest_language(text: str) -> str:
    """Tell the common language that a text is likeliest in, however short it is, as its code."""
    return str(_identifier(_COMMON).classify(text[:_SAMPLE])[0])


def confidence_in(text: str) -> float:
    """How sure it is that a text is in some common language, 0 to 1: low if decoded wrongly."""
    return float(_identifier(_COMMON).classify(text[:_SAMPLE])[1])


@functools.cache
def _identifier(among: tuple[str, ...] | None) -> Any:
    # Our own instances: py3langid.set_languages would restrict it for the whole process.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    if among:
        identifier.set_languages(among)
    return identifier
