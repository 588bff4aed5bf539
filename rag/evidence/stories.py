"""A story counts once, wherever it ran, and its later version comes before the earlier."""

from collections.abc import Mapping, Sequence

from index.article import PassageHit, ScoredPassage
from index.articles.likeness import retells
from index.search.ranking import ranked

Ids = tuple[str, ...]


def later_first(hits: Sequence[PassageHit], later: Mapping[str, Ids]) -> list[PassageHit]:
    """Rank again, with the best passage of a later version before those of the earlier one.

    The earlier version stays: it may tell what the later one leaves out, or differ from it.

    Args:
        hits: passages, best first.
        later: by article, the versions that supersede it.
    """
    best: dict[str, PassageHit] = {}
    for hit in hits:
        best.setdefault(hit.article_id, hit)
    scores = {hit.passage_id: hit.score for hit in hits}
    for hit in hits:
        for name in later.get(hit.article_id, ()):
            if (newer := best.get(name)) and scores[newer.passage_id] <= hit.score:
                # The least that is more: nothing comes between the two.
                scores[newer.passage_id] = hit.score * (1.0 + 1e-9)
    return ranked(
        [(hit.passage_id, scores[hit.passage_id], hit.article_id) for hit in hits],
        len(hits),
        "fused",
    )


def is_told(found: ScoredPassage, kept: Sequence[ScoredPassage], copies: Mapping[str, Ids]) -> bool:
    """Whether passages of copies of its article already say what a passage says."""
    ran = copies.get(found.passage.article_id, ())
    told = [one.passage.text for one in kept if one.passage.article_id in ran]
    return bool(told) and retells(found.passage.text, told)
