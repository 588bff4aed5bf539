"""Citations that come back to be found again: what people kept of them, and what became of them."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index.errors import InputError
from rag.contract import IsoDate, NoticeModel, SourceModel, Text
from rag.refinding import Refound, RefoundStatus, Selector
from ui.exports.annotations import SOURCE

MAX_CHECKED = 500
_NOT_THESE = (
    "has no citation in it: give what `ask --json` or an export as JSON or annotations says"
)


class _SourceHint(BaseModel):
    """The file that was cited, as far as it was kept."""

    id: Text | None = None
    name: Text | None = None


class CitationHint(BaseModel):
    """A citation as the answer contract has it, or as much of it as was kept; the rest is left."""

    model_config = ConfigDict(extra="ignore")

    quote: Annotated[Text, Field(min_length=1, max_length=20_000)]
    prefix: Annotated[Text, Field(max_length=1_000)] = ""
    suffix: Annotated[Text, Field(max_length=1_000)] = ""
    start: Annotated[int, Field(ge=0)] | None = None
    source: _SourceHint = _SourceHint()
    url: Text | None = None

    def selector(self) -> Selector:
        """As a value."""
        return Selector(
            quote=self.quote,
            prefix=self.prefix,
            suffix=self.suffix,
            start=self.start,
            source_id=self.source.id,
            name=self.source.name,
            url=self.url,
        )


class CheckRequest(BaseModel):
    """Citations to be found again."""

    citations: Annotated[list[CitationHint], Field(min_length=1, max_length=MAX_CHECKED)]


class RefoundModel(BaseModel):
    """What became of a citation; ``start`` and ``end`` count code points of the source's text."""

    status: RefoundStatus
    quote: str
    source: SourceModel | None
    article_id: str | None
    title: str | None
    publisher: str | None
    published_at: IsoDate | None
    url: str | None
    start: int | None
    end: int | None
    now: str | None = Field(description="The words at that place as they stand in the text now.")
    instead: str | None = Field(description="What stands in their place, if they are gone.")
    notice: NoticeModel | None = Field(description="What the article says of itself now.")


class CheckResponse(BaseModel):
    """What became of each citation, in the order in which they were sent."""

    citations: list[RefoundModel]
    index_version: str


def refound_model(hint: CitationHint, found: Refound) -> RefoundModel:
    """What became of a citation, in the API's form."""
    source, article, span = found.source, found.article, found.span
    notices = article.notices if article else ()
    text = source.text if source else ""
    return RefoundModel(
        status=found.status,
        quote=hint.quote,
        source=SourceModel(id=source.source_id, name=source.name, sha256=source.sha256)
        if source
        else None,
        article_id=article.article_id if article else None,
        title=article.title if article else None,
        publisher=article.publisher if article else None,
        published_at=article.published if article else None,
        url=((article.url if article else None) or (source.url if source else None)),
        start=span.start if span else None,
        end=span.end if span else None,
        now=text[span.start : span.end] if span else None,
        instead=found.instead,
        notice=NoticeModel(
            kind=notices[0].kind,
            text=" ".join(text[notices[0].span.start : notices[0].span.end].split()),
        )
        if notices
        else None,
    )


def hints_in(kept: object) -> list[CitationHint]:
    """The citations in what somebody kept.

    Args:
        kept: JSON: an answer, an export as JSON or annotations, or a list of citations.

    Raises:
        InputError: there is none, or one has no quote.
    """
    found = [*_hints(kept)]
    if not found:
        raise InputError(f"The file {_NOT_THESE}.")
    try:
        return [CitationHint.model_validate(one) for one in found]
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"])) or "citation"
        raise InputError(
            f"A citation in the file cannot be used: {where} is missing or wrong."
        ) from (error)


def _hints(kept: object) -> Iterator[object]:
    """Each citation or annotation, however deep it lies in what is known of these files."""
    if isinstance(kept, list):
        for one in kept:
            yield from _hints(one)
    elif isinstance(kept, dict):
        if kept.get("type") == "Annotation":
            yield from _of_annotation(kept)
        elif "quote" in kept:
            yield kept
        else:
            for name in ("exchanges", "response", "citations", "first", "items"):
                yield from _hints(kept.get(name))


def _of_annotation(annotation: dict[str, Any]) -> Iterator[object]:
    """The citation behind an annotation: its targets say the same, here and on the web."""
    hint: dict[str, Any] = {"source": {}}
    targets = annotation.get("target")
    for target in targets if isinstance(targets, list) else [targets]:
        if not isinstance(target, dict):
            continue
        source = str(target.get("source", ""))
        if source.startswith(SOURCE):
            hint["source"]["id"] = source.removeprefix(SOURCE)
        elif source:
            hint["url"] = source
        selectors = target.get("selector")
        for selector in selectors if isinstance(selectors, list) else [selectors]:
            hint |= _of_selector(selector)
    yield hint


def _of_selector(selector: object) -> dict[str, Any]:
    if not isinstance(selector, dict):
        return {}
    if selector.get("type") == "TextPositionSelector":
        return {"start": selector.get("start")}
    names = {"exact": "quote", "prefix": "prefix", "suffix": "suffix"}
    return {ours: selector[theirs] for theirs, ours in names.items() if theirs in selector}
