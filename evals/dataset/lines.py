"""The lines of a suite's files, checked strictly: a bad line is reported, never fatal.

Pydantic lives here because a suite is outside data: people write these files by hand.
"""

import datetime
import difflib
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, model_validator

from index.errors import SuiteError

# A key this close to a known one is a slip, not an extra field.
_ALIKE = 0.8


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("is blank")
    return text


NonBlank = Annotated[str, AfterValidator(_not_blank)]
Portion = Literal["train", "report"]


class Line(BaseModel):
    """Any line: types are not converted; further fields are allowed unless misspelt."""

    model_config = ConfigDict(strict=True, extra="allow")

    @model_validator(mode="after")
    def _no_misspelt_field(self) -> Self:
        for key in self.model_extra or {}:
            known = [name for name in type(self).model_fields if name not in self.model_fields_set]
            close = difflib.get_close_matches(key, known, n=1, cutoff=_ALIKE)
            if close:
                raise ValueError(f"unknown field {key!r}: is {close[0]!r} meant?")
        return self


class DocumentLine(Line):
    """One article of ``corpus.jsonl``."""

    id: NonBlank
    text: NonBlank
    title: str | None = None
    publisher: str | None = None
    published_at: datetime.date | None = None
    url: str | None = None
    lang: str | None = None


class GoldLine(Line):
    """The place of an answer."""

    doc_id: NonBlank
    quote: NonBlank | None = None


class TurnLine(Line):
    """An earlier question of the same conversation, with its answer."""

    question: NonBlank
    answer: NonBlank


class QueryLine(Line):
    """One question of ``queries.jsonl``."""

    id: NonBlank
    question: NonBlank
    answerable: bool | None
    answers: list[NonBlank] = []
    gold: list[GoldLine] = []
    gold_rule: Literal["any", "all"] = "any"
    type: NonBlank = "question"
    date: datetime.date | None = None
    context: Annotated[list[NonBlank], AfterValidator(lambda ids: ids or _empty())] | None = None
    portion: Portion | None = None
    lang: str | None = None
    fake_answers: list[NonBlank] | None = None
    attack: NonBlank | None = None
    markers: list[NonBlank] | None = None
    forbid: list[NonBlank] | None = None
    history: list[TurnLine] | None = None

    @model_validator(mode="after")
    def _can_be_scored(self) -> Self:
        if self.answerable and not (self.answers or self.gold):
            raise ValueError("is answerable, so it needs 'answers' or 'gold'")
        return self


class ClaimLine(Line):
    """One claim of ``claims.jsonl``."""

    id: NonBlank
    claim: NonBlank
    references: list[NonBlank]
    label: Literal[0, 1]
    src: str | None = None
    type: str | None = None
    before: NonBlank | None = None
    title: NonBlank | None = None
    publisher: NonBlank | None = None
    published_at: datetime.date | None = None
    portion: Portion | None = None


class PageLine(Line):
    """One page of ``pages.jsonl``."""

    id: NonBlank
    html_file: NonBlank
    text: NonBlank
    type: NonBlank = "page"
    portion: Portion | None = None


def _empty() -> list[str]:
    raise ValueError("names no document; leave the field out to allow all")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one line of a suite; the run leaves the line out."""

    file: str
    line: int
    field: str | None
    message: str

    def __str__(self) -> str:
        place = f"{self.file} line {self.line}"
        return (
            f"{place}, field {self.field}: {self.message}"
            if self.field
            else (f"{place}: {self.message}")
        )


LineT = TypeVar("LineT", bound=Line)


def _problem(file: str, number: int, error: ValidationError) -> Problem:
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or None
    message = first["msg"].removeprefix("Value error, ")
    return Problem(file, number, field, message[0].lower() + message[1:])


def _numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Read the lines that are not empty, counted from 1."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, line
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SuiteError(f"{path.name} is not a whole gzip file ({error}).") from error
    except OSError as error:
        raise SuiteError(f"{path} cannot be read: {error.strerror}.") from error


def read_lines(
    path: Path, model: type[LineT], problems: list[Problem]
) -> Iterator[tuple[int, LineT]]:
    """Read the valid lines of a file with their numbers.

    Args:
        path: a JSON Lines file, or one compressed with gzip.
        model: what each line must be.
        problems: collects what is wrong with other lines.

    Raises:
        SuiteError: the file as a whole is unreadable.
    """
    for number, line in _numbered_lines(path):
        try:
            yield number, model.model_validate_json(line)
        except ValidationError as error:
            problems.append(_problem(path.name, number, error))
