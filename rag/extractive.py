"""The answerer that quotes: picks the sentences that answer and proposes them verbatim.

It proposes; whether the quotes stand is the verifier's business, as with any draft.
"""

import re
from collections.abc import Callable, Sequence

from index.article import Passage, Span
from rag.answer import Draft, DraftClaim, Evidence, ProposedCitation
from rag.answer_spans import MARK_FROM, MarkedWords, mark_words
from rag.conflicts import Side, find_conflict, other_answers
from rag.locate import folded_text
from rag.matching import Asked
from rag.missing import what_is_missing
from rag.sentences import (
    Candidate,
    EvidenceVectors,
    ReadPart,
    form_for,
)
from rag.text import all_keys, content_tokens, tokens
from rag.understanding import Understood

MAX_QUOTES = 3
MAX_LEAD = 5.0
"""A lead over the second-best sentence counts up to this; also when there is no second."""
MAX_ANSWER_WORDS = 60
MAX_TOPIC_QUOTES = 4
MAX_CLOSEST = 3
MAX_CONTEXT_STEPS = 2
CONFIDENCE_WHEN_MISSING = 0.02
"""Shown at most, where what is asked for is known to be missing."""
SECOND_QUOTE_MARGIN = 2.0
"""Another quote is given when its score is within this of the best one's."""

Preceding = Callable[[Passage], Span | None]
"""The sentence right before a passage in the same body, if there is one."""

_LEANING = frozenset(
    (
        "he she it they him her them his hers its their theirs this that these those such "
        "он она оно они его её ее их ему ей им это этот эта эти він вона воно вони його "
        "її їх йому їй це цей ця ці"
    ).split()
)
_FIRST_PERSON = frozenset(("i we my our me us я мы мой наш мне нам ми мій нам").split())
_SAYING = re.compile(
    r"\b(said|says|say|told|added|stated|noted|announced|stressed|explained|wrote|asked|according|"
    r"revealed|warned|insisted|claimed|pointed out|replied|сказал\w*|заяви\w*|сообщи\w*|отмети\w*|"
    r"добави\w*|подчеркн\w*|словам|розпов\w*|зазнач\w*|повідом\w*|дода\w*)\b",
    re.IGNORECASE,
)
_OPENING_QUOTE = re.compile(r"^\W{0,2}[\"“«„]|^[-–—]\s")


def leans_on_previous(sentence: str) -> bool:
    """Whether a sentence cannot stand alone: it opens with a pronoun or lacks its speaker."""
    words = [token.text.casefold() for token in tokens(sentence)]
    if any(word in _LEANING for word in words[:2]):
        return True
    outside = _outside_quotes(sentence)
    if _SAYING.search(outside):
        # “…,” he said: the speaker is a pronoun.
        return any(token.text.casefold() in _LEANING for token in tokens(outside)[:2])
    double_quotes = folded_text(sentence).count('"')
    return (
        bool(_OPENING_QUOTE.search(sentence))
        or double_quotes % 2 == 1
        or (double_quotes == 0 and bool(_FIRST_PERSON & set(words)))
    )


def _outside_quotes(sentence: str) -> str:
    return re.sub(r'"[^"]*"', " ", folded_text(sentence))


def _words(text: str) -> int:
    return len(text.split())


def _quote_span(candidate: Candidate, preceding: Preceding) -> Span:
    """The candidate's sentence, with the ones before it that it leans on."""
    passage, text = candidate.evidence.passage, candidate.evidence.source.text
    start, position = candidate.span.start, candidate.position
    for _ in range(MAX_CONTEXT_STEPS):
        if not leans_on_previous(text[start : candidate.span.end]):
            break
        before = passage.sentences[position - 1] if position > 0 else preceding(passage)
        if before is None or _words(text[before.start : candidate.span.end]) > MAX_ANSWER_WORDS:
            break
        start, position = before.start, position - 1
        if position < 0:
            break
    return Span(start, candidate.span.end)


def _claim(
    candidate: Candidate, preceding: Preceding, answer_span: Span | None = None
) -> DraftClaim:
    span = _quote_span(candidate, preceding)
    quote = candidate.evidence.source.text[span.start : span.end]
    marker = candidate.evidence.marker
    return DraftClaim(quote, (ProposedCitation(marker, quote, span.start, answer_span),))


_Place = tuple[int, int]


class _Marks:
    """The words of each candidate that answer best; each is looked for once."""

    def __init__(self, forms: Sequence[Asked], vectors: EvidenceVectors) -> None:
        self._forms, self._vectors = forms, vectors
        self._known: dict[_Place, MarkedWords | None] = {}

    def __call__(self, candidate: Candidate) -> MarkedWords | None:
        """The marked words, in the candidate's sentence."""
        place = _place(candidate)
        if place not in self._known:
            form, passage = form_for(self._forms, candidate.text), candidate.evidence.passage
            offset = candidate.span.start - passage.start
            read = self._vectors.tokens[passage.passage_id]
            marked = mark_words(form.text, candidate.text, form.tokens, read, offset)
            self._known[place] = marked
        return self._known[place]


def _in_source(candidate: Candidate, marked: MarkedWords) -> Span:
    start = candidate.span.start
    return Span(start + marked.span.start, start + marked.span.end)


def _place(candidate: Candidate) -> _Place:
    return candidate.evidence.marker, candidate.position


def _places_marked(quotes: Sequence[Candidate], mark: _Marks) -> dict[_Place, Span]:
    """The words that answer, quote by quote; none at all where the best quote has none."""
    found: dict[_Place, Span] = {}
    for candidate in quotes:
        marked = mark(candidate)
        if marked and marked.expected >= MARK_FROM:
            found[_place(candidate)] = _in_source(candidate, marked)
        elif not found:
            break
    return found


def _distinct(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Without sentences that say the same words as a better one."""
    seen: set[str] = set()
    kept = []
    for candidate in candidates:
        words = " ".join(candidate.text.casefold().split())
        if words not in seen:
            seen.add(words)
            kept.append(candidate)
    return kept


def _confidence(ranked: Sequence[Candidate]) -> float:
    """Probability that the best sentence answers."""
    lead = ranked[0].score - ranked[1].score if len(ranked) > 1 else MAX_LEAD
    return ranked[0].model.probability(ranked[0].features, min(lead, MAX_LEAD))


def _choose(ranked: Sequence[Candidate], others: Sequence[Candidate]) -> list[Candidate]:
    """The best sentence, then other answers, then what is nearly as good; a short answer.

    Args:
        ranked: candidates, best first.
        others: those that may answer otherwise than the best.
    """
    chosen = [ranked[0]]
    alike = [c for c in ranked[1:] if c.score >= ranked[0].score - SECOND_QUOTE_MARGIN]
    for candidate in _distinct([*others, *alike]):
        total = sum(_words(c.text) for c in chosen) + _words(candidate.text)
        if len(chosen) < MAX_QUOTES and total <= MAX_ANSWER_WORDS:
            chosen.append(candidate)
    return chosen


def _draft_topic(understood: Understood, ranked: Sequence[Candidate]) -> list[Candidate]:
    """The sentences that speak of the topic, newest article first, undated ones last."""
    subject = frozenset().union(*(t.keys for t in content_tokens(understood.text)))
    on_topic = [c for c in ranked if subject & all_keys(c.text)]
    best = on_topic[:MAX_TOPIC_QUOTES]
    dated = sorted(
        (c for c in best if c.evidence.article.published_at),
        key=lambda c: c.evidence.article.published_at or "",
        reverse=True,
    )
    return [*dated, *(c for c in best if not c.evidence.article.published_at)]


def _abstain(reason: str, ranked: Sequence[Candidate], confidence: float) -> Draft:
    closest = tuple(
        ProposedCitation(c.evidence.marker, c.text, near=c.span.start) for c in ranked[:MAX_CLOSEST]
    )
    return Draft((), "extractive", confidence, abstention=reason, closest=closest)


def draft_quotes(
    understood: Understood,
    evidence: Sequence[Evidence],
    parts: Sequence[ReadPart],
    vectors: EvidenceVectors,
    preceding: Preceding,
    refuse_below: float,
) -> Draft:
    """Propose one to three verbatim quotes, or abstain.

    Args:
        understood: the question.
        evidence: passages in rank order.
        parts: of the question, read; each is answered.
        vectors: of the evidence.
        preceding: finds the sentence before a passage, for quotes that lean on it.
        refuse_below: abstain when the probability of the best sentence is lower.

    Returns:
        A draft whose claims are quotes, word for word.
    """
    if not evidence:
        return _abstain("No article matches the question and its filters.", (), 0.0)
    ranked_parts = [_distinct(part.ranked) for part in parts]
    if understood.topic:
        listed = _draft_topic(understood, ranked_parts[0])
        if listed:
            claims = tuple(_claim(c, preceding) for c in listed)
            return Draft(claims, "extractive", _confidence(ranked_parts[0]), topic=True)
        return _abstain("The articles do not mention this topic.", ranked_parts[0], 0.0)
    confidence = min(_confidence(ranked) for ranked in ranked_parts)
    if confidence < refuse_below:
        reason = "The articles do not say, as far as their wording can be matched to the question."
        return _abstain(reason, ranked_parts[0], confidence)
    chosen = [ranked[:1] for ranked in ranked_parts]
    marks = [_Marks(part.forms, vectors) for part in parts]
    if len(parts) == 1:
        others = other_answers(parts[0].forms[0].text, ranked_parts[0], marks[0])
        chosen = [_choose(ranked_parts[0], others)]
    for part, quotes in zip(parts, chosen, strict=True):
        form = form_for(part.forms, quotes[0].text)
        if missing := what_is_missing(form.text, quotes, form.period):
            reason = f"The articles do not say. {missing}"
            return _abstain(reason, ranked_parts[0], min(confidence, CONFIDENCE_WHEN_MISSING))
    claims, conflicts = _claims(chosen, ranked_parts, parts, marks, preceding)
    return Draft(claims, "extractive", confidence, conflicts=conflicts)


def _claims(
    chosen: Sequence[Sequence[Candidate]],
    ranked_parts: Sequence[Sequence[Candidate]],
    parts: Sequence[ReadPart],
    marks: Sequence[_Marks],
    preceding: Preceding,
) -> tuple[tuple[DraftClaim, ...], tuple[tuple[int, ...], ...]]:
    """The quotes with their marked words, and which of them contradict each other."""
    quotes: list[Candidate] = []
    marked: dict[_Place, Span] = {}
    groups: list[list[Side]] = []
    for best, ranked, part, mark in zip(chosen, ranked_parts, parts, marks, strict=True):
        sides = find_conflict(part.forms[0].text, ranked, mark)
        quotes += [*(side.candidate for side in sides), *best]
        at_odds = {
            _place(s.candidate): _in_source(s.candidate, s.marked) for s in sides if s.marked
        }
        marked = _places_marked(best, mark) | at_odds | marked
        groups.append(sides)
    quotes = _distinct(quotes)[: max(MAX_QUOTES, len(parts))]
    at = {_place(candidate): position for position, candidate in enumerate(quotes)}
    places = [[at[p] for s in sides if (p := _place(s.candidate)) in at] for sides in groups]
    claims = tuple(_claim(c, preceding, marked.get(_place(c))) for c in quotes)
    return claims, tuple(tuple(group) for group in places if len(group) > 1)
