"""Sources that contradict each other, and how that is said."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from rag.attribution import attribution, quoted
from rag.reading.choosing import Candidate
from rag.reading.reader import header
from rag.types import Citation, Draft
from rag.verification.judge import REFUTED, judge_available, judge_pairs
from rag.verification.verifier import Verified

CONTRADICTED: Final = 0.8
"""Either sentence contradicts the other with this probability, by the judge."""


def contradicts(one: Candidate, other: Candidate) -> bool:
    """Whether two sentences of different articles cannot both be right, by the judge.

    Raises:
        EmbeddingModelError: the judge fails.
    """
    if not judge_available():
        return False
    verdicts = judge_pairs(
        [
            (other.text, header(one.evidence), one.text),
            (one.text, header(other.evidence), other.text),
        ]
    )
    return bool(verdicts[:, REFUTED].min() >= CONTRADICTED)


def conflict_groups(draft: Draft, verified: Verified) -> tuple[tuple[int, ...], ...]:
    """The draft's conflicts as markers of citations, without sides that did not stand the check."""
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
    """The fixed words that stand below quotes which contradict each other."""
    sides = "; ".join(_side(citation) for citation in group)
    days = [citation.article.published for citation in group]
    said = f"The sources differ: {sides}."
    if len(set(days)) < 2 or not all(days):
        return said
    latest = max(group, key=lambda citation: citation.article.published or date.min)
    return f"{said} The latest of these is [{latest.marker}]; an earlier one may be out of date."


def _side(citation: Citation) -> str:
    who = attribution(citation.article, citation.source)
    span = citation.answer_span
    words = f": {quoted(citation.source.text[span.start : span.end])}" if span else ""
    return f"{who}{words} [{citation.marker}]"
