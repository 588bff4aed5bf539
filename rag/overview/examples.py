"""Questions that the newest articles answer, to be offered: each names its things in full."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final

from index.article import Article, Source
from index.language.english import MONTH_NAMES
from index.language.tokens import Token, tokens
from index.library.library import Library
from rag.overview.leads import tell
from rag.question.topic import Topic

EXAMPLES: Final = 3
LOOKED_AT: Final = 12
"""Of the newest articles."""


def examples(library: Library, most: int = EXAMPLES) -> list[str]:
    """A few questions, none about the same thing."""
    return list(islice(dict.fromkeys(_questions(library)), most))


@dataclass(frozen=True, slots=True)
class Subjects:
    """What can be asked about.

    Attributes:
        names: full names that the newest articles are about, the newest first.
        newest: the day of the newest article; None if no article has a date.
    """

    names: tuple[str, ...]
    newest: date | None


def subjects(library: Library) -> Subjects:
    """What the newest articles are about."""
    holdings = library.holdings()
    dated = sorted(holdings.published, key=lambda name: (holdings.published[name], name))[::-1]
    newest = dated[:LOOKED_AT] or sorted(holdings.entries)[:LOOKED_AT]
    told = list(tell(newest, Topic((), "", None), library))
    names = dict.fromkeys(
        name for item in told if (name := full_name(item.article, item.source, item.lead))
    )
    return Subjects(tuple(names), holdings.published[dated[0]] if dated else None)


def _questions(library: Library) -> Iterator[str]:
    about = subjects(library)
    names, day = about.names, about.newest
    if names:
        yield f"What is the latest on {names[0]}?"
    if day:
        yield f"What happened in {MONTH_NAMES[day.month - 1]} {day.year}?"
    for name in names[1:2] or names[:1]:
        yield f"How many articles mention {name}?"
    for name in names[2:]:
        yield f"What do the articles say about {name}?"


def full_name(article: Article, source: Source, lead: str) -> str | None:
    """The longest name in an article's lead that its text gives again, or its headline does.

    A name is words with a capital that stand together, none of them the first of its sentence; a
    function word may join them ("Isle of Skye"). One word right before another is none.
    """
    runs = _runs(lead)
    title = {token.key for token in tokens(article.title or "")}
    body = " ".join(source.text[span.start : span.end] for span in article.body)
    known = [
        run
        for run in runs
        if (body.count(lead[run[0].start : run[-1].end]) > 1 or all(t.key in title for t in run))
        and (len(run) > 1 or _stands_alone(lead, run[0]))
    ]
    best = max(known, key=len, default=None)
    return lead[best[0].start : best[-1].end] if best else None


def _stands_alone(text: str, name: Token) -> bool:
    """Whether a name of one word is one: "Russian" of "Russian citizens" says what they are."""
    after = next((token for token in tokens(text) if token.start >= name.end), None)
    return after is None or after.is_stop or text[name.end : after.start] != " "


def _runs(text: str) -> list[list[Token]]:
    """Words of each name, joining words included."""
    runs: list[list[Token]] = []
    words = tokens(text)
    for place, token in enumerate(words):
        if not token.is_name:
            continue
        last = runs[-1][-1] if runs else None
        before = words[place - 1] if place else None
        two = words[place - 2] if place > 1 else None
        if last and last is before and token.start - last.end == 1:
            runs[-1].append(token)
        elif last and before and last is two and before.is_stop and _near(text, last, token):
            runs[-1] += [before, token]
        else:
            runs.append([token])
    return runs


def _near(text: str, first: Token, last: Token) -> bool:
    """Whether only a word and blanks stand between two words."""
    return len(text[first.end : last.start].split()) == 1
