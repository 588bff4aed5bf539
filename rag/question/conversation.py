"""What a question leans on: the turns before it, and how it reads without them.

Only pronouns and ellipses lean. They take over names, times and the topic. Where a question may as
well stand alone, or mean one of two things, every reading is given: whoever looks at the articles
keeps the one that they answer better.
"""

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Final

from index.language.locate import folded_text
from index.language.tokens import Token, content_tokens, tokens
from rag.question.periods import Period, named_period, period_words
from rag.types import Question, Turn

MAX_FOLLOW_UP_WORDS: Final = 12
MAX_ELLIPSIS_WORDS: Final = 3
"""Content words of "And the price of rye?"; more are a question."""

_JOINS = re.compile(r"^\W*(?:and|but|so|also|what about|how about|а|и|но|та|і|й|але)\b\W*", re.I)
_PRONOUN = re.compile(
    r"\b(he|she|it|they|him|her|them|his|hers|its|their|this|that|these|those|there|then|same|"
    r"он|она|они|его|её|ее|ему|ей|им|их|это|этого|этот|там|"
    r"він|вона|вони|його|її|їх|їхній|це|цього|там)\b",
    re.IGNORECASE,
)
_WITHIN_QUOTES = re.compile(r'"([^"]+)"')
_CYRILLIC = re.compile("[\u0400-\u04ff]")


def alternatives(question: Question) -> tuple[str, ...]:
    """How a question may read without its conversation, the likeliest first.

    Args:
        question: with its history.

    Returns:
        the question as typed, among others where it may stand alone; only that if it leans on
        nothing.
    """
    text, history = question.text, question.history
    if not history:
        return (text,)
    if again := _of_another_time(text, history[-1], question.asked_on):
        return (again,)
    if others := _ellipsis(text, history[-1]):
        return others
    words = tokens(text)
    if len(words) > MAX_FOLLOW_UP_WORDS or any(token.is_name for token in words):
        return (text,)
    leaning = _leaning(text)
    if leaning is None:
        return (text,)
    carried = [f"{text.rstrip(' ?')} ({what})?" for what in _carried(text, history)]
    if not carried:
        return (text,)
    return (*carried,) if leaning else (*carried, text)


def _leaning(text: str) -> bool | None:
    """Whether a question must lean on the one before, may (False), or has no need to (None).

    A pronoun behind a noun may mean that ("What does the bakery pay for its rooms?").
    """
    content = content_tokens(text)
    if not content:
        return True
    if any(token.is_number for token in content):
        return None
    pronoun = _PRONOUN.search(text)
    if pronoun is None:
        return False if _JOINS.match(text) else None
    return not any(token.end <= pronoun.start() for token in content)


def _of_another_time(text: str, before: Turn, day: date) -> str | None:
    """The last question asked of the time that is all a follow-up names ("And in 2023?")."""
    spans = period_words(text, day)
    said = [t for t in content_tokens(text) if not any(a < t.end and t.start < b for a, b in spans)]
    asked = before.question
    if not spans or said or not content_tokens(asked) or is_cyrillic(asked) != is_cyrillic(text):
        return None
    named = text[spans[0][0] : spans[-1][1]]
    named += _year_of(named, named_period(asked, day), day)
    if replaced := period_words(asked, day):
        return asked[: replaced[0][0]] + named + asked[replaced[-1][1] :]
    return f"{asked.rstrip(' ?')} ({named})?"


def _year_of(named: str, before: Period | None, day: date) -> str:
    """The year of the time asked of before, where what is named now goes without one."""
    if before is None or before.first.year != before.last.year or re.search(r"\d{4}", named):
        return ""
    alone = named_period(named, day)
    if alone is None or (alone.last - alone.first).days > 31:
        return ""
    with_year = f"{named} {before.year}"
    found = named_period(with_year, day)
    return f" {before.year}" if found and found.year == before.year else ""


def _ellipsis(text: str, before: Turn) -> tuple[str, ...]:
    """The last question asked of something else: "And barley?", "and Dusik?"."""
    joined = _JOINS.match(text)
    content = content_tokens(text)
    if joined is None or not 0 < len(content) <= MAX_ELLIPSIS_WORDS or _PRONOUN.search(text):
        return ()
    asked = before.question
    if any(token.is_stop for token in tokens(text[joined.end() :])[:1]):
        return ()
    if is_cyrillic(asked) != is_cyrillic(text) or not content_tokens(asked):
        return ()
    other = text[joined.end() :].strip(" ?!.")
    stretches = _stretches(asked)
    alike = [run for run in stretches if run[-1].is_name == content[-1].is_name] or stretches
    last = alike[-1]
    put = asked[: last[0].start] + other + asked[last[-1].end :]
    return (put, f"{asked.rstrip(' ?')} ({other})?")


def _stretches(text: str) -> list[list[Token]]:
    """Each name of a text, and each other content word."""
    found: list[list[Token]] = []
    for token in content_tokens(text):
        last = found[-1][-1] if found else None
        if last and last.is_name and token.is_name and token.start - last.end == 1:
            found[-1].append(token)
        else:
            found.append([token])
    return found


def _carried(text: str, history: Sequence[Turn]) -> list[str]:
    """What a follow-up may take over, the likeliest first; of another script, names only."""
    own = {token.key for token in tokens(text)}
    for turn in reversed(history):
        asked = [token for token in content_tokens(turn.question) if token.key not in own]
        named = [token for token in asked if token.is_name or token.is_number]
        if is_cyrillic(turn.question) != is_cyrillic(text):
            asked = [token for token in asked if token.is_name]
        elif content_tokens(text) and named:
            told = frozenset().union(*(token.keys for token in tokens(turn.answer)))
            asked = [token for token in asked if token in named or token.keys & told]
        if not asked or not _subjects(turn.question):
            continue
        topic = " ".join(dict.fromkeys(token.text for token in asked))
        person = _first_name(turn.answer, own | {token.key for token in asked})
        return [topic, f"{person}, {topic}"] if person else [topic]
    return []


def _subjects(text: str) -> list[Token]:
    """Take names and dates of a turn, or its other content words if it names nothing."""
    content = content_tokens(text)
    named = [token for token in content if token.is_name or token.is_number]
    return named or list(content)


def _first_name(answer: str, known: set[str]) -> str | None:
    """The first full name of an answer's quotes that the question did not have."""
    quotes = _WITHIN_QUOTES.findall(folded_text(answer))
    for quote in quotes or [answer]:
        words = tokens(quote)
        for first, second in pairwise(words):
            named = first.text[0].isupper() and not first.is_stop and second.is_name
            if named and second.start - first.end == 1 and not {first.key, second.key} & known:
                return f"{first.text} {second.text}"
    return None


def is_cyrillic(text: str) -> bool:
    """Whether a text has Cyrillic letters."""
    return bool(_CYRILLIC.search(text))
