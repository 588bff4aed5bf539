from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from index.article import Passage, PassageHit, ScoredPassage
from rag.evidence.stories import is_told, later_first


def hits(*articles: str) -> list[PassageHit]:
    return [
        PassageHit(f"{name}:{rank}", name, 1.0 / rank, rank, "fused")
        for rank, name in enumerate(articles, start=1)
    ]


def scored(article: str, text: str) -> ScoredPassage:
    passage = Passage(f"{article}:0", article, article, 0, len(text), text, ())
    return ScoredPassage(passage, 1.0, 1, "fused")


def order(found: list[PassageHit]) -> list[str]:
    return [hit.article_id for hit in found]


def test_a_later_version_comes_before_the_earlier() -> None:
    later = {"first": ("second",), "second": ("third",)}
    assert order(later_first(hits("first", "x", "second"), later)) == ["second", "first", "x"]
    assert order(later_first(hits("second", "x", "first"), later)) == ["second", "x", "first"]


def test_without_versions_the_ranking_stays() -> None:
    found = hits("a", "b", "a")
    assert later_first(found, {}) == found
    assert order(later_first(found, {"b": ("gone",)})) == ["a", "b", "a"]


@given(st.lists(st.sampled_from("abc"), max_size=8))
def test_no_passage_is_lost(articles: list[str]) -> None:
    found = hits(*articles)
    again = later_first(found, {"a": ("b",), "b": ("c",), "c": ("a",)})
    assert {hit.passage_id for hit in again} == {hit.passage_id for hit in found}


def test_only_a_copy_tells_the_same() -> None:
    text = "The mill at Torv burned down on Tuesday night, the fire service said."
    kept = [scored("a", f"{text} It had ground rye since 1871.")]
    assert is_told(scored("b", text), kept, {"b": ("a",)})
    assert not is_told(scored("b", text), kept, {})
    assert not is_told(
        scored("b", text.replace("Tuesday", "the 4th of May 2023")), kept, {"b": ("a",)}
    )
