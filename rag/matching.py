"""How well passages and their sentences match a question, word by word.

Late interaction (ColBERT, arXiv:2004.12832): each word of the question looks for the word of the
sentence that means most nearly the same where it stands.
"""

import copy
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.token_vectors import TokenVectors
from rag.answer import Evidence
from rag.kinds import AnswerKind, kinds_asked, surnames
from rag.periods import Period
from rag.speakers import asked_speakers
from rag.text import Token, all_keys, content_tokens, negations, tokens
from rag.understanding import TAKEN_OVER

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Asked:
    """One form of a question.

    Attributes:
        vector: its unit vector; None where the model cannot read it.
        tokens: what its tokens mean.
        period: that it names.
    """

    text: str
    vector: Vector | None
    tokens: TokenVectors
    period: Period | None = None


class TermWeights:
    """How much each term of a question tells one passage from another.

    Rare terms weigh more (inverse document frequency over the given passages), names and
    numbers half as much again; and what stands in brackets at the end half as much, since that
    is what a follow-up, or a later part, takes over from what was asked before.
    """

    def __init__(self, question: str, passages: Sequence[frozenset[str]]) -> None:
        """Weigh the terms.

        Args:
            question: or one part of it.
            passages: keys of all words of each passage.
        """
        self.terms: tuple[Token, ...] = content_tokens(question)
        aside = TAKEN_OVER.search(question)
        sought = frozenset().union(*(term.keys for term in self.terms))
        frequency = Counter(key for keys in passages for key in keys & sought)
        self._weights = {
            term.key: math.log(
                1.0 + (len(passages) + 1.0) / (max(frequency[key] for key in term.keys) + 0.5)
            )
            * (1.5 if term.is_name or term.is_number else 1.0)
            * (0.5 if aside and aside.start() <= term.start else 1.0)
            for term in self.terms
        }
        self._total = sum(self._weights.values())

    def of(self, term: Token) -> float:
        """The weight of one term."""
        return self._weights[term.key]

    def among(self, keys: frozenset[str]) -> frozenset[str]:
        """The terms that are among the keys."""
        return frozenset(term.key for term in self.terms if term.keys & keys)

    def coverage(self, known: frozenset[str]) -> float:
        """Weighted share, 0 to 1, of some of the terms."""
        if not self._total:
            return 0.0
        return sum(w for key, w in self._weights.items() if key in known) / self._total

    def names_missing(self, keys: frozenset[str]) -> float:
        """Share, 0 to 1, of the question's names and numbers that are not among the keys."""
        names = [term for term in self.terms if term.is_name or term.is_number]
        return sum(not term.keys & keys for term in names) / len(names) if names else 0.0


class Comparison:
    """The question's side of every comparison, worked out once."""

    def __init__(self, form: Asked, passages: Sequence["ReadPassage"]) -> None:
        question, self.vector = form.text, form.vector
        self.kinds: frozenset[AnswerKind] = kinds_asked(question)
        self.keys = all_keys(question)
        self.negated = bool(negations(question))
        self.speakers = asked_speakers(question)
        self.period = form.period
        year = str(form.period.year) if form.period else ""
        self.period_unnamed = year in self.keys and not _is_named(year, passages)
        self.terms = TermWeights(question, [passage.keys for passage in passages])
        # Only a question for a person asks who is one.
        person = AnswerKind.PERSON in self.kinds
        texts = [text for passage in passages for text in passage.texts] if person else []
        self.people = frozenset[str]().union(*map(surnames, texts))
        self.tokens = form.tokens.vectors
        self.matched, self.words, self.weights = self._words(form.tokens)
        self.relation = np.array([not (t.is_name or t.is_number) for t in self.matched], bool)

    def _words(self, question: TokenVectors) -> tuple[list[Token], Vector, Vector]:
        """The content words, with a unit vector and a weight each; weights sum to 1."""
        rows, weights, terms = [], [], []
        for term in self.terms.terms:
            inside = (question.starts < term.end) & (question.ends > term.start)
            if inside.any():
                mean = question.vectors[inside].mean(axis=0)
                rows.append(mean / np.linalg.norm(mean))
                terms.append(term)
                weights.append(self.terms.of(term))
        if not rows:
            return [], np.zeros((0, question.vectors.shape[1]), np.float32), np.zeros(0, np.float32)
        return terms, np.array(rows, np.float32), np.array(weights, np.float32) / sum(weights)

    def mean(self, best: Vector) -> Vector:
        """Weighted mean of the best match of each content word, the last axis of ``best``."""
        return np.asarray(best @ self.weights)

    def relation_mean(self, best: Vector) -> Vector:
        """As `mean`, over what is said of those who are named; over all words where none is."""
        chosen = self.relation if self.relation.any() else np.ones_like(self.relation)
        weights = self.weights[chosen]
        return np.asarray(best[..., chosen] @ weights / (weights.sum() or 1.0))


class ReadPassage:
    """A passage as it is compared with any question.

    Attributes:
        item: the passage.
        texts: of its sentences.
        words: of each sentence.
        keys: of all its words.
        read: what its tokens mean.
    """

    def __init__(self, item: Evidence, read: TokenVectors) -> None:
        self.item, self.read = item, read
        self.texts = tuple(item.passage.sentence_texts())
        self.words = [tokens(text) for text in self.texts]
        self.sentence_keys = [
            frozenset[str]().union(*(word.keys for word in words)) for words in self.words
        ]
        self.keys = frozenset[str]().union(*self.sentence_keys)
        self.starts = [span.start - item.passage.start for span in item.passage.sentences]
        ends = [span.end - item.passage.start for span in item.passage.sentences]
        self.edges = np.searchsorted(read.starts, [self.starts, ends]).T

    def of(self, item: Evidence) -> "ReadPassage":
        """The same passage under another number."""
        renumbered = copy.copy(self)
        renumbered.item = item
        return renumbered


@dataclass(frozen=True, slots=True, eq=False)
class PassageMatch:
    """How well a passage and each of its sentences match a question, token by token.

    Attributes:
        words: best match of each content word of the question, shape (sentences, words).
        tokens: best match of each of its tokens, shape (sentences, tokens).
        whole: weighted mean of the best match of each content word anywhere in the passage.
    """

    passage: ReadPassage
    words: Vector
    tokens: Vector
    whole: float


def match_passages(passages: Sequence[ReadPassage], asked: Comparison) -> list[PassageMatch]:
    """Match passages with a question."""
    if not passages:
        return []
    count = len(asked.words)
    question = np.concatenate([asked.words, asked.tokens])
    # One product for all of them: each alone is too small to be worth its call.
    everything = question @ np.concatenate([passage.read.vectors for passage in passages]).T
    matches, begin = [], 0
    for passage in passages:
        end = begin + len(passage.read.starts)
        similar, begin = everything[:, begin:end], end
        _match_names(similar, asked, passage)
        best = np.array(
            [similar[:, left:right].max(axis=1, initial=0.0) for left, right in passage.edges],
            dtype=np.float32,
        ).reshape(-1, len(question))
        words = best[:, :count]
        whole = float(asked.mean(words.max(axis=0, initial=0.0)))
        matches.append(PassageMatch(passage, words, best[:, count:], whole))
    return matches


def _match_names(similar: Vector, asked: Comparison, passage: ReadPassage) -> None:
    """Another spelling of the same name is the same word, whatever the model makes of it."""
    rows = {word.name_key: row for row, word in enumerate(asked.matched) if word.name_key}
    read = passage.read
    for offset, words in zip(passage.starts, passage.words, strict=True) if rows else ():
        for word in words:
            if word.name_key in rows:
                start, end = offset + word.start, offset + word.end
                similar[rows[word.name_key], (read.starts < end) & (read.ends > start)] = 1.0


def _is_named(year: str, passages: Sequence[ReadPassage]) -> bool:
    """Whether a passage names a year or was published in it."""
    return any(
        year in passage.keys or (passage.item.article.published_at or "").startswith(year)
        for passage in passages
    )
