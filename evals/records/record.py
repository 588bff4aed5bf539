"""The record of a run: what came out for every item, and how to repeat it.

Pydantic lives here because a record leaves as JSON and comes back, perhaps from another machine,
to be compared.
"""

from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from index.errors import SuiteError

FORMAT: Literal["pressmark-eval-record/1"] = "pressmark-eval-record/1"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CitationOutcome(_Part):
    """A citation as given, with the suite's document that holds it."""

    marker: int
    doc_id: str | None
    source: str
    title: str | None
    publisher: str | None
    published_at: date | None
    quote: str
    prefix: str
    suffix: str
    start: int
    end: int
    marked: str | None
    valid: bool
    hits_gold: bool


class GoldOutcome(_Part):
    """A gold quote, what stands around it, and how far it came.

    Attributes:
        rank: rank of the first passage retrieved that covers it, or None if none does.
    """

    doc_id: str
    quote: str | None
    before: str = ""
    after: str = ""
    rank: int | None = None
    cited: bool = False


class ItemOutcome(_Part):
    """What every item has.

    Attributes:
        scores: what could be scored, by name; figures come from these alone.
        unscored: what could not be scored, and why.
    """

    id: str
    type: str
    portion: str | None
    scores: dict[str, float]
    unscored: dict[str, str]


class QuestionOutcome(ItemOutcome):
    """A question and what became of it.

    Attributes:
        passage: text of the passage ranked first.
        fake_answers: what articles say instead of an accepted answer.
    """

    question: str
    as_of: str | None
    answerable: bool | None
    answers: list[str]
    gold_rule: str
    gold: list[GoldOutcome]
    status: Literal["answered", "abstained", "error"]
    answer: str
    claims: list[str] = []
    citations: list[CitationOutcome] = []
    closest: list[CitationOutcome] = []
    passage: str | None = None
    confidence: float | None = None
    mode: str | None = None
    fallback: str | None = None
    fake_answers: list[str] = []


class ClaimOutcome(ItemOutcome):
    """A claim and what the support check said of it."""

    claim: str
    references: list[str]
    supported: bool
    level: str
    reasons: list[str]


class PageOutcome(ItemOutcome):
    """A page and how its visible text was marked.

    Attributes:
        refused: why Pressmark does not take it for an article, or could not judge it.
        extra: the first lines marked as body that are not in the gold text.
        missing: the first lines of the gold text that are not marked as body.
    """

    html_file: str
    refused: str | None
    words_gold: int
    words_body: int = 0
    words_whole: int = 0
    extra: list[str] = []
    missing: list[str] = []


class SuiteInfo(_Part):
    """The questions asked, and how they were chosen."""

    name: str
    title: str
    kind: Literal["questions", "claims", "pages"]
    data_hash: str
    documents: int
    refused: dict[str, str]
    items: int
    of: int
    portion: str | None
    limit: int | None
    sample: int | None
    later: int = 0
    problems: list[str]

    @property
    def whole(self) -> bool:
        """Whether the run asked everything, on its day."""
        return self.portion is None and self.limit is None and not self.later


class Provenance(_Part):
    """How to repeat the run."""

    started_at: str
    seconds: float
    indexing_seconds: float
    texts_embedded: int
    commit: str | None
    dirty: bool | None
    settings_hash: str
    settings: dict[str, str | int | float | bool | None]
    packages: dict[str, str]
    python: str
    system: str
    cpu: str
    cores: int


class FigureValue(_Part):
    """A figure with its 95 % interval; its value is None if these items do not define it."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    unscored: dict[str, int]


class Record(_Part):
    """A whole run."""

    format: Literal["pressmark-eval-record/1"] = FORMAT
    suite: SuiteInfo
    made: Provenance
    figures: list[FigureValue]
    questions: list[QuestionOutcome] = []
    claims: list[ClaimOutcome] = []
    pages: list[PageOutcome] = []

    @property
    def items(self) -> list[QuestionOutcome] | list[ClaimOutcome] | list[PageOutcome]:
        """The items, whatever kind the suite has."""
        return self.questions or self.claims or self.pages

    def value(self, figure: str) -> float | None:
        """The value of a figure, or None if it is missing or not defined."""
        return next((found.value for found in self.figures if found.name == figure), None)


def write_record(record: Record, path: Path) -> None:
    """Write a record as JSON, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_text(record.model_dump_json(indent=1) + "\n", encoding="utf-8")
    unfinished.replace(path)


def read_record(path: Path) -> Record:
    """Read a record, or the one record in a folder.

    Raises:
        SuiteError: there is none, or another version made it.
    """
    if path.is_dir():
        found = sorted(path.glob("*.json"))
        if len(found) != 1:
            raise SuiteError(f"{path} holds {len(found)} records; name one of them.")
        path = found[0]
    try:
        return Record.model_validate_json(path.read_bytes())
    except OSError as error:
        raise SuiteError(f"The record {path} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole file"
        raise SuiteError(
            f"{path} is not a record of this version of Pressmark ({place}: {first['msg']}). "
            "Run the suite again."
        ) from error
