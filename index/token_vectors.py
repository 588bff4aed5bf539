"""What each token of a text means where it stands, packed into two bits a number.

For late interaction (ColBERT, arXiv:2004.12832) the token vectors of every passage are kept. In
full they would be 40 times the text. Turned by a fixed orthogonal matrix their numbers are spread
alike, whatever the model, and two bits each keep the products with the tokens of a question
within 0.01 on average (the idea of RaBitQ, arXiv:2405.12497, with the levels of Lloyd and Max).
Products do not change when both sides are turned, so that nothing is ever turned back.
"""

import functools
import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# The best four levels for numbers that are normally distributed (Max, 1960), and what divides them.
_LEVELS = np.array([-1.5104, -0.4528, 0.4528, 1.5104], dtype=np.float32)
_THRESHOLD = 0.9816
_HEADER = struct.Struct("<II")
_PER_BYTE = 4


@dataclass(frozen=True, slots=True, eq=False)
class TokenVectors:
    """What a text's tokens mean where they stand.

    Attributes:
        vectors: float32 (tokens, dimension), rows of length 1.
        starts: where each token begins in the text, in code points.
        ends: where it ends.
    """

    vectors: NDArray[np.float32]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    def within(self, start: int, end: int) -> "TokenVectors":
        """The tokens that stand inside a part of the text, placed in that part."""
        kept = (self.starts >= start) & (self.ends <= end)
        return TokenVectors(self.vectors[kept], self.starts[kept] - start, self.ends[kept] - start)


@functools.cache
def _turning(dimension: int) -> NDArray[np.float32]:
    """An orthogonal matrix that is the same everywhere: a cosine transform after sign changes."""
    index = np.arange(dimension)
    cosines = np.cos(np.pi / dimension * np.outer(index + 0.5, index)) * np.sqrt(2 / dimension)
    cosines[:, 0] /= np.sqrt(2)
    # Signs without a pattern: whether n² has an odd digit sum in base two.
    signs = np.array([-1.0 if (int(n) ** 2).bit_count() % 2 else 1.0 for n in index])
    return np.asarray(signs[:, None] * cosines, dtype=np.float32)


def turn(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn vectors, (n, dimension), to where they are packed; products stay what they are."""
    return np.asarray(vectors @ _turning(vectors.shape[1]))


def pack(tokens: TokenVectors) -> bytes:
    """Token vectors, turned already, as they are stored."""
    count, dimension = tokens.vectors.shape
    if not count:
        return _HEADER.pack(0, dimension)
    scaled = tokens.vectors * np.float32(np.sqrt(dimension))
    codes = (scaled > -_THRESHOLD).astype(np.uint8) + (scaled > 0) + (scaled > _THRESHOLD)
    quads = codes.reshape(count, -1, _PER_BYTE) << np.array([0, 2, 4, 6], dtype=np.uint8)
    places = np.concatenate([tokens.starts, tokens.ends]).astype("<u4")
    packed = quads.sum(axis=2, dtype=np.uint8)
    return b"".join((_HEADER.pack(count, dimension), places.tobytes(), packed.tobytes()))


@functools.cache
def _table() -> NDArray[np.float32]:
    """For each byte the four numbers that it stands for."""
    bits = np.arange(256)[:, None] >> np.array([0, 2, 4, 6]) & 3
    return np.asarray(_LEVELS[bits])


def unpack(stored: bytes) -> TokenVectors:
    """What `pack` stored, with rows of length 1."""
    count, dimension = _HEADER.unpack_from(stored)
    places = np.frombuffer(stored, "<u4", 2 * count, _HEADER.size).astype(np.int64)
    codes = np.frombuffer(stored, np.uint8, offset=_HEADER.size + 8 * count)
    # `take` is ten times as quick as indexing here.
    vectors = _table().take(codes, axis=0).reshape(count, dimension)
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None]
    return TokenVectors(vectors / lengths, places[:count], places[count:])
