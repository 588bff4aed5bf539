"""The verifier: the only place where a `Citation` is made.

It stands between every draft and the reader, in both modes. A proposed quote is looked for in
the body of the article it names; a claim is then checked against the words it cites. What does
not pass is returned as rejected, with the reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from index.article import Span
from index.errors import VerificationError
from rag.answer import Citation, Claim, Draft, DraftClaim, Evidence, ProposedCitation, RejectedClaim
from rag.locate import locate
from rag.support import SupportCheck, check_support

CONTEXT_CHARS = 64
MAX_ALIGNED_SENTENCES = 2

_LEVELS = {"none": 0, "partial": 1, "full": 2}


@dataclass(frozen=True, slots=True)
class Verified:
    """What is left of a draft after the check."""

    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    rejected: tuple[RejectedClaim, ...]


@dataclass(slots=True)
class _Numbering:
    """Gives each distinct quote one marker, in order of first use."""

    citations: list[Citation] = field(default_factory=list)

    def cite(self, evidence: Evidence, span: Span) -> int:
        for citation in self.citations:
            same_source = citation.source.source_id == evidence.source.source_id
            if same_source and (citation.start, citation.end) == (span.start, span.end):
                return citation.marker
        self.citations.append(prove(evidence, span, marker=len(self.citations) + 1))
        return len(self.citations)


def prove(evidence: Evidence, span: Span, marker: int, answer_span: Span | None = None) -> Citation:
    """Build a citation for a span of the evidence's source.

    Raises:
        VerificationError: the span is empty or not wholly inside the body of the article.
    """
    article, source = evidence.article, evidence.source
    if not len(span) or not any(body.contains(span) for body in article.body):
        raise VerificationError(
            f"[{span.start}, {span.end}) of {source.name} is not in the body of an article, "
            "so it cannot be cited."
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
        dates=article.dates,
    )


def prove_quotes(
    proposals: Sequence[ProposedCitation], evidence: Sequence[Evidence]
) -> tuple[Citation, ...]:
    """Citations for the proposed quotes that are found, numbered from 1; no claim rests on them."""
    by_marker = {item.marker: item for item in evidence}
    numbering = _Numbering()
    for proposal in proposals:
        item = by_marker.get(proposal.marker)
        span = _resolve("", proposal, item)[0] if item else None
        if item and span:
            numbering.cite(item, span)
    return tuple(numbering.citations)


def align(claim: str, evidence: Evidence) -> tuple[Span, SupportCheck]:
    """The consecutive sentences of a passage that support a claim best; shorter wins a tie."""
    sentences = evidence.passage.sentences
    best: tuple[Span, SupportCheck] | None = None
    for count in range(1, MAX_ALIGNED_SENTENCES + 1):
        for first in range(len(sentences) - count + 1):
            span = Span(sentences[first].start, sentences[first + count - 1].end)
            check = check_support(claim, [evidence.source.text[span.start : span.end]])
            if best is None or _rank(check) > _rank(best[1]):
                best = span, check
    if best is None:
        span = evidence.passage.span
        return span, check_support(claim, [evidence.passage.text])
    return best


def _rank(check: SupportCheck) -> tuple[int, float]:
    return _LEVELS[check.level], round(check.score, 6)


def _resolve(
    claim: str, proposal: ProposedCitation, evidence: Evidence
) -> tuple[Span | None, str | None]:
    """A proposal's span in the source, or why there is none."""
    if proposal.quote is None:
        return align(claim, evidence)[0], None
    passage = [evidence.passage.span]
    text = evidence.source.text
    span = locate(proposal.quote, text, passage, proposal.near)
    span = span or locate(proposal.quote, text, evidence.article.body, proposal.near)
    if span is None:
        return None, f"the quoted words are not in passage {proposal.marker}"
    return span, None


def _check_cited(
    claim: DraftClaim, by_marker: dict[int, Evidence]
) -> tuple[list[tuple[Evidence, Span]], SupportCheck]:
    """Check a claim against exactly what it cites."""
    cited: list[tuple[Evidence, Span]] = []
    problems: list[str] = []
    for proposal in claim.citations:
        evidence = by_marker.get(proposal.marker)
        if evidence is None:
            problems.append(f"there is no passage {proposal.marker}")
            continue
        span, problem = _resolve(claim.text, proposal, evidence)
        if span is None:
            problems.append(problem or "the quoted words were not found")
        else:
            cited.append((evidence, span))
    if not claim.citations:
        problems.append("it cites nothing")
    if not cited:
        return [], SupportCheck("none", 0.0, tuple(problems))
    check = check_support(claim.text, [e.source.text[s.start : s.end] for e, s in cited])
    if problems and check.level == "full":
        # A citation that does not exist is no support, even beside one that does.
        check = SupportCheck("partial", check.score, tuple(problems))
    return cited, check


def _recite(claim: str, evidence: Sequence[Evidence]) -> tuple[Evidence, Span] | None:
    """Another retrieved passage that fully supports the claim, if there is one."""
    for item in evidence:
        span, check = align(claim, item)
        if check.level == "full":
            return item, span
    return None


class Verifier:
    """Checks the claims of one draft as they come, numbering citations across them.

    Args:
        evidence: the passages that the draft was made from; markers are distinct.
    """

    def __init__(self, evidence: Sequence[Evidence]) -> None:
        self._evidence = evidence
        self._by_marker = {item.marker: item for item in evidence}
        self._numbering = _Numbering()
        self._claims: list[Claim] = []
        self._rejected: list[RejectedClaim] = []

    def check(self, claim: DraftClaim) -> Claim | RejectedClaim:
        """Check the next claim; what stands gets proven citations, numbered from 1."""
        cited, check = _check_cited(claim, self._by_marker)
        recited = False
        if check.level == "none" and (other := _recite(claim.text, self._evidence)):
            cited, check, recited = [other], SupportCheck("full", 1.0), True
        if check.level == "none":
            return self.reject(claim.text, "; ".join(check.reasons))
        markers = tuple(dict.fromkeys(self._numbering.cite(item, span) for item, span in cited))
        self._claims.append(Claim(claim.text, markers, check.level, check.reasons, recited))
        return self._claims[-1]

    def reject(self, text: str, reason: str) -> RejectedClaim:
        """Count a claim as rejected without a look at the evidence."""
        self._rejected.append(RejectedClaim(text, reason))
        return self._rejected[-1]

    @property
    def verified(self) -> Verified:
        """What stands and what was rejected so far."""
        return Verified(
            tuple(self._claims), tuple(self._numbering.citations), tuple(self._rejected)
        )


def verify(draft: Draft, evidence: Sequence[Evidence]) -> Verified:
    """Check every claim of a draft against the evidence.

    Args:
        draft: what an answerer proposes.
        evidence: the passages it was given; markers are distinct.

    Returns:
        Supported claims with proven citations numbered from 1, and the rejected rest.
    """
    verifier = Verifier(evidence)
    for claim in draft.claims:
        verifier.check(claim)
    return verifier.verified
