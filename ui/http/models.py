"""What the HTTP API says about articles and sources; `rag.contract` has the answer contract."""

from datetime import date
from pathlib import PurePath
from typing import Any, Literal

from pydantic import BaseModel, Field

from index.article import Article, MarkedSpan, Source
from index.library.catalogue import CatalogueEntry
from index.library.tables import LedgerEntry, LibraryCounts
from rag.contract import DateModel, IsoDate, SourceModel, source_model


class NamedArticle(BaseModel):
    """What an article is called wherever it is shown."""

    article_id: str
    title: str | None
    publisher: str | None
    published_at: IsoDate | None


class ArticleModel(NamedArticle):
    """One article of the library."""

    date_basis: str = Field(description="The origin of the date; 'none' without a date.")
    dates: list[DateModel] = Field(description="Every date found, including the chosen one.")
    date_warning: str | None
    language: str | None
    url: str | None
    source: SourceModel
    passages: int

    @property
    def published(self) -> date | None:
        """What an `index.article.Article` calls it; the contract's name is older."""
        return self.published_at


class RefusedModel(BaseModel):
    """A file that was not indexed, and why."""

    folder: str
    file: str
    reason: str


class FilesModel(BaseModel):
    """Every file that was seen, counted once: taken, refused, or the same as one taken."""

    seen: int
    taken: int
    refused: int
    duplicates: int


class ArticlesResponse(BaseModel):
    """A page of the list of articles, and every refused file."""

    index_version: str
    total: int
    files: FilesModel
    articles: list[ArticleModel]
    refused: list[RefusedModel]


class SpanModel(BaseModel):
    """A stretch of a source's text; offsets count Unicode code points."""

    kind: str
    start: int
    end: int


class SourceArticleModel(BaseModel):
    """The kinds of the parts of a source's text."""

    article_id: str
    title: str | None
    spans: list[SpanModel]


class SourceResponse(BaseModel):
    """A decoded source; ``text[start:end]`` of a citation is its quote."""

    id: str
    name: str
    sha256: str
    media_type: str
    encoding: str
    url: str | None
    text: str
    articles: list[SourceArticleModel]


class AddedFileModel(BaseModel):
    """What became of one file or text that was sent."""

    name: str = Field(description="As it was sent.")
    stored: str | None = Field(description="Its name among the files that were given here.")
    status: Literal["added", "unchanged", "copy", "refused"] = Field(
        description="`copy`: the same bytes are in the library under another name."
    )
    reason: str | None = Field(description="Why it was refused.")
    articles: list[str] = Field(description="The ids of its articles.")


class AddedResponse(BaseModel):
    """What became of everything that was sent."""

    index_version: str
    total: int = Field(description="How many articles the library holds now.")
    files: list[AddedFileModel]


class RemovedResponse(BaseModel):
    """What left the library."""

    index_version: str
    total: int = Field(description="How many articles the library holds now.")
    removed: list[str] = Field(description="The ids of the articles.")


class HealthResponse(BaseModel):
    """The process is up."""

    status: str = "up"
    version: str


class ReadyResponse(BaseModel):
    """The server can answer questions."""

    status: str = "ready"
    index_version: str
    articles: int
    passages: int


def named(article: Article | CatalogueEntry) -> dict[str, Any]:
    """The fields of `NamedArticle`."""
    return {
        "article_id": article.article_id,
        "title": article.title,
        "publisher": article.publisher,
        "published_at": article.published,
    }


def article_model(article: Article, source: Source, passages: int) -> ArticleModel:
    """Put an article into the API's form.

    Args:
        article: the article.
        source: its file.
        passages: how many passages it has.
    """
    return ArticleModel(
        **named(article),
        date_basis=article.date_basis,
        dates=[DateModel.of(found) for found in article.dates],
        date_warning=article.date_warning,
        language=article.language,
        url=article.url or source.url,
        source=source_model(source),
        passages=passages,
    )


def files_model(counts: LibraryCounts) -> FilesModel:
    """What became of the files that a library knows of."""
    indexed = counts.files - counts.refused
    return FilesModel(
        seen=counts.files,
        taken=counts.sources,
        refused=counts.refused,
        duplicates=indexed - counts.sources,
    )


def refused_model(entry: LedgerEntry) -> RefusedModel:
    """Make a ledger entry, with only the folder's name: its place is nobody else's business."""
    return RefusedModel(folder=PurePath(entry.root).name, file=entry.relpath, reason=entry.reason)


def span_model(marked: MarkedSpan) -> SpanModel:
    """Put a marked span into the API's form."""
    return SpanModel(kind=marked.kind, start=marked.span.start, end=marked.span.end)


def source_response(source: Source, articles: list[Article]) -> SourceResponse:
    """Put a source and its marked spans into the API's form."""
    return SourceResponse(
        id=source.source_id,
        name=source.name,
        sha256=source.sha256,
        media_type=source.media_type,
        encoding=source.encoding,
        url=source.url,
        text=source.text,
        articles=[
            SourceArticleModel(
                article_id=article.article_id,
                title=article.title,
                spans=[span_model(marked) for marked in article.spans],
            )
            for article in articles
        ],
    )
