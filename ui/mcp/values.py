"""What the tools give back, as the protocol's structured content."""

from pydantic import BaseModel, Field

from index.article import Article, ScoredPassage, Source
from index.library.catalogue import CatalogueEntry
from ui.http.models import NamedArticle, SpanModel, named, span_model


class FoundPassage(NamedArticle):
    """A passage that a search found; ``text[start:end]`` of its source is its text."""

    rank: int
    source: str
    text: str
    start: int
    end: int


class FoundPassages(BaseModel):
    """The passages that a search found, the best first."""

    passages: list[FoundPassage]


class ListedArticle(NamedArticle):
    """An article of the library, in short."""

    date_warning: str | None
    source: str


class ListedArticles(BaseModel):
    """A page of the list of articles."""

    total: int
    articles: list[ListedArticle]


class ReadArticle(NamedArticle):
    """The text of an article, or a part of it, with what each stretch of it is."""

    date_basis: str
    date_warning: str | None
    url: str | None
    source: str
    source_id: str
    offset: int = Field(description="Where in the source's text this text begins.")
    total: int = Field(description="How many characters the article's part of the source has.")
    next_offset: int | None = Field(description="Where to read on; null at the end.")
    text: str
    spans: list[SpanModel] = Field(description="In the source's text; only 'body' is ever quoted.")
    notices: list[str] = Field(description="What the article says of itself, withdrawn or so.")


def found_passage(hit: ScoredPassage, article: Article, source: Source) -> FoundPassage:
    """A passage with what is known of its article."""
    return FoundPassage(
        **named(article),
        rank=hit.rank,
        source=source.name,
        text=hit.passage.text,
        start=hit.passage.start,
        end=hit.passage.end,
    )


def listed_article(entry: CatalogueEntry) -> ListedArticle:
    """An entry of the list."""
    return ListedArticle(
        **named(entry),
        date_warning=entry.date_warning,
        source=entry.name,
    )


def read_part(article: Article, source: Source, offset: int | None, limit: int) -> ReadArticle:
    """A part of an article's text.

    Args:
        article: the article.
        source: the text it is in.
        offset: where in that text to begin; None for the article's beginning.
        limit: how many characters at most.
    """
    begin = min((m.span.start for m in article.spans), default=0)
    end = max((m.span.end for m in article.spans), default=len(source.text))
    start = min(max(offset if offset is not None else begin, begin), end)
    stop = min(start + limit, end)
    notices = (" ".join(source.text[n.span.start : n.span.end].split()) for n in article.notices)
    return ReadArticle(
        **named(article),
        date_basis=article.date_basis,
        date_warning=article.date_warning,
        url=article.url or source.url,
        source=source.name,
        source_id=source.source_id,
        offset=start,
        total=end - begin,
        next_offset=stop if stop < end else None,
        text=source.text[start:stop],
        spans=[
            span_model(marked)
            for marked in article.spans
            if marked.span.start < stop and marked.span.end > start
        ],
        notices=list(notices),
    )
