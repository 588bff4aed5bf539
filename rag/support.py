"""Does the cited text support the claim? Decided without a language model, always with reasons.

A claim is laid beside the sentences that it rests on. What can be told for certain is judged by
kinds: every number with its unit, date, name, quotation and link must be there; negation,
certainty, extent and direction must agree; the words must be given to who said them. None of
that is outvoted by likeness, which alone decides the rest.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.sentences import split_sentences
from rag.alignment import Cited, Place, alignments, covered
from rag.answer import Support
from rag.likeness import SupportModel, compare, load_support_model
from rag.modality import (
    dropped_some,
    extreme_reasons,
    hedge_reasons,
    negation_reasons,
    opposite_reasons,
)
from rag.moments import dated_spans, missing_moments
from rag.names import MissingNames, missing_names
from rag.predicates import only_imagined, unsaid
from rag.quantities import missing_quantities, quantities
from rag.quoted import bare, link_reasons, quotation_reasons, tidy
from rag.roles import changed, exchanged, reordered
from rag.speakers import speaker_reasons, unattributed

CONTRADICTED = 0.5
"""A contradicted claim keeps this share of its likeness as its score."""

_LEVELS = {"none": 0, "partial": 1, "full": 2}
# What a model writes beside its words: markers, emphasis, the sign or number of a list.
_MARKDOWN = re.compile(r"\s*\[\^?\d{1,3}(?:,\s*\d{1,3})*\]|\*\*|^\s*(?:[-•*]|\d{1,2}[.)])\s+")


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
    """The sentences that a claim rests on, and how they support it.

    Attributes:
        places: of the sentences, none where there is no cited text.
        contradicted: whether something is certainly not as the sentences have it.
    """

    places: tuple[Place, ...]
    check: SupportCheck
    contradicted: bool = False


@dataclass(frozen=True, slots=True)
class _Beside:
    """A claim beside some sentences of the cited texts."""

    claim: str
    places: tuple[Place, ...]
    cited: Sequence[Cited]

    @property
    def sentences(self) -> list[str]:
        return [self.cited[p.text].sentences[p.sentence] for p in self.places]

    def contradictions(self) -> list[str]:
        """Everything of the claim that is certainly not as the sentences have it."""
        claim, sentences, labels = self.claim, self.sentences, self._labels()
        text = "\n".join(sentences)
        dated = [
            (sentence, self.cited[place.text].published)
            for place, sentence in zip(self.places, sentences, strict=True)
        ]
        anchor = max(sentences, key=lambda sentence: covered(claim, [sentence]))
        return [
            *missing_quantities(claim, [*sentences, *labels], dated_spans(claim)),
            *missing_moments(claim, dated),
            *self._names(text, labels).whole,
            *quotation_reasons(claim, text),
            *link_reasons(claim, text),
            *negation_reasons(claim, text),
            *hedge_reasons(claim, text),
            *extreme_reasons(claim, text),
            *opposite_reasons(claim, text),
            *only_imagined(claim, sentences),
            *speaker_reasons(claim, anchor, text, self._before(), labels),
            *(
                reason
                for sentence in sentences
                for compared in (changed, reordered, exchanged)
                for reason in compared(claim, sentence)
            ),
        ]

    def open_points(self) -> list[str]:
        """What the sentences leave open, though nothing contradicts it."""
        text = "\n".join(self.sentences)
        return [
            *self._names(text, self._labels()).parts,
            *dropped_some(self.claim, text),
            *unattributed(self.claim, text),
            *unsaid(self.claim, self.sentences, self.proven()),
        ]

    def proven(self) -> list[tuple[int, int]]:
        """Where the claim has numbers and dates, which are there when nothing contradicts it."""
        return [*dated_spans(self.claim), *((q.start, q.end) for q in quantities(self.claim))]

    def _labels(self) -> tuple[str, ...]:
        found = (label for place in self.places for label in self.cited[place.text].labels)
        return tuple(dict.fromkeys(found))

    def _names(self, text: str, labels: Sequence[str]) -> MissingNames:
        texts = [self.cited[text] for text in {place.text for place in self.places}]
        passage = " ".join(sentence for cited in texts for sentence in cited.sentences)
        return missing_names(self.claim, text, labels, passage, dated_spans(self.claim))

    def _before(self) -> str:
        """What stands before the first of the sentences in its text."""
        first = min(self.places, key=lambda p: (p.text, p.sentence))
        return " ".join(self.cited[first.text].sentences[: first.sentence])


def _judge(beside: _Beside, model: SupportModel) -> Alignment:
    claim, sentences, places = beside.claim, beside.sentences, beside.places
    same = {bare(sentence) for sentence in (*sentences, " ".join(sentences))}
    if bare(claim) and bare(claim) in same:
        return Alignment(places, SupportCheck("full", 1.0))
    if contradictions := beside.contradictions():
        score = CONTRADICTED * model.probability(compare(claim, sentences))
        reasons = tuple(dict.fromkeys(contradictions))
        return Alignment(places, SupportCheck("none", score, reasons), contradicted=True)
    score = model.probability(compare(claim, sentences, beside.proven()))
    if score < model.full:
        share = covered(claim, sentences, beside.proven())
        reason = f"only {share:.0%} of its content words are in the cited text"
        if score < model.partial:
            return Alignment(places, SupportCheck("none", score, (reason,)))
        return Alignment(places, SupportCheck("partial", score, (reason, *beside.open_points())))
    if open_points := beside.open_points():
        return Alignment(places, SupportCheck("partial", score, tuple(open_points)))
    return Alignment(places, SupportCheck("full", score))


def align(claim: str, cited: Sequence[Cited], model: SupportModel | None = None) -> Alignment:
    """The sentences of the cited texts that support a claim best; fewer win a tie.

    Args:
        claim: one sentence, without or with the markers that a model writes.
        cited: the texts it may rest on.
        model: the weights of likeness; the committed ones by default.
    """
    model = model or load_support_model()
    if verbatim := _verbatim(claim, cited):
        return Alignment((verbatim,), SupportCheck("full", 1.0))
    claim = tidy(_MARKDOWN.sub("", claim).strip() or claim)
    cited = [replace(c, sentences=tuple(tidy(sentence) for sentence in c.sentences)) for c in cited]
    best = Alignment((), SupportCheck("none", 0.0, ("the cited text has no sentence",)))
    for places in alignments(claim, cited):
        found = _judge(_Beside(claim, places, cited), model)
        if not best.places or _rank(found.check) > _rank(best.check):
            best = found
    return best


def _verbatim(claim: str, cited: Sequence[Cited]) -> Place | None:
    """The first sentence that the claim is, word for word."""
    wanted = bare(claim)
    for text, offered in enumerate(cited):
        for position, sentence in enumerate(offered.sentences):
            if wanted and bare(sentence) == wanted:
                return Place(text, position)
    return None


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
    if any(bare(claim) == bare(text) != "" for text in references):
        return SupportCheck("full", 1.0)
    return align(claim, [as_cited(text) for text in references]).check
