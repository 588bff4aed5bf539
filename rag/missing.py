"""What an answer would need and the articles do not have, told from the words alone."""

import re
from collections.abc import Sequence
from datetime import date
from functools import cached_property

from rag.kinds import AnswerKind, calendar_spans, kinds_asked, offers, surnames
from rag.measures import measures_lacking
from rag.modality import opposite_reasons
from rag.periods import Period
from rag.sentences import Candidate
from rag.text import Token, all_keys, content_tokens, negated_keys, negations, stem
from rag.understanding import without_hint

PRESUPPOSING = frozenset(
    {AnswerKind.REASON, AnswerKind.DATE, AnswerKind.TIME, AnswerKind.PLACE, AnswerKind.DURATION}
)
"""Who asks why, when, where or how long takes for granted that it happened."""
ORDER = frozenset(stem(word) for word in ("before", "after", "more", "less", "up", "down"))
"""Words of order and measure, which also stand between things that do not contradict."""
_TAKES_FOR_GRANTED = re.compile(
    r"^\W*what (?:did|does|do|had|has|have) (?!\w+ (?:say|said|think|tell|claim|reply|answer))",
    re.IGNORECASE,
)


def what_is_missing(
    question: str, chosen: Sequence[Candidate], period: Period | None = None
) -> str | None:
    """Why the best sentences cannot answer, whatever else fits; None where they may.

    Near misses match a question in everything but the thing it asks for, so likeness alone
    never shows them. Three things can be told without understanding: that the question rests
    on a number, or mostly on names, which the article does not have; that it asks for a kind
    of thing of which the best sentence has none, or for a measure that it does not give; and
    that it takes for granted what the best sentence denies. The second is not asked of reasons,
    which often go unmarked, nor of questions that name nothing: "who has priority at a crossing"
    is answered without a name.

    Args:
        question: the question, or one part of it.
        chosen: the sentences that would be quoted, best first; not empty.
        period: that the question names. An article of that time, or a sentence about it, need
            not repeat the words for it.
    """
    read = _Readings(chosen)
    terms = content_tokens(without_hint(question))
    named = [term for term in terms if term.is_name or term.is_number]
    if period is not None and _is_of(period, chosen[0]):
        times = calendar_spans(question)
        named = [t for t in named if not any(start <= t.start < end for start, end in times)]
    absent = [term.text for term in named if not read.knows(term)]
    if len(absent) * 2 > len(named) or any(text[0].isdigit() for text in absent):
        return f"The closest articles do not mention {', '.join(dict.fromkeys(absent))}."
    asked, wanted = all_keys(question), kinds_asked(question)
    kinds = sorted(wanted - {AnswerKind.REASON})
    if named and kinds and not any(read.offers(kind, asked) for kind in kinds):
        return f"The closest passages give no {' or '.join(kinds)} that would answer."
    if named and (measures := measures_lacking(question, chosen[0].text)):
        return f"The closest passages give no {' or '.join(measures)} that would answer."
    presupposes = wanted & PRESUPPOSING or _TAKES_FOR_GRANTED.search(question)
    if presupposes and _is_denied(asked, chosen[0].text, question):
        return "The closest passage says that it is not so."
    # Without "after" and the like: what they stand for is told by the whole sentence only.
    content = " ".join(token.text for token in content_tokens(question) if token.key not in ORDER)
    if presupposes and (otherwise := opposite_reasons(content, chosen[0].text)):
        said = otherwise[0].removeprefix("it says")
        return f"The closest passage says otherwise: the question says{said}."
    return None


def _is_of(period: Period, candidate: Candidate) -> bool:
    """Whether a sentence, or its article, is of a period."""
    if candidate.features.in_period:
        return True
    published = candidate.evidence.article.published_at
    return published is not None and not period.distance(date.fromisoformat(published[:10]))


def _is_denied(asked: frozenset[str], sentence: str, question: str) -> bool:
    """Whether a sentence denies more than one word of what a question takes for granted.

    One word may be denied of something else; what is asked about is denied in several.
    """
    if negations(question):
        return False
    denied = negated_keys(sentence) & {t.key for t in content_tokens(question)}
    return len(denied) >= min(2, len(asked))


class _Readings:
    """What is said around the chosen sentences: first in their passages, then in their articles.

    Whole articles are long, and are read only where the passages leave a question open.
    """

    def __init__(self, chosen: Sequence[Candidate]) -> None:
        self._chosen = chosen
        self._near = [text for c in chosen for text in c.evidence.passage.sentence_texts()]

    @cached_property
    def _far(self) -> list[str]:
        articles = {c.evidence.article.article_id: c.evidence for c in self._chosen}.values()
        bodies = [e.source.text[s.start : s.end] for e in articles for s in e.article.body]
        return bodies + [f"{e.article.title or ''} {e.article.publisher or ''}" for e in articles]

    @cached_property
    def _near_keys(self) -> frozenset[str]:
        return frozenset().union(*map(all_keys, self._near))

    @cached_property
    def _far_keys(self) -> frozenset[str]:
        return frozenset().union(*map(all_keys, self._far))

    def knows(self, term: Token) -> bool:
        """Whether a word stands in one of the articles."""
        return bool(term.keys & self._near_keys) or bool(term.keys & self._far_keys)

    def offers(self, kind: AnswerKind, asked: frozenset[str]) -> bool:
        """Whether the best sentence has a thing of this kind."""
        best = self._chosen[0].text
        if offers(kind, best, asked, frozenset().union(*map(surnames, self._near))):
            return True
        people = kind is AnswerKind.PERSON
        return people and offers(kind, best, asked, frozenset().union(*map(surnames, self._far)))
