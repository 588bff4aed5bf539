"""Does the cited text support the claim? The judge reads, and rules that are certain may veto.

The judge reads a few sets of sentences that the claim may rest on, with what they lean on: the
sentence before, the headline, the date. The rules can only veto or leave open, never prove. If the
whole claim is not supported, the check looks at its parts, so that it can name what nobody said.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from index.language.identify import tell_language
from index.language.sentences import split_sentences
from index.saying import Said
from rag.types import Support
from rag.verification import reasons as wording
from rag.verification.beside import Beside
from rag.verification.cited import (
    LITTLE_SHARED,
    Cited,
    Place,
    candidates,
    covered,
    leaning_on,
    sentences_of,
)
from rag.verification.judge import NEUTRAL, REFUTED, SUPPORTED, Judge
from rag.verification.parts import shorter_claims
from rag.verification.quoted import bare, tidy
from rag.verification.retelling import in_their_words
from rag.verification.rules import apply_rules

FULL: Final = 0.45
"""From this probability on, the evidence supports the whole claim: the one setting, calibrated
on claims that the judge was not trained on; the curve is in docs/evals.md."""
PARTIAL: Final = 0.3
"""From this one on it may support the claim, or a part of it."""
TIE: Final = 0.02
"""If the probabilities of two sets are this near, we quote the one with fewer sentences."""
VETOED: Final = 0.5
"""A vetoed claim keeps this share of its probability as its score."""
ALIKE: Final = 0.8
"""Without the judge, a text that shares this much with a claim may support it in part."""

_LEVELS = {"none": 0, "partial": 1, "full": 2}
# What a model adds to its words: markers, emphasis, the sign or number of a list.
_MARKDOWN = re.compile(r"\s*\[\^?\d{1,3}(?:,\s*\d{1,3})*\]|\*\*|^\s*(?:[-•*]|\d{1,2}[.)])\s+")

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SupportCheck:
    """The outcome of a support check.

    Attributes:
        level: ``full``, ``partial`` or ``none``.
        score: the judge's probability that the claim is supported; for ranking and measuring.
        reasons: what is missing or contradicted, in words a reader understands.
    """

    level: Support
    score: float
    reasons: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Alignment:
    """The sentences that a claim rests on, and how they support it."""

    places: tuple[Place, ...]
    check: SupportCheck


def align(claim: str, cited: Sequence[Cited], judge: Judge | None) -> Alignment:
    """Find the sentences of the cited texts that support a claim best; fewer win a tie.

    Args:
        claim: one sentence, with or without the markers that a model writes.
        cited: the texts that it may rest on.
        judge: None if its weights are not installed: nothing but a quote is fully supported then.

    Raises:
        EmbeddingModelError: the judge fails.
    """
    if (verbatim := _verbatim(claim, cited)) is not None:
        return Alignment((verbatim,), SupportCheck("full", 1.0))
    claim = tidy(_MARKDOWN.sub("", claim).strip() or claim)
    cited = [replace(c, sentences=tuple(tidy(sentence) for sentence in c.sentences)) for c in cited]
    shortlist = candidates(claim, cited)
    if not shortlist:
        return Alignment((), SupportCheck("none", 0.0, (wording.NO_SENTENCE,)))
    if judge is None:
        return _by_rules_alone(claim, shortlist[0], cited)
    verdicts = _judged(judge, claim, shortlist, cited)
    order = sorted(range(len(shortlist)), key=lambda n: _merit(shortlist[n], verdicts[n]))
    weighed = (
        Alignment(shortlist[n], _weigh(claim, shortlist[n], cited, verdicts[n])) for n in order
    )
    best = next(weighed)
    for found in weighed:
        if best.check.level == "full":
            break
        if _LEVELS[found.check.level] > _LEVELS[best.check.level]:
            best = found
    return _with_parts(claim, best, cited, judge)


def _verbatim(claim: str, cited: Sequence[Cited]) -> Place | None:
    """Find the first sentence that equals the claim, word for word."""
    wanted = bare(claim)
    for text, offered in enumerate(cited):
        for position, sentence in enumerate(offered.sentences):
            if wanted and bare(sentence) == wanted:
                return Place(text, position)
    return None


def _judged(
    judge: Judge, claim: str, shortlist: Sequence[Sequence[Place]], cited: Sequence[Cited]
) -> Floats:
    """Judge some sets of sentences, each with what it leans on and by itself.

    With header and context the judge knows more. Without them it more readily accepts a claim in
    the words of its sentence. The geometric mean is surer than either.
    """
    pairs = []
    for places in shortlist:
        sentences = sentences_of(places, cited)
        own = " ".join(sentences)
        around = " ".join(filter(None, (leaning_on(places, cited), own)))
        days = (cited[place.text].published for place in places)
        told = in_their_words(claim, list(zip(sentences, days, strict=True)))
        pairs += [(told, cited[min(places).text].header, around), (told, "", own)]
    read = judge.judge(pairs).reshape(len(shortlist), 2, -1)
    mean = np.sqrt(read[:, 0] * read[:, 1])
    return np.asarray(mean / mean.sum(axis=1, keepdims=True), dtype=np.float32)


def _merit(places: Sequence[Place], verdict: Floats) -> tuple[float, int]:
    """Sort the likeliest support first, and the shortest among near equals."""
    return -round(float(verdict[SUPPORTED]) / TIE), len(places)


def _beside(claim: str, places: Sequence[Place], cited: Sequence[Cited]) -> Beside:
    texts = [cited[text] for text in dict.fromkeys(place.text for place in places)]
    sentences = sentences_of(places, cited)
    return Beside(
        claim=claim,
        sentences=tuple(
            (sentence, cited[place.text].published)
            for place, sentence in zip(places, sentences, strict=True)
        ),
        before=leaning_on(places, cited),
        labels=tuple(dict.fromkeys(label for text in texts for label in text.labels)),
        passage=" ".join(sentence for text in texts for sentence in text.sentences),
        foreign=covered(claim, sentences) < LITTLE_SHARED
        and _languages_differ(claim, " ".join(sentences)),
    )


def _languages_differ(one: str, other: str) -> bool:
    """Whether two texts are certainly in two languages, or in two scripts."""
    scripts = [
        {unicodedata.name(char, "").split(" ")[0] for char in text if char.isalpha()}
        for text in (one, other)
    ]
    if not scripts[0] & scripts[1]:
        return True
    languages = {tell_language(one), tell_language(other)} - {None}
    return len(languages) > 1


def _weigh(
    claim: str, places: Sequence[Place], cited: Sequence[Cited], verdict: Floats
) -> SupportCheck:
    """Decide on one set of sentences: the rules' vetoes first, then the judge."""
    supported = float(verdict[SUPPORTED])
    said = apply_rules(_beside(claim, places, cited))
    if said.vetoes:
        return SupportCheck("none", VETOED * supported, said.vetoes)
    if supported >= FULL:
        level: Support = "partial" if said.open_points else "full"
        return SupportCheck(level, supported, said.open_points)
    if supported >= PARTIAL:
        return SupportCheck("partial", supported, (wording.NOT_ALL_SAID, *said.open_points))
    if verdict[REFUTED] > verdict[NEUTRAL]:
        quote = " ".join(sentences_of(places, cited))
        return SupportCheck("none", supported, (wording.said_otherwise(quote),))
    return SupportCheck("none", supported, (wording.NOT_SAID,))


def _with_parts(claim: str, found: Alignment, cited: Sequence[Cited], judge: Judge) -> Alignment:
    """Name the part that no sentence gives, if the rest is supported."""
    unsure = {(wording.NOT_SAID,), (wording.NOT_ALL_SAID,)}
    if found.check.reasons not in unsure:
        return found
    sentences = sentences_of(found.places, cited)
    # The rest must be about the text: that of an unrelated claim is not worth a look.
    shorter = [
        part
        for part in shorter_claims(claim, " ".join(sentences))
        if covered(part.rest, sentences) >= LITTLE_SHARED
    ]
    if not shorter:
        return found
    verdicts = np.concatenate(
        [_judged(judge, part.rest, [found.places], cited) for part in shorter]
    )
    best = int(verdicts[:, SUPPORTED].argmax())
    if verdicts[best, SUPPORTED] < FULL:
        return found
    reason = wording.part_not_said(shorter[best].left_out)
    return Alignment(found.places, SupportCheck("partial", found.check.score, (reason,)))


def _by_rules_alone(claim: str, places: tuple[Place, ...], cited: Sequence[Cited]) -> Alignment:
    """Decide without the judge: only a quote is fully supported."""
    said = apply_rules(_beside(claim, places, cited))
    share = covered(claim, sentences_of(places, cited))
    if said.vetoes:
        return Alignment(places, SupportCheck("none", 0.0, said.vetoes))
    if share < ALIKE:
        return Alignment(places, SupportCheck("none", share, (wording.UNJUDGED,)))
    return Alignment(places, SupportCheck("partial", share, (wording.UNJUDGED, *said.open_points)))


def as_cited(text: str) -> Cited:
    """Cut a text into sentences, if nothing else is known about it."""
    spans = split_sentences(text, 0, len(text))
    return Cited(tuple(text[span.start : span.end] for span in spans))


def check_support(claim: str, references: Sequence[str], judge: Judge | None) -> SupportCheck:
    """Check a claim against the texts that it cites, taken together.

    Args:
        claim: one sentence.
        references: the cited texts.
        judge: as in `align`.

    Returns:
        ``none`` if a rule vetoes the claim, or the judge finds that the texts contradict it or do
        not say it; ``partial`` if they do not say a part of it; else ``full``.
    """
    if any(bare(claim) == bare(text) != "" for text in references):
        return SupportCheck("full", 1.0)
    return align(claim, [as_cited(text) for text in references], judge).check
