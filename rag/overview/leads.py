"""The sentence by which an article is told in an overview: its lead, or what it says of the topic.

Nothing that orders a model about is quoted, see `rag.evidence.instructions`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from index.article import Article, Passage, Source, Span
from index.language.locate import folded_text
from index.language.tokens import all_keys, tokens
from index.library.library import Library
from rag.evidence.instructions import withhold
from rag.question.topic import Topic
from rag.types import DraftClaim, Evidence, ProposedCitation

LEAD_WORDS: Final = 6
"""A first sentence with fewer words is a kicker or a caption where a longer one follows."""
LEADS_TRIED: Final = 3
MAX_QUOTE_WORDS: Final = 60


@dataclass(frozen=True, slots=True)
class Told:
    """An article with the sentence that is quoted of it.

    Attributes:
        passage: that holds the sentence.
        span: of the sentence, with what completes its quotation.
        lead: the article's first sentence that tells something.
    """

    article: Article
    source: Source
    passage: Passage
    span: Span
    lead: str

    @property
    def quote(self) -> str:
        """The quoted words."""
        return self.source.text[self.span.start : self.span.end]

    @property
    def day(self) -> date | None:
        """When it was published, where that is known."""
        return self.article.published

    def evidence(self, marker: int) -> Evidence:
        """The passage under a number."""
        return Evidence(marker, self.passage, self.article, self.source, 1.0)

    def claim(self, marker: int) -> DraftClaim:
        """The quote, proposed under its passage's number."""
        return DraftClaim(self.quote, (ProposedCitation(marker, self.quote, near=self.span.start),))


def tell(
    names: Sequence[str], topic: Topic, library: Library, mentions: bool = False
) -> Iterator[Told]:
    """Articles with what to quote of them, in the order given; those without words are left out.

    Args:
        names: ids of articles.
        topic: that they are asked for.
        library: that holds them.
        mentions: quote the sentence that holds most of the topic's words, not the lead.
    """
    articles = library.articles(names)
    sources = library.sources(article.source_id for article in articles.values())
    passages = library.passages_of(names)
    for name in names:
        article = articles.get(name)
        if article is None or article.source_id not in sources:
            continue
        sentences = _sentences(article, sources[article.source_id], passages.get(name, []))
        if sentences:
            yield _told(article, sources[article.source_id], sentences, topic, mentions)


def _sentences(
    article: Article, source: Source, passages: Sequence[Passage]
) -> list[tuple[Passage, int]]:
    """Each sentence that may be quoted: its passage, and its place there."""
    found = [
        Evidence(marker, passage, article, source, 1.0)
        for marker, passage in enumerate(passages, start=1)
    ]
    kept = [item.passage for item in withhold(found, "").evidence]
    return [(passage, place) for passage in kept for place in range(len(passage.sentences))]


def _told(
    article: Article,
    source: Source,
    sentences: Sequence[tuple[Passage, int]],
    topic: Topic,
    mentions: bool,
) -> Told:
    texts = [_text(source, passage.sentences[at]) for passage, at in sentences]
    opening = range(min(LEADS_TRIED, len(texts)))
    lead = next((n for n in opening if len(tokens(texts[n])) >= LEAD_WORDS), 0)
    held = [_held(text, topic) for text in texts]
    chosen = lead
    about = len(topic.words) == _held(f"{article.title or ''}\n{texts[lead]}", topic)
    if topic.words and (mentions or not about) and max(held) > held[lead]:
        chosen = held.index(max(held))
    passage, place = sentences[chosen]
    return Told(article, source, passage, _whole(source, passage, place), texts[lead])


def _held(text: str, topic: Topic) -> int:
    """How many words of the topic a text holds."""
    keys = all_keys(text) if topic.words else frozenset()
    return sum(bool(word.keys & keys) for word in topic.words)


def _whole(source: Source, passage: Passage, place: int) -> Span:
    """A sentence, with those after it in its paragraph that close its quotation."""
    first = span = passage.sentences[place]
    for following in passage.sentences[place + 1 :]:
        if folded_text(_text(source, span)).count('"') % 2 == 0:
            return span
        span = Span(first.start, following.end)
        piece = _text(source, span)
        if "\n" in piece or len(piece.split()) > MAX_QUOTE_WORDS:
            return first
    return span if folded_text(_text(source, span)).count('"') % 2 == 0 else first


def _text(source: Source, span: Span) -> str:
    return source.text[span.start : span.end]
