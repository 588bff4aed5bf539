"""Citations that come back: out of every file in which we gave them, and out of none other."""

from __future__ import annotations

import json

import pytest

from index.errors import InputError
from tests.helpers.answers import citation, response
from ui.exports.exchange import Exchange
from ui.exports.formats import ExportFormat
from ui.exports.selectors import hints_in
from ui.page.exporting import exported

CITED = citation(prefix="a ", suffix=" b", url="https://x.example/1")
ANSWER = response(citations=[CITED])


def kept(form: ExportFormat) -> object:
    exchanges = [Exchange(question="How many?", response=ANSWER)]
    return json.loads(exported(exchanges, form).data)


@pytest.mark.parametrize(
    "given",
    [
        ANSWER.model_dump(mode="json"),
        [CITED.model_dump(mode="json")],
        {"citations": [CITED.model_dump(mode="json")]},
        kept(ExportFormat.JSON),
        kept(ExportFormat.ANNOTATIONS),
    ],
)
def test_a_citation_is_read_out_of_what_was_given(given: object) -> None:
    (hint,) = hints_in(given)
    found = hint.selector()

    assert (found.quote, found.prefix, found.suffix) == (CITED.quote, "a ", " b")
    assert (found.start, found.source_id, found.url) == (3, "src", "https://x.example/1")


def test_an_annotation_of_another_program_is_read() -> None:
    selectors = {"type": "TextQuoteSelector", "exact": "33 men"}
    other = {"type": "Annotation", "target": {"source": "https://x.example", "selector": selectors}}
    (hint,) = hints_in(other)

    assert (hint.quote, hint.url, hint.start) == ("33 men", "https://x.example", None)


@pytest.mark.parametrize(
    "given",
    [
        None, [], {}, 5, "text", [[[]]], {"citations": []}, {"quote": 5}, {"quote": ""},
        {"type": "Annotation"}, {"type": "Annotation", "target": [None, {"selector": [7]}]},
        {"quote": "x", "start": -1},
    ],
)  # fmt: skip
def test_what_holds_no_citation_is_refused(given: object) -> None:
    with pytest.raises(InputError):
        hints_in(given)
