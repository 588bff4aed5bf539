"""What a later article has changed: the newest state comes first, an older one is shown as such.

Two values for the same thing at the same time are a conflict, see `rag.conflicts`; a value that
another replaced is none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from index.saying import Said, phrase
from rag.attribution import date_phrase, publisher_phrase
from rag.question.periods import Period
from rag.reading.choosing import ReadPart, same_words
from rag.reading.quoting import SECOND_MARGIN, SECOND_READ
from rag.types import Draft, Evidence
from rag.verification.verifier import Verified

SAME_TIME: Final = timedelta(days=7)
"""Articles within so many days of each other write about the same state of things."""


def newest_leads(part: ReadPart, period: Period | None) -> ReadPart:
    """Put the newest of the sentences that answer a question about as surely before the others.

    News changes: of two articles that answer in other words, the later one tells the present state.
    As sure is what would be quoted beside the best anyway.

    Args:
        part: of a question, read.
        period: that the question names; what it asks for is then no present state.
    """
    if period is not None or not part.taught or not part.ranked:
        return part
    first = part.ranked[0]
    if first.read < SECOND_READ:
        return part
    best, day = first, first.evidence.article.published
    for rival in part.ranked[1:]:
        if rival.score < first.score - SECOND_MARGIN:
            break
        later = rival.evidence.article.published
        other = rival.words and not same_words(rival.answer, best.answer)
        if day and later and later > day and other and rival.read >= SECOND_READ:
            best, day = rival, later
    if best is first:
        return part
    return replace(part, ranked=(best, *(one for one in part.ranked if one is not best)))


def newest_first(draft: Draft, evidence: Sequence[Evidence], period: Period | None) -> Draft:
    """A draft whose contradicting quotes are a change over time, with the newest of them first.

    Args:
        draft: of the answerer that quotes.
        evidence: that it cites.
        period: that the question names; what it asks for is then no present state.
    """
    days = _days(draft, evidence)
    changed = [group for group in draft.conflicts if period is None and _is_change(group, days)]
    if not changed:
        return draft
    order = list(range(len(draft.claims)))
    for group in changed:
        newest = sorted(group, key=lambda place: days[place], reverse=True)
        for slot, place in zip(sorted(group), newest, strict=True):
            order[slot] = place
    moved = {place: slot for slot, place in enumerate(order)}
    return replace(
        draft,
        claims=tuple(draft.claims[place] for place in order),
        conflicts=tuple(tuple(moved[p] for p in g) for g in draft.conflicts if g not in changed),
        changes=tuple(tuple(sorted(moved[place] for place in group)) for group in changed),
    )


def _days(draft: Draft, evidence: Sequence[Evidence]) -> Mapping[int, date]:
    """By place, the day on which the article of a claim was published, where it is known."""
    stated = {item.marker: item.article.published for item in evidence}
    return {
        place: day
        for place, claim in enumerate(draft.claims)
        if claim.citations and (day := stated.get(claim.citations[0].marker))
    }


def _is_change(group: Sequence[int], days: Mapping[int, date]) -> bool:
    known = [days[place] for place in group if place in days]
    return len(known) == len(group) and max(known) - min(known) > SAME_TIME


def superseded(draft: Draft, verified: Verified) -> dict[int, int]:
    """Markers of citations that a later one replaced, with the marker of that one."""
    marker_of = {claim.text: claim.citations[0] for claim in verified.claims}
    found: dict[int, int] = {}
    for group in draft.changes:
        texts = [draft.claims[place].text for place in group]
        markers = [marker_of[text] for text in texts if text in marker_of]
        found |= {older: markers[0] for older in markers[1:] if older != markers[0]}
    return found


def superseded_words(replaced: Mapping[int, int], verified: Verified) -> tuple[Said, ...]:
    """What is said of quotes that a later article has changed."""
    by_marker = {citation.marker: citation for citation in verified.citations}
    return tuple(
        phrase(
            "Superseded: [%(older)s], %(publisher)s, %(day)s, says otherwise than the newer "
            "[%(newer)s].",
            older=older,
            publisher=publisher_phrase(by_marker[older].article, by_marker[older].source),
            day=date_phrase(by_marker[older].article),
            newer=newer,
        )
        for older, newer in replaced.items()
    )
