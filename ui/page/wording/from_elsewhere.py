"""Words that the page is given by the layers below it, whose own are English.

What they say with `index.saying` is said anew from its patterns: at once where it comes from a
call, from the answer's ``wording`` where it has been through JSON, and by recognising the pattern
where it has lain in the library as a text. Other fixed sentences are listed here.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Final

from index.days import day_of_iso
from index.saying import Pattern, Said, ToldDay, Value, filled
from rag.wording import WordingModel
from ui.page.wording.catalogues import ENGLISH, _, catalogue, language, later, ngettext
from ui.page.wording.days import day_words, number

WORDS: Final = (
    later("Nothing leaves this machine"),
    later("Web page"),
    later("Web Annotations"),
    later("sidecar"),
    later("dateline"),
    later("page stamp"),
    later("markup"),
    later("none"),
    later("withdrawn"),
    later("killed"),
    later("corrected"),
    later("published"),
    later("modified"),
    later("page"),
    later(
        "This key may ask and read. Articles are added and removed with a key of "
        "PRESSMARK_API_WRITE_KEYS."
    ),
    later("there is no text in it"),
    later("the file is empty, or holds only white space"),
    later("the file is binary, not text"),
    later("the PDF is encrypted; save it without a password"),
    later("its fonts do not say which letters they show; have OCR put a text layer in"),
    later("no article text was found in it"),
    later("no permission to read the file"),
    later("the archive is empty"),
    later("this kind of office file is not read; save it as PDF or text"),
    later("it is a Word file of before 2007; save it as .docx"),
    later("it cannot be read"),
)
_BETWEEN: Final = re.compile(r"(?<=[.!?]) +|; ")
_DAY: Final = re.compile(r"(?:\d{4}|-)-\d\d-\d\d")
_MOST: Final = 2_000
"""Characters; nothing of ours is longer."""
_KEPT: Final = ("index/article.py", "index/articles/", "index/readers/")
"""Modules whose words lie in the library as texts."""


def told(words: str) -> str:
    """The words in the reader's language, as far as they are such words."""
    if isinstance(words, Said):
        return " ".join(map(_worded, words.patterns))
    if language() == ENGLISH or len(words) > _MOST:
        return words
    said, at = "", 0
    while at < len(words):
        ends = [*(match.span() for match in _BETWEEN.finditer(words, at)), (len(words),) * 2]
        # The longest stretch that is known, or else the next one as it is.
        found = ((_known(words[at:end]), end, after) for end, after in reversed(ends))
        first, after_first = ends[0]
        unknown = words[at:first], first, after_first
        text, end, after = next((one for one in found if one[0] is not None), unknown)
        said += f"{text}{words[end:after]}"
        at = after
    return said


def teller(wording: Iterable[WordingModel]) -> Callable[[str], str]:
    """What says the words of one answer in the reader's language.

    Args:
        wording: what the answer's own texts are made of.
    """
    known = {one.text: one for one in wording}
    return lambda words: told(known[words].said() if words in known else words)


def _worded(pattern: Pattern) -> str:
    if pattern.many is None:
        words = _(pattern.words)
    else:
        words = ngettext(pattern.words, pattern.many, pattern.count)
    return filled(words, {name: _value(value) for name, value in pattern.values.items()})


def _value(value: Value) -> str:
    if isinstance(value, int):
        return number(value)
    if isinstance(value, ToldDay):
        return day_words(value.day)
    return told(value) if isinstance(value, Said) else value


def _known(words: str) -> str | None:
    """A sentence or clause in the reader's language; None if it is none of ours."""
    whole = _(words)
    if whole != words:
        return whole
    for pattern, said in _patterns(language()):
        if found := pattern.fullmatch(words):
            return filled(said, {name: _kept(value) for name, value in found.groupdict().items()})
    return None


def _kept(value: str) -> str:
    """A value as it stands in a text of the library's: days there are ISO 8601."""
    if _DAY.fullmatch(value):
        return day_words(day_of_iso(value))
    return _(value)


@cache
def _patterns(wanted: str) -> list[tuple[re.Pattern[str], str]]:
    """What recognises the English patterns that lie in the library filled, with their words."""
    return [
        (_recogniser(message.id), str(message.string))
        for message in catalogue(wanted)
        if isinstance(message.id, str)
        and "%(" in message.id
        and any(place.startswith(_KEPT) for place, _line in message.locations)
    ]


def _recogniser(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>[^;]+?)", re.escape(pattern)), re.DOTALL)
