"""The answer contract: the one JSON object of the CLI, the HTTP API and the page.

Pydantic lives here because outside data enters and leaves here. Field names and order are those of
the public contract; fields that nothing fills yet are present and empty.
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from index.article import DateCandidate, SearchFilters, Source
from index.days import Day, MonthDay, day_of_iso
from index.saying import Said
from rag.types import Answer, Citation, Claim, ClaimReady, Question, Task, Turn
from rag.wording import WordingModel, wordings

MAX_QUESTION_CHARS = 4_000
MAX_HISTORY_TURNS = 50
MAX_ANSWER_CHARS = 50_000
MAX_CHOSEN = 2_000
"""How many articles a question may be restricted to by their ids."""


def _clean_text(text: str) -> str:
    """Refuse what is not text: nothing can store, show or send a lone surrogate."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("contains a lone surrogate, which is not text") from None
    if "\x00" in text:
        raise ValueError("contains a NUL character, which is not text")
    return text


def _question_text(text: str) -> str:
    stripped = _clean_text(text).strip()
    if not stripped:
        raise ValueError("is empty; ask about the articles in words")
    return stripped


def _day(value: object) -> Day:
    if isinstance(value, (date, MonthDay)):
        return value
    if isinstance(value, str):
        return day_of_iso(value)
    raise ValueError("is no day")


def _date(value: object) -> date:
    day = _day(value)
    if isinstance(day, MonthDay):
        raise ValueError("names no year")
    return day


_IN_ISO = PlainSerializer(lambda day: day.isoformat(), return_type=str)
_AS_TEXT = WithJsonSchema({"type": "string"})

Text = Annotated[str, AfterValidator(_clean_text)]
IsoDay = Annotated[Day, PlainValidator(_day), _IN_ISO, _AS_TEXT]
"""A day, in JSON as ISO 8601; without its year ``--08-09``."""
IsoDate = Annotated[date, PlainValidator(_date), _IN_ISO, _AS_TEXT]
"""A day with its year, in JSON as ISO 8601."""


class TurnModel(BaseModel):
    """One earlier exchange."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[Text, Field(max_length=MAX_QUESTION_CHARS)]
    answer: Annotated[Text, Field(max_length=MAX_ANSWER_CHARS)] = ""


class FiltersModel(BaseModel):
    """The restrictions of the search."""

    model_config = ConfigDict(extra="forbid")

    publishers: Annotated[list[Text], Field(max_length=100)] = []
    published_from: date | None = None
    published_to: date | None = None
    languages: Annotated[list[Text], Field(max_length=50)] = []
    collections: Annotated[list[Text], Field(max_length=100)] = []
    articles: Annotated[list[Text], Field(max_length=MAX_CHOSEN)] = []

    @field_validator("published_to")
    @classmethod
    def _not_reversed(cls, last: date | None, info: ValidationInfo) -> date | None:
        first = info.data.get("published_from")
        if first and last and last < first:
            raise ValueError("is earlier than published_from; no article can be of such a day")
        return last

    def search_filters(self) -> SearchFilters:
        """The restrictions as a value."""
        return SearchFilters(
            publishers=tuple(self.publishers),
            published_from=self.published_from,
            published_to=self.published_to,
            languages=tuple(self.languages),
            collections=tuple(self.collections),
            article_ids=frozenset(self.articles) if self.articles else None,
        )


def _before_it_is_asked(filters: FiltersModel, info: ValidationInfo) -> FiltersModel:
    """Refuse a period that begins after the day of asking: articles dated later are not used."""
    day, first = info.data.get("as_of"), filters.published_from
    if day and first and day < first:
        raise ValueError("begin after as_of; articles dated later than that day are not used")
    return filters


class AnswerRequest(BaseModel):
    """The body of ``POST /v1/answer``."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"question": "How many Russians were detained in Belarus?"}]
        },
    )

    question: Annotated[str, Field(max_length=MAX_QUESTION_CHARS), AfterValidator(_question_text)]
    as_of: date | None = None
    filters: Annotated[FiltersModel, AfterValidator(_before_it_is_asked)] = Field(
        default_factory=FiltersModel
    )
    history: Annotated[list[TurnModel], Field(max_length=MAX_HISTORY_TURNS)] = []
    mode: Literal["auto", "extractive", "generative"] = "auto"
    task: Task = "auto"
    stream: bool = False

    def to_question(self) -> Question:
        """The request as a value."""
        return Question(
            text=self.question,
            as_of=self.as_of,
            filters=self.filters.search_filters(),
            history=tuple(Turn(t.question, t.answer) for t in self.history),
            mode=self.mode,
            task=self.task,
        )


class SourceModel(BaseModel):
    """Which file a citation is in; ``caution`` where its text cannot be taken for certain."""

    id: str
    name: str
    sha256: str
    caution: str | None = None


class DateModel(BaseModel):
    """One date found for the article, and its origin."""

    value: IsoDay
    basis: str
    role: str

    @classmethod
    def of(cls, found: DateCandidate) -> "DateModel":
        """A date found, in the contract's form."""
        return cls(value=found.value, basis=found.basis, role=found.role)


class NoticeModel(BaseModel):
    """What the article says about itself: ``withdrawn``, ``killed``, ``corrected`` and so on."""

    kind: str
    text: str


class CitationModel(BaseModel):
    """A proven quote; ``start`` and ``end`` count code points of the source's text."""

    marker: int
    article_id: str
    source: SourceModel
    title: str | None
    publisher: str | None
    published_at: IsoDate | None
    date_basis: str
    url: str | None
    quote: str
    prefix: str
    suffix: str
    start: int
    end: int
    answer_span: tuple[int, int] | None
    speaker: str | None
    dates: list[DateModel]
    date_warning: str | None
    copies: list[str]
    superseded_by: list[str] = []
    notice: NoticeModel | None = None
    page: int | None = None

    @property
    def published(self) -> date | None:
        """What an `index.article.Article` calls it; the contract's name is older."""
        return self.published_at


class ClaimModel(BaseModel):
    """A sentence of the answer."""

    text: str
    citations: list[int]
    support: Literal["full", "partial"]
    reasons: list[str]
    recited: bool


class StreamedClaimModel(ClaimModel):
    """A sentence of an answer in progress; ``answer`` has its markers."""

    answer: str


class WithdrawnModel(BaseModel):
    """The sentences sent so far are void; ``reason`` says why."""

    reason: str


class RejectedModel(BaseModel):
    """A sentence that failed the check."""

    text: str
    reason: str


class AbstentionModel(BaseModel):
    """Why there is no answer; the closest quotes are reading, not an answer."""

    reason: str
    closest: list[CitationModel]


class UsageModel(BaseModel):
    """Tokens counted by the language model, and what they cost where prices are set."""

    prompt_tokens: int
    completion_tokens: int
    cost: float | None = None


class AnswerResponse(BaseModel):
    """The answer contract."""

    status: Literal["answered", "abstained"]
    answer: str
    claims: list[ClaimModel]
    conflicts: list[list[int]]
    question_understood: str | None
    citations: list[CitationModel]
    rejected: list[RejectedModel]
    abstention: AbstentionModel | None
    confidence: float
    mode: Literal["extractive", "generative"]
    fallback: str | None
    usage: UsageModel
    timings_ms: dict[str, float]
    index_version: str
    undated_left_out: int = 0
    notes: list[str] = []
    superseded: list[int] = []
    task: Task = "answer"
    wording: list[WordingModel] = Field(
        default=[],
        description="What Pressmark itself says in this answer, as English patterns with values, "
        "so that a program can say it in another language.",
    )


def citation_model(citation: Citation) -> CitationModel:
    """Put a proven citation into the contract's form."""
    article, source, span = citation.article, citation.source, citation.answer_span
    return CitationModel(
        marker=citation.marker,
        article_id=article.article_id,
        source=source_model(source),
        title=article.title,
        publisher=article.publisher,
        published_at=article.published,
        date_basis=article.date_basis,
        url=article.url or source.url,
        quote=citation.quote,
        prefix=citation.prefix,
        suffix=citation.suffix,
        start=citation.start,
        end=citation.end,
        answer_span=(span.start, span.end) if span else None,
        speaker=citation.speaker,
        dates=[DateModel.of(found) for found in citation.dates],
        date_warning=article.date_warning,
        copies=list(citation.copies),
        superseded_by=list(citation.superseded_by),
        notice=_notice_model(citation),
        page=citation.page,
    )


def source_model(source: Source) -> SourceModel:
    """The file of a citation, or of an article, in the contract's form."""
    return SourceModel(
        id=source.source_id, name=source.name, sha256=source.sha256, caution=source.caution
    )


def _notice_model(citation: Citation) -> NoticeModel | None:
    if not citation.article.notices:
        return None
    gravest = citation.article.notices[0]
    text = citation.source.text[gravest.span.start : gravest.span.end]
    return NoticeModel(kind=gravest.kind, text=" ".join(text.split()))


def _claim_model(claim: Claim) -> ClaimModel:
    return ClaimModel(
        text=claim.text,
        citations=list(claim.citations),
        support="full" if claim.support == "full" else "partial",
        reasons=list(claim.reasons),
        recited=claim.recited,
    )


def streamed_claim(event: ClaimReady) -> StreamedClaimModel:
    """Put a verified sentence of an answer in progress into the contract's form."""
    return StreamedClaimModel(**_claim_model(event.claim).model_dump(), answer=event.text)


def answer_response(answer: Answer) -> AnswerResponse:
    """Put a verified answer into the contract's form."""
    abstention = answer.abstention
    return AnswerResponse(
        status=answer.status,
        undated_left_out=answer.undated_left_out,
        answer=answer.text,
        claims=[_claim_model(claim) for claim in answer.claims],
        conflicts=[list(group) for group in answer.conflicts],
        question_understood=answer.question_understood,
        citations=[citation_model(citation) for citation in answer.citations],
        rejected=[RejectedModel(text=r.text, reason=r.reason) for r in answer.rejected],
        abstention=AbstentionModel(
            reason=abstention.reason,
            closest=[citation_model(citation) for citation in abstention.closest],
        )
        if abstention
        else None,
        confidence=round(answer.confidence, 4),
        mode=answer.mode,
        fallback=answer.fallback,
        usage=UsageModel(
            prompt_tokens=answer.usage.prompt_tokens,
            completion_tokens=answer.usage.completion_tokens,
            cost=answer.cost,
        ),
        timings_ms={step: round(ms, 2) for step, ms in answer.timings_ms.items()},
        index_version=answer.index_version,
        notes=list(answer.notes),
        superseded=list(answer.superseded),
        task=answer.task,
        wording=wordings(_own_words(answer)),
    )


def _own_words(answer: Answer) -> Iterator[Said]:
    """Every text of an answer that is Pressmark's own."""
    yield from answer.notes
    yield from (reason for claim in answer.claims for reason in claim.reasons)
    yield from (rejected.reason for rejected in answer.rejected)
    if answer.abstention:
        yield answer.abstention.reason
    if answer.fallback:
        yield answer.fallback
