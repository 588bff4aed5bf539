"""Features of a sentence with respect to a question.

Each compares the question with a sentence and its surroundings; none looks at the question
alone, because what can be told without reading any article is not answering.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from index.article import Article
from rag.kinds import offers
from rag.matching import Comparison, PassageMatch, Vector
from rag.periods import Period, named_period
from rag.speakers import words_of
from rag.text import Token, all_keys, negated_keys


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
        relation_match: as `word_match`, over the terms that are no names or numbers: what is
            said of those who are named.
        passage_match: as `word_match`, in the whole passage.
        offers: 1 where the sentence offers every kind of thing that is asked for.
        lacks: 1 where it offers none of them.
        in_period: 1 where the sentence names a period that has days of the question's.
        off_period: 1 where it names one that has none.
        names_missing: share of the question's names and numbers that neither the passage nor
            the title nor the publisher has.
        negates: 1 where the sentence negates a word that the question does not.
        said_by: 1 where the question names whose words it asks for, and the sentence gives its own
            to them.
        said_by_other: 1 where it gives them to somebody else.
        period_unnamed: 1 where the question names the year in which its period begins, and no
            passage does or was published in it; the same for every sentence.
    """

    semantic: float
    coverage: float
    context_coverage: float
    word_match: float
    worst_match: float
    token_match: float
    relation_match: float
    passage_match: float
    offers: float
    lacks: float
    in_period: float
    off_period: float
    names_missing: float
    negates: float
    said_by: float
    said_by_other: float
    period_unnamed: float


def passage_features(
    match: PassageMatch, asked: Comparison, vectors: Vector | None
) -> Iterator[Features]:
    """Features of each sentence of a passage.

    Args:
        match: the passage, matched with the question.
        asked: the question's side.
        vectors: of the sentences; None counts as dissimilar.
    """
    passage, article = match.passage, match.passage.item.article
    own = passage.sentence_keys
    around = all_keys(f"{article.title or ''} {article.publisher or ''}")
    missing = asked.terms.names_missing(around | passage.keys)
    similar = _cosines(asked.vector, vectors, len(passage.texts))
    said = [asked.terms.among(keys) for keys in own]
    beside = asked.terms.among(around)
    means, relations = asked.mean(match.words), asked.relation_mean(match.words)
    worst = match.words.min(axis=1) if asked.matched else np.zeros(len(own))
    over_tokens = match.tokens.mean(axis=1) if match.tokens.size else np.zeros(len(own))
    for position, text in enumerate(passage.texts):
        context = beside.union(*said[max(0, position - 1) : position + 2])
        offered = [offers(kind, text, asked.keys, asked.people) for kind in asked.kinds]
        in_period = _in_period(asked.period, text, article)
        said_by = _said_by(asked.speakers, passage.texts, position)
        yield Features(
            semantic=similar[position],
            coverage=asked.terms.coverage(said[position]),
            context_coverage=asked.terms.coverage(context),
            word_match=float(means[position]),
            worst_match=float(worst[position]),
            token_match=float(over_tokens[position]),
            relation_match=float(relations[position]),
            passage_match=match.whole,
            offers=float(bool(offered) and all(offered)),
            lacks=float(bool(offered) and not any(offered)),
            in_period=float(in_period is True),
            off_period=float(in_period is False),
            names_missing=missing,
            negates=float(not asked.negated and bool(negated_keys(text) & asked.keys)),
            said_by=float(said_by is True),
            said_by_other=float(said_by is False),
            period_unnamed=float(asked.period_unnamed),
        )


def _in_period(asked: Period | None, sentence: str, article: Article) -> bool | None:
    """Whether a sentence speaks of the time that is asked about; None where it does not say."""
    if asked is None:
        return None
    written = date.fromisoformat(article.published_at[:10]) if article.published_at else None
    named = named_period(sentence, written)
    return None if named is None else named.overlaps(asked)


def _said_by(asked: Sequence[Token], texts: Sequence[str], position: int) -> bool | None:
    """Whether a sentence has the words of those asked for; None where that is not known."""
    if not asked:
        return None
    return words_of(asked, texts[position], texts[position - 1] if position else "")


def _cosines(question: Vector | None, sentences: Vector | None, count: int) -> list[float]:
    if question is None or sentences is None or len(sentences) != count:
        return [0.0] * count
    return [float(value) for value in sentences @ question]
