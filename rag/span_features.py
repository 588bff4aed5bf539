"""Runs of words of a sentence that may be what a question asks for, and their features.

A run is described by the classes of the words at and around its ends, by the kind of thing it
is, and by how near it stands to the words of the question.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.token_vectors import TokenVectors
from rag.kinds import AnswerKind, calendar_spans, kinds_asked
from rag.text import Token, tokens
from rag.word_classes import CLASS_NAMES, GAP_NAMES, SPACE, class_of, gap_of

MAX_WORDS = 12
Column = NDArray[np.float32]
Places = NDArray[np.intp]

_KINDS = (*(kind.value for kind in AnswerKind), "open")
_TYPES = (
    "number", "date", "all names", "some names", "no names", "after a place word", "after by",
    "after because", "after to", "one word", "two words", "three words", "long",
)  # fmt: skip
_LENGTHS = (1, 2, 3, 4, 5, 6, 8, 10)
_PLACE_WORDS = frozenset(
    "in at to from near into across through в во на из у до біля під із з".split()
)
_BECAUSE = frozenset("because due since owing for after over из-за потому через тому бо".split())
_TO = frozenset("to that чтобы что щоб що".split())
_NEVER_FIRST = frozenset({"conjunction", "auxiliary", "relative", "of"})
_NEVER_LAST = frozenset({"conjunction", "auxiliary", "relative", "of", "determiner", "preposition"})
_ASKING = re.compile(
    r"^(?:who|whom|whose|what|which|when|where|why|how|кто|кого|кому|кем|чей|что|чего|чему|чем|"
    r"как\w*|когда|где|куда|откуда|почему|зачем|сколько|хто|що|чого|чому|коли|де|куди|звідки|"
    r"скільки|як\w*)$",
    re.IGNORECASE,
)
_VERBAL = frozenset(
    "is are was were do does did has have had can could will would may might should must".split()
)


@dataclass(frozen=True, slots=True)
class Asking:
    """The question's side.

    Attributes:
        keys: keys of its words that are no function words.
        focus: the nouns right after the question word ("which TV channel").
        subject: asks for the doer: a verb follows the question word at once.
        vectors: of its focus, or else of its question word; None where none is known.
    """

    text: str
    kinds: frozenset[AnswerKind]
    keys: frozenset[str]
    focus: frozenset[str]
    subject: bool
    vectors: Column | None


def read_asking(question: str, read: TokenVectors | None = None) -> Asking:
    """Everything about a question that its sentences are compared with.

    Args:
        question: one part of it.
        read: what its tokens mean, where that is known.
    """
    words = tokens(question)
    place = next((i for i, word in enumerate(words) if _ASKING.match(word.text)), None)
    focus: list[Token] = []
    subject = False
    if place is not None:
        for word in words[place + 1 : place + 4]:
            if word.is_stop or word.text.casefold() in _VERBAL:
                break
            focus.append(word)
        following = words[place + 1].text.casefold() if place + 1 < len(words) else ""
        subject = following not in _VERBAL
    meant = focus or ([words[place]] if place is not None else [])
    rows = [row for word in meant if read and (row := _vector_of(word, read, 0)) is not None]
    mean = np.mean(rows, axis=0) if rows else None
    return Asking(
        text=question,
        kinds=kinds_asked(question),
        keys=frozenset().union(*(word.keys for word in words if not word.is_stop)),
        focus=frozenset().union(*(word.keys for word in focus)),
        subject=subject,
        vectors=None if mean is None else mean / np.linalg.norm(mean),
    )


def _vector_of(word: Token, read: TokenVectors, offset: int) -> Column | None:
    inside = (read.starts < word.end + offset) & (read.ends > word.start + offset)
    if not inside.any():
        return None
    return np.asarray(read.vectors[inside].mean(axis=0), np.float32)


@dataclass(frozen=True, slots=True)
class Runs:
    """Candidate runs of words of one sentence.

    Attributes:
        words: the sentence's words.
        first: index of each run's first word.
        last: index of its last word.
        rows: float32 (runs, features), in the order of `FEATURES`.
    """

    words: tuple[Token, ...]
    first: Places
    last: Places
    rows: Column


def _flags(values: Iterable[bool]) -> NDArray[np.bool_]:
    return np.fromiter(values, bool)


class _Sentence:
    """Columns over the words of a sentence, with sums over any run of them."""

    def __init__(self, text: str, asking: Asking) -> None:
        self.text = text
        self.words = tokens(text)
        count = len(self.words)
        self.classes = np.array(
            [
                class_of(w.text, is_number=w.is_number, is_name=w.is_name, is_stop=w.is_stop)
                for w in self.words
            ],
            np.intp,
        )
        gaps = [
            gap_of(text[a.end : b.start]) for a, b in zip(self.words, self.words[1:], strict=False)
        ]
        self.gaps = np.array(gaps, np.intp)
        self.asked = _flags(bool(w.keys & asking.keys) and not w.is_stop for w in self.words)
        self.stop = _flags(w.is_stop for w in self.words)
        self.focus = _flags(bool(w.keys & asking.focus) for w in self.words)
        dated = calendar_spans(text)
        self.dated = _flags(any(a <= w.start < b for a, b in dated) for w in self.words)
        self.number = _flags(w.is_number for w in self.words) & ~self.dated
        # A capital at the start of a sentence is no name unless another follows.
        self.name = (
            _flags(
                w.is_name or (w.opens and w.text[0].isupper() and not w.is_stop) for w in self.words
            )
            & ~self.dated
        )
        lowered = [w.text.casefold() for w in self.words]
        self.placed = _flags(word in _PLACE_WORDS for word in lowered)
        self.by = _flags(word in ("by", "from", "of", "от") for word in lowered)
        self.because = _flags(word in _BECAUSE for word in lowered)
        self.to = _flags(word in _TO for word in lowered)
        self.count = count

    def joined(self, flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether a word and the next are both flagged with a mere space between them."""
        return np.asarray(flags[:-1] & flags[1:] & (self.gaps == SPACE))


def _sums(flags: NDArray[np.bool_]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(flags)])


def _runs(sentence: _Sentence) -> tuple[Places, Places]:
    """First and last word of each run that could be an answer at all."""
    count = sentence.count
    first, last = np.nonzero(
        np.triu(np.ones((count, count), bool)) & ~np.triu(np.ones((count, count), bool), MAX_WORDS)
    )
    never_first = np.array([name in _NEVER_FIRST for name in CLASS_NAMES])
    never_last = np.array([name in _NEVER_LAST for name in CLASS_NAMES])
    said = _sums(~sentence.asked & ~sentence.stop)
    broken = _sums(np.isin(sentence.gaps, [GAP_NAMES.index("semicolon")]))
    keep = (
        ~never_first[sentence.classes[first]]
        & ~never_last[sentence.classes[last]]
        # Something that the question does not say.
        & (said[last + 1] > said[first])
        & (broken[last] == broken[first])
    )
    return first[keep], last[keep]


def find_runs(asking: Asking, text: str, read: TokenVectors | None = None, offset: int = 0) -> Runs:
    """The runs of words of a sentence that may answer, with their features.

    Args:
        asking: the question.
        text: the sentence.
        read: what the tokens mean of the text that the sentence is read in, where that is known.
        offset: where the sentence begins in that text.
    """
    sentence = _Sentence(text, asking)
    if not sentence.count:
        nothing = np.zeros(0, np.intp)
        return Runs(sentence.words, nothing, nothing, np.zeros((0, len(FEATURES)), np.float32))
    first, last = _runs(sentence)
    similar = _similarity(asking, sentence, read, offset)
    columns = [
        *_edges(sentence, first, last),
        *_insides(sentence, first, last),
        *_nearness(asking, sentence, first, last, similar),
        *_kinds_and_types(asking, sentence, first, last),
    ]
    rows = np.array(columns, np.float32).T.reshape(len(first), len(FEATURES))
    return Runs(sentence.words, first, last, rows)


def _similarity(
    asking: Asking, sentence: _Sentence, read: TokenVectors | None, offset: int
) -> Column:
    similar = np.zeros(sentence.count, np.float32)
    if read is None or asking.vectors is None:
        return similar
    for place, word in enumerate(sentence.words):
        vector = _vector_of(word, read, offset)
        if vector is not None:
            similar[place] = float(vector @ asking.vectors) / (np.linalg.norm(vector) or 1.0)
    return similar


def _one_hot(values: Places, count: int) -> list[Column]:
    return [np.asarray(values == value, np.float32) for value in range(count)]


def _edges(s: _Sentence, first: Places, last: Places) -> list[Column]:
    """Classes of the first, last, previous and next word, and what stands between."""
    classes, count = len(CLASS_NAMES), s.count
    before = np.where(first > 0, s.classes[first - 1], classes)
    after = np.where(last + 1 < count, s.classes[np.minimum(last + 1, count - 1)], classes)
    gaps = np.append(s.gaps, len(GAP_NAMES))
    gap_before = np.where(first > 0, gaps[first - 1], len(GAP_NAMES))
    gap_after = np.where(last + 1 < count, gaps[np.minimum(last, count - 1)], len(GAP_NAMES))
    return [
        *_one_hot(s.classes[first], classes),
        *_one_hot(s.classes[last], classes),
        *_one_hot(before, classes + 1),
        *_one_hot(after, classes + 1),
        *_one_hot(gap_before, len(GAP_NAMES) + 1),
        *_one_hot(gap_after, len(GAP_NAMES) + 1),
    ]


def _insides(s: _Sentence, first: Places, last: Places) -> list[Column]:
    """What stands inside a run, whether its ends cut a name or a date, and its length."""

    def within(flags: NDArray[np.bool_]) -> NDArray[np.int64]:
        total = _sums(flags)
        return np.asarray(total[last + 1] - total[first])

    def between(flags: NDArray[np.bool_]) -> NDArray[np.int64]:
        total = _sums(flags)
        return np.asarray(total[last] - total[first])

    names, dates = np.append(s.joined(s.name), False), np.append(s.joined(s.dated), False)
    length = last - first + 1
    inside = [np.minimum(within(s.classes == place), 2) * 0.5 for place in range(len(CLASS_NAMES))]
    quoted = between(s.gaps == GAP_NAMES.index("quote"))
    return [
        *inside,
        *(np.minimum(between(s.gaps == place), 2) * 0.5 for place in range(SPACE)),
        np.where(first > 0, names[first - 1], False),
        names[last],
        np.where(first > 0, dates[first - 1], False),
        dates[last],
        within(s.asked) / length,
        within(s.asked) > 0,
        s.asked[first],
        s.asked[last],
        quoted % 2,
        *((length == n) for n in _LENGTHS[:5]),
        *((length >= n) for n in _LENGTHS[5:]),
    ]


def _nearness(
    asking: Asking, s: _Sentence, first: Places, last: Places, similar: Column
) -> list[Column]:
    """How near a run is to words of the question, on which side, and how alike in meaning."""
    places = np.nonzero(s.asked)[0]
    distance = np.maximum(first[:, None] - places[None, :], places[None, :] - last[:, None])
    outside = distance > 0
    near = {scale: (np.exp(-distance / scale) * outside).sum(axis=1) for scale in (1.5, 5.0, 15.0)}
    nearest = np.where(outside, distance, 99).min(axis=1, initial=99)
    before = (places[None, :] < first[:, None]).sum(axis=1) / max(len(places), 1)
    total = np.concatenate([[0.0], np.cumsum(similar)])
    mean = (total[last + 1] - total[first]) / (last - first + 1)
    best = np.array([similar[a : b + 1].max() for a, b in zip(first, last, strict=True)])
    focus_after = np.append(s.focus, False)[last + 1]
    focus_in = _sums(s.focus)[last + 1] > _sums(s.focus)[first]
    latin = asking.text.isascii()
    return [
        np.minimum(near[1.5], 2),
        np.minimum(near[5.0], 4) / 2,
        np.minimum(near[15.0], 6) / 3,
        nearest == 1,
        nearest > 6,
        before * asking.subject,
        before * (not asking.subject),
        mean * latin,
        best * latin,
        similar[last] * latin,
        (similar[last] - similar.max(initial=0.0)) * latin,
        focus_after,
        focus_in,
        first / s.count,
    ]


def _kinds_and_types(asking: Asking, s: _Sentence, first: Places, last: Places) -> list[Column]:
    """Each kind that is asked for, with each type that a run may have."""
    length = last - first + 1

    def share(flags: NDArray[np.bool_]) -> NDArray[np.float64]:
        total = _sums(flags)
        return np.asarray((total[last + 1] - total[first]) / length)

    # The word before, or the one before an article.
    article = np.array([name == "determiner" for name in CLASS_NAMES])[s.classes]
    previous = np.where(first > 0, first - 1, -1)
    previous = np.where((previous > 0) & article[previous], previous - 1, previous)

    def after(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
        own = flags[first] & (length > 1)
        return np.asarray(np.where(previous >= 0, flags[previous], False) | own)

    names, dated = share(s.name), share(s.dated)
    types = [
        share(s.number) > 0,
        dated > 0,
        names == 1,
        (names > 0) & (names < 1),
        names == 0,
        after(s.placed),
        after(s.by),
        after(s.because),
        after(s.to),
        length == 1,
        length == 2,
        length == 3,
        length > 5,
    ]
    kinds = [kind in asking.kinds for kind in AnswerKind]
    kinds.append(not asking.kinds)
    return [np.asarray(column * float(kind), np.float32) for kind in kinds for column in types]


FEATURES: tuple[str, ...] = (
    *(f"first is {name}" for name in CLASS_NAMES),
    *(f"last is {name}" for name in CLASS_NAMES),
    *(f"before is {name}" for name in (*CLASS_NAMES, "nothing")),
    *(f"after is {name}" for name in (*CLASS_NAMES, "nothing")),
    *(f"gap before is {name}" for name in (*GAP_NAMES, "none")),
    *(f"gap after is {name}" for name in (*GAP_NAMES, "none")),
    *(f"holds {name}" for name in CLASS_NAMES),
    *(f"holds gap {name}" for name in GAP_NAMES[:SPACE]),
    "cuts a name before",
    "cuts a name after",
    "cuts a date before",
    "cuts a date after",
    "share asked",
    "holds asked",
    "first is asked",
    "last is asked",
    "odd quotes",
    *(f"length is {n}" for n in _LENGTHS[:5]),
    *(f"length from {n}" for n in _LENGTHS[5:]),
    "near 1.5",
    "near 5",
    "near 15",
    "touches asked",
    "far from asked",
    "asked before, for a subject",
    "asked before, for an object",
    "meaning, mean",
    "meaning, best",
    "meaning, last",
    "meaning, last below best",
    "focus after",
    "focus inside",
    "position",
    *(f"{kind}: {name}" for kind in _KINDS for name in _TYPES),
)
