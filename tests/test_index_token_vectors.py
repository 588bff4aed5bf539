"""Token vectors, packed: their places exactly, their products nearly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.embedding import local_token_vectors
from index.token_vectors import TokenVectors, pack, turn, unpack

DIMENSION = 384


def unit(count: int, seed: int) -> NDArray[np.float32]:
    rows = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


@given(
    places=st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)), max_size=40),
    seed=st.integers(0, 2**16),
)
def test_places_come_back_exactly_and_rows_as_directions(
    places: list[tuple[int, int]], seed: int
) -> None:
    starts, ends = np.array(places, dtype=np.int64).reshape(-1, 2).T
    vectors = turn(unit(len(places), seed))
    found = unpack(pack(TokenVectors(vectors, starts, ends)))
    np.testing.assert_array_equal(found.starts, starts)
    np.testing.assert_array_equal(found.ends, ends)
    assert found.vectors.shape == vectors.shape
    np.testing.assert_allclose(np.linalg.norm(found.vectors, axis=1), 1, atol=1e-5)
    # Two bits keep the direction of numbers that are spread alike: .94 is what theory promises.
    assert (np.einsum("ij,ij->i", found.vectors, vectors) > 0.9).all()


@pytest.mark.parametrize("dimension", [32, 384, 1536])
def test_turning_changes_no_product(dimension: int) -> None:
    rows = np.random.default_rng(1).normal(size=(20, dimension)).astype(np.float32)
    np.testing.assert_allclose(turn(rows) @ turn(rows).T, rows @ rows.T, rtol=1e-3, atol=1e-2)


def test_products_with_a_question_stay_nearly_what_they_are() -> None:
    question = local_token_vectors("Who asked for the extradition of the men?").vectors
    exact = local_token_vectors(
        "Ukraine has asked Belarus to hand over 28 of the detained men, prosecutors said on "
        "Wednesday. Lukashenko will decide after the vote, his spokeswoman told reporters."
    )
    products = question @ exact.vectors.T
    packed = question @ unpack(pack(exact)).vectors.T
    assert np.corrcoef(products.ravel(), packed.ravel())[0, 1] > 0.98
    assert (packed.argmax(axis=1) == products.argmax(axis=1)).mean() > 0.7


def test_a_text_without_tokens() -> None:
    empty = local_token_vectors("")
    assert len(unpack(pack(empty)).starts) == 0
