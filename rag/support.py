"""Does the cited text support the claim? Decided without a language model, always with reasons.

A claim is laid beside the sentences that it rests on. What can be told for certain is judged by
kinds: every number with its unit, date, name, quotation and link must be there; negation,
certainty, extent and direction must agree; the words must be given to who said them. None of
that is outvoted by likeness, which alone decides the rest.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.sentences import split_sentences
from rag.alignment import Cited, Place, alignments, covered
from rag.answer import Support
from rag.lexicon import SAYING
from rag.locate import fold
from rag.modality import (
    dropped_some,
    extreme_reasons,
    hedge_reasons,
    negation_reasons,
    opposite_reasons,
)
from rag.moments import dated_spans, missing_moments
from rag.names import missing_names
from rag.quantities import missing_quantities, quantities
from rag.roles import changed, exchanged, reordered, speaker_reasons, unattributed
from rag.text import tokens

FULL_COVERAGE = 0.6
PARTIAL_COVERAGE = 0.4
CONTRADICTED = 0.25
"""A contradicted claim keeps this share of its likeness as its score."""

_QUOTED = re.compile(r'"([^"]{3,}?)"')
_LINK = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+|\bwww\.\S+", re.IGNORECASE)
_LEFT_OUT = re.compile(r"\s*(?:\[?…\]?|\[?\.\.\.\]?|<…>|\[[^\]]*\])\s*")
_EDGE_PUNCTUATION = " \t\n.,;:!?…"
_LEVELS = {"none": 0, "partial": 1, "full": 2}


@dataclass(frozen=True, slots=True)
class SupportCheck:
    """The outcome of a support check.

    Attributes:
        level: ``full``, ``partial`` or ``none``.
        score: 0 to 1, for ranking and for measuring; not a probability.
        reasons: what is missing or contradicted, in words a reader understands.
    """

    level: Support
    score: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alignment:
    """The sentences that a claim rests on, and how they support it."""

    places: tuple[Place, ...]
    check: SupportCheck


def _quotations(text: str) -> Iterator[str]:
    """What a text puts in quotation marks of whatever kind."""
    for match in _QUOTED.finditer(_marked(text)):
        yield from (part for part in _LEFT_OUT.split(match[1]) if len(part) > 2)


def _marked(text: str) -> str:
    """With one kind of double quotation mark; ``these'' are some, too."""
    return re.sub(r"``|''", '"', fold(text).text)


def _bare(words: str) -> str:
    plain = re.sub(r"\s*(['’-])\s*", r"\1", _marked(words))
    return re.sub(r"\s+([.,;:!?])", r"\1", plain).strip(_EDGE_PUNCTUATION).casefold()


def _quotation_reasons(claim: str, cited: str) -> list[str]:
    whole = _bare(cited)
    outside = _QUOTED.sub(" ", _marked(claim))
    said = {token.text.casefold() for token in tokens(outside)} & SAYING
    # A quotation that runs over several sentences has its marks in others.
    marks = '"' in _marked(cited)
    return [
        f"the quotation “{words.strip()}” is not in the cited text"
        if _bare(words) not in whole
        else f"“{words.strip()}” is no quotation in the cited text"
        for words in _quotations(claim)
        if _bare(words) not in whole or (said and not marks)
    ]


def _link_reasons(claim: str, cited: str) -> list[str]:
    return [
        "it has a link that is not in the cited text"
        for match in _LINK.finditer(claim)
        if match.group().rstrip(_EDGE_PUNCTUATION) not in cited
    ]


def _judge(claim: str, places: Sequence[Place], cited: Sequence[Cited]) -> SupportCheck:
    """Judge a claim by the sentences it is laid beside."""
    chosen = [(cited[p.text].sentences[p.sentence], cited[p.text].published) for p in places]
    sentences = [sentence for sentence, _ in chosen]
    text = "\n".join(sentences)
    if any(_bare(claim) == _bare(sentence) for sentence in (text, *sentences)):
        return SupportCheck("full", 1.0)
    contradictions = _contradictions(claim, places, cited)
    # Where nothing is contradicted, every number and date was found, in whatever form.
    numbers = [(q.start, q.end) for q in quantities(claim)]
    proven = [] if contradictions else [*dated_spans(claim), *numbers]
    likeness = covered(claim, sentences, proven)
    if contradictions:
        reasons = tuple(dict.fromkeys(contradictions))
        return SupportCheck("none", likeness * CONTRADICTED, reasons)
    share = f"only {likeness:.0%} of its content words are in the cited text"
    if likeness < PARTIAL_COVERAGE:
        return SupportCheck("none", likeness, (share,))
    open_points = [*dropped_some(claim, text), *unattributed(claim, text)]
    if likeness < FULL_COVERAGE:
        open_points.insert(0, share)
    if open_points:
        return SupportCheck("partial", likeness, tuple(open_points))
    return SupportCheck("full", likeness)


def _contradictions(claim: str, places: Sequence[Place], cited: Sequence[Cited]) -> list[str]:
    """Everything of the claim that is certainly not as the sentences have it."""
    chosen = [(cited[p.text].sentences[p.sentence], cited[p.text].published) for p in places]
    sentences = [sentence for sentence, _ in chosen]
    text = "\n".join(sentences)
    labels = tuple(dict.fromkeys(label for p in places for label in cited[p.text].labels))
    first = min(places, key=lambda p: (p.text, p.sentence))
    before = " ".join(cited[first.text].sentences[: first.sentence])
    passage = " ".join(s for t in {p.text for p in places} for s in cited[t].sentences)
    dated = dated_spans(claim)
    anchor = max(sentences, key=lambda sentence: covered(claim, [sentence]))
    return [
        *missing_quantities(claim, [*sentences, *labels], dated),
        *missing_moments(claim, chosen),
        *missing_names(claim, text, labels, passage, dated),
        *_quotation_reasons(claim, text),
        *_link_reasons(claim, text),
        *negation_reasons(claim, text),
        *hedge_reasons(claim, text),
        *extreme_reasons(claim, text),
        *opposite_reasons(claim, text),
        *speaker_reasons(claim, anchor, text, before, labels),
        *(
            reason
            for sentence in sentences
            for compare in (changed, reordered, exchanged)
            for reason in compare(claim, sentence)
        ),
    ]


def align(claim: str, cited: Sequence[Cited]) -> Alignment:
    """The sentences of the cited texts that support a claim best; fewer win a tie."""
    best = Alignment((), SupportCheck("none", 0.0, ("the cited text has no sentence",)))
    for places in alignments(claim, cited):
        check = _judge(claim, places, cited)
        if not best.places or _rank(check) > _rank(best.check):
            best = Alignment(places, check)
    return best


def _rank(check: SupportCheck) -> tuple[int, float]:
    return _LEVELS[check.level], round(check.score, 6)


def as_cited(text: str) -> Cited:
    """A text of which nothing else is known, cut into sentences."""
    spans = split_sentences(text, 0, len(text))
    return Cited(tuple(text[span.start : span.end] for span in spans))


def check_support(claim: str, references: Sequence[str]) -> SupportCheck:
    """Check a claim against the texts it cites, taken together.

    Args:
        claim: one sentence.
        references: the cited texts.

    Returns:
        ``none`` when something that can be told for certain is missing or contradicted, or
        too little is alike; ``partial`` when the claim leaves out who says it or how many, or
        is only roughly alike; else ``full``.
    """
    cited = [as_cited(text) for text in references]
    if _stands_verbatim(claim, references):
        return SupportCheck("full", 1.0)
    return align(claim, cited).check


def _stands_verbatim(claim: str, references: Sequence[str]) -> bool:
    """Whether the claim is one of the texts, word for word."""
    return bool(_bare(claim)) and any(_bare(claim) == _bare(text) for text in references)
