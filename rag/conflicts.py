"""Sources that contradict each other in their answers to one question, and how that is said.

Two sentences of different articles contradict when both speak of all that the question names,
both offer what it asks for, and the two offers cannot both be right (`rag.values`); or when one
denies what the other says. A wrong "sources differ" sows doubt where there is none, so whatever
can be read as agreement is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from index.article import Span
from rag.answer import Citation, Draft
from rag.answer_spans import MarkedWords, expects_words
from rag.citations import Verified
from rag.kinds import AnswerKind, kinds_asked
from rag.moments import moments
from rag.quantities import quantities
from rag.sentences import Candidate
from rag.text import all_keys, content_tokens, negated_keys
from rag.values import Value, ValueKind, contradict, read_value
from rag.wording import attribution, quoted

RIVALS_CONSIDERED = 6
"""Articles beside the best one whose best sentence is compared."""
RIVALS_QUOTED = 3
"""The same, where another answer may be quoted without saying that it contradicts."""
SCORE_MARGIN = 6.0
"""A rival's score is within this of the best one's."""
EXPECTED_FIRST = 0.6
EXPECTED_RIVAL = 0.5
"""Expected overlap of the marked words with the ones that answer, at least."""
EXPECTED_ONLY = 0.6
"""The same, of the only date or number of a sentence where one is asked for."""
EXPECTED_NAME = 0.8
"""The same, of a name: several may answer one question, so both must be all but certain."""
MIN_SHARED = 2
"""So many words of the question both sentences have themselves."""
MAX_SIDES = 3

_KINDS_OF: Mapping[ValueKind, frozenset[AnswerKind]] = {
    "number": frozenset({AnswerKind.NUMBER}),
    "date": frozenset({AnswerKind.DATE}),
    "name": frozenset({AnswerKind.PERSON, AnswerKind.PLACE, AnswerKind.NAME}),
}

Marker = Callable[[Candidate], MarkedWords | None]
"""Gives the words of a sentence that answer the question."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the answers that contradict each other.

    Attributes:
        marked: the words that answer; None where one denies what the other says.
    """

    candidate: Candidate
    marked: MarkedWords | None


def find_conflict(question: str, ranked: Sequence[Candidate], mark: Marker) -> list[Side]:
    """The sentences that contradict each other, the best first; empty where none do.

    Args:
        question: one part of the question.
        ranked: candidates, best first; not empty.
        mark: marks the words of a candidate that answer.
    """
    first, rivals = ranked[0], _rivals(ranked)
    rivals = [rival for rival in rivals if _same_subject(question, first, rival)]
    if not rivals:
        return []
    if not expects_words(question):
        denying = [rival for rival in rivals if _denies(question, first, rival)]
        return [Side(first, None), Side(denying[0], None)] if denying else []
    kinds = kinds_asked(question)
    sides: list[tuple[Side, Value]] = []
    for candidate, least in ((first, EXPECTED_FIRST), *((r, EXPECTED_RIVAL) for r in rivals)):
        offer = _offer(kinds, candidate, mark)
        if offer is None or not _is_sure(*offer, least):
            if not sides:
                return []
            continue
        marked, value = offer
        if all(contradict(value, other) for _, other in sides):
            sides.append((Side(candidate, marked), value))
    return [side for side, _ in sides[:MAX_SIDES]] if len(sides) > 1 else []


def other_answers(question: str, ranked: Sequence[Candidate], mark: Marker) -> list[Candidate]:
    """The best sentences of other articles that answer otherwise, surely or not.

    Weaker than `find_conflict`: worth quoting beside the best one before more of the same is, but
    not enough to say that sources differ.

    Args:
        question: one part of the question.
        ranked: candidates, best first; not empty.
        mark: marks the words of a candidate that answer.
    """
    kinds = kinds_asked(question)
    if not kinds or (first := _offer(kinds, ranked[0], mark)) is None:
        return []
    offers = ((rival, _offer(kinds, rival, mark)) for rival in _rivals(ranked)[:RIVALS_QUOTED])
    return [rival for rival, offer in offers if offer and contradict(first[1], offer[1])]


def _rivals(ranked: Sequence[Candidate]) -> list[Candidate]:
    """The best sentence of each other article, if it is nearly as good as the first."""
    seen = {ranked[0].evidence.article.article_id}
    found: list[Candidate] = []
    for candidate in ranked[1:]:
        if candidate.score < ranked[0].score - SCORE_MARGIN or len(found) == RIVALS_CONSIDERED:
            break
        if candidate.evidence.article.article_id not in seen:
            seen.add(candidate.evidence.article.article_id)
            found.append(candidate)
    return found


def _offer(
    kinds: frozenset[AnswerKind], candidate: Candidate, mark: Marker
) -> tuple[MarkedWords, Value] | None:
    """What a sentence answers, where that is of the kind that is asked for.

    The only date or number it has, where one is asked for; else the words that are marked.
    """
    passage = candidate.evidence.passage.text
    only = _only_one(kinds, candidate.text)
    marked = MarkedWords(only, EXPECTED_ONLY) if only else mark(candidate)
    value = read_value(candidate.text, marked.span, passage) if marked else None
    if marked is None or value is None or (kinds and not kinds & _KINDS_OF[value.kind]):
        return None
    return marked, value


def _is_sure(marked: MarkedWords, value: Value, least: float) -> bool:
    return marked.expected >= (EXPECTED_NAME if value.kind == "name" else least)


def _only_one(kinds: frozenset[AnswerKind], sentence: str) -> Span | None:
    dates = [Span(m.start, m.end) for m in moments(sentence) if m.month or m.year]
    if kinds == {AnswerKind.DATE}:
        return dates[0] if len(dates) == 1 else None
    if kinds == {AnswerKind.NUMBER}:
        found = [Span(q.start, q.end) for q in quantities(sentence) if not q.ordinal]
        found = [span for span in found if not any(span.overlap(date) for date in dates)]
        return found[0] if len(found) == 1 else None
    return None


def _around(candidate: Candidate) -> frozenset[str]:
    # Sentence by sentence, as they have been read already.
    texts = candidate.evidence.passage.sentence_texts()
    return all_keys(candidate.evidence.article.title or "").union(*map(all_keys, texts))


def _same_subject(question: str, first: Candidate, rival: Candidate) -> bool:
    """Whether a rival speaks of what the first sentence and the question have in common."""
    terms = content_tokens(question)

    def among(keys: frozenset[str]) -> set[str]:
        return {term.key for term in terms if term.keys & keys}

    here, there = among(all_keys(first.text)), among(all_keys(rival.text))
    # What either sentence has of the question, the other has near by: "detained" is not "pardoned".
    one, other = here - among(_around(rival)), there - among(_around(first))
    return not (one or other) and len(here & there) >= min(MIN_SHARED, len(terms))


def _denies(question: str, first: Candidate, rival: Candidate) -> bool:
    """Whether exactly one of two sentences negates a word of the question that both have."""
    asked = frozenset(term.key for term in content_tokens(question))
    both = asked & all_keys(first.text) & all_keys(rival.text)
    one, other = negated_keys(first.text) & both, negated_keys(rival.text) & both
    return bool(one) != bool(other)


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
    days = [citation.article.published_at for citation in group]
    said = f"The sources differ: {sides}."
    if len(set(days)) < 2 or not all(days):
        return said
    latest = max(group, key=lambda citation: citation.article.published_at or "")
    return f"{said} The latest of these is [{latest.marker}]; an earlier one may be out of date."


def _side(citation: Citation) -> str:
    who = attribution(citation.article, citation.source)
    span = citation.answer_span
    words = f": {quoted(citation.source.text[span.start : span.end])}" if span else ""
    return f"{who}{words} [{citation.marker}]"
