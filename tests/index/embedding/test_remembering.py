"""Each input is made once, in order, and the memory stays within its bound."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from index.embedding.remembering import Remembered


@given(st.lists(st.lists(st.integers(0, 9), max_size=8), max_size=6), st.integers(1, 12))
def test_values_are_those_of_their_keys_whatever_is_remembered(
    batches: list[list[int]], most: int
) -> None:
    made: list[int] = []

    def make(keys: Sequence[int]) -> list[str]:
        made.extend(keys)
        return [str(key) for key in keys]

    memory: Remembered[int, str] = Remembered(most)
    for batch in batches:
        assert memory.of(batch, make) == [str(key) for key in batch]
    if most >= 10:
        assert len(made) == len(set(made))


def test_the_first_to_come_is_the_first_to_go() -> None:
    made: list[int] = []
    memory: Remembered[int, int] = Remembered(2)
    for key in (1, 2, 3, 3, 1):
        memory.of([key], lambda keys: made.extend(keys) or keys)  # type: ignore[func-returns-value]
    assert made == [1, 2, 3, 1]
