"""Features of a sentence with respect to a question.

Each compares the question with a sentence and its surroundings; none looks at the question
alone, because what can be told without reading any article is not answering.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.embedding import TokenVectors
from rag.answer import Evidence
from rag.kinds import AnswerKind, kinds_asked, offers, surnames
from rag.text import Token, all_keys, content_tokens, negated_keys, negations, tokens

Vector = NDArray[np.float32]
Reader = Callable[[str], TokenVectors]
"""Gives the meaning of each token of a text in its context."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One form of a question, and its unit vector where the model can read it."""

    text: str
    vector: Vector | None


@dataclass(frozen=True, slots=True)
class Features:
    """What a sentence and its surroundings have of a question; all roughly 0 to 1.

    The matches are late interaction (ColBERT, arXiv:2004.12832): each word of the question
    looks for the word of the sentence that means most nearly the same where it stands.

    Attributes:
        semantic: cosine of question and sentence.
        coverage: weighted share of the question's terms in the sentence.
        context_coverage: the same in the sentence, its neighbours, and the title.
        word_match: weighted mean, over the question's terms, of the best match in the sentence.
        worst_match: the best match of the term that is matched worst.
        token_match: mean of the best match over all tokens of the question.
        passage_match: as `word_match`, in the whole passage.
        offers: 1 where the sentence offers every kind of thing that is asked for.
        lacks: 1 where it offers none of them.
        names_missing: share of the question's names and numbers that neither the passage nor
            the title nor the publisher has.
        negates: 1 where the sentence negates a word that the question does not.
    """

    semantic: float
    coverage: float
    context_coverage: float
    word_match: float
    worst_match: float
    token_match: float
    passage_match: float
    offers: float
    lacks: float
    names_missing: float
    negates: float


class TermWeights:
    """How much each term of a question tells one passage from another.

    Rare terms weigh more (inverse document frequency over the given passages), names and
    numbers half as much again.
    """

    def __init__(self, question: str, passages: Sequence[str]) -> None:
        self.terms: tuple[Token, ...] = content_tokens(question)
        frequency = Counter(key for text in passages for key in all_keys(text))
        self._weights = {
            term.key: math.log(
                1.0 + (len(passages) + 1.0) / (max(frequency[key] for key in term.keys) + 0.5)
            )
            * (1.5 if term.is_name or term.is_number else 1.0)
            for term in self.terms
        }
        self._total = sum(self._weights.values())

    def of(self, term: Token) -> float:
        """The weight of one term."""
        return self._weights[term.key]

    def coverage(self, keys: frozenset[str]) -> float:
        """Weighted share, 0 to 1, of the terms that are among the keys."""
        if not self._total:
            return 0.0
        known = {term.key for term in self.terms if term.keys & keys}
        return sum(w for key, w in self._weights.items() if key in known) / self._total

    def names_missing(self, keys: frozenset[str]) -> float:
        """Share, 0 to 1, of the question's names and numbers that are not among the keys."""
        names = [term for term in self.terms if term.is_name or term.is_number]
        return sum(not term.keys & keys for term in names) / len(names) if names else 0.0


class Comparison:
    """The question's side of every comparison, worked out once."""

    def __init__(self, form: Asked, evidence: Sequence[Evidence], read: Reader) -> None:
        question, self.vector = form.text, form.vector
        texts = [item.passage.text for item in evidence]
        self.kinds: frozenset[AnswerKind] = kinds_asked(question)
        self.keys = all_keys(question)
        self.negated = bool(negations(question))
        self.terms = TermWeights(question, texts)
        self.people = frozenset().union(*(surnames(text) for text in texts))
        self.read = read
        read_question = read(question)
        self.tokens = read_question.vectors
        self.matched, self.words, self.weights = self._words(read_question)

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

    def match_words(self, text: str, read: TokenVectors) -> Vector:
        """How alike each content word and each token of a text are, (words, tokens).

        Another spelling of the same name is the same word, whatever the model makes of it.
        """
        similar = self.words @ read.vectors.T
        named = [(token, token.name_key) for token in tokens(text) if token.name_key]
        for row, word in enumerate(self.matched):
            for token, key in named:
                if key == word.name_key:
                    inside = (read.starts < token.end) & (read.ends > token.start)
                    similar[row, inside] = 1.0
        return np.asarray(similar)


def passage_features(
    item: Evidence, asked: Comparison, vectors: Vector | None
) -> list[tuple[str, Features]]:
    """Text and features of each sentence of a passage."""
    passage = item.passage
    texts = list(passage.sentence_texts())
    own = [all_keys(text) for text in texts]
    around = all_keys(f"{item.article.title or ''} {item.article.publisher or ''}")
    missing = asked.terms.names_missing(frozenset().union(around, *own))
    similar = _cosines(asked.vector, vectors, len(texts))
    read = asked.read(passage.text)
    by_word = asked.match_words(passage.text, read)
    by_token = asked.tokens @ read.vectors.T
    in_passage = _mean_best(by_word, asked.weights, np.ones(len(read.starts), bool))
    found = []
    for position, text in enumerate(texts):
        sentence = passage.sentences[position]
        inside = (read.starts >= sentence.start - passage.start) & (
            read.ends <= sentence.end - passage.start
        )
        offered = [offers(kind, text, asked.keys, asked.people) for kind in asked.kinds]
        context = around.union(*own[max(0, position - 1) : position + 2])
        features = Features(
            semantic=similar[position],
            coverage=asked.terms.coverage(own[position]),
            context_coverage=asked.terms.coverage(context),
            word_match=_mean_best(by_word, asked.weights, inside),
            worst_match=_worst_best(by_word, inside),
            token_match=_mean_best(by_token, None, inside),
            passage_match=in_passage,
            offers=float(bool(offered) and all(offered)),
            lacks=float(bool(offered) and not any(offered)),
            names_missing=missing,
            negates=float(not asked.negated and bool(negated_keys(text) & asked.keys)),
        )
        found.append((text, features))
    return found


def _mean_best(similar: Vector, weights: Vector | None, inside: NDArray[np.bool_]) -> float:
    """Mean over rows of the best column among those inside; 0 where there is none."""
    if not len(similar) or not inside.any():
        return 0.0
    best = similar[:, inside].max(axis=1)
    return float(best.mean() if weights is None else weights @ best)


def _worst_best(similar: Vector, inside: NDArray[np.bool_]) -> float:
    if not len(similar) or not inside.any():
        return 0.0
    return float(similar[:, inside].max(axis=1).min())


def _cosines(question: Vector | None, sentences: Vector | None, count: int) -> list[float]:
    if question is None or sentences is None or len(sentences) != count:
        return [0.0] * count
    return [float(value) for value in sentences @ question]
