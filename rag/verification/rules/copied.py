"""A sentence copied except for a name, a number or a "not" says something else."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

from index.language.moments import moments
from index.language.names import may_name, same_name
from index.language.quantities import quantities
from index.language.tokens import Token, tokens
from index.saying import Said, phrase
from rag.verification.beside import Beside
from rag.verification.reasons import Reasons, part_not_said, says_another
from rag.verification.retelling import in_their_words
from rag.verification.rules.numbers import follows

MIN_FRAME: Final = 4
"""Words that must agree around a word before it counts as replaced."""
MAX_REPLACED: Final = 3
COPIED: Final = 0.85
"""A claim with this share of its words in the sentence's own order is a copy of it."""
MIN_COPIED: Final = 6
"""Words of the shortest claim that can be a copy."""
NEARLY_VERBATIM: Final = 0.85


def check(beside: Beside) -> Reasons:
    """Veto words replaced, removed or swapped in an otherwise similar sentence.

    An inserted word, which may be true, leaves the claim open; an inserted "not" does not.
    """
    vetoes: list[Said] = []
    open_points: list[Said] = []
    for sentence, day in beside.sentences:
        told = in_their_words(beside.claim, [(sentence, day)])
        replaced, put_in = _new_words(told, sentence)
        vetoes += (*_changed(beside.claim, sentence), *_reordered(beside.claim, sentence))
        vetoes += replaced
        open_points += put_in
    return Reasons(tuple(vetoes), tuple(open_points))


def _instead(now: str, was: str) -> Said:
    return phrase("it says “%(now)s”, but the cited text says “%(was)s”", now=now, was=was)


def _kind(token: Token) -> str | None:
    if token.is_number:
        return "number"
    if may_name(token):
        return "name"
    return None


def _changed(claim: str, sentence: str) -> list[Said]:
    """Find words inserted, removed or replaced in an otherwise similar sentence.

    It is no excuse that a new name also stands nearby: a frame that agrees word for word and
    differs in a name speaks about somebody else.
    """
    ours, theirs = tokens(claim), tokens(sentence)
    matcher = SequenceMatcher(None, [t.key for t in ours], [t.key for t in theirs], autojunk=False)
    blocks = matcher.get_opcodes()
    reasons = list[Said]()
    for at, (kind, i1, i2, j1, j2) in enumerate(blocks):
        if kind == "equal" or i2 - i1 > MAX_REPLACED or j2 - j1 > MAX_REPLACED:
            continue
        beside = blocks[max(0, at - 1) : at] + blocks[at + 1 : at + 2]
        frame = sum(block[2] - block[1] for block in beside)
        everything_else = frame == len(ours) - (i2 - i1) == len(theirs) - (j2 - j1)
        if frame < MIN_FRAME and not (everything_else and frame > 1):
            continue
        reasons.extend(_replaced_in(ours[i1:i2], theirs[j1:j2], sentence))
        reasons.extend(_turned_in(ours[i1:i2], theirs[j1:j2]))
    return reasons


def _is_weekday(token: Token) -> bool:
    return any(moment.weekday is not None for moment in moments(token.text))


def _replaced_in(ours: Sequence[Token], theirs: Sequence[Token], sentence: str) -> list[Said]:
    for kind in ("name", "number"):
        if kind == "number" and _worked_out(ours, sentence):
            continue
        new = [t for t in ours if _kind(t) == kind and not any(same_name(t, o) for o in theirs)]
        old = [t for t in theirs if _kind(t) == kind and not any(same_name(t, o) for o in ours)]
        if any(_is_weekday(t) for t in old) and not any(_is_weekday(t) for t in new):
            # A date may stand for "on Friday"; another rule judges whether it is the right one.
            continue
        if new and old:
            was, now = " ".join(t.text for t in old), " ".join(t.text for t in new)
            return [says_another(now, was)]
    return []


def _new_words(claim: str, sentence: str) -> tuple[list[Said], list[Said]]:
    """Pair the words of a copied claim with those that they replace, and find inserted words."""
    ours, theirs = tokens(claim), tokens(sentence)
    matcher = SequenceMatcher(None, [t.key for t in ours], [t.key for t in theirs], autojunk=False)
    blocks = matcher.get_opcodes()
    copied = sum(i2 - i1 for kind, i1, i2, _, _ in blocks if kind == "equal")
    if len(ours) < MIN_COPIED or copied < COPIED * len(ours):
        return [], []
    known = frozenset().union(*(token.keys for token in theirs))
    replaced, put_in = list[Said](), list[Said]()
    for kind, i1, i2, j1, j2 in blocks:
        new = [t for t in ours[i1:i2] if not t.keys & known] if kind != "equal" else []
        old = theirs[j1:j2]
        named = all(map(may_name, new)) and not any(map(may_name, old))
        filler = not old and all(token.is_stop and not token.negates for token in new)
        if not new or named or filler:
            # A name may stand for "he", and a "that" may be inserted.
            continue
        now, was = (" ".join(token.text for token in words) for words in (new, old))
        if was or any(token.negates for token in new):
            replaced.append(_instead(now, was) if was else part_not_said(now))
        else:
            put_in.append(part_not_said(now))
    return replaced, put_in


def _worked_out(words: Sequence[Token], sentence: str) -> bool:
    """Whether a new number follows from those of the sentence."""
    known = quantities(sentence)
    found = [quantity for token in words for quantity in quantities(token.text)]
    return bool(found) and all(
        follows(q, known) and not any(q.matches(other) for other in known) for q in found
    )


def _turned_in(ours: Sequence[Token], theirs: Sequence[Token]) -> list[Said]:
    """Find differing pieces of which only one says "not"."""
    new = next((token.text for token in ours if token.negates), None)
    old = next((token.text for token in theirs if token.negates), None)
    if new and not old:
        return [phrase("it says “%(word)s”, but the cited text does not", word=new)]
    if old and not new:
        return [phrase("it leaves out a “%(word)s” of the cited text", word=old)]
    return []


def _masked(text: str) -> tuple[list[str], list[Token]]:
    """Write a text with each run of capitalised words and each number as one sign."""
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


def _reordered(claim: str, sentence: str) -> list[Said]:
    """Find names or numbers that have changed places in an otherwise similar sentence."""
    ours, theirs = _masked(claim), _masked(sentence)
    one, other = ours[1], theirs[1]
    if len(one) < 2 or len(one) != len(other):
        return []
    if SequenceMatcher(None, ours[0], theirs[0], autojunk=False).ratio() < NEARLY_VERBATIM:
        return []
    moved = [(a, b) for a, b in zip(one, other, strict=True) if not same_name(a, b)]
    for a, b in moved:
        if any(same_name(a, d) and same_name(c, b) for c, d in moved):
            return [says_another(a.text, b.text)]
    return []
