"""Who did what to whom, as far as the order of words tells."""

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from rag.lexicon import PLAIN_HEDGES, TO_DO
from rag.modality import turns
from rag.moments import moments
from rag.names import is_named, may_name, names_of, same_name
from rag.speakers import CLAUSE_BREAK
from rag.text import Token, tokens

MIN_FRAME = 4
"""Words that must agree around a replaced one before it counts as replaced."""
MAX_REPLACED = 3
NEARLY_VERBATIM = 0.85

_PASSIVE = re.compile(r"\b(?:is|was|were|are|been|being|be|got)\b[^,;.]{0,30}$", re.IGNORECASE)


def _kind(token: Token) -> str | None:
    if token.is_number:
        return "number"
    if may_name(token):
        return "name"
    return None


def changed(claim: str, sentence: str) -> list[str]:
    """What was put in, taken out or replaced in an otherwise like sentence.

    That a new name also stands somewhere near by is no excuse: a frame that agrees word for
    word and differs in a name says it of somebody else.
    """
    ours, theirs = tokens(claim), tokens(sentence)
    matcher = SequenceMatcher(None, [t.key for t in ours], [t.key for t in theirs], autojunk=False)
    blocks = matcher.get_opcodes()
    reasons = []
    for at, (kind, i1, i2, j1, j2) in enumerate(blocks):
        if kind == "equal" or i2 - i1 > MAX_REPLACED or j2 - j1 > MAX_REPLACED:
            continue
        beside = blocks[max(0, at - 1) : at] + blocks[at + 1 : at + 2]
        frame = sum(block[2] - block[1] for block in beside)
        everything_else = frame == len(ours) - (i2 - i1) == len(theirs) - (j2 - j1)
        if frame < MIN_FRAME and not (everything_else and frame > 1):
            continue
        reasons.extend(_replaced_in(ours[i1:i2], theirs[j1:j2]))
        reasons.extend(_turned_in(ours[i1:i2], theirs[j1:j2]))
    return reasons


def _is_weekday(token: Token) -> bool:
    return any(moment.weekday is not None for moment in moments(token.text))


def _replaced_in(ours: Sequence[Token], theirs: Sequence[Token]) -> list[str]:
    for kind in ("name", "number"):
        new = [t for t in ours if _kind(t) == kind and not any(same_name(t, o) for o in theirs)]
        old = [t for t in theirs if _kind(t) == kind and not any(same_name(t, o) for o in ours)]
        if any(_is_weekday(t) for t in old) and not any(_is_weekday(t) for t in new):
            # "On Friday" may be told as a date; whether it is the right one is judged elsewhere.
            continue
        if new and old:
            was, now = " ".join(t.text for t in old), " ".join(t.text for t in new)
            return [f"it says {now} where the cited text says {was}"]
    return []


def _turned_in(ours: Sequence[Token], theirs: Sequence[Token]) -> list[str]:
    """Where one of two differing pieces has a word that turns the meaning."""
    reasons = []
    for kind in ("negation", "certainty", "extent"):
        new = {turn: t.text for t in ours if (turn := turns(t).get(kind))}
        old = {turn: t.text for t in theirs if (turn := turns(t).get(kind))}
        if kind == "extent":
            old = {} if new and not new.keys() <= old.keys() else dict(new)
        if new.keys() == old.keys():
            continue
        if kind == "certainty" and not (new and old) and not _hedges(new or old):
            continue
        if kind == "certainty" and any(t.text.casefold() in TO_DO for t in (*ours, *theirs)):
            # Plans are judged by what is planned.
            continue
        if new:
            reasons.append(f"it says “{next(iter(new.values()))}” where the cited text does not")
        elif kind == "negation":
            reasons.append(f"it leaves out a “{next(iter(old.values()))}” of the cited text")
        else:
            reasons.append(f"the cited text says this only with “{next(iter(old.values()))}”")
    return reasons


def _hedges(turned: Mapping[str, str]) -> bool:
    """Whether words that came in or went out change how sure a sentence is."""
    known = frozenset({"could"}).union(*PLAIN_HEDGES.values())
    return any(word.casefold() in known for word in turned.values())


def _masked(text: str) -> tuple[list[str], list[Token]]:
    """The words of a text with each run of capitalised words and each number as one sign."""
    words: list[str] = []
    masked: list[Token] = []
    end = -2
    for token in tokens(text):
        kind = _kind(token)
        if kind is None:
            words.append(token.key)
        elif kind == "name" and words and words[-1] == "§name" and text[end : token.start] == " ":
            pass
        else:
            words.append(f"§{kind}")
            masked.append(token)
        end = token.end
    return words, masked


def reordered(claim: str, sentence: str) -> list[str]:
    """Names or numbers that have changed places in an otherwise like sentence."""
    ours, theirs = _masked(claim), _masked(sentence)
    one, other = ours[1], theirs[1]
    if len(one) < 2 or len(one) != len(other):
        return []
    if SequenceMatcher(None, ours[0], theirs[0], autojunk=False).ratio() < NEARLY_VERBATIM:
        return []
    moved = [(a, b) for a, b in zip(one, other, strict=True) if not same_name(a, b)]
    for a, b in moved:
        if any(same_name(a, d) and same_name(c, b) for c, d in moved):
            return [f"it says {a.text} where the cited text says {b.text}"]
    return []


def exchanged(claim: str, sentence: str) -> list[str]:
    """Two names that stand the other way round about the same word.

    Read only where both sentences are active, or both passive, so that "A was extradited by B"
    and "B extradited A" are not taken for opposites.
    """
    ours = [token for token in names_of(claim) if not moments(token.text)]
    if len(ours) < 2:
        return []
    reasons: list[str] = []
    pivots = [t for t in tokens(claim) if not t.is_stop and not t.text[0].isupper()]
    for pivot in pivots:
        before, after = _around(pivot, ours, claim)
        for other in (t for t in tokens(sentence) if t.key == pivot.key):
            if before is None or after is None:
                break
            names = [t for t in tokens(sentence) if is_named(t, claim)]
            left, right = _around(other, names, sentence)
            if left is None or right is None or same_name(before, after):
                continue
            swapped = same_name(before, right) and same_name(after, left)
            if swapped and _voice(pivot, claim) == _voice(other, sentence):
                reasons.append(f"it exchanges {before.text} and {after.text} about “{pivot.text}”")
    return reasons[:1]


def _around(pivot: Token, names: Sequence[Token], text: str) -> tuple[Token | None, Token | None]:
    """The nearest name before and after a word, in its clause."""
    before = [t for t in names if t.end <= pivot.start]
    after = [t for t in names if t.start >= pivot.end]
    left = before[-1] if before else None
    right = after[0] if after else None
    if left and CLAUSE_BREAK.search(text[left.end : pivot.start]):
        left = None
    if right and CLAUSE_BREAK.search(text[pivot.end : right.start]):
        right = None
    return left, right


def _voice(pivot: Token, text: str) -> bool:
    """Whether a word is said in the passive."""
    return bool(_PASSIVE.search(text[: pivot.start]))
