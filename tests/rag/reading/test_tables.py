from __future__ import annotations

import pytest

from index.article import Source
from index.articles.cleaning import clean
from index.articles.passages import cut_article
from index.readers.metadata import SourceMetadata
from rag.reading.choosing import ReadPart
from rag.reading.quoting import draft_quotes
from rag.reading.tables import row_of, with_header, with_rows_read
from rag.types import Evidence
from rag.verification.judge import open_judge
from rag.verification.verifier import verify
from tests.helpers.evidence import asking, candidate, make_evidence

TABLE = make_evidence(
    "The tannery will close in April.",
    "| Year | Jobs | Hides (t) |",
    "|------|------|-----------|",
    "| 2019 | 410  | 880       |",
    "| 2020 | 333  | 615       |",
)
HEADER, OLD, NEW = 1, 3, 4


def read(question: str, *places: int) -> ReadPart:
    found = (candidate(TABLE, at, read=5.0 - n) for n, at in enumerate(places))
    return with_rows_read(ReadPart(question, tuple(found), 0.9, taught=True))


def test_a_row_knows_its_header() -> None:
    row = row_of(candidate(TABLE, NEW))
    assert row is not None
    assert (row.header, row.names) == (
        TABLE.passage.sentences[HEADER],
        ("Year", "Jobs", "Hides (t)"),
    )
    assert [found.text for found in with_header(candidate(TABLE, NEW))] == [
        "| Year | Jobs | Hides (t) |"
    ]


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_the_header_of_a_long_table_stands_in_a_passage_before(between: str) -> None:
    rows = [f"{1900 + n}\t{2 * n}\t{3 * n}" for n in range(90)]
    lead = "The tannery at Obersk will close in April, its owner said on Monday in a letter."
    text = f"Tannery to close after a century\n\n{lead}\n\n" + between.join(
        ["Year\tJobs\tHides (t)", *rows]
    )
    source = Source("s", "a.txt", text, "", "text/plain")
    article = clean(source, SourceMetadata())[0]
    last = cut_article(article, source)[-1]
    assert "Year" not in last.text
    item = Evidence(1, last, article, source, 1.0)
    question = "How many jobs were there in 1988?"
    at = next(n for n, s in enumerate(last.sentences) if text.startswith("1988", s.start))
    parts = [with_rows_read(ReadPart(question, (candidate(item, at, "176"),), 0.9, taught=True))]
    draft = draft_quotes(asking(question), parts, [()], 0.0)
    assert [claim.text for claim in draft.claims] == [rows[88], "Year\tJobs\tHides (t)"]
    verified = verify(draft, [item], open_judge())
    assert [citation.quote for citation in verified.citations] == [
        rows[88],
        "Year\tJobs\tHides (t)",
    ]


def test_a_header_and_a_sentence_are_no_rows() -> None:
    assert row_of(candidate(TABLE, HEADER)) is None
    assert row_of(candidate(TABLE, 0)) is None


def test_the_row_that_is_asked_for_is_kept_and_its_cell_marked() -> None:
    part = read("How many jobs were there at the tannery in 2020?", OLD, NEW)
    assert [(found.position, found.answer) for found in part.ranked] == [(NEW, "333")]
    part = read("How many tonnes of hides were there in 2019?", NEW, OLD)
    assert [(found.position, found.answer) for found in part.ranked] == [(OLD, "880")]


def test_a_cell_that_no_column_names_is_not_marked() -> None:
    assert [found.words for found in read("What of 2020?", NEW).ranked] == [None]


def test_without_a_table_nothing_changes() -> None:
    text = make_evidence("The tannery will close.", "It employs 260 people.")
    part = ReadPart("How many?", (candidate(text, 1, "260"),), 0.9, taught=True)
    assert with_rows_read(part) is part


def test_a_row_is_quoted_with_its_header() -> None:
    question = "How many jobs were there in 2020?"
    parts = [ReadPart(question, (candidate(TABLE, NEW, "333"),), 0.9, taught=True)]
    draft = draft_quotes(asking(question), parts, [()], 0.0)
    assert [claim.text for claim in draft.claims] == [
        "| 2020 | 333  | 615       |", "| Year | Jobs | Hides (t) |",
    ]  # fmt: skip
