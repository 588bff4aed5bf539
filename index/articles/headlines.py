"""Which lines are headlines, which are cross-heads, and which begin another article."""

import re
import unicodedata
from collections.abc import Set
from dataclasses import replace

from index.articles.boilerplate_cues import is_names
from index.articles.datelines import agency_name, match_dateline
from index.articles.notices import is_notice
from index.articles.publication_dates import is_date, is_stamp
from index.language.calendar import DATE_RE, NAMES_DAY
from index.language.layout import Unit, ends_sentence

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_BULLET = re.compile(r"(?:[-–—•*·▪►→>]\s|\(?\d{1,3}[.)](?:\s|$)|[|+])")
_NUMBERING = re.compile(r"\(?\d{1,3}[.)]\s+")
_DASH = re.compile(r"\s[-–—−]\s")
_BRACKETED = re.compile(r"\([^()]*\)$|\[[^\[\]]*\]$")
_SLUG = re.compile(
    r"\W{0,2}(?P<words>[^\W\d_][^\s/,(-]*(?:(?:--?|/)[^\s/,(-]+)+/?|[^\W\d_][^\s/,(-]*/)"
    r"(?P<rest>\s*[,(]\s*\S.*)?$"
)
_AP_SLUG = re.compile(r"\W{0,2}[AB][A-Z]-[A-Z]{2}--\S")
_TWO_SENTENCES = re.compile(r"[a-zа-яёіїєў]{3}[.!?]\s+[^\W\d_a-zа-яёіїєў]")
MOST_LABELS, _LABEL_WORDS = 2, 4
_LONGEST_SLUG, _JOINED = 120, 2
_LEDE = 400
_SENTENCE_HEADLINE = 12
_SMALL_WORDS_TEXT = (
    "with from over into that this amid upon than after before about under against between "
    "during without within along until while when what which their your have will says"
)
_SMALL_WORDS = frozenset(_SMALL_WORDS_TEXT.split())


def fold(text: str) -> str:
    """Reduce a line to its letters and digits, to tell whether two lines are the same."""
    letters = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in letters if char.isalnum())


def is_headline(unit: Unit) -> bool:
    """Whether a paragraph may be the headline of an article."""
    text = unit.text
    if unit.prose or not 4 <= unit.words <= 25 or len(text) > 200:
        return False
    if text[-1] in ".,;:…/" or _BULLET.match(text) or "\n" in text or "@" in text:
        return False
    if (
        _BRACKETED.match(text)
        or _TWO_SENTENCES.search(text)
        or (text[-1] == "?" and unit.words > 14)
    ):
        return False
    first = next((char for char in text if char.isalnum()), "")
    if not first or first.islower() or is_names(text) or agency_name(text):
        return False
    return not is_stamp(text) and not is_whole_dateline(text) and not is_notice(text, False)


def may_head(unit: Unit) -> bool:
    """Whether a paragraph may be a headline if its place says so: even one word, or a sentence."""
    text = _NUMBERING.sub("", unit.text)
    if not 1 <= unit.words <= 25 or not text or len(text) > 200 or "\n" in text or "@" in text:
        return False
    if unit.prose and unit.words > _SENTENCE_HEADLINE:
        return False
    if text[-1] in ",;:…/" or _BULLET.match(text) or _TWO_SENTENCES.search(text):
        return False
    if _BRACKETED.match(text) or is_date(text) or is_notice(text, False):
        return False
    first = next((char for char in text if char.isalnum()), "")
    return bool(first) and not first.islower() and not is_whole_dateline(text)


def is_numbered_headline(unit: Unit) -> bool:
    """Whether a paragraph is a headline behind its number: "2. Ferry sails again"."""
    text = _NUMBERING.sub("", unit.text, count=1)
    return text != unit.text and is_headline(replace(unit, text=text))


def is_label(unit: Unit) -> bool:
    """Whether a line above a headline may name the place in the paper ("NEWS IN BRIEF")."""
    return not unit.prose and unit.words <= _LABEL_WORDS and may_head(unit)


def is_whole_dateline(text: str) -> bool:
    """Whether a line is a dateline and nothing else."""
    dateline = match_dateline(text)
    return dateline is not None and not text[dateline.end :].strip()


def is_cross_head(unit: Unit) -> bool:
    """Whether a paragraph between two of running text is a cross-head.

    Numbered lines and those with a dash or a colon do not count: in a ranking or a list of facts
    they hold the subject of the text below.
    """
    text = unit.text
    if unit.prose or not 1 <= unit.words <= 10 or len(text) > 90 or "\n" in text:
        return False
    if text[-1] in ".,;:!…" or text[0] in "\"“«„‘'[(" or _BULLET.match(text):
        return False
    if _DASH.search(text) or ":" in text or is_whole_dateline(text):
        return False
    first = next((char for char in text if char.isalnum()), "")
    return bool(first) and not first.islower()


def is_bracketed(line: str) -> bool:
    """Whether brackets stand around a whole line: a remark, never a headline."""
    return bool(_BRACKETED.match(line))


def is_slug(line: str) -> bool:
    """Whether a line is the slug under which an agency files a story: words joined into one.

    "BC-FRANCE-STRIKE, 2nd Ld-Writethru", "Bahn/Streik/", "France-grève-transports".
    """
    if _AP_SLUG.match(line):
        return True
    match = _SLUG.match(line) if len(line) <= _LONGEST_SLUG else None
    if match is None:
        return False
    words, rest = match["words"], (match["rest"] or "").strip()
    if rest:
        counted = "(" in rest or rest.isupper() or any(char.isdigit() for char in rest)
        return words.isupper() and counted
    return words.endswith("/") or words.count("-") + words.count("/") >= _JOINED


def is_bullet(text: str) -> bool:
    """Whether a line begins like an entry of a list."""
    return bool(_BULLET.match(text))


def starts_article(
    headline: Unit, lede: Unit, known_words: Set[str], *, beside_stamp: bool, titled: bool
) -> bool:
    """Whether a headline in the middle of a source begins another article.

    A stamp beside it or a dateline below it settles the matter. Otherwise it must look the part
    (title case, below an article with a headline), and its lede must say when and speak mostly of
    new names: a cross-head goes on about the same ones.

    Args:
        headline: a line for which `is_headline` holds.
        lede: the paragraph of running text after it.
        known_words: the article's words so far, in lower case.
        beside_stamp: whether a date stamp stands directly before or after the headline.
        titled: whether the article so far has a headline.
    """
    if headline.words < 4 or headline.text[-1] in "?!":
        return False
    dateline = match_dateline(lede.text)
    dated = dateline and (dateline.agency or DATE_RE.search(lede.text, 0, dateline.end))
    if dated or beside_stamp:
        return True
    if not titled or headline.words < 5 or not is_title_case(headline.text):
        return False
    if headline.text[0].isdigit() or headline.text[-1] == ")":
        return False
    opening = lede.text[:_LEDE]
    if not (NAMES_DAY.search(opening) or DATE_RE.search(opening)) or not ends_sentence(lede.text):
        return False
    return mostly_new(opening, known_words)


def is_title_case(line: str) -> bool:
    """Whether a line capitalises its longer words, as English headlines do."""
    words = [w for w in _WORD.findall(line) if len(w) > 3 and w.lower() not in _SMALL_WORDS]
    return len(words) >= 4 and sum(w[0].isupper() for w in words) >= 0.9 * len(words)


def mostly_new(opening: str, known_words: Set[str], least: int = 2) -> bool:
    """Whether so many names of an opening, and half of them, are new to the text before it."""
    names = [m[0] for m in _WORD.finditer(opening) if m.start() and m[0][0].isupper()]
    names = [n for n in names if len(n) > 2 and not NAMES_DAY.fullmatch(n)]
    new = [name for name in names if name.lower() not in known_words]
    return len(set(new)) >= least and 2 * len(new) >= len(names)


def lower_words(text: str) -> set[str]:
    """The words of a text, in lower case."""
    return {word.lower() for word in _WORD.findall(text)}
