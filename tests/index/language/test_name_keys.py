"""Spellings and scripts of one name meet; different names stay apart."""

from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.language.name_keys import name_key, name_keys

SAME = [
    ("Tikhanovskaya", "Tsikhanouskaya", "Тихановская", "Тихановской"),
    ("Lukashenko", "Lukashenka", "Лукашенко"),
    ("Zelensky", "Zelenskyy", "Zelenskiy", "Зеленский", "Зеленський", "Зеленского"),
    ("Kyiv", "Kiev", "Київ", "Киев"),
    ("Shmygal", "Shmyhal", "Шмигаль", "Шмыгаль"),
    ("Gordon", "Hordon", "Гордон"),
    ("Eismont", "Eysmont", "Эйсмонт"),
    ("Belarus", "Белоруссии", "Беларусь"),
    ("Kuleba", "Кулеба", "Кулебы"),
    ("Peskov", "Песков", "Пескова"),
    ("Minsk", "Минск", "Мінськ", "Минске"),
    ("Putin", "Путин", "Путін", "Путина"),
    ("Mikola", "Mykola", "Микола"),
    ("Dmitry", "Dmytro", "Дмитро"),
    ("Alexander", "Aliaksandr", "Александр"),
    ("Volodymyr", "Vladimir", "Владимир"),
]


@pytest.mark.parametrize("spellings", SAME, ids=lambda s: s[0])
def test_spellings_of_one_name_meet(spellings: tuple[str, ...]) -> None:
    assert len({name_key(spelling) for spelling in spellings}) == 1
    assert name_key(spellings[0])


def test_different_names_stay_apart() -> None:
    for first, second in combinations([spellings[0] for spellings in SAME], 2):
        assert name_key(first) != name_key(second)


def test_only_capitalised_words_are_names() -> None:
    assert name_keys("The men met Lukashenka in Minsk, and Minsk agreed.") == [
        name_key("Lukashenko"),
        name_key("Minsk"),
    ]


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    assert all(key.isascii() and " " not in key for key in name_keys(text))


def pairs(name: str) -> list[list[str]]:
    lines = (Path(__file__).parents[2] / "data" / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines]


@pytest.mark.parametrize("name", ["name_pairs_tuning.tsv", "name_pairs_held_out.tsv"])
def test_pairs_of_spellings_meet_and_no_others(name: str) -> None:
    """Recall over 60 pairs and precision over all 3,600 cross pairs.

    The rule was fixed on the first file; the second was written afterwards. The first measurement
    on it, before any further change of the rule, was recall 1.00 and precision 1.00. (One change
    came after it, so that Ukraine and Ukrainian meet again; the figures stayed.)
    """
    given = pairs(name)
    assert len(given) == len({first for first, _ in given}) == 60
    met = {
        (place, other)
        for place, (first, _) in enumerate(given)
        for other, (_, second) in enumerate(given)
        if name_key(first) and name_key(first) == name_key(second)
    }
    right = {(place, place) for place in range(len(given))}
    assert len(met & right) / len(right) >= 0.85
    assert len(met & right) / len(met) >= 0.95
