from __future__ import annotations

from datetime import date

from index.article import SearchFilters
from index.library.holdings import Holding, Holdings

HOLDINGS = Holdings(
    {
        "old": Holding("Post", date(2021, 5, 4), "en"),
        "new": Holding("Post", date(2023, 5, 4), "en"),
        "undated": Holding("Post", None, "en"),
        "elsewhere": Holding("Herald", None, "en"),
    },
    copies={"old": ("new", "undated")},
)
SINCE = date(2022, 1, 1)


def test_a_period_says_what_it_leaves_out_for_want_of_a_date() -> None:
    assert HOLDINGS.undated_left_out(SearchFilters(published_from=SINCE)) == 2
    of_post = SearchFilters(publishers=("post",), published_to=SINCE)
    assert HOLDINGS.undated_left_out(of_post) == 1


def test_without_a_period_nothing_is_left_out() -> None:
    assert HOLDINGS.undated_left_out(SearchFilters()) == 0
    assert HOLDINGS.undated_left_out(SearchFilters(not_after=SINCE)) == 0


def test_what_is_out_later_is_not_named() -> None:
    assert HOLDINGS.out_by(SINCE, HOLDINGS.copies["old"]) == ("undated",)
    assert HOLDINGS.out_by(date(2023, 5, 4), HOLDINGS.copies["old"]) == ("new", "undated")
