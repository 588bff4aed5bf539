"""Who says something, as far as the order of words tells."""

import re
from collections.abc import Sequence
from functools import lru_cache

from rag.lexicon import ASKED_SAYING, OPINING, PRONOUNS, SAYING
from rag.names import has_name, is_named, may_name, names_of, same_name
from rag.text import Token, stem, tokens

_QUOTED = re.compile(r'"[^"]*"|«[^»]*»|“[^”]*”|``.*?\'\'')
_ACCORDING = re.compile(r"\b(?:according to|in the words of|по словам|за словами)\s", re.IGNORECASE)
_BE = re.compile(r"\b(?:is|was|were|are|been|being|be)\s(?:\w+ly\s)?$", re.IGNORECASE)
# “…,” said Peskov: who says it comes after the verb only where the words came before it.
_AFTER_WORDS = re.compile(r"(?:[,?!]|\s{2}|^)\W*$")
CLAUSE_BREAK = re.compile(r"[,;:.!?—–]|\s-\s")
"""Two words with this between them are not of one clause."""
_IN_WORDS = re.compile(
    r"\b(?:in|by|from)\s([\w\s-]{2,40})['’]s?\s(?:own\s)?"
    r"(?:words|telling|view|opinion|account|eyes|mind|version|estimate)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(r"\b(?:does|did|do)\s", re.IGNORECASE)
_SOUGHT = re.compile(r"\b(?:which|what|whose|how many)\s(?:[\w'’-]+\s)?$", re.IGNORECASE)
"""Before a name that is a part of what is asked for: "which US university said …"."""


def _folded(token: Token) -> str:
    return token.text.casefold()


@lru_cache(maxsize=8_192)
def speakers(text: str) -> tuple[Token, ...]:
    """The names of who says something in a sentence; empty where nobody does, or a pronoun.

    The nearest run of names before the verb of saying in its clause, or right after it (“…,”
    said Peskov), or after "according to".
    """
    outside = _QUOTED.sub(lambda match: " " * len(match.group()), text)
    names, found = names_of(text), []
    names = (
        tuple(t for t in tokens(text) if may_name(t) and outside[t.start : t.end].strip()) or names
    )
    for token in tokens(outside):
        if token.text in SAYING:
            found.extend(_speaker_at(token, names, outside))
    for match in _ACCORDING.finditer(outside):
        following = [t for t in names if t.start >= match.end()]
        found.extend(_run(following, outside, match.end()))
    return tuple(found)


def _speaker_at(verb: Token, names: Sequence[Token], text: str) -> list[Token]:
    named = names_of(text)
    if _BE.search(text[: verb.start]):
        return []
    after = [t for t in names if t.start >= verb.end and t.start - verb.end <= 2]
    if after and _AFTER_WORDS.search(text[: verb.start]):
        return _run([t for t in names if t.start >= verb.end], text, verb.end)
    before = [t for t in names if t.end <= verb.start]
    clause_start = max((m.end() for m in re.finditer(r"[;:.!?]\s", text[: verb.start])), default=0)
    before = [t for t in before if t.start >= clause_start]
    if not before:
        return []
    between = [_folded(t) for t in tokens(text[before[-1].end : verb.start])]
    if any(word in PRONOUNS for word in between):
        return []
    # A run of names that ends with the nearest: titles and first names belong to it.
    if before[-1].opens and not before[-1].is_name and before[-1].end < verb.start - 1:
        # "However, …" and "Another theory …" open a sentence without being anybody.
        before = [t for t in before if t in named]
        if not before:
            return []
    run = [before[-1]]
    for token in reversed(before[:-1]):
        if len(text[token.end : run[0].start].split()) > 3:
            break
        run.insert(0, token)
    return run


def _run(names: Sequence[Token], text: str, at: int) -> list[Token]:
    run: list[Token] = []
    for token in names:
        gap = text[at : token.start]
        if len(gap.split()) > 3 or CLAUSE_BREAK.search(gap):
            break
        run.append(token)
        at = token.end
    return run


def asked_speakers(question: str) -> tuple[Token, ...]:
    """The names of whose words a question asks for; empty where it asks for nobody's.

    Beside what `speakers` reads, "did" with a name and a verb of saying after it, and "in …'s
    words".
    """
    found = [t for t in speakers(question) if not _SOUGHT.search(question[: t.start])]
    for match in _IN_WORDS.finditer(question):
        start, end = match.span(1)
        found.extend(t for t in tokens(question) if may_name(t) and start <= t.start < end)
    for match in _ASKED.finditer(question):
        run = _run([t for t in names_of(question) if t.start >= match.end()], question, match.end())
        after = [t for t in tokens(question) if run and t.start >= run[-1].end]
        if any(token.text in ASKED_SAYING for token in after[:2]):
            found.extend(run)
    return tuple(found)


def words_of(asked: Sequence[Token], sentence: str, before: str) -> bool | None:
    """Whether a sentence gives words to those who are asked for; None where it does not say.

    Args:
        asked: their names.
        sentence: to look at.
        before: the sentence before it; the name behind "he said" is looked up there.
    """
    if found := speakers(sentence):
        return any(same_name(one, other) for one in asked for other in found)
    if says(sentence) and any(is_named(token, before) for token in asked):
        return True
    return None


def says(text: str) -> bool:
    """Whether somebody says something in a sentence."""
    return any(_folded(token) in SAYING for token in tokens(text)) or bool(_ACCORDING.search(text))


def speaker_reasons(
    claim: str, anchor: str, cited: str, before: str, labels: Sequence[str]
) -> list[str]:
    """Where the claim gives words to somebody else than the cited text does.

    Args:
        claim: one sentence.
        anchor: the sentence that has most of its words.
        cited: all the sentences it rests on.
        before: what stands before them in the passage; "he said" is looked up there.
        labels: publishers and titles; "TASS reported" is true of what TASS published.
    """
    ours = [t for t in speakers(claim) if not any(is_named(t, label) for label in labels)]
    if not ours:
        return []
    theirs = speakers(anchor) or speakers(cited)
    if theirs:
        if any(same_name(one, other) for one in ours for other in theirs):
            return []
        was, now = " ".join(t.text for t in theirs), " ".join(t.text for t in ours)
        return [f"the cited text gives these words to {was}, not to {now}"]
    if not says(cited):
        now = " ".join(t.text for t in ours)
        return [f"the cited text does not give these words to {now}"]
    # A pronoun or a role says it: the name must be in the sentence or have come shortly before.
    if any(has_name(t, cited) or is_named(t, before[-600:]) for t in ours):
        return []
    now = " ".join(t.text for t in ours)
    return [f"the cited text does not give these words to {now}"]


def unattributed(claim: str, cited: str) -> list[str]:
    """Where the claim states as a fact what the cited text gives as somebody's words."""
    theirs = speakers(cited)
    verbs = {_folded(token) for token in tokens(cited)}
    if not theirs or says(claim) or (verbs & SAYING and not verbs & OPINING):
        return []
    if any(stem(t.text) in {o.key for o in tokens(claim)} for t in theirs):
        return []
    return [f"the cited text gives this as the words of {' '.join(t.text for t in theirs)}"]
