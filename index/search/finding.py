"""Looking for words in the articles, as a reader looks: every article that has them, and where.

Unlike the search behind an answer, which ranks the best passages for a question, this one is
complete: it counts, it goes page by page, and it shows each word at its place.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from index.article import Article, Passage, PassageHit, SearchFilters, Source, Span
from index.language.tokens import Token, content_tokens, tokens
from index.library.holdings import Holdings
from index.library.library import Library
from index.search.stores import SearchIndex

ORDERS = ("relevance", "newest", "oldest")
_PHRASE = re.compile(r'["“”„«]([^"“”„«»]+)["“”»]')
_EXCERPTS = 3
_READ_PASSAGES = 12
_EXCERPT_CHARS = 320
_BEFORE_CHARS = 120
_CHUNK = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for.

    Attributes:
        text: words that an article must all have; those in quotation marks side by side.
        filters: what the search is restricted to.
        order: one of `ORDERS`; what has no date comes last.
        offset: how many articles to pass over.
        limit: how many articles to give.
    """

    text: str
    filters: SearchFilters = field(default_factory=SearchFilters)
    order: str = "relevance"
    offset: int = 0
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A stretch of an article's body in which words were found.

    Attributes:
        span: the stretch, in the text of the source.
        highlights: the words, in the text of the source.
    """

    span: Span
    highlights: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """An article that has all the words.

    Attributes:
        title_highlights: the words in the title, as spans of the title itself.
        excerpts: the best places in the body; its opening where only the title has the words.
        passages: how many passages have any of the words.
    """

    article: Article
    source: Source
    score: float
    title_highlights: tuple[Span, ...]
    excerpts: tuple[Excerpt, ...]
    passages: int


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    Attributes:
        total: how many articles, all pages together.
        publishers: how many of them there are of each publisher, the most first.
        languages: of each language.
        years: of each year of publication, the latest first.
        articles: the page that was asked for.
        article_ids: of all of them, in order.
    """

    total: int
    publishers: Mapping[str, int]
    languages: Mapping[str, int]
    years: Mapping[str, int]
    articles: tuple[FoundArticle, ...]
    article_ids: tuple[str, ...] = ()


def find_articles(stores: SearchIndex, wanted: Wanted) -> Found:
    """Every article that has all the words, counted, and a page of them with their places.

    Raises:
        IndexStoreError: the index of words cannot be used.
    """
    library = stores.library
    holdings = library.holdings()
    hits = stores.find_words(wanted.text, holdings.matching(wanted.filters))
    by_article: dict[str, list[PassageHit]] = defaultdict(list)
    for hit in hits:
        if hit.article_id in holdings.entries:  # it may have gone since
            by_article[hit.article_id].append(hit)
    if phrases := _phrases(wanted.text):
        by_article = _with_phrases(by_article, phrases, library)
    ordered = _ordered(by_article, wanted.order, holdings)
    page = ordered[wanted.offset : wanted.offset + wanted.limit]
    return Found(
        total=len(ordered),
        article_ids=tuple(ordered),
        articles=_shown({name: by_article[name] for name in page}, wanted.text, library),
        **_counts(ordered, holdings),
    )


def _phrases(text: str) -> list[tuple[str, ...]]:
    """What stands in quotation marks, as keys of words."""
    found = (tuple(token.key for token in tokens(match[1])) for match in _PHRASE.finditer(text))
    return [phrase for phrase in found if len(phrase) > 1]


def _with_phrases(
    by_article: Mapping[str, list[PassageHit]],
    phrases: Sequence[tuple[str, ...]],
    library: Library,
) -> dict[str, list[PassageHit]]:
    """The articles that have each phrase in their title or in one passage."""
    kept: dict[str, list[PassageHit]] = defaultdict(list)
    names = iter(by_article)
    while chunk := list(islice(names, _CHUNK)):
        articles = library.articles(chunk)
        passages = library.passages(hit.passage_id for name in chunk for hit in by_article[name])
        for name in chunk:
            texts = [passage.text for passage in _of(by_article[name], passages)]
            if name in articles and _has_phrases([articles[name].title or "", *texts], phrases):
                kept[name] = by_article[name]
    return kept


def _has_phrases(texts: Sequence[str], phrases: Sequence[tuple[str, ...]]) -> bool:
    keys = [tuple(token.key for token in tokens(text)) for text in texts]
    return all(any(_holds(own, phrase) for own in keys) for phrase in phrases)


def _holds(keys: Sequence[str], phrase: Sequence[str]) -> bool:
    length = len(phrase)
    return any(keys[at : at + length] == phrase for at in range(len(keys) - length + 1))


def _ordered(
    by_article: Mapping[str, Sequence[PassageHit]], order: str, holdings: Holdings
) -> list[str]:
    """The articles' ids, best or newest or oldest first; ties by id, so that pages fit together."""
    scored = sorted(by_article, key=lambda name: (-by_article[name][0].score, name))
    if order == "relevance":
        return scored
    days = holdings.published
    dated = [name for name in scored if name in days]
    dated.sort(key=lambda name: days[name], reverse=order == "newest")
    return dated + [name for name in scored if name not in days]


def _counts(names: Iterable[str], holdings: Holdings) -> dict[str, Mapping[str, int]]:
    entries = [holdings.entries[name] for name in names]
    years = Counter(str(entry.published.year) for entry in entries if entry.published)
    return {
        "publishers": _most_first(entry.publisher for entry in entries),
        "languages": _most_first(entry.language for entry in entries),
        "years": dict(sorted(years.items(), reverse=True)),
    }


def _most_first(values: Iterable[str | None]) -> dict[str, int]:
    counted = Counter(filter(None, values))
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def _shown(
    by_article: Mapping[str, Sequence[PassageHit]], text: str, library: Library
) -> tuple[FoundArticle, ...]:
    """The articles of one page, each with the places of the words."""
    keys = frozenset[str]().union(*(token.keys for token in content_tokens(text)))
    articles = library.articles(by_article)
    sources = library.sources(article.source_id for article in articles.values())
    read = [hit.passage_id for hits in by_article.values() for hit in hits[:_READ_PASSAGES]]
    passages = library.passages(read)
    return tuple(
        FoundArticle(
            article=articles[name],
            source=sources[articles[name].source_id],
            score=hits[0].score,
            title_highlights=_marked(articles[name].title or "", 0, keys),
            excerpts=_excerpts(_of(hits, passages), keys),
            passages=len(hits),
        )
        for name, hits in by_article.items()
        if name in articles and articles[name].source_id in sources
    )


def _of(hits: Iterable[PassageHit], passages: Mapping[str, Passage]) -> list[Passage]:
    """The passages of hits, of those that were read and are still there."""
    return [passages[hit.passage_id] for hit in hits if hit.passage_id in passages]


def _excerpts(passages: Sequence[Passage], keys: frozenset[str]) -> tuple[Excerpt, ...]:
    """The sentence of each passage that has most of the words; best passages first."""
    found = []
    for passage in passages:
        sentence, marked = max(
            ((sentence, _in_sentence(passage, sentence, keys)) for sentence in passage.sentences),
            key=lambda pair: len(pair[1]),
            default=(passage.span, ()),
        )
        if marked:
            span = _cut(passage, sentence, marked[0])
            found.append(Excerpt(span, tuple(m for m in marked if span.contains(m))))
    if not found and passages:
        first = min(passages, key=lambda passage: passage.start)
        opening = first.sentences[0] if first.sentences else first.span
        return (Excerpt(_cut(first, opening, Span(opening.start, opening.start)), ()),)
    return tuple(found[:_EXCERPTS])


def _in_sentence(passage: Passage, sentence: Span, keys: frozenset[str]) -> tuple[Span, ...]:
    text = passage.text[sentence.start - passage.start : sentence.end - passage.start]
    return _marked(text, sentence.start, keys)


def _marked(text: str, offset: int, keys: frozenset[str]) -> tuple[Span, ...]:
    """The words of a text that are among those looked for."""
    found: Iterable[Token] = (token for token in tokens(text) if token.keys & keys)
    return tuple(Span(offset + token.start, offset + token.end) for token in found)


def _cut(passage: Passage, sentence: Span, word: Span) -> Span:
    """A sentence, or so much of a long one as has the word, cut between words."""
    if len(sentence) <= _EXCERPT_CHARS:
        return sentence
    start, text = sentence.start, passage.text
    if word.end - start > _EXCERPT_CHARS:
        blank = text.rfind(" ", 0, max(word.start - _BEFORE_CHARS, start) - passage.start)
        start = max(passage.start + blank + 1, start)
    end = start + _EXCERPT_CHARS
    if end >= sentence.end:
        return Span(start, sentence.end)
    blank = text.rfind(" ", word.end - passage.start, end - passage.start)
    return Span(start, passage.start + blank if blank > 0 else max(end, word.end))
