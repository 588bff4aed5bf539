"""Retell a claim's numbers and days as the text tells them, so that the judge sees one form.

"Thirty-one" and 31, "half" and 50 percent, "31 July" and "Friday" are certainly the same; a small
model takes them for different more often than not.
"""

from collections.abc import Sequence
from datetime import date

from index.language.moments import moments, told_as
from index.language.quantities import quantities


def in_their_words(claim: str, sentences: Sequence[tuple[str, date | None]]) -> str:
    """Retell those numbers and days of a claim that certainly stand in the text.

    Args:
        claim: one sentence.
        sentences: that it may rest on, each with its article's day of publication.
    """
    told: list[tuple[int, int, str]] = []
    for moment in moments(claim):
        others = (told_as(moment, text, published) for text, published in sentences)
        if found := next(filter(None, others), None):
            told.append((moment.start, moment.end, found))
    dated = [(moment.start, moment.end) for moment in moments(claim)]
    known = [quantity for text, _ in sentences for quantity in quantities(text)]
    for wanted in quantities(claim):
        same = [q for q in known if (q.value, q.unit) == (wanted.value, wanted.unit)]
        if any(start < wanted.end and wanted.start < end for start, end in dated) or not same:
            continue
        if wanted.text.casefold() not in {quantity.text.casefold() for quantity in same}:
            told.append((wanted.start, wanted.end, same[0].text))
    for start, end, words in sorted(told, reverse=True):
        claim = claim[:start] + words + claim[end:]
    return claim
