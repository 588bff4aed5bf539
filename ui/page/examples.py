"""Example questions made from the indexed articles; none is written beforehand.

Each pattern asks for something that a sentence of an article plainly states: a number, who holds an
office, what a named person says. The caller tries the questions and shows those that get an answer.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from index.article import Article, Source
from index.language.english import MONTH_NAMES, WEEKDAY_NAMES

_NAME = r"[A-Z][\w’'-]+ [A-Z][\w’'-]+"
_NUMBER = r"(?<![\d.,$€£])\b\d[\d,]*"
_NOUNS = r"(?:[A-Za-z][\w’'-]+ ){0,2}?(?:[a-z]{3,}s|people|men|women|children)"
_DEEDS = (
    "arrested|deployed|detained|evacuated|freed|injured|killed|pardoned|released|rescued|"
    "sentenced|wounded"
)
_PASSIVE = re.compile(rf"{_NUMBER} ({_NOUNS}) (were|are|have been) ({_DEEDS})\b( in [A-Z]\w+)?")
_ACTIVE = re.compile(rf"\b({_DEEDS}) \d[\d,]* ({_NOUNS})\b")
_OFFICE = re.compile(
    r"\b([A-Z][a-z]+) ([Ss]pokes(?:man|woman)|[Pp]resident|[Ff]oreign [Mm]inister|"
    rf"[Pp]rime [Mm]inister) ({_NAME})"
)
_SAYING = re.compile(r"\b(?:said|says|told|announced|added|stressed|revealed|pointed out)\b")
_PHRASE = re.compile(r"(?<=[a-z,] )[A-Z][\w’-]+(?: [A-Z][\w’-]+)+")
_NOT_A_TOPIC = frozenset(
    ("President", "Minister", "Prime", "Foreign", *WEEKDAY_NAMES, *MONTH_NAMES)
)
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")


def candidate_questions(articles: Iterable[tuple[Article, Source]]) -> Iterator[str]:
    """Make questions that the articles should answer, the most telling kinds first, in turns.

    Args:
        articles: some of the indexed articles; a few dozen are plenty.
    """
    sample = list(articles)
    sentences = [
        sentence.strip()
        for article, source in sample
        for span in article.body
        for sentence in _SENTENCE.findall(source.text[span.start : span.end])
    ]
    topics = _unique([*_topics(sentences), *_titles(article for article, _ in sample)])
    kinds = [
        _unique(_how_many(sentences)),
        _unique(_what_they_say(sentences)),
        _unique(_who(sentences)),
        topics[1:] + topics[:1],  # the second kind already has the most frequent name
    ]
    for place in range(max(map(len, kinds))):
        yield from (kind[place] for kind in kinds if place < len(kind))


def _unique(questions: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(questions))


def _how_many(sentences: Iterable[str]) -> Iterator[str]:
    for sentence in sentences:
        for nouns, be, deed, place in _PASSIVE.findall(sentence):
            yield f"How many {nouns} {be} {deed}{place}?"
        for deed, nouns in _ACTIVE.findall(sentence):
            yield f"How many {nouns} were {deed}?"


def _who(sentences: Iterable[str]) -> Iterator[str]:
    for sentence in sentences:
        for of, office, _ in _OFFICE.findall(sentence):
            yield f"Who is the {of} {office.lower()}?"


def _what_they_say(sentences: Iterable[str]) -> Iterator[str]:
    said = Counter(
        name
        for sentence in sentences
        if _SAYING.search(sentence)
        for *_, name in _OFFICE.findall(sentence)
    )
    for name, _ in said.most_common():
        yield f"What did {name} say?"


def _topics(sentences: Iterable[str]) -> Iterator[str]:
    phrases = Counter(
        " ".join(word for word in phrase.split() if word not in _NOT_A_TOPIC)
        for sentence in sentences
        for phrase in _PHRASE.findall(sentence)
    )
    for phrase, count in phrases.most_common():
        if count > 1 and " " in phrase:
            yield f"What do the articles say about {phrase}?"


def _titles(articles: Iterable[Article]) -> Iterator[str]:
    for article in articles:
        if article.title:
            yield f"What do the articles say about “{article.title}”?"
