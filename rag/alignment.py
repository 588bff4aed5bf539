"""Which sentences a claim rests on: the words that its citation will quote."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rag.names import has_name, same_people
from rag.text import Token, content_tokens, tokens

MAX_SENTENCES = 3
MAX_ANCHORS = 3
NEAR_BEST = 0.75
"""Another sentence may be the anchor when it covers this share of what the best one does."""
MIN_GAIN = 0.12
"""A further sentence must have this share of the claim's words that the others lack."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A cited text, cut into sentences, with what is known of its article.

    Attributes:
        sentences: in order.
        published: the day the article was published, where that is certain.
        labels: its publisher and title.
    """

    sentences: tuple[str, ...]
    published: date | None = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence: of which text, and the how many-eth there."""

    text: int
    sentence: int


@lru_cache(maxsize=16_384)
def _known(sentence: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Keys of a sentence's words, and its capitalised words."""
    found = tokens(sentence)
    keys = frozenset().union(*(token.keys for token in found))
    return keys, tuple(token.text for token in found if token.text[0].isupper())


def weight(token: Token) -> float:
    """How much a word of the claim counts."""
    return 2.0 if token.is_name or token.is_number else 1.0


def has_word(token: Token, sentence: str) -> bool:
    """Whether a sentence has a word of the claim, in this or another spelling."""
    keys, capitals = _known(sentence)
    if token.keys & keys:
        return True
    return token.text[0].isupper() and any(same_people(token.text, word) for word in capitals)


def covered(claim: str, sentences: Sequence[str], proven: Sequence[tuple[int, int]] = ()) -> float:
    """Weighted share, 0 to 1, of the claim's content words that the sentences have.

    Args:
        claim: one sentence.
        sentences: what it is compared with.
        proven: spans of the claim that are known to be there in other words: dates, numbers.
    """
    content = content_tokens(claim)
    total = sum(weight(token) for token in content)
    if not total:
        return 0.0
    text = "\n".join(sentences)
    found = (
        token
        for token in content
        if any(has_word(token, sentence) for sentence in sentences)
        or any(start < token.end and token.start < end for start, end in proven)
        or (token.is_name and has_name(token, text))
    )
    return sum(weight(token) for token in found) / total


def alignments(claim: str, cited: Sequence[Cited]) -> Iterator[tuple[Place, ...]]:
    """Sets of sentences that a claim may rest on, the likeliest first.

    Each begins with one sentence and takes in others, of whichever cited text, while they add
    words that are still missing.
    """
    content = content_tokens(claim)
    places = [Place(t, s) for t, text in enumerate(cited) for s in range(len(text.sentences))]
    if not places:
        return
    weights = [weight(token) for token in content]
    hard = [token.is_name or token.is_number for token in content]
    has = {
        place: [has_word(token, cited[place.text].sentences[place.sentence]) for token in content]
        for place in places
    }

    def gain(place: Place, missing: Sequence[bool]) -> float:
        return sum(w for w, h, m in zip(weights, has[place], missing, strict=True) if h and m)

    everything = [True] * len(content)
    ranked = sorted(places, key=lambda p: -gain(p, everything))
    best = gain(ranked[0], everything)
    for anchor in ranked[:MAX_ANCHORS]:
        if gain(anchor, everything) < NEAR_BEST * best:
            break
        chosen = [anchor]
        yield (anchor,)
        if anchor.sentence:
            # "He" and "it" are named in the sentence before.
            yield (Place(anchor.text, anchor.sentence - 1), anchor)
        missing = [not h for h in has[anchor]]
        while len(chosen) < MAX_SENTENCES and any(missing):
            # Of two that add as much, the nearer one reads on.
            following = max(places, key=lambda p: (gain(p, missing), -_distance(p, chosen)))
            enough = gain(following, missing) >= MIN_GAIN * max(1.0, sum(weights))
            if not enough and not any(map(all, zip(has[following], missing, hard, strict=True))):
                break
            chosen.append(following)
            missing = [m and not h for m, h in zip(missing, has[following], strict=True)]
            yield tuple(sorted(chosen, key=lambda p: (p.text, p.sentence)))


def _distance(place: Place, chosen: Sequence[Place]) -> int:
    near = [abs(place.sentence - c.sentence) for c in chosen if c.text == place.text]
    return min(near, default=1000)


def runs(places: Sequence[Place]) -> list[tuple[int, int, int]]:
    """Consecutive sentences joined: (text, first sentence, last sentence)."""
    joined: list[tuple[int, int, int]] = []
    for place in sorted(places, key=lambda p: (p.text, p.sentence)):
        if joined and joined[-1][0] == place.text and joined[-1][2] == place.sentence - 1:
            joined[-1] = (place.text, joined[-1][1], place.sentence)
        else:
            joined.append((place.text, place.sentence, place.sentence))
    return joined
