"""Did the search find the article, and the words? Retrieval, judged by rank."""

from collections.abc import Sequence, Set
from typing import Literal

from index.article import Span

GoldRule = Literal["any", "all"]
COVERED = 0.5


def distinct(ranked: Sequence[str]) -> list[str]:
    """Keep each id once, at its best rank: ranked passages become ranked articles."""
    return list(dict.fromkeys(ranked))


def hit_at(ranked: Sequence[str], gold: Set[str], k: int) -> float:
    """1 if a gold article is among the first k (Success@k of Voorhees and Harman 2005).

    Args:
        ranked: distinct article ids, best first.
        gold: ids of the articles that answer.
        k: how many count.
    """
    return float(any(article in gold for article in ranked[:k]))


def reciprocal_rank(ranked: Sequence[str], gold: Set[str], k: int) -> float:
    """1 / rank of the first gold article, 0 beyond rank k (Voorhees 1999, TREC-8)."""
    for rank, article in enumerate(ranked[:k], start=1):
        if article in gold:
            return 1.0 / rank
    return 0.0


def covered(part: Span, gold: Span) -> float:
    """The share of the gold span's characters that the part covers."""
    return part.overlap(gold) / len(gold) if len(gold) else 0.0


def is_covered(part: Span, places: Sequence[Span]) -> bool:
    """Whether the part covers at least half of the gold quote, at any place it stands."""
    return any(covered(part, place) >= COVERED for place in places)


def evidence_recall(found: Sequence[bool], rule: GoldRule) -> float:
    """How much of the gold evidence was retrieved (Thorne et al. 2018, FEVER).

    Args:
        found: for each gold quote, whether a retrieved passage covers it.
        rule: ``any``: one quote is enough; ``all``: the share of the quotes found.
    """
    return float(any(found)) if rule == "any" else sum(found) / len(found)
