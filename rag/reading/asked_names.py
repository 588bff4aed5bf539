"""Whether an article knows whom and what a question names.

A near miss likes to ask about somebody else: another first name, another town, another year. The
reader was trained on questions about what is there, and the right kind of words easily draws it.
"""

from itertools import pairwise

from index.language.english import MONTH_NAMES
from index.language.tokens import Token, content_tokens, tokens
from rag.types import Evidence


def absent_names(question: str, evidence: Evidence) -> float:
    """The share, 0 to 1, of the names and numbers of a question that its article lacks.

    A first name counts as lacking, too, if the article gives the surname to others only.

    Args:
        question: standalone.
        evidence: a passage of the article.
    """
    named = _named(question)
    return min(1.0, len(unknown_names(question, evidence)) / len(named)) if named else 0.0


def unknown_names(question: str, evidence: Evidence) -> list[str]:
    """Find the names and numbers of a question that a passage's article lacks, as asked.

    Args:
        question: standalone.
        evidence: a passage of the article.
    """
    named, words = _named(question), _words(evidence)
    known = frozenset[str]().union(*(word.keys for word in words))
    lacking = [token.text for token in named if not token.keys & known]
    lacking += [
        f"{first.text} {last.text}"
        for first, last in pairwise(named)
        if _is_another(first, last, words)
    ]
    return list(dict.fromkeys(lacking))


def _named(question: str) -> list[Token]:
    return [token for token in content_tokens(question) if token.is_name or token.is_number]


def _words(evidence: Evidence) -> list[Token]:
    article, text = evidence.article, evidence.source.text
    texts = [text[span.start : span.end] for span in article.body]
    if article.published:
        # "In May 2023" may be told by the day on which it was published.
        texts.append(f"In {MONTH_NAMES[article.published.month - 1]} {article.published.year}")
    return [
        t for piece in (article.title or "", article.publisher or "", *texts) for t in tokens(piece)
    ]


def _is_another(first: Token, last: Token, words: list[Token]) -> bool:
    """Whether two names that stand together in the question never do so in the article."""
    if last.start - first.end != 1 or first.is_number or last.is_number:
        return False
    before = [one for one, two in pairwise(words) if last.keys & two.keys]
    if not before or any(first.keys & one.keys for one in before):
        return False
    return any(one.text[0].isupper() and not one.is_stop and not one.opens for one in before)
