from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.articles.likeness import Relation, Story, alike, relation, retells, sketch, word_runs

QUAKE = (
    "A quake killed three people in Mirova on Friday, the rescue service said.",
    "The quake had a magnitude of 5.1 and was felt as far as the coast.",
    "Schools stay shut until the buildings have been looked at by engineers.",
)
COUNCIL = (
    "The council of Arden bought 21 buses for its route to the coast, treasurer Ola Pim said.",
    "The buses were built before July 2009 and were last checked in August 2015.",
)
OTHER = (
    "The lamps on the bridge in Obersk burn again after six years, said the electrician.",
    "They cost more than the town had put aside for all the lamps of its streets.",
    "The mayor wants the next bridge to be lit as well before the winter comes.",
)
RUSSIAN = (
    "Порт Ольшаны примет первые суда в октябре, сообщил директор порта Иван Гай.",
    "Первый причал длиной 240 метров уже построен, второй будет готов весной.",
)
CHINESE = (
    "青石镇玻璃厂将于五月关闭，厂长王小明周三宣布。",
    "约有180名工人将失业，工厂建于1958年。",
)


def story(*sentences: str, title: str | None = None, day: str | None = None, **more: str) -> Story:
    published = date.fromisoformat(day) if day else None
    name = more.get("name", "a-1")
    return Story(name, title, more.get("publisher"), published, sentences)


def found(one: Story, other: Story) -> Relation | None:
    """What one is to the other, after the sketches let them be compared at all."""
    if not alike(sketch(one.runs), np.array([sketch(other.runs)])):
        return None
    return relation(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (story(*QUAKE), story(*QUAKE, title="Another headline")),
        (story(*QUAKE), story(*QUAKE[:2])),
        (story(*QUAKE), story(*OTHER, *QUAKE)),
        (story(*QUAKE), story(*(s.replace("looked at", "inspected") for s in QUAKE))),
        (story(*RUSSIAN), story(*RUSSIAN[:1], "Об этом пишет газета «Маяк».", *RUSSIAN[1:])),
        (story(*CHINESE), story(*CHINESE[:1], "工人们周四举行集会。")),
    ],
    ids=["headline", "cut short", "merged", "edited", "Russian", "Chinese"],
)
def test_a_copy_is_known(one: Story, other: Story) -> None:
    assert found(one, other) == found(other, one) == "copy"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (story(*QUAKE), story(*OTHER)),
        # One pattern, filled in for another place.
        (story(*COUNCIL), story(*(s.replace("Arden", "Bergues") for s in COUNCIL))),
        # The same figures of every week.
        (
            story("The price of oats is up to 210 crowns a tonne on the market.", day="2023-05-05"),
            story("The price of oats is up to 214 crowns a tonne on the market.", day="2023-05-12"),
        ),
        (story("Too short."), story("Too short.")),
    ],
    ids=["another", "pattern", "series", "short"],
)  # fmt: skip
def test_what_only_looks_alike_is_none(one: Story, other: Story) -> None:
    assert found(one, other) is found(other, one) is None


@pytest.mark.parametrize(
    "later",
    [
        story(*(s.replace("three", "17") for s in QUAKE), title="UPDATE 2-Quake hits Mirova"),
        story(*QUAKE[:2], title="CORRECTED-Quake hits Mirova"),
        story(*(s.replace("three", "17") for s in QUAKE), day="2023-05-06"),
        story(*QUAKE, "Two more were found on Saturday.", day="2023-05-06", publisher="Post"),
    ],
    ids=["take", "corrected", "number", "grown"],
)
def test_a_later_version_is_told_from_the_earlier(later: Story) -> None:
    earlier = story(*QUAKE, title="Quake hits Mirova", day="2023-05-05", publisher="Post")
    assert (found(earlier, later), found(later, earlier)) == ("later", "earlier")


def test_a_correction_may_keep_little_of_the_story() -> None:
    told = "A quake killed 16 people in Mirova on Friday, the rescue service said."
    note = "(Corrects the toll to 16 from 17)"
    corrected = story(note, told, title="CORRECTED-Quake hits Mirova")
    assert found(story(*QUAKE), corrected) == "later"
    assert found(story(*QUAKE), story(note, told)) is None


def test_a_passage_with_other_numbers_is_not_retold() -> None:
    assert retells(QUAKE[0], QUAKE[:2])
    assert not retells(QUAKE[0], [QUAKE[0].replace("three", "17")])
    assert not retells(QUAKE[0], OTHER)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=5), st.lists(st.text(max_size=40), max_size=5))
def test_the_relation_is_the_same_from_either_side(one: list[str], other: list[str]) -> None:
    back = {"copy": "copy", "later": "earlier", "earlier": "later", None: None}
    a, b = story(*one, *QUAKE[:1]), story(*other, *QUAKE[:1])
    assert relation(a, b) == back[relation(b, a)]
    assert word_runs("") == frozenset()
