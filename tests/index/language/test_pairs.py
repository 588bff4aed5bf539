"""Whole pairs of quotation marks, in every language's own marks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.language.pairs import in_pairs


@pytest.mark.parametrize(
    "text",
    [
        "“We waited,” she said.", "“One.” “Two.”", "“She said “yes”,” he said.",
        "„Da ist er!“, rief sie.", "»Nie«, sagte er.", "„Er sagte »nein«“, rief sie.",
        "„Idę”, powiedziała.", "« Oui », dit-il.", "«Да», — сказал он.", "«Завод „Торв“» закрыт.",
        "”Nej”, sade han.", "「はい」と述べた。", "“是的。”他说。", 'He said "no" twice.',
        'A 6" pipe', "«Sí», dijo. «No», añadió.", "It's the boys’ own.", "",
    ],
)  # fmt: skip
def test_whole_pairs(text: str) -> None:
    assert in_pairs(text)


@pytest.mark.parametrize(
    "text",
    [
        "waited,” she said. “Now it is ours", "waited,” she said.", "“We waited.",
        "oui », dit-il. « Enfin", "oui », dit-il.", "„Da ist er!", "ist er!“, rief sie.",
        "Nie«, sagte er. »Ja", "「はい", "はい」と", "Да», — сказал он. «Нет", 'He said "no',
    ],
)  # fmt: skip
def test_halves(text: str) -> None:
    assert not in_pairs(text)


@given(
    st.lists(st.sampled_from(["yes", "no, never", "it is so."]), min_size=1, max_size=4),
    st.sampled_from(["“{}”", "„{}“", "»{}«", "«{}»", "« {} »", "„{}”", "「{}」"]),
)
def test_a_pair_cut_anywhere_is_none(said: list[str], marks: str) -> None:
    whole = " he said. ".join(marks.format(words) for words in said)
    assert in_pairs(whole)
    assert not in_pairs(whole[1:])
    assert not in_pairs(whole[:-1])
