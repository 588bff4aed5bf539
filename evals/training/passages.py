"""Pieces of articles: their headers, sentences and characters.

Every function here draws from the given random numbers in a fixed order: a seed repeats a training
only as long as nobody draws more, less or in another order.
"""

import random
import re
from collections.abc import Sequence

from evals.training.sources import Row, Span

_SENTENCE_END = re.compile(r"[.!?。]\s+|\n")


def header(article: Row, rng: random.Random, share: float = 0.85) -> str:
    """Make a header of title, publisher and date, as the program does; sometimes empty.

    Args:
        article: a line of the news data.
        rng: source of chance.
        share: how often there is one; the rest teaches passages without.
    """
    if rng.random() > share:
        return ""
    parts = (article.get("title"), article.get("publisher"), article.get("date"))
    return " · ".join(part for part in parts if part)


def window(
    sentences: int, must: Sequence[int], fewest: int, most: int, rng: random.Random
) -> tuple[int, int]:
    """Draw a run of sentences that holds certain ones: its first, and the one after its last.

    Args:
        sentences: how many the article has.
        must: those that the run holds, from 0.
        fewest: sentences of the run; more if ``must`` needs them.
        most: sentences of the run.
        rng: source of chance.
    """
    size = rng.randint(fewest, most)
    first, last = min(must), max(must)
    size = max(size, last - first + 1)
    low = max(0, last - size + 1)
    high = min(first, max(0, sentences - size)) if sentences >= size else 0
    start = rng.randint(low, high) if low <= high else low
    return start, min(sentences, start + size)


def extent(article: Row, first: int, after: int) -> Span:
    """The characters of a run of sentences."""
    sentences = article["sentences"]
    return sentences[first][0], sentences[after - 1][1]


def any_extent(
    article: Row, low: int, high: int, lengths: tuple[int, int], rng: random.Random
) -> Span:
    """Draw the characters of a run of sentences anywhere between two.

    Args:
        article: a line of the news data.
        low: the first sentence that the run may hold.
        high: the one after the last that may be.
        lengths: fewest and most sentences.
        rng: source of chance.
    """
    length = rng.randint(*lengths)
    first = rng.randint(low, max(low, high - length))
    return extent(article, first, min(high, first + length))


def crop(
    text: str, spans: Sequence[Span], limit: int, rng: random.Random
) -> tuple[str, list[Span]]:
    """Cut a long text to a length around its first span, and drop the spans cut off.

    Args:
        text: the passage.
        spans: the answers in it.
        limit: characters to keep at most.
        rng: source of chance.

    Returns:
        the rest of the text, and its spans.
    """
    if len(text) <= limit:
        return text, list(spans)
    if spans:
        start, end = spans[0]
        low, high = max(0, end - limit), min(start, len(text) - limit)
        begin = rng.randint(min(low, high), max(low, high))
    else:
        begin = rng.randint(0, len(text) - limit)
    ends = [match.end() for match in _SENTENCE_END.finditer(text[: begin + 1])] if begin else []
    if ends and begin - ends[-1] < limit // 2:
        begin = ends[-1]
    kept = [(x - begin, y - begin) for x, y in spans if x >= begin and y <= begin + limit]
    return text[begin : begin + limit], kept


def evidence(article: Row, cited: Sequence[int], wide: str, rng: random.Random) -> str:
    """Take sentences with those beside them.

    Args:
        article: a line of the news data.
        cited: the sentences, from 0.
        wide: ``before`` adds the one before; ``around`` up to two on either side.
        rng: source of chance.
    """
    count = len(article["sentences"])
    low, high = min(cited), max(cited)
    chosen = set(cited)
    if wide == "before":
        chosen.add(max(0, low - 1))
    if wide == "around":
        first = max(0, low - rng.randint(0, 2))
        chosen |= set(range(first, min(count, high + 1 + rng.randint(0, 2))))
    spans = (article["sentences"][number] for number in sorted(chosen))
    return " ".join(article["text"][start:end] for start, end in spans)


def occurrences(text: str, words: str, within: Span) -> list[Span]:
    """Find every place of words between two characters of a text."""
    found = []
    at = text.find(words, *within)
    while at >= 0:
        found.append((at, at + len(words)))
        at = text.find(words, at + 1, within[1])
    return found
