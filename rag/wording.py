"""What Pressmark itself says in an answer, as patterns and values, for doors in other languages."""

from collections.abc import Iterable
from typing import Annotated, Union

from pydantic import BaseModel, Field

from index.days import Day, day_of_iso
from index.saying import Pattern, Said, ToldDay, Value


class DayModel(BaseModel):
    """A day among the values: ISO 8601, and in English words."""

    day: str
    words: str


class PartModel(BaseModel):
    """An English pattern and the values that stand in it by name; see `index.saying`."""

    words: str
    values: dict[str, "ValueModel"] = {}
    many: str | None = None
    count: int = 0


class PartsModel(BaseModel):
    """A value that is itself made of patterns."""

    parts: list[PartModel]


ValueModel = Annotated[
    Union[int, str, DayModel, PartsModel], Field(union_mode="smart")  # noqa: UP007
]


class WordingModel(BaseModel):
    """A text of the answer that Pressmark itself says, and what it is made of."""

    text: str
    parts: list[PartModel]

    def said(self) -> Said:
        """The same as a value."""
        return Said([_pattern(part) for part in self.parts])


def wordings(texts: Iterable[str]) -> list[WordingModel]:
    """What the texts among these that remember it are made of, each once."""
    known = dict.fromkeys(text for text in texts if isinstance(text, Said))
    return [WordingModel(text=str(text), parts=_parts(text)) for text in known]


def _parts(said: Said) -> list[PartModel]:
    return [
        PartModel(
            words=pattern.words,
            values={name: _value_model(value) for name, value in pattern.values.items()},
            many=pattern.many,
            count=pattern.count,
        )
        for pattern in said.patterns
    ]


def _value_model(value: Value) -> "int | str | DayModel | PartsModel":
    if isinstance(value, Said):
        return PartsModel(parts=_parts(value))
    if isinstance(value, ToldDay):
        return DayModel(day=value.day.isoformat(), words=str(value))
    return value


def _pattern(part: PartModel) -> Pattern:
    values = {name: _value(value) for name, value in part.values.items()}
    return Pattern(part.words, values, part.many, part.count)


def _value(model: "int | str | DayModel | PartsModel") -> Value:
    if isinstance(model, PartsModel):
        return Said([_pattern(part) for part in model.parts])
    if isinstance(model, DayModel):
        day: Day = day_of_iso(model.day)
        return ToldDay(model.words, day)
    return model
