"""The best passages of what a search gives, in an order that is always the same."""

from collections.abc import Callable, Iterable, Sequence

from index.article import PassageHit

Row = tuple[str, float, str]
"""Passage id, score, article id."""
Fetch = Callable[[int], Sequence[Row]]
"""Gives the best n of a store's passages, best first."""


def ranked(found: Iterable[Row], k: int, retriever: str) -> list[PassageHit]:
    """Pick the best k rows; equal scores stand in order of the passage's id."""
    best = sorted(found, key=lambda row: (-row[1], row[0]))[:k]
    return [
        PassageHit(passage_id, article_id, score, rank, retriever)
        for rank, (passage_id, score, article_id) in enumerate(best, start=1)
    ]


def best(fetch: Fetch, k: int, most: int) -> Sequence[Row]:
    """Fetch at least the best k of all passages, and all that tie with the last of them.

    Args:
        fetch: gives the best n.
        k: how many.
        most: rows to fetch at most, however many score the same.
    """
    n = min(k + 16, most)
    while True:
        found = fetch(n)
        if len(found) < n or n == most or found[-1][1] < found[k - 1][1]:
            return found
        n = min(4 * n, most)


def best_allowed(fetch: Fetch, k: int, allowed: frozenset[str], most: int) -> list[Row] | None:
    """Pick the best of some articles from the best of all.

    If many articles are allowed, this is much quicker than filtering inside a store.

    Args:
        fetch: gives the best n of all articles.
        k: how many.
        allowed: ids of the articles.
        most: rows to fetch at most.

    Returns:
        rows, fewer than k if there are no more; None if ``most`` rows do not hold them.
    """
    n = 2 * k
    while n <= most:
        found = fetch(n)
        kept = [row for row in found if row[2] in allowed]
        if len(found) < n or (len(kept) >= k and found[-1][1] < kept[k - 1][1]):
            return kept
        n *= 4
    return None
