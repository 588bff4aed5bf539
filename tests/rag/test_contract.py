"""Days are text in the public contract, whatever they are inside."""

import json
from datetime import date

import pytest
from pydantic import ValidationError

from index.days import Day, MonthDay
from rag.contract import AnswerResponse, CitationModel, DateModel, SourceModel


def citation(published: date | None, *found: Day) -> CitationModel:
    return CitationModel(
        marker=1,
        article_id="a",
        source=SourceModel(id="s", name="a.txt", sha256="0"),
        title=None,
        publisher=None,
        published_at=published,
        date_basis="none",
        url=None,
        quote="One.",
        prefix="",
        suffix="",
        start=0,
        end=4,
        answer_span=None,
        speaker=None,
        dates=[DateModel(value=day, basis="dateline", role="published") for day in found],
        date_warning=None,
        copies=[],
    )


def test_days_leave_as_iso_8601_and_come_back() -> None:
    cited = citation(date(2020, 8, 6), date(2020, 8, 7), MonthDay(8, 22))
    sent = json.loads(cited.model_dump_json())

    assert sent == cited.model_dump(mode="json")
    assert sent["published_at"] == "2020-08-06"
    assert [found["value"] for found in sent["dates"]] == ["2020-08-07", "--08-22"]
    assert CitationModel.model_validate(sent) == cited
    assert json.loads(citation(None).model_dump_json())["published_at"] is None


@pytest.mark.parametrize("words", ["<b>soon</b>", "--08-22", "", 7, ["2020-08-06"]])
def test_what_is_no_date_never_comes_in_as_one(words: object) -> None:
    sent = citation(None).model_dump(mode="json")
    with pytest.raises(ValidationError):
        CitationModel.model_validate(sent | {"published_at": words})


def test_the_published_schema_speaks_of_text() -> None:
    schemas = AnswerResponse.model_json_schema(mode="serialization")["$defs"]
    day = schemas["CitationModel"]["properties"]["published_at"]
    assert day["anyOf"] == [{"type": "string"}, {"type": "null"}]
    assert schemas["DateModel"]["properties"]["value"]["type"] == "string"
