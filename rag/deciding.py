"""The word that opens an answer to a yes/no question, where it is certain.

"Yes" and "No" are claims of their own, and the judge tells them too badly from sentences as short
as those of news: it takes "the canteen was closed" for a contradiction of "is the canteen closed".
What is certain is that somebody denies what is asked: the article says so, and of whom.
"""

from typing import Final

from index.language.languages import LANGUAGES
from index.language.tokens import tokens
from rag.reading.reader import article_header
from rag.types import Citation
from rag.verification.judge import NEUTRAL, Judge
from rag.verification.quoted import outside_quotations

BESIDE_THE_POINT: Final = 0.3
"""From this probability on, by the judge, a sentence says nothing about what is asked."""

_DENIES: Final = {code: frozenset(language.speech.denies) for code, language in LANGUAGES.items()}


def denied_words(question: str, first: Citation, judge: Judge | None) -> tuple[str, ...]:
    """Say who denies what is asked, if the first quote is a denial of it.

    Args:
        question: that wants yes or no, standalone.
        first: the first citation of its answer.
        judge: None where its weights are not there: nothing is said then.

    Raises:
        EmbeddingModelError: the judge fails.
    """
    denies = _DENIES.get(first.article.language or "", frozenset())
    said = {token.text.casefold() for token in tokens(outside_quotations(first.quote))}
    if judge is None or not first.speaker or not said & denies:
        return ()
    evidence = article_header(first.article)
    verdict = judge.judge([(question.rstrip(" ?"), evidence, first.quote)])
    if verdict[0, NEUTRAL] >= BESIDE_THE_POINT:
        return ()
    return (f"Denied by {' '.join(first.speaker.split())}.",)
