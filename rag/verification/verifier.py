"""The verifier: the only place that makes a `Citation`.

It stands between every draft and the reader, in both modes. It looks for a proposed quote in the
body of the article that it names. If a claim names only a passage, the verifier judges it by the
passage's sentences, and those that it rests on become the quote. A claim that fails comes back as
rejected, with the reason. No claim's outcome depends on another's, so a draft can be checked as it
comes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from index.article import Span
from index.errors import VerificationError
from index.language.locate import locate
from index.language.speakers import speaker_of
from index.saying import Said, one_by_one, phrase
from rag.types import Citation, Claim, Draft, DraftClaim, Evidence, ProposedCitation, RejectedClaim
from rag.verification.cited import Cited, runs
from rag.verification.judge import Judge
from rag.verification.support import SupportCheck, align

CONTEXT_CHARS = 64

NOTHING_CITED = SupportCheck("none", 0.0)


@dataclass(frozen=True, slots=True)
class Verified:
    """The outcome of checking a draft."""

    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    rejected: tuple[RejectedClaim, ...]


@dataclass(slots=True)
class _Numbering:
    """Gives each distinct quote one marker, in order of first use."""

    citations: list[Citation] = field(default_factory=list)

    def cite(self, evidence: Evidence, span: Span, answer_span: Span | None = None) -> int:
        for place, citation in enumerate(self.citations):
            same_source = citation.source.source_id == evidence.source.source_id
            if same_source and (citation.start, citation.end) == (span.start, span.end):
                if citation.answer_span is None and answer_span:
                    marked = prove(evidence, span, citation.marker, answer_span)
                    # Who says it has been told already, and stays.
                    self.citations[place] = replace(marked, speaker=citation.speaker)
                return citation.marker
        self.citations.append(prove(evidence, span, len(self.citations) + 1, answer_span))
        return len(self.citations)


def prove(evidence: Evidence, span: Span, marker: int, answer_span: Span | None = None) -> Citation:
    """Build a citation for a span of the evidence's source.

    Raises:
        VerificationError: the span is empty or not wholly inside the body of the article, or the
            words marked as the answer are not wholly inside the span.
    """
    article, source = evidence.article, evidence.source
    if not len(span) or not any(body.contains(span) for body in article.body):
        raise VerificationError(
            f"[{span.start}, {span.end}) of {source.name} is not in the body of an article, "
            "so it cannot be cited."
        )
    if answer_span is not None and not (len(answer_span) and span.contains(answer_span)):
        raise VerificationError(
            f"[{answer_span.start}, {answer_span.end}) of {source.name} is not in the quote, "
            "so it cannot be marked as the answer."
        )
    return Citation(
        marker=marker,
        article=article,
        source=source,
        quote=source.text[span.start : span.end],
        start=span.start,
        end=span.end,
        prefix=source.text[max(0, span.start - CONTEXT_CHARS) : span.start],
        suffix=source.text[span.end : span.end + CONTEXT_CHARS],
        answer_span=answer_span,
        speaker=speaker_of(source.text, article.body, answer_span or span, article.language),
        dates=article.dates,
        copies=evidence.copies,
        superseded_by=evidence.later,
    )


def marked_in(span: Span, evidence: Evidence, proposals: Sequence[ProposedCitation]) -> Span | None:
    """Get the words that a proposal marks as the answer, if this very quote holds them."""
    for proposal in proposals:
        marked = proposal.answer_span
        if marked and len(marked) and proposal.marker == evidence.marker and span.contains(marked):
            return marked if evidence.source.text[marked.start : marked.end].strip() else None
    return None


def prove_quotes(
    proposals: Sequence[ProposedCitation], evidence: Sequence[Evidence]
) -> tuple[Citation, ...]:
    """Cite the proposed quotes that are found, numbered from 1; no claim rests on them."""
    by_marker = {item.marker: item for item in evidence}
    numbering = _Numbering()
    for proposal in proposals:
        item = by_marker.get(proposal.marker)
        span = _located(proposal, item) if item else None
        if item and span:
            numbering.cite(item, span)
    return tuple(numbering.citations)


def _located(proposal: ProposedCitation, evidence: Evidence) -> Span | None:
    """Find the proposed words in the passage, or else in the body of the article."""
    if proposal.quote is None:
        return None
    text = evidence.source.text
    span = locate(proposal.quote, text, [evidence.passage.span], proposal.near)
    return span or locate(proposal.quote, text, evidence.article.body, proposal.near)


@dataclass(frozen=True, slots=True)
class _Text:
    """Get what a citation offers to a claim: a whole quote, or the sentences of a passage."""

    evidence: Evidence
    spans: tuple[Span, ...]
    quoted: bool

    def as_cited(self) -> Cited:
        article, text = self.evidence.article, self.evidence.source.text
        sentences = tuple(text[span.start : span.end] for span in self.spans)
        # The text before the passage may have been cut on purpose, as an order to models.
        return Cited(sentences, article.published, article.title, article.publisher)

    def between(self, first: int, last: int) -> Span:
        """The span from the start of one sentence to the end of another."""
        return Span(self.spans[first].start, self.spans[last].end)


def _passage(evidence: Evidence) -> _Text:
    return _Text(evidence, evidence.passage.sentences or (evidence.passage.span,), quoted=False)


def _offered(
    claim: DraftClaim, by_marker: Mapping[int, Evidence]
) -> tuple[list[_Text], list[Said]]:
    """Gather the texts that a claim cites, and what is wrong with its citations."""
    texts: list[_Text] = []
    problems = [] if claim.citations else [phrase("it cites nothing")]
    for proposal in claim.citations:
        evidence = by_marker.get(proposal.marker)
        span = _located(proposal, evidence) if evidence else None
        if evidence is None:
            problems.append(phrase("there is no passage %(number)s", number=proposal.marker))
        elif proposal.quote is None:
            texts.append(_passage(evidence))
        elif span is None:
            problems.append(
                phrase("the quoted words are not in passage %(number)s", number=proposal.marker)
            )
        else:
            texts.append(_Text(evidence, (span,), quoted=True))
    return texts, problems


_Quotes = list[tuple[Evidence, Span]]


def _check_cited(
    claim: str, texts: Sequence[_Text], judge: Judge | None
) -> tuple[_Quotes, SupportCheck]:
    """Check a claim against what it cites, and find the very words that it rests on."""
    found = align(claim, [text.as_cited() for text in texts], judge)
    quotes: _Quotes = [
        (texts[text].evidence, texts[text].between(first, last))
        for text, first, last in runs(found.places)
    ]
    used = {place.text for place in found.places}
    for position, text in enumerate(texts):
        if position in used or found.check.level == "none":
            continue
        # A further citation stays if it supports the claim too, and goes if it does not.
        alone = align(claim, [text.as_cited()], judge)
        if alone.check.level == "full":
            quotes += [(text.evidence, text.between(a, b)) for _, a, b in runs(alone.places)]
    return quotes, found.check


def _recite(
    claim: str, evidence: Sequence[Evidence], tried: Sequence[_Text], judge: Judge | None
) -> tuple[_Quotes, SupportCheck] | None:
    """Find another retrieved passage that fully supports the claim, the surest of several."""
    whole = {text.evidence.marker for text in tried if not text.quoted}
    found = [
        (item, align(claim, [_passage(item).as_cited()], judge))
        for item in evidence
        if item.marker not in whole
    ]
    supporting = [(item, a) for item, a in found if a.check.level == "full"]
    if not supporting:
        return None
    item, best = max(supporting, key=lambda pair: pair[1].check.score)
    text = _passage(item)
    return [(item, text.between(a, b)) for _, a, b in runs(best.places)], best.check


def _check(
    claim: DraftClaim, by_marker: Mapping[int, Evidence], judge: Judge | None
) -> tuple[_Quotes, SupportCheck, bool]:
    """The quotes that support a claim, how well, and whether the verifier found them."""
    texts, problems = _offered(claim, by_marker)
    quotes, check = _check_cited(claim.text, texts, judge) if texts else ([], NOTHING_CITED)
    if check.level != "full":
        other = _recite(claim.text, list(by_marker.values()), texts, judge)
        if other:
            return *other, True
    reasons = (*problems, *(check.reasons if texts else ()))
    if problems and check.level == "full":
        # A citation of nothing is no support, even beside one that exists.
        return quotes, SupportCheck("partial", check.score, reasons), False
    return quotes, SupportCheck(check.level, check.score, reasons), False


class Verifier:
    """Checks the claims of one draft as they come, numbering citations across them.

    Args:
        evidence: the passages behind the draft; markers are distinct.
        judge: None if its weights are not installed: nothing but a quote is fully supported then.
    """

    def __init__(self, evidence: Sequence[Evidence], judge: Judge | None) -> None:
        self._judge = judge
        self._by_marker = {item.marker: item for item in evidence}
        self._numbering = _Numbering()
        self._claims: list[Claim] = []
        self._rejected: list[RejectedClaim] = []

    def ready(self) -> None:
        """Load what checking needs, before somebody's time runs."""
        if self._judge is not None:
            self._judge.ready()

    def check(self, claim: DraftClaim) -> Claim | RejectedClaim:
        """Check the next claim; if it stands, it gets proven citations, numbered from 1."""
        cited, check, recited = _check(claim, self._by_marker, self._judge)
        if check.level == "none":
            return self.reject(claim.text, one_by_one(check.reasons))
        markers = tuple(
            dict.fromkeys(
                self._numbering.cite(item, span, marked_in(span, item, claim.citations))
                for item, span in cited
            )
        )
        self._claims.append(Claim(claim.text, markers, check.level, check.reasons, recited))
        return self._claims[-1]

    def restarted(self) -> "Verifier":
        """Make a verifier of the same evidence that has checked nothing yet."""
        return Verifier(list(self._by_marker.values()), self._judge)

    def reject(self, text: str, reason: Said) -> RejectedClaim:
        """Count a claim as rejected without a look at the evidence."""
        self._rejected.append(RejectedClaim(text, reason))
        return self._rejected[-1]

    @property
    def verified(self) -> Verified:
        """What stands and what was rejected so far."""
        return Verified(
            tuple(self._claims), tuple(self._numbering.citations), tuple(self._rejected)
        )


def verify(draft: Draft, evidence: Sequence[Evidence], judge: Judge | None) -> Verified:
    """Check every claim of a draft against the evidence.

    Args:
        draft: an answerer's proposal.
        evidence: the passages that it had; markers are distinct.
        judge: as in `Verifier`.

    Returns:
        Supported claims with proven citations numbered from 1, and the rejected rest.
    """
    verifier = Verifier(evidence, judge)
    for claim in draft.claims:
        verifier.check(claim)
    return verifier.verified
