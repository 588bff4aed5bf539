"""Every item of a list, none twice."""

from rag.reading.listing import MAX_ITEMS, choose_items
from tests.helpers.evidence import candidate, make_evidence

STATES = ("Sweden backed the treaty.", "Norway backed it on Monday.", "Sweden did so again.")


def test_each_item_is_quoted_once() -> None:
    item = make_evidence(*STATES)
    ranked = [
        candidate(item, 0, "Sweden", 5.0),
        candidate(item, 1, "Norway", 4.0),
        candidate(item, 2, "Sweden", 3.0),
    ]
    assert [c.answer for c in choose_items(ranked)] == ["Sweden", "Norway"]


def test_what_hardly_answers_is_no_item() -> None:
    item = make_evidence(*STATES)
    ranked = [candidate(item, 0, "Sweden", 5.0), candidate(item, 1, "Norway", 0.5)]
    assert [c.answer for c in choose_items(ranked)] == ["Sweden"]
    assert len(choose_items([candidate(item, 0), candidate(item, 1)])) == 1


def test_a_list_has_an_end() -> None:
    names = [f"State{letter}" for letter in "abcdefghijkl"]
    item = make_evidence(*(f"{name} backed the treaty." for name in names))
    ranked = [candidate(item, at, name) for at, name in enumerate(names)]
    assert len(choose_items(ranked)) == MAX_ITEMS
