"""Sources that contradict each other, and how to say so.

A wrong "sources differ" sows doubt where there is none, so both sides must answer, by the
reader's own measure, and one must contradict the other, by the judge's, or tell of the same in
another number.
"""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Final

from index.language.number_words import figures
from index.language.tokens import tokens
from rag.attribution import attribution, quoted
from rag.reading.choosing import Candidate, ReadPart, same_words
from rag.reading.reader import header
from rag.types import Citation, Draft
from rag.verification.cited import covered
from rag.verification.judge import REFUTED, Judge
from rag.verification.verifier import Verified

CONTRADICTED: Final = 0.8
"""Either sentence contradicts the other with this probability, by the judge."""
RIVALS: Final = 3
"""Articles to compare beside the best one."""
MARGIN: Final = 6.0
"""A rival's score is within this of the best one's."""
LEAST_READ: Final = 2.0
"""Both sides answer with at least these log odds."""
MAX_SIDES: Final = 3
ALIKE: Final = 0.35
"""Sentences that share so much of their words tell of the same, if their numbers differ."""


def find_conflict(part: ReadPart, judge: Judge | None) -> list[Candidate]:
    """Find the sentences that contradict each other, the best first; empty if none do.

    Args:
        part: a part of the question, read.
        judge: None where its weights are not there: nothing is said to contradict then.

    Raises:
        EmbeddingModelError: the judge fails.
    """
    if judge is None or not part.ranked or not part.taught or part.ranked[0].read < LEAST_READ:
        return []
    sides = [part.ranked[0]]
    for rival in _rivals(part.ranked):
        if len(sides) < MAX_SIDES and all(
            counts_otherwise(side, rival) or contradicts(side, rival, judge) for side in sides
        ):
            sides.append(rival)
    return sides if len(sides) > 1 else []


def _rivals(ranked: Sequence[Candidate]) -> list[Candidate]:
    """Take the best sentence of each other article, if it answers with other words."""
    first = ranked[0]
    seen = {first.evidence.article.article_id}
    found: list[Candidate] = []
    for candidate in ranked[1:]:
        if candidate.score < first.score - MARGIN or len(found) == RIVALS:
            break
        article = candidate.evidence.article.article_id
        if article in seen or candidate.read < LEAST_READ or not candidate.words:
            continue
        seen.add(article)
        if not same_words(candidate.answer, first.answer):
            found.append(candidate)
    return found


def counts_otherwise(one: Candidate, other: Candidate) -> bool:
    """Whether two sentences tell of the same in other numbers, of which neither is a rounded one.

    The judge reads "2.27 a.m." and "2.31 a.m." alike; numbers can be compared for certain.
    """
    numbers = [
        {token.key: token.text for token in tokens(side.answer) if token.is_number}
        for side in (one, other)
    ]
    if any(len(found) != 1 for found in numbers):
        return False
    (mine,), (theirs,) = numbers
    if mine == theirs or _is_rounded(mine, theirs) or _is_rounded(theirs, mine):
        return False
    what, other_thing = _counted(one, mine), _counted(other, theirs)
    if what and other_thing and not what & other_thing:
        return False
    return min(covered(one.text, [other.text]), covered(other.text, [one.text])) >= ALIKE


def _counted(side: Candidate, number: str) -> frozenset[str]:
    """Keys of the word right behind a number of a sentence; none if a small word stands there."""
    for token, following in pairwise(tokens(side.text)):
        if token.is_number and token.key == number:
            return frozenset() if following.is_stop else following.keys
    return frozenset()


def _is_rounded(one: str, other: str) -> bool:
    """Whether a number is another one, rounded: 300 is 302."""
    value, exact = figures(one), figures(other)
    if value is None or exact is None or not value:
        return False
    step, places = Fraction(1), 0
    while value.denominator == 1 and value % (step * 10) == 0:
        step, places = step * 10, places + 1
    return places > 0 and abs(value - exact) < step


def contradicts(one: Candidate, other: Candidate, judge: Judge) -> bool:
    """Whether two sentences of different articles cannot both be right, by the judge.

    Raises:
        EmbeddingModelError: the judge fails.
    """
    verdicts = judge.judge(
        [
            (other.text, header(one.evidence), one.text),
            (one.text, header(other.evidence), other.text),
        ]
    )
    return bool(verdicts[:, REFUTED].min() >= CONTRADICTED)


def conflict_groups(draft: Draft, verified: Verified) -> tuple[tuple[int, ...], ...]:
    """Turn the draft's conflicts into markers, without sides that failed the check."""
    marker_of = {claim.text: claim.citations[0] for claim in verified.claims}
    article_of = {c.marker: c.article.article_id for c in verified.citations}
    groups = []
    for places in draft.conflicts:
        texts = [draft.claims[place].text for place in places]
        markers = dict.fromkeys(marker_of[text] for text in texts if text in marker_of)
        if len({article_of[marker] for marker in markers}) > 1:
            groups.append(tuple(markers))
    return tuple(groups)


def sources_differ(group: Sequence[Citation]) -> str:
    """Write the fixed words that stand below quotes which contradict each other."""
    sides = "; ".join(_side(citation) for citation in group)
    days = [citation.article.published for citation in group]
    said = f"The sources differ: {sides}."
    if len(set(days)) < 2 or not all(days):
        return said
    latest = max(group, key=lambda citation: citation.article.published or date.min)
    return f"{said} The latest of these is [{latest.marker}]; an earlier one may be out of date."


def _side(citation: Citation) -> str:
    who = attribution(citation.article, citation.source, citation.speaker, citation.page)
    span = citation.answer_span
    words = f": {quoted(citation.source.text[span.start : span.end])}" if span else ""
    return f"{who}{words} [{citation.marker}]"
