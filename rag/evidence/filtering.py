"""Why filters let no article through, in words: the one that is to blame is named."""

from typing import Any

from index.article import SearchFilters
from index.library.holdings import Holdings
from index.saying import Said, either, phrase, sentences
from rag.attribution import undated_words


def nothing_passes(filters: SearchFilters, holdings: Holdings) -> Said | None:
    """Say which filter lets no article through.

    Args:
        filters: of the search, resolved.
        holdings: of the library.

    Returns:
        None if some article passes, or there is none.
    """
    if holdings.matching(filters) != frozenset():
        return None
    known = {(entry.publisher or "").casefold() for entry in holdings.entries.values()}
    strange = [name for name in filters.publishers if name.casefold() not in known]
    if strange and len(strange) == len(filters.publishers):
        return phrase("No article is by the publisher %(name)s.", name=either(strange))
    if _blocked(holdings, languages=filters.languages):
        return phrase(
            "No article is in the language asked for: %(name)s.", name=either(filters.languages)
        )
    if _blocked(holdings, article_ids=filters.article_ids):
        return phrase("None of the articles chosen is in the library any more.")
    period = {
        name: getattr(filters, name) for name in ("published_from", "published_to", "not_after")
    }
    if _blocked(holdings, **period):
        none = phrase("No article has a date in the period asked for.")
    else:
        none = phrase("No article passes all the filters together.")
    undated = holdings.undated_left_out(filters)
    return sentences(none, undated_words(undated)) if undated else none


def _blocked(holdings: Holdings, **only: Any) -> bool:
    return holdings.matching(SearchFilters(**only)) == frozenset()
