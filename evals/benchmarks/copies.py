"""How surely copies of a story are known, measured on copies that are planted in a corpus.

    python -m evals.benchmarks.copies CORPUS.jsonl [--articles 200]

Of each article of a corpus (one JSON object a line, with ``text``) one copy of each kind is made:
edited lightly, cut short, under a new headline, printed together with another article. What is
counted are pairs of articles: those with a story in common are to be linked, all others are not.
"""

import argparse
import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

import numpy as np

from index.articles.likeness import PERMUTATIONS, Story, alike, relation, sketch
from index.language.sentences import split_sentences

LEAST_WORDS: Final = 60
_CHANGED, _DROPPED, _ADDED = 0.05, 0.02, 0.02
_WORD = re.compile(r"\b[a-zа-яё]{3,}\b")
_MARKS = str.maketrans({"“": '"', "”": '"', "’": "'", "—": "-"})


@dataclass(frozen=True, slots=True)
class Planted:
    """An article, planted or not.

    Attributes:
        kind: how it was made; ``original`` if it was there before.
        stories: the numbers of the originals that it holds.
        text: what it says.
    """

    kind: str
    stories: frozenset[int]
    text: str


def plant(texts: Sequence[str], chance: random.Random) -> Iterator[Planted]:
    """The articles, and one copy of each kind of each."""
    words = [word for text in texts for word in _WORD.findall(text)]
    for number, text in enumerate(texts):
        here = frozenset({number})
        yield Planted("original", here, text)
        yield Planted("edited", here, _edited(text, words, chance))
        yield Planted("cut short", here, _cut_short(text, chance))
        yield Planted("new headline", here, f"{' '.join(chance.sample(words, 8))}\n\n{text}")
        other = (number + 1) % len(texts)
        yield Planted("merged", here | {other}, f"{text}\n\n{texts[other]}")


def _edited(text: str, words: Sequence[str], chance: random.Random) -> str:
    def edit(match: re.Match[str]) -> str:
        dice = chance.random()
        if dice < _CHANGED:
            return chance.choice(words)
        if dice < _CHANGED + _DROPPED:
            return ""
        return f"{match[0]} {chance.choice(words)}" if dice > 1 - _ADDED else match[0]

    return _WORD.sub(edit, text.translate(_MARKS))


def _cut_short(text: str, chance: random.Random) -> str:
    sentences = split_sentences(text, 0, len(text))
    kept = max(2, round(len(sentences) * chance.uniform(0.15, 0.7)))
    return text[: sentences[min(kept, len(sentences)) - 1].end]


def as_story(name: str, text: str) -> Story:
    """A text as it is compared with others."""
    spans = split_sentences(text, 0, len(text))
    return Story(name, None, None, None, tuple(text[span.start : span.end] for span in spans))


def linked(stories: Sequence[Story]) -> set[tuple[int, int]]:
    """The pairs that are found, each in order."""
    sketches = np.zeros((0, PERMUTATIONS), dtype=np.uint32)
    found: set[tuple[int, int]] = set()
    for number, story in enumerate(stories):
        made = sketch(story.runs)
        for place in alike(made, sketches):
            if relation(stories[place], story):
                found.add((place, number))
        sketches = np.vstack((sketches, made))
    return found


def texts_of(path: Path, most: int) -> list[str]:
    """The texts of a corpus, of those that are long enough and differ, evenly chosen."""
    data = path.read_bytes()
    lines = (gzip.decompress(data) if path.suffix == ".gz" else data).decode().split("\n")
    found = [str(json.loads(line)["text"]) for line in lines if line.strip()]
    long = [text for text in dict.fromkeys(found) if len(text.split()) >= LEAST_WORDS]
    return long[:: max(1, len(long) // most)][:most]


def main() -> None:
    """Plant, look, and count."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--articles", type=int, default=200, help="how many are taken")
    parser.add_argument("--wrong", action="store_true", help="show what is linked wrongly")
    options = parser.parse_args()
    chance = random.Random(7)  # noqa: S311
    planted = list(plant(texts_of(options.corpus, options.articles), chance))
    found = linked([as_story(str(n), item.text) for n, item in enumerate(planted)])
    due = {
        (a, b)
        for a, b in combinations(range(len(planted)), 2)
        if planted[a].stories & planted[b].stories
    }
    missed = Counter(f"{planted[a].kind} / {planted[b].kind}" for a, b in due - found)
    print(f"articles {len(planted)}, pairs due {len(due)}, found {len(found)}")
    print(f"precision {len(due & found) / max(len(found), 1):.4f}")
    print(f"recall {len(due & found) / max(len(due), 1):.4f}")
    print("missed:", ", ".join(f"{kind} {n}" for kind, n in missed.most_common()) or "none")
    if options.wrong:
        for a, b in sorted(found - due):
            print("--", planted[a].kind, "/", planted[b].kind)
            print("  ", planted[a].text[:300].replace("\n", " "))
            print("  ", planted[b].text[:300].replace("\n", " "))


if __name__ == "__main__":
    main()
