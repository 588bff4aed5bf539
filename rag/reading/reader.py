"""The reader: a trained model that reads a question and a passage together.

Extractive reading comprehension with a "none" at the first token (Devlin et al.,
arXiv:1810.04805; Rajpurkar et al., arXiv:1806.03822): for every token of the passage the model
says how likely the answer begins, and ends, there. ``evals/training`` trains it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from index.article import Article, Span
from index.embedding.e5 import E5Model, open_model
from index.embedding.fine_tuned import read_fine_tuned
from index.embedding.once import once
from index.embedding.remembering import Remembered
from index.embedding.transformer import Transformer
from index.errors import EmbeddingModelError
from rag.types import Evidence

WEIGHTS: Final = Path(__file__).with_name("reader.safetensors")
QUESTION_TOKENS: Final = 56
HEADER_TOKENS: Final = 56
INPUT_TOKENS: Final = 352
"""Tokens of question, header and passage together; the rest is cut off, as in training."""
MAX_ANSWER_TOKENS: Final = 40
REMEMBERED: Final = 4_096
"""Readings to remember, some 4 kB each: a search after an answer, or a repeated question, would
otherwise read twice."""
UNREAD: Final = -30.0
"""Score of a sentence that was cut off: as good as certainly no answer."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """How well a sentence answers a question.

    Attributes:
        score: log odds of its best words against "none of this passage answers".
        words: those words, as a span of the source.
    """

    score: float
    words: Span | None


@dataclass(frozen=True, slots=True)
class _Input:
    """A question and a passage in the model's form.

    Attributes:
        ids: of all tokens, specials included.
        first: place of the passage's first token.
        starts: the code point at which each of the passage's tokens begins.
        ends: the code point at which each ends.
    """

    ids: list[int]
    first: int
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    @property
    def key(self) -> bytes:
        """The key to remember it by: a quarter of the size of its numbers as objects."""
        return np.asarray(self.ids, dtype=np.int32).tobytes()


def header(evidence: Evidence) -> str:
    """Make the header over a passage: title, publisher, date; the passage may not give them."""
    return article_header(evidence.article)


def article_header(article: Article) -> str:
    """The same for any passage of an article."""
    day = article.published.isoformat() if article.published else None
    parts = (article.title, article.publisher, day)
    return " · ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class _Network:
    """The model in memory: the encoder, for its tokens and their vectors, and the taught layers."""

    model: E5Model
    transformer: Transformer


def _load(weights: Path) -> _Network:
    model = open_model()
    taught = read_fine_tuned(weights, model)
    return _Network(model, Transformer(taught.weights, taught.head))


class Reader:
    """The taught reader; its file is read at the first question, and threads may share it.

    Args:
        weights: the file of trained weights.
    """

    def __init__(self, weights: Path = WEIGHTS) -> None:
        self._network = once(lambda: _load(weights))
        self._known: Remembered[bytes, Floats] = Remembered(REMEMBERED)

    def read(self, question: str, evidence: Sequence[Evidence]) -> list[list[ReadSentence]]:
        """Read passages for a question.

        Args:
            question: standalone.
            evidence: the passages.

        Returns:
            for each passage its sentences, in order.

        Raises:
            EmbeddingModelError: a file is missing or altered, or the model fails.
        """
        model = self._network().model
        inputs = [_input(model, question, item) for item in evidence]
        logits = self._known.of([item.key for item in inputs], self._logits)
        return [
            _sentences(item, given, found)
            for item, given, found in zip(evidence, inputs, logits, strict=True)
        ]

    def _logits(self, keys: Sequence[bytes]) -> list[Floats]:
        """Compute the two logits of every token of each text."""
        sequences = [np.frombuffer(key, dtype=np.int32).tolist() for key in keys]
        network = self._network()
        found = [output.tokens for output in network.transformer.run(sequences, network.model)]
        logits = [tokens for tokens in found if tokens is not None]
        if len(logits) != len(found):
            raise EmbeddingModelError("The reader's weights have no head for tokens.")
        return logits


def _input(model: E5Model, question: str, item: Evidence) -> _Input:
    tokenizer = model.tokenizer
    asked = tokenizer.encode("query: " + question).ids[:QUESTION_TOKENS]
    over = tokenizer.encode(header(item)).ids[:HEADER_TOKENS]
    passage = tokenizer.encode(item.passage.text)
    room = INPUT_TOKENS - len(asked) - len(over) - 4
    bos, eos = tokenizer.bos, tokenizer.eos
    ids = [bos, *asked, eos, *over, eos, *passage.ids[:room], eos]
    first = len(asked) + len(over) + 3
    return _Input(ids, first, passage.starts[:room], passage.ends[:room])


def _sentences(item: Evidence, given: _Input, logits: Floats) -> list[ReadSentence]:
    """Score each sentence from the two logits of each token."""
    passage, count = item.passage, len(given.starts)
    none = float(logits[0].sum())
    inner = logits[given.first : given.first + count]
    found = []
    for sentence in passage.sentences:
        start, end = sentence.start - passage.start, sentence.end - passage.start
        # A token's leading blank stands before its sentence.
        low = int(np.searchsorted(given.ends, start, side="right"))
        high = int(np.searchsorted(given.starts, end, side="left"))
        if low >= high:
            found.append(ReadSentence(UNREAD, None))
            continue
        first, last, best = best_words(inner[low:high])
        words = _trimmed(
            passage.text,
            max(start, int(given.starts[low + first])),
            min(end, int(given.ends[low + last])),
        )
        span = Span(passage.start + words[0], passage.start + words[1]) if words else None
        found.append(ReadSentence(best - none, span))
    return found


def best_words(logits: Floats) -> tuple[int, int, float]:
    """Find the likeliest stretch of tokens: its first, its last, and the sum of their logits.

    Args:
        logits: (tokens, 2), of beginning and of ending there; not empty.
    """
    sums = logits[:, :1] + logits[:, 1][None, :]
    allowed = np.triu(np.ones_like(sums, dtype=bool)) & ~np.triu(
        np.ones_like(sums, dtype=bool), MAX_ANSWER_TOKENS
    )
    place = int(np.where(allowed, sums, -np.inf).argmax())
    first, last = divmod(place, len(logits))
    return first, last, float(sums[first, last])


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Strip a stretch of blanks, and of punctuation that belongs to the sentence."""
    while start < end and (text[start].isspace() or text[start] in ",;:…"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in ",;:…"):
        end -= 1
    return (start, end) if start < end else None


_share = once(Reader)


def is_taught() -> bool:
    """Whether the reader's weights are installed; without them words and vectors decide."""
    return WEIGHTS.exists()


def open_reader() -> Reader | None:
    """The taught reader, one for all that ask; None where its weights are not there."""
    return _share() if is_taught() else None
