"""Suites of pages: read strictly, HTML made text, marked as indexing marks, judged and shown."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import math
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from evals.dataset import page_files
from evals.dataset.suites import load_suite
from evals.dataset.visible_text import decode_html, visible_text
from evals.metrics.shingles import (
    Overlap,
    f1_gain,
    f1_of_means,
    mean_precision,
    mean_recall,
    overlap,
    shingles,
)
from evals.records.compare import compare
from evals.records.record import PageOutcome, Record, read_record, write_record
from evals.reports.report import render_report
from evals.reports.terminal import print_comparison, print_record
from evals.running import pages
from evals.running.choice import Choice
from evals.running.run import run_suite
from index.articles.cleaning import clean
from index.errors import SuiteError
from rag.settings import Settings
from tests.helpers.evals_doubles import silent_progress

BODY = (
    "The harbour of Gdynia was closed on Monday after a crane fell into the basin, the port said.",
    "Nobody was hurt. Divers will look at the crane on Tuesday, before it is lifted out again.",
    "Eleven ships wait outside. The port expects to open one of its two gates on Wednesday.",
)
FURNITURE = "Subscribe to our newsletter", "All rights reserved", "Share on Facebook"


def html_of(*body: str, furniture: tuple[str, ...] = FURNITURE) -> str:
    paragraphs = "".join(f"<p>{text}</p>" for text in body)
    around = "".join(f"<div>{text}</div>" for text in furniture)
    return (
        "<!doctype html><title>Harbour closed</title><script>var x = '<p>no</p>';</script>"
        f"<h1>Harbour closed after crane falls</h1>{paragraphs}{around}"
    )


PAGE = {"id": "p1", "html_file": "html/p1.html.gz", "text": "\n\n".join(BODY)}


def write_pages(
    folder: Path, lines: list[Any] | None = None, files: Mapping[str, str] | None = None
) -> Path:
    (folder / "html").mkdir(parents=True)
    for name, html in (files or {"p1": html_of(*BODY)}).items():
        (folder / "html" / f"{name}.html.gz").write_bytes(gzip.compress(html.encode(), mtime=0))
    rows = [row if isinstance(row, str) else json.dumps(row) for row in lines or [PAGE]]
    (folder / "pages.jsonl").write_text("\n".join(rows), encoding="utf-8")
    return folder


def run(folder: Path, choice: Choice | None = None) -> Record:
    settings = Settings(home=folder / "home")
    return run_suite(load_suite(folder), settings, choice or Choice(), silent_progress())


# The suite as read.


def test_a_suite_of_pages(tmp_path: Path) -> None:
    lines = [PAGE, PAGE | {"id": "p2", "portion": "train", "publisher": None, "type": "short"}]
    suite = load_suite(write_pages(tmp_path / "mine", lines))
    assert (suite.name, suite.problems) == ("mine", ())
    assert [(page.id, page.portion, page.type) for page in suite.pages] == [
        ("p1", None, "page"),
        ("p2", "train", "short"),
    ]
    listing = "".join(
        f"{hashlib.sha256((tmp_path / 'mine' / name).read_bytes()).hexdigest()}  {name}\n"
        for name in ("html/p1.html.gz", "pages.jsonl")
    )
    assert suite.data_hash == hashlib.sha256(listing.encode()).hexdigest()


BAD_LINES: dict[str, tuple[Any, str]] = {
    "no JSON": ("{", "line 2: invalid JSON"),
    "no text": ({"id": "x", "html_file": "html/p1.html.gz"}, "line 2, field text: field required"),
    "a blank text": (PAGE | {"text": " \n"}, "line 2, field text: is blank"),
    "a slip": (
        PAGE | {"portoin": "train"},
        "unknown field 'portoin': is 'portion' meant?",
    ),
    "an id twice": (PAGE | {"id": "p1"}, "line 2, field id: 'p1' is there already"),
    "no such file": (
        PAGE | {"html_file": "html/p9.html"},
        "line 2, field html_file: there is no file 'html/p9.html' in the suite's folder",
    ),
    "a folder": (PAGE | {"html_file": "html"}, "field html_file: there is no file 'html'"),
    "out by dots": (
        PAGE | {"html_file": "html/../../outside.html"},
        "field html_file: 'html/../../outside.html' leads out of the suite's folder",
    ),
    "out from the root": (PAGE | {"html_file": "/etc/hostname"}, "leads out of the suite's"),
    "out by a link": (PAGE | {"html_file": "link.html"}, "leads out of the suite's folder"),
    "a NUL": (
        PAGE | {"html_file": "html/\0"},
        "field html_file: 'html/\\x00' is not the path of a",
    ),
    "a very long name": (PAGE | {"html_file": "x" * 9999}, "is not the path of a file"),
    "a damaged file": (
        PAGE | {"html_file": "html/cut.html.gz"},
        "field html_file: 'cut.html.gz' is not a whole gzip file",
    ),
    "a bomb": (
        PAGE | {"html_file": "html/bomb.html.gz"},
        "field html_file: 'bomb.html.gz' is larger than 8 MiB",
    ),
}


@pytest.mark.parametrize(("line", "message"), BAD_LINES.values(), ids=list(BAD_LINES))
def test_a_bad_line_is_named_and_loses_nothing_else(
    tmp_path: Path, line: Any, message: str
) -> None:
    if isinstance(line, dict) and line.get("id") == "p1" and "already" not in message:
        line = line | {"id": "p2"}
    (tmp_path / "outside.html").write_text("secret", encoding="utf-8")
    folder = write_pages(tmp_path / "mine", [PAGE, line, PAGE | {"id": "p3"}])
    (folder / "link.html").symlink_to(tmp_path / "outside.html")
    (folder / "html" / "cut.html.gz").write_bytes(gzip.compress(b"<p>whole</p>")[:-5])
    too_large = bytes(page_files.MAX_PAGE_BYTES + 1)
    (folder / "html" / "bomb.html.gz").write_bytes(gzip.compress(too_large))
    suite = load_suite(folder)
    assert [page.id for page in suite.pages] == ["p1", "p3"]
    (problem,) = suite.problems
    assert str(problem).startswith("pages.jsonl line 2")
    assert message in str(problem)


def test_a_suite_without_a_valid_page(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match=r"no valid line: pages\.jsonl line 1, field html_file"):
        load_suite(write_pages(tmp_path / "bad", [PAGE | {"html_file": "no"}]))


# HTML made text.


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One\n  two</p><p>three&nbsp;&amp; <b>fo</b>ur</p>", "One two\n\nthree & four\n"),
        ("a<br>b<br/>c<div>d</div>e<hr>f", "a\nb\nc\nd\ne\nf\n"),
        ("<ul><li>a<li>b</ul><h2>c</h2>d", "a\nb\n\nc\n\nd\n"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><th>c<th>d</table>", "a b\nc d\n"),
        ("<pre>a\n  b</pre>c\nd", "a\nb\n\nc d\n"),
        ("<head><title>T</title><style>s</style><meta charset=x></head><body>a", "a\n"),
        ("a<script>if (a<b) '</p>'</script>b<noscript><p>c</p></noscript>d", "abd\n"),
        ("a<svg><title>t</title><text>u</text></svg><template>v</template>b", "ab\n"),
        ("a<div hidden>b<div>c</div>d</div>e", "a\ne\n"),
        ('a<span style="x:y; DISPLAY : none">b</span>c', "ac\n"),
        ('a<span style="display:nonesuch">b</span>c', "abc\n"),
        ("<p hidden>a<p>b<div hidden/>c", "b\nc\n"),
        ("<input hidden><img hidden>a<dialog>b</dialog><dialog open>c</dialog>", "a\nc\n"),
        ("a<!-- b --><![CDATA[c]]>d<![endif]>e<![whatever f]>g<?php h ?>i", "adegi\n"),
        ("</p></div></script></nothing>a<b><i>b</b>c</i>", "abc\n"),
        ("&#xD800;&#0;&#x110000;&nosuch;&lt;b&gt;", "\ufffd\ufffd\ufffd&nosuch;<b>\n"),
        ("a < b and <3", "a < b and <3\n"),
        ("", ""),
    ],
)
def test_the_visible_text(html: str, text: str) -> None:
    assert visible_text(html) == text


def test_hostile_pages_are_read() -> None:
    deep = "<div>" * 100_000 + "deep" + "</div>" * 100_000
    assert visible_text(deep) == "deep\n"
    assert visible_text("<div hidden>" * 50_000 + "x" + "</div>" * 50_000 + "y") == "y\n"
    assert "b" not in visible_text("a<script>" + "<!--b" * 1_000)


TAGS = ["<p>", "</p>", "<div hidden>", "</div>", "<script>", "</script>", "<![", "<!--", "<!", "</"]


@given(st.lists(st.one_of(st.sampled_from(TAGS), st.text(max_size=6)), max_size=12).map("".join))
def test_no_markup_breaks_the_reading(html: str) -> None:
    text = visible_text(html)
    assert "\n\n\n" not in text
    assert text == "" or text.endswith("\n")
    assert "\x00" not in text


@given(st.binary(max_size=100))
def test_any_bytes_are_decoded(data: bytes) -> None:
    assert isinstance(decode_html(data), str)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Łódź".encode(), "Łódź"),
        (b"\xef\xbb\xbf<meta charset=koi8-r>\xc3\xa9", "<meta charset=koi8-r>é"),
        (b"<meta charset='windows-1251'>\xcc\xc8\xd0", "<meta charset='windows-1251'>МИР"),
        (
            b'<meta content="text/html; charset=ISO-8859-1">\x93a\x94',
            '<meta content="text/html; charset=ISO-8859-1">“a”',
        ),
        (b"<meta charset=zip>a\xff", "<meta charset=zip>a\ufffd"),
        (b"<meta charset=iso-8859-99>a", "<meta charset=iso-8859-99>a"),
    ],
)
def test_encodings(data: bytes, text: str) -> None:
    assert decode_html(data) == text


# The metric.

SHORT_TEXTS = st.lists(st.sampled_from("a b c".split()), max_size=9).map(" ".join)
PAIRS = st.lists(st.tuples(SHORT_TEXTS, SHORT_TEXTS), min_size=1, max_size=5)


def counted(text: str) -> list[str]:
    found = text.split()
    if len(found) <= 4:
        return [text] if found else []
    return [" ".join(found[n : n + 4]) for n in range(len(found) - 3)]


def by_hand(pairs: list[tuple[str, str]]) -> tuple[float, float, float]:
    """Precision, recall and F1, by removing from a list what was matched."""
    precisions, recalls = [], []
    for text, gold in pairs:
        given, left, shared = counted(text), counted(gold), 0
        for shingle in given:
            if shingle in left:
                left.remove(shingle)
                shared += 1
        if given:
            precisions.append(Fraction(shared, len(given)))
        if counted(gold):
            recalls.append(Fraction(shared, shared + len(left)))
    if not precisions or not recalls:
        return (math.nan,) * 3
    precision, recall = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    both = precision + recall
    return float(precision), float(recall), float(2 * precision * recall / both) if both else 0.0


@given(PAIRS)
def test_the_figures_are_those_counted_by_hand(pairs: list[tuple[str, str]]) -> None:
    found = [overlap(text, gold) for text, gold in pairs]
    columns = np.array([[one.shared, one.extra, one.missing] for one in found]).T
    precision, recall, f1 = by_hand(pairs)
    if math.isnan(f1):
        assert math.isnan(float(f1_of_means(*columns)))
        return
    assert float(mean_precision(*columns)) == pytest.approx(precision)
    assert float(mean_recall(*columns)) == pytest.approx(recall)
    assert float(f1_of_means(*columns)) == pytest.approx(f1)
    assert float(f1_gain(*columns, *columns)) == 0.0
    drawn = np.stack([columns, columns], axis=1)
    assert f1_of_means(*drawn) == pytest.approx([f1, f1])


@given(st.text(max_size=60), st.text(max_size=60))
def test_shares_of_any_texts(text: str, gold: str) -> None:
    one, back = overlap(text, gold), overlap(gold, text)
    assert sum((one.shared, one.extra, one.missing)) == pytest.approx(
        1.0 if shingles(text) or shingles(gold) else 0.0
    )
    assert (one.shared, one.extra, one.missing) == (back.shared, back.missing, back.extra)
    assert 0.0 <= one.f1 <= 1.0
    assert overlap(text, text).f1 == 1.0


def test_shingles_are_counted_as_the_benchmark_does() -> None:
    assert shingles("a b, c") == {("a", "b", "c"): 1}
    assert shingles("a a a a a") == {("a",) * 4: 2}
    assert not shingles(" -- ")
    # Upper and lower case differ, and a repeated shingle counts as often as it is there.
    assert overlap("One two three four", "one two three four").shared == 0.0
    assert overlap("a a a a a", "a a a a") == Overlap(0.5, 0.5, 0.0)


# The run.


def test_pages_are_marked_and_judged(tmp_path: Path) -> None:
    record = run(write_pages(tmp_path / "mine"))
    (page,) = record.pages
    assert (record.suite.kind, record.suite.items, record.suite.of) == ("pages", 1, 1)
    assert page.refused is None
    assert record.value("body_f1") == pytest.approx(1.0)
    assert record.value("whole_page_recall") == pytest.approx(1.0)
    whole = record.value("whole_page_f1")
    assert whole is not None
    assert record.value("body_f1_gain") == pytest.approx(1.0 - whole)
    assert whole < 0.95
    assert page.words_gold == page.words_body < page.words_whole
    assert (page.extra, page.missing) == ([], [])
    # No library was made: nothing is indexed.
    assert not (tmp_path / "mine" / "home").exists()


def test_what_is_wrong_with_a_page_is_shown(tmp_path: Path) -> None:
    strange = "A sentence that the person who marked the page did not take for the article's."
    files = {"p1": html_of(*BODY[:2], strange), "p2": "<script>x</script>"}
    lines = [PAGE, PAGE | {"id": "p2", "html_file": "html/p2.html.gz"}]
    record = run(write_pages(tmp_path / "mine", lines, files))
    first, empty = record.pages
    assert first.extra == [strange]
    assert first.missing == [BODY[2]]
    assert 0 < first.scores["page_f1"] < 1
    # What indexing refuses has no body: all of the gold text is missing.
    assert empty.refused is not None
    assert empty.scores["body_missing"] == 1.0
    figures = {figure.name: figure for figure in record.figures}
    assert (figures["body_f1"].n, figures["body_f1"].unscored) == (2, {})


def test_a_defect_met_by_a_page_loses_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"p1": html_of(*BODY), "p2": html_of("break me")}
    lines = [PAGE, PAGE | {"id": "p2", "html_file": "html/p2.html.gz"}]
    folder = write_pages(tmp_path / "mine", lines, files)

    def breaking(source: Any, metadata: Any) -> Any:
        if "break me" in source.text:
            raise KeyError("broken")
        return clean(source, metadata)

    monkeypatch.setattr(pages, "clean", breaking)
    record = run(folder)
    figures = {figure.name: figure for figure in record.figures}
    assert figures["body_f1"].n == 1
    assert figures["body_f1"].unscored == {"KeyError: 'broken'": 1}
    assert "KeyError" in render_report(record)


def test_a_file_lost_after_reading_the_suite(tmp_path: Path) -> None:
    lines = [PAGE, PAGE | {"id": "p2", "html_file": "html/p2.html.gz"}]
    folder = write_pages(tmp_path / "mine", lines, {"p1": html_of(*BODY), "p2": html_of(*BODY)})
    suite = load_suite(folder)
    suite.pages[1].path.unlink()
    record = run_suite(suite, Settings(home=tmp_path), Choice(), silent_progress())
    assert record.pages[1].scores == {}
    assert "cannot be read" in record.pages[1].unscored["page_f1"]


def test_record_report_and_terminal(tmp_path: Path) -> None:
    hostile = "</p><script>alert(1)</script><img src=https://evil.example/x onerror=alert(1)>"
    escaped = hostile.replace("<", "&lt;").replace(">", "&gt;")
    lines = [PAGE | {"text": f"{PAGE['text']}\n\n{hostile} and more words"}]
    record = run(write_pages(tmp_path / "mine", lines, {"p1": html_of(*BODY, escaped)}))
    write_record(record, tmp_path / "record.json")
    assert read_record(tmp_path / "record.json") == record
    html = render_report(record)
    for shown in ("The worst pages", "F1 gained by marking", "html/p1.html.gz", "but not marked"):
        assert shown in html
    assert "<script" not in html
    assert "<img" not in html
    console = Console(record=True, width=120, file=io.StringIO())
    print_record(console, record)
    printed = console.export_text()
    assert "mine: 1 of 1 pages" in printed
    assert "F1 of the whole page" in printed


def test_the_worst_pages_come_first_and_only_twenty(tmp_path: Path) -> None:
    record = run(write_pages(tmp_path / "mine"))
    (page,) = record.pages

    def scored(number: int) -> PageOutcome:
        scores = page.scores | {"page_f1": number / 30}
        return page.model_copy(update={"html_file": f"file-{number}.html", "scores": scores})

    items = [scored(number) for number in (30, *range(5, 30), *range(5))]
    html = render_report(record.model_copy(update={"pages": items}))
    shown = [number for number in range(31) if f"file-{number}.html" in html]
    assert shown == list(range(20))
    assert html.index("file-0.html") < html.index("file-3.html") < html.index("file-19.html")


def test_two_runs_compared(tmp_path: Path) -> None:
    files = {"p1": html_of(*BODY), "p2": html_of(*BODY)}
    lines = [PAGE, PAGE | {"id": "p2", "html_file": "html/p2.html.gz"}]
    before = run(write_pages(tmp_path / "mine", lines, files))
    folder = write_pages(tmp_path / "later" / "mine", lines, files | {"p2": html_of(BODY[0])})
    found = compare(before, run(folder))
    assert [item.id for item in found.lost] == ["p2"]
    assert found.gained == ()
    body = next(d for d in found.differences if d.figure.name == "body_recall")
    assert body.after < body.before
    console = Console(record=True, width=120, file=io.StringIO())
    print_comparison(console, found)
    assert "Recall of the body" in console.export_text()
