"""Cited texts in sentences, and the places in them that a claim may rest on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from index.language.forms import ASKS, IMPERATIVE
from index.language.names import same_people
from index.language.tokens import Token, content_tokens, tokens
from rag.evidence.instructions import is_instruction

MAX_SENTENCES: Final = 3
MAX_CANDIDATES: Final = 3
NEAR_BEST: Final = 0.6
"""Another sentence counts by itself if it has this share of what the best one has."""
MIN_GAIN: Final = 0.12
"""A further sentence adds at least this share of the claim's words."""
LITTLE_SHARED: Final = 0.3
"""Below this share of the claim's words, shared words do not tell which sentence it means."""
MAX_UNTOLD: Final = 8
"""Sentences to try by themselves if words do not tell."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A cited text, cut into sentences, with what is known about its article.

    Attributes:
        sentences: in order.
        published: the day of publication, if that is certain.
        title: its headline.
        publisher: who published it.
        before: the sentence before the first one, which that one may lean on.
    """

    sentences: tuple[str, ...]
    published: date | None = None
    title: str | None = None
    publisher: str | None = None
    before: str = ""

    @property
    def header(self) -> str:
        """The header above the text, in the form that the judge was trained on."""
        day = self.published.isoformat() if self.published else None
        return " · ".join(part for part in (self.title, self.publisher, day) if part)

    @property
    def labels(self) -> tuple[str, ...]:
        """Publisher and title: a claim may name those."""
        return tuple(label for label in (self.publisher, self.title) if label)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A sentence: its text, and its index there."""

    text: int
    sentence: int


@lru_cache(maxsize=16_384)
def _known(sentence: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The keys of a sentence's words, and its capitalised words."""
    found = tokens(sentence)
    keys = frozenset().union(*(token.keys for token in found))
    return keys, tuple(token.text for token in found if token.text[0].isupper())


def has_word(token: Token, sentence: str) -> bool:
    """Whether a sentence has a word of the claim, in this or another spelling."""
    keys, capitals = _known(sentence)
    if token.keys & keys:
        return True
    return token.text[0].isupper() and any(same_people(token.text, word) for word in capitals)


def weight(token: Token) -> float:
    """How much a word of the claim counts."""
    return 2.0 if token.is_name or token.is_number else 1.0


def covered(claim: str, sentences: Sequence[str]) -> float:
    """The weighted share, 0 to 1, of the claim's content words that the sentences have."""
    content = content_tokens(claim)
    total = sum(map(weight, content))
    found = [t for t in content if any(has_word(t, sentence) for sentence in sentences)]
    return sum(map(weight, found)) / total if total else 0.0


def candidates(claim: str, cited: Sequence[Cited]) -> list[tuple[Place, ...]]:
    """Shortlist a few sets of one to three sentences that a claim may rest on.

    Shared words only make this shortlist; the judge decides which set supports the claim.

    Args:
        claim: one sentence.
        cited: the texts that it cites.

    Returns:
        at most `MAX_CANDIDATES` sets, or single sentences if claim and text share few words, as
        two languages do.
    """
    every = [Place(t, s) for t, text in enumerate(cited) for s in range(len(text.sentences))]
    places = [p for p in every if _states(cited[p.text].sentences[p.sentence])]
    content = content_tokens(claim)
    weights = [weight(token) for token in content]
    has = {
        place: [has_word(token, cited[place.text].sentences[place.sentence]) for token in content]
        for place in places
    }

    def gain(place: Place, missing: Sequence[bool]) -> float:
        return sum(w for w, h, m in zip(weights, has[place], missing, strict=True) if h and m)

    everything = [True] * len(content)
    ranked = sorted(places, key=lambda place: -gain(place, everything))
    if not ranked:
        return []
    best, total = gain(ranked[0], everything), sum(weights)
    if best < LITTLE_SHARED * total:
        return [(place,) for place in ranked[:MAX_UNTOLD]]
    near = [p for p in ranked[1:] if gain(p, everything) >= NEAR_BEST * best]
    found: list[tuple[Place, ...]] = [(ranked[0],)]
    for anchor in (ranked[0], *near[:1]):
        found.append((anchor,))
        chosen = [anchor]
        missing = [not h for h in has[anchor]]
        while len(chosen) < MAX_SENTENCES and any(missing):
            # Of two that add as much, the nearer one reads on.
            following = max(places, key=lambda p: (gain(p, missing), -_distance(p, chosen)))
            if gain(following, missing) < MIN_GAIN * max(1.0, total):
                break
            chosen.append(following)
            missing = [m and not h for m, h in zip(missing, has[following], strict=True)]
        found.append(tuple(sorted(chosen)))
    return list(dict.fromkeys(found))[:MAX_CANDIDATES]


def _states(sentence: str) -> bool:
    """Whether a sentence states something: questions and orders are evidence of nothing."""
    return not (ASKS.search(sentence) or IMPERATIVE.search(sentence) or is_instruction(sentence))


def _distance(place: Place, chosen: Iterable[Place]) -> int:
    near = [abs(place.sentence - c.sentence) for c in chosen if c.text == place.text]
    return min(near, default=1_000)


def runs(places: Iterable[Place]) -> Iterator[tuple[int, int, int]]:
    """Join consecutive sentences: (text, first sentence, last sentence)."""
    run: tuple[int, int, int] | None = None
    for place in sorted(places):
        if run and (run[0], run[2]) == (place.text, place.sentence - 1):
            run = (run[0], run[1], place.sentence)
            continue
        if run:
            yield run
        run = (place.text, place.sentence, place.sentence)
    if run:
        yield run


def sentences_of(places: Sequence[Place], cited: Sequence[Cited]) -> tuple[str, ...]:
    """Get the sentences at some places."""
    return tuple(cited[place.text].sentences[place.sentence] for place in places)


def leaning_on(places: Sequence[Place], cited: Sequence[Cited]) -> str:
    """Get the sentence before some places, which names "he" and "the minister"."""
    first = min(places)
    sentences = cited[first.text].sentences
    before = sentences[first.sentence - 1] if first.sentence else cited[first.text].before
    return before if _states(before) else ""
