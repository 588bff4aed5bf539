"""A filter that lets nothing through is named."""

from __future__ import annotations

from datetime import date

import pytest

from index.article import SearchFilters
from index.library.holdings import Holding, Holdings
from rag.evidence.filtering import nothing_passes

HOLDINGS = Holdings(
    {
        "a": Holding("The Harrow Courier", date(2021, 5, 4), "en"),
        "b": Holding("Post", None, "uk"),
    }
)
NEVER = {"published_from": date(2030, 1, 1)}


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (SearchFilters(publishers=("Nobody's Times",)), "by the publisher Nobody's Times."),
        (SearchFilters(publishers=("A", "B")), "publisher A or B"),
        (SearchFilters(languages=("de", "fr")), "in the language asked for: de or fr."),
        (SearchFilters(article_ids=frozenset({"gone"})), "in the library any more"),
        (SearchFilters(**NEVER), "period asked for. The period leaves out 1 article whose"),  # type: ignore[arg-type]
        (SearchFilters(publishers=("Post",), languages=("en",)), "all the filters together."),
        (SearchFilters(publishers=("Post", "Nobody"), languages=("en",)), "all the filters"),
    ],
)
def test_the_filter_to_blame_is_named(filters: SearchFilters, said: str) -> None:
    reason = nothing_passes(filters, HOLDINGS)
    assert reason is not None
    assert said in reason


@pytest.mark.parametrize(
    "filters",
    [SearchFilters(), SearchFilters(publishers=("post",)), SearchFilters(languages=("en", "de"))],
)
def test_where_something_passes_nothing_is_to_blame(filters: SearchFilters) -> None:
    assert nothing_passes(filters, HOLDINGS) is None
    assert HOLDINGS.undated_left_out(filters) == 0


def test_in_an_empty_library_no_filter_is_to_blame() -> None:
    assert nothing_passes(SearchFilters(publishers=("Post",)), Holdings({})) is None
