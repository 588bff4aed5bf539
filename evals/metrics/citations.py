"""Do the citations hold? ALCE's recall and precision, hits on gold quotes, plain arithmetic."""

from collections.abc import Callable, Sequence

from evals.metrics.ranking import GoldRule
from index.article import Span

# Whether the references, taken together, fully support the claim.
Judge = Callable[[str, Sequence[str]], bool]
# A claim and the texts it cites.
CitedClaim = tuple[str, Sequence[str]]


def citation_recall(claims: Sequence[CitedClaim], judge: Judge) -> float:
    """Share of claims that their citations fully support (Gao et al. 2023, ALCE, section 4.3).

    A claim without citations counts as unsupported.
    """
    return sum(bool(cited) and judge(claim, cited) for claim, cited in claims) / len(claims)


def _needed(claim: str, cited: Sequence[str], position: int, judge: Judge) -> bool:
    """Whether the citation supports the claim alone, or the others fail without it."""
    others = [text for place, text in enumerate(cited) if place != position]
    return judge(claim, [cited[position]]) or not judge(claim, others)


def citation_precision(claims: Sequence[CitedClaim], judge: Judge) -> float | None:
    """Share of citations that are needed (Gao et al. 2023, ALCE, section 4.3).

    A citation is needed if its claim is fully supported and the citation either supports it alone
    or cannot be left out. None if there is no citation.
    """
    verdicts: list[bool] = []
    for claim, cited in claims:
        supported = bool(cited) and judge(claim, cited)
        verdicts += [
            supported and (len(cited) == 1 or _needed(claim, cited, position, judge))
            for position in range(len(cited))
        ]
    return sum(verdicts) / len(verdicts) if verdicts else None


def gold_hit(covered: Sequence[Sequence[bool]], rule: GoldRule) -> tuple[float, float]:
    """Whether the citations point at the gold quotes: any of them, and the first alone.

    After the "correct citation" of Bohnet et al. 2022 (Attributed QA), but by characters: a
    citation hits a gold quote if it covers at least half of it in the same source.

    Args:
        covered: for each citation in order, whether it covers each gold quote.
        rule: ``any``: one gold quote is enough; ``all``: each must be covered by some
            citation. The first citation need never cover more than one.
    """
    if not covered:
        return 0.0, 0.0
    by_quote = [any(column) for column in zip(*covered, strict=True)]
    anywhere = any(by_quote) if rule == "any" else all(by_quote)
    return float(anywhere), float(any(covered[0]))


def offsets_valid(text: str | None, span: Span, quote: str) -> bool:
    """Whether the source really says the quote at that place: ``text[start:end] == quote``."""
    return text is not None and text[span.start : span.end] == quote
