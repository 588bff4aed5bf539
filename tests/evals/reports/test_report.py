"""The report requests nothing, escapes everything, and shows every miss."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from evals.records.record import CitationOutcome, ClaimOutcome, GoldOutcome, QuestionOutcome
from evals.reports.plots import calibration_dots, risk_coverage_curve
from evals.reports.report import miss_kind, number, render_report, write_report
from tests.helpers.evals_doubles import made_up_record, question_item

HOSTILE = (
    "</p><script>alert(1)</script><img src=https://evil.example/x onerror=alert(1)>"
    "\"'><a href=javascript:alert(1)>{{ 7 * 7 }} ${7*7} {% raw %} \u202egnp"
)
# What makes a browser ask for something.
ASKING = {"src", "href", "srcset", "action", "data", "poster", "background", "xlink:href", "style"}


class Page(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(attrs)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def hostile_miss() -> QuestionOutcome:
    citation = CitationOutcome(
        marker=1,
        doc_id=HOSTILE,
        source=HOSTILE,
        title=HOSTILE,
        publisher=HOSTILE,
        published_at=date(2024, 2, 14),
        quote=HOSTILE,
        prefix=HOSTILE,
        suffix=HOSTILE,
        start=1,
        end=2,
        marked=HOSTILE,
        valid=False,
        hits_gold=True,
    )
    item = question_item(HOSTILE, outcome=0.0, right=0.0, confidence=0.7, unanswerable=0.0)
    return item.model_copy(
        update={
            "question": HOSTILE,
            "type": HOSTILE,
            "as_of": HOSTILE,
            "answer": HOSTILE,
            "answers": [HOSTILE],
            "citations": [citation],
            "closest": [citation],
            "passage": HOSTILE,
            "fallback": HOSTILE,
            "gold": [GoldOutcome(doc_id=HOSTILE, quote=HOSTILE, before=HOSTILE, after=HOSTILE)],
            "unscored": {"contains": HOSTILE},
        }
    )


def page_of(*items: QuestionOutcome, problems: tuple[str, ...] = ()) -> Page:
    return Page(render_report(made_up_record(items, problems=problems)))


def test_hostile_text_stays_text() -> None:
    page = page_of(hostile_miss(), question_item("fine", outcome=1.0), problems=(HOSTILE,))
    assert not page.tags & {"script", "img", "a", "link", "iframe", "object", "form", "base"}
    asking = {(name, value) for name, value in page.attributes if name in ASKING}
    assert all(re.fullmatch(r"(left|width|:|;|[\d.]|%)+", value or "") for _, value in asking)
    assert {name for name, _ in asking} <= {"style"}
    assert not any(name.startswith("on") for name, _ in page.attributes)
    assert sum(text.count(HOSTILE) for text in page.words) >= 10
    policies = [v for n, v in page.attributes if n == "content" and v and "default-src" in v]
    assert policies[0].startswith("default-src 'none'")


def test_the_page_names_no_address() -> None:
    html = render_report(made_up_record([question_item("a", outcome=0.0)]))
    assert "http:" not in html
    assert "https:" not in html
    assert "url(" not in html
    assert "prefers-color-scheme: dark" in html


def test_a_report_of_claims() -> None:
    claim = ClaimOutcome(
        id="c1",
        type="claim",
        portion=None,
        scores={"label": 1.0, "decided": 0.0, "correct": 0.0, "support_score": 0.2},
        unscored={},
        claim=HOSTILE,
        references=[HOSTILE],
        supported=True,
        level="none",
        reasons=[HOSTILE],
    )
    fine = claim.model_copy(
        update={
            "id": "c2",
            "supported": False,
            "scores": {"label": 0.0, "decided": 0.0, "correct": 1.0, "support_score": 0.1},
        }
    )
    page = Page(render_report(made_up_record([], claims=[claim, fine])))
    text = "".join(page.words)
    assert "Supported, but judged otherwise" in text
    assert "Judged: none, because" in text
    assert "script" not in page.tags


def test_every_kind_of_miss() -> None:
    hit = question_item("hit", outcome=1.0, right=1.0)
    wrong = question_item("wrong", outcome=0.0, right=0.0)
    refused = question_item("refused", outcome=0.0, refused=1.0)
    made_up = question_item("made up", outcome=0.0, unanswerable=1.0)
    unjudged = question_item("unjudged")
    failed = hit.model_copy(update={"status": "error", "scores": {}})
    kinds = [miss_kind(item) for item in (hit, wrong, refused, made_up, unjudged, failed)]
    assert kinds == [None, "wrong", "refused", "answered", None, "error"]
    text = "".join(page_of(hit, wrong, refused, made_up, unjudged).words)
    for name in ("wrong", "refused", "made up"):
        assert f"Question {name}?" in text
    assert "Question hit?" not in text
    assert "Question unjudged?" not in text


def test_sources_that_differ_are_shown() -> None:
    right = {"outcome": 1.0, "unanswerable": 0.0, "refused": 0.0}
    silent = question_item("silent", both_values_quoted=0.0, conflict_said=0.0, **right)
    silent = silent.model_copy(update={"fake_answers": ["9 crowns", HOSTILE]})
    said = question_item("said", both_values_quoted=1.0, conflict_said=1.0, **right)
    invented = question_item("invented", conflict_invented=1.0, **right)
    invented = invented.model_copy(update={"type": "agreed"})
    items = [silent, said, invented]
    assert [miss_kind(item) for item in items] == ["one_value", None, "no_conflict"]
    page = Page(render_report(made_up_record(items)))
    words = " ".join(page.words)
    for shown in ("Both values quoted", "Both values", "Differ, wrongly", "9 crowns · "):
        assert shown in words
    assert "with only one of the values on which the articles differ" in words
    assert "script" not in page.tags


def test_plots_stay_within_their_frame() -> None:
    items = [
        question_item(str(n), outcome=n % 2, right=n % 2, confidence=n / 40) for n in range(41)
    ]
    items.append(question_item("refused", outcome=1.0, refused=1.0, confidence=0.1))
    curve = risk_coverage_curve(items)
    assert curve is not None
    for point in curve.points.split():
        x, y = map(float, point.split(","))
        assert 66 <= x <= 442
        assert 16 <= y <= 266
    assert curve.caption.startswith("98 % of the questions answered, 51 % of the answers wrong")
    dots = calibration_dots(items)
    assert len(dots) == 10
    assert all(66 <= dot.x <= 442 and 16 <= dot.y <= 266 for dot in dots)
    assert risk_coverage_curve([]) is None
    assert calibration_dots([]) == ()


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.5, "share", ".500"),
        (1.0, "share", "1.000"),
        (-0.25, "share", "-.250"),
        (None, "share", "–"),
        (12.345, "words", "12.3"),
        (3.21, "ms", "3.2 ms"),
        (321.0, "ms", "321 ms"),
    ],
)
def test_numbers_for_people(value: float | None, unit: str, text: str) -> None:
    assert number(value, unit) == text  # type: ignore[arg-type]


def test_a_report_is_written(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "report.html"
    write_report(made_up_record([question_item("a", outcome=0.0)]), path)
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
