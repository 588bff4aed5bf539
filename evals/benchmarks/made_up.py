"""Articles for benchmarks: those of a corpus, recombined by sentence, as many as wanted.

Recombined articles have the words, the lengths and the languages of the news, and none of its
sense. That is enough for what is timed here; no figure of quality is taken from them.
"""

import gzip
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from index.language.sentences import split_sentences
from index.language.tokens import content_tokens

OWN: Final = Path(__file__).parents[1] / "suites" / "newsroom" / "corpus.jsonl"
PUBLISHERS: Final = tuple(f"The {name} Courier" for name in ("Aske", "Kessin", "Velmont", "Hexley"))
FIRST_DAY: Final = date(2015, 1, 1)
DAYS: Final = 3_650
_SENTENCES: Final = (12, 30)
SHORT: Final = (6, 9)
"""Sentences of a short article, at least and at most; with fewer, many would count as copies."""
_FILES_A_FOLDER: Final = 1_000


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences and headlines of a corpus, to be recombined."""

    sentences: tuple[str, ...]
    headlines: tuple[str, ...]


def sentences_of(corpus: Path | None = None) -> Sentences:
    """Cut a corpus into sentences.

    Args:
        corpus: JSON Lines with ``text`` and ``title``, plain or gzipped; the project's own if None.
    """
    path = corpus or OWN
    data = path.read_bytes()
    lines = (gzip.decompress(data) if path.suffix == ".gz" else data).decode().split("\n")
    sentences: dict[str, None] = {}
    headlines: dict[str, None] = {}
    for line in lines:
        if not line.strip():
            continue
        article = json.loads(line)
        if article.get("title"):
            headlines[article["title"]] = None
        text = article["text"]
        for span in split_sentences(text, 0, len(text)):
            one = " ".join(text[span.start : span.end].split())
            if 6 <= len(one.split()) <= 60:
                sentences[one] = None
    return Sentences(tuple(sentences), tuple(headlines))


def articles(
    count: int, known: Sentences, seed: int = 0, length: tuple[int, int] = _SENTENCES
) -> Iterator[str]:
    """Make articles as they lie in a folder: headline, dateline, paragraphs.

    Args:
        count: how many.
        known: what to make them of.
        seed: the same gives the same articles.
        length: sentences of each, at least and at most.
    """
    chance = random.Random(seed)  # noqa: S311 - a benchmark must repeat itself
    for number in range(count):
        day = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
        chosen = chance.sample(known.sentences, chance.randint(*length))
        paragraphs = [" ".join(chosen[at : at + 3]) for at in range(0, len(chosen), 3)]
        head = f"{chance.choice(known.headlines)} ({number:,})"
        stamp = f"{chance.choice(PUBLISHERS)}, {day.day} {day:%B %Y}"
        yield "\n\n".join((head, stamp, *paragraphs)) + "\n"


def write_articles(
    folder: Path,
    count: int,
    known: Sentences,
    seed: int = 0,
    length: tuple[int, int] = _SENTENCES,
) -> Path:
    """Write articles as text files, a thousand a folder; those that are there stay.

    Args:
        folder: where to.
        count: how many.
        known: what to make them of.
        seed: the same gives the same articles.
        length: sentences of each, at least and at most.

    Returns:
        the folder.
    """
    for number, text in enumerate(articles(count, known, seed, length)):
        path = folder / f"{number // _FILES_A_FOLDER:04}" / f"{number:07}.txt"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return folder


def questions(count: int, known: Sentences, seed: int = 1) -> list[str]:
    """Make questions of the content words of sentences, some six words each."""
    chance = random.Random(seed)  # noqa: S311 - a benchmark must repeat itself
    return [_question(chance.choice(known.sentences), chance) for _ in range(count)]


def _question(sentence: str, chance: random.Random) -> str:
    words: Sequence[str] = [token.text for token in content_tokens(sentence)] or sentence.split()
    kept = sorted(chance.sample(range(len(words)), min(6, len(words))))
    return f"What is said of {' '.join(words[at] for at in kept)}?"
