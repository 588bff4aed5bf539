"""The answerer that quotes: it picks the sentences that answer and proposes them verbatim.

It only proposes. The verifier decides whether the quotes stand, as with any draft.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from index.article import Span
from index.language.tokens import all_keys, content_tokens
from index.saying import Said, either, phrase, sentences
from rag.question.asked import Asked
from rag.reading.asked_names import unknown_names
from rag.reading.choosing import Candidate, ReadPart, same_words
from rag.reading.listing import choose_items
from rag.reading.spans import list_items, quote_span
from rag.reading.tables import with_header
from rag.types import Draft, DraftClaim, ProposedCitation

MAX_QUOTES: Final = 3
MAX_TOPIC_QUOTES: Final = 4
MAX_CLOSEST: Final = 3
SECOND_MARGIN: Final = 0.8
"""A further quote follows if its score is within this of the best one's …"""
SECOND_READ: Final = 1.0
"""… and if the reader by itself takes it for an answer: log odds of its words, at least."""
MARK_READ: Final = -1.0
"""From these log odds on, words are marked as the answer."""

_NOT_SAID: Final = {
    "who": phrase("The closest passages do not say who."),
    "whom": phrase("The closest passages do not say whom."),
    "when": phrase("The closest passages do not say when."),
    "where": phrase("The closest passages do not say where."),
    "why": phrase("The closest passages do not say why."),
    "how many": phrase("The closest passages do not say how many."),
    "how much": phrase("The closest passages do not say how much."),
    "how long": phrase("The closest passages do not say how long."),
    "how often": phrase("The closest passages do not say how often."),
    "how old": phrase("The closest passages do not say how old."),
    "how far": phrase("The closest passages do not say how far."),
}
_ASKED: Final = re.compile(rf"\W*(?P<word>{'|'.join(_NOT_SAID)})\b", re.IGNORECASE)


def draft_quotes(
    asked: Asked,
    parts: Sequence[ReadPart],
    conflicts: Sequence[Sequence[Candidate]],
    refuse_below: float,
    every: bool = False,
) -> Draft:
    """Propose verbatim quotes, or abstain.

    Args:
        asked: the question.
        parts: of the question, read; each gets an answer.
        conflicts: for each part the sentences that contradict each other, if any do.
        refuse_below: abstain if no part's best sentence is right with this probability.
        every: the question asks for all there are, not for one.

    Returns:
        A draft whose claims are quotes, word for word.
    """
    ranked = parts[0].ranked
    if not ranked:
        return _abstain(phrase("No article matches the question and its filters."), (), 0.0)
    if asked.topic:
        return _draft_topic(asked.understood.text, parts[0])
    answered = [
        (part, sides)
        for part, sides in zip(parts, conflicts, strict=True)
        if part.ranked and part.confidence >= refuse_below
    ]
    if not answered:
        confidence = max(part.confidence for part in parts)
        reason = sentences(phrase("The articles do not say."), _closest_reason(parts))
        return _abstain(reason, ranked, confidence)
    quotes: list[Candidate] = []
    for part, sides in answered:
        quotes += sides or (choose_items if every else _choose)(part.ranked)
    proposed = {_place(c): _claim(c) for c in _distinct(quotes)}
    claims = _without_nested(list(proposed.values()))
    sides_of = ([proposed.get(_place(side)) for side in sides] for _, sides in answered)
    places = [[claims.index(c) for c in sides if c in claims] for sides in sides_of]
    return Draft(
        tuple(claims),
        "extractive",
        min(part.confidence for part, _ in answered),
        conflicts=tuple(tuple(group) for group in places if len(group) > 1),
    )


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words that are shown already, and their place in a source."""

    source_id: str
    span: Span
    text: str


def further_proposals(
    parts: Sequence[ReadPart], known: Collection[Quoted], most: int
) -> tuple[ProposedCitation, ...]:
    """Propose the sentences that come next, best first, without those that are known.

    Args:
        parts: of the question, read.
        known: the quotes that are shown already; what overlaps one, or says the same in the same
            words, is left out.
        most: how many to propose.
    """
    found: list[ProposedCitation] = []
    said = [quote.text for quote in known]
    ranked = sorted((c for part in parts for c in part.ranked), key=lambda c: -c.score)
    for candidate in ranked:
        if len(found) == most:
            break
        span = quote_span(candidate)
        source = candidate.evidence.source
        text = source.text[span.start : span.end]
        is_known = any(
            source.source_id == quote.source_id and span.overlap(quote.span) for quote in known
        )
        if is_known or any(same_words(text, other) for other in said):
            continue
        said.append(text)
        found.append(ProposedCitation(candidate.evidence.marker, text, span.start))
    return tuple(found)


def _closest_reason(parts: Sequence[ReadPart]) -> Said:
    """Say why the closest passages are not an answer, as far as is known."""
    part = parts[0]
    if part.refusal:
        return part.refusal
    if not part.taught:
        return phrase("Their wording matches the question too little.")
    if missing := unknown_names(part.question, part.ranked[0].evidence):
        return phrase("The closest article does not mention %(names)s.", names=either(missing))
    if asked := _ASKED.match(part.question):
        return _NOT_SAID[" ".join(asked["word"].casefold().split())]
    return phrase("The closest passages do not answer the question.")


def _choose(ranked: Sequence[Candidate]) -> list[Candidate]:
    """Take the best sentence, its list, and others if they answer as surely in other words."""
    first = ranked[0]
    if items := list_items(first):
        return [first, *(replace(first, position=at, words=None) for at in items)]
    chosen = [first]
    for candidate in ranked[1:]:
        if candidate.score < first.score - SECOND_MARGIN or len(chosen) == MAX_QUOTES:
            break
        differs = not any(same_words(candidate.answer, other.answer) for other in chosen)
        if candidate.words and candidate.read >= SECOND_READ and differs:
            chosen.append(candidate)
    return [part for found in chosen for part in (found, *with_header(found))]


def _claim(candidate: Candidate) -> DraftClaim:
    span = quote_span(candidate)
    quote = candidate.evidence.source.text[span.start : span.end]
    marked = candidate.words if candidate.read >= MARK_READ else None
    if marked and not span.contains(marked):
        marked = None
    marker = candidate.evidence.marker
    return DraftClaim(quote, (ProposedCitation(marker, quote, span.start, marked),))


def _place(candidate: Candidate) -> tuple[int, int]:
    """The identity of a sentence: its passage's number and its place in the source."""
    return candidate.evidence.marker, candidate.span.start


def _distinct(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Drop sentences that repeat the words of an earlier one."""
    return list({" ".join(c.text.casefold().split()): c for c in reversed(candidates)}.values())[
        ::-1
    ]


def _without_nested(claims: Sequence[DraftClaim]) -> list[DraftClaim]:
    """Drop quotes that stand inside another one."""
    return [
        claim
        for claim in claims
        if not any(claim.text != other.text and claim.text in other.text for other in claims)
    ]


def _draft_topic(topic: str, part: ReadPart) -> Draft:
    """Quote the sentences about a topic, newest article first, undated ones last."""
    subject = frozenset().union(*(t.keys for t in content_tokens(topic)))
    best = [c for c in part.ranked if subject & all_keys(c.text)][:MAX_TOPIC_QUOTES]
    if not best:
        return _abstain(phrase("The articles do not mention this topic."), part.ranked, 0.0)
    best.sort(key=lambda c: c.evidence.article.published or date.min, reverse=True)
    claims = tuple(_claim(replace(c, words=None)) for c in _distinct(best))
    return Draft(claims, "extractive", part.confidence, topic=True)


def _abstain(reason: Said, ranked: Sequence[Candidate], confidence: float) -> Draft:
    closest = tuple(
        ProposedCitation(c.evidence.marker, c.text, near=c.span.start) for c in ranked[:MAX_CLOSEST]
    )
    return Draft((), "extractive", confidence, abstention=reason, closest=closest)
