"""Dates are read exactly, kept all, and never guessed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.article import DateCandidate, Span
from index.language import dates
from index.language.dates import (
    Findings,
    choose_date,
    find_date_candidates,
    implied_month,
    is_stamp,
    parse_date,
)

PAGE, LINE = "page stamp", "dateline"


@pytest.mark.parametrize(
    ("string", "value"),
    [
        ("2020-08-06", "2020-08-06"),
        ("2020-08-06T23:30:00Z", "2020-08-06"),
        ("25.04.2024", "2024-04-25"),
        ("3.4.2024", "2024-04-03"),
        ("25/04/2024", "2024-04-25"),
        ("04/25/2024", "2024-04-25"),
        ("04/04/2024", "2024-04-04"),
        ("03/04/2024", None),
        ("31.02.2024", None),
        ("28 августа 2020", "2020-08-28"),
        ("28 серпня 2020", "2020-08-28"),
        ("28 жніўня 2020", "2020-08-28"),
        ("August 28, 2020", "2020-08-28"),
        ("28th of August 2020", "2020-08-28"),
        ("Aug. 9", "--08-09"),
        ("Sept. 5", "--09-05"),
        ("6 авг", "--08-06"),
        ("29 February", "--02-29"),
        ("August 2020", None),
        ("no date", None),
        ("9 2020", None),
    ],
)
def test_a_date_is_read_or_left(string: str, value: str | None) -> None:
    assert parse_date(string) == value


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Posted 28 августа 2020,, 06:59", True),
        ("25.04.2024", True),
        ("Published: Aug 9, 2021 | Updated 3:22 PM EDT, Tue August 10, 2021", True),
        ("Обновлено 24 декабря 2022, 22:38", True),
        ("Updated 5 hours ago", True),
        ("Friday, August 28, 2020", True),
        ("August 28", False),
        ("August 28, 2020: the talks begin", False),
        ("On 28 August 2020 he left.", False),
        ("Updated", False),
        ("2020", False),
    ],
)
def test_stamps_are_told_from_text(line: str, expected: bool) -> None:
    assert is_stamp(line) is expected


def candidates(*stamps: str, dateline: str = "") -> Findings:
    text = "\n".join([*stamps, dateline])
    spans, at = [], 0
    for stamp in stamps:
        spans.append(Span(at, at + len(stamp)))
        at += len(stamp) + 1
    return find_date_candidates(text, spans, Span(at, len(text)) if dateline else None)


def test_the_label_says_what_a_stamp_dates() -> None:
    found = candidates("Posted 28.08.2020", "Modified 24.12.2022", "27.08.2020")
    assert [(c.value, c.role) for c in found.candidates] == [
        ("2020-08-28", "published"),
        ("2022-12-24", "modified"),
        ("2020-08-27", "page"),
    ]


def test_a_modified_date_is_never_the_date_of_publication() -> None:
    choice = choose_date(candidates("Updated 24.12.2022"))
    assert choice.published_at is None
    assert "later change" in (choice.warning or "")


def test_a_dateline_without_year_keeps_none() -> None:
    found = candidates(dateline="MINSK, August 22. /TASS/.")
    assert found.candidates == (DateCandidate("--08-22", LINE),)
    choice = choose_date(found)
    assert (choice.published_at, choice.basis) == (None, "none")
    assert choice.warning == "the dateline names no year"


def test_a_dateline_confirms_a_stamp() -> None:
    choice = choose_date(candidates("2020-08-06", dateline="KIEV, August 6. /TASS/."))
    assert choice == choose_date(candidates("2020-08-06"))
    assert (choice.published_at, choice.basis, choice.warning) == ("2020-08-06", PAGE, None)


def test_a_dateline_contradicts_a_bare_stamp() -> None:
    choice = choose_date(candidates("25.04.2024", dateline="KIEV, August 6. /TASS/."))
    assert choice.published_at is None
    assert "2024-04-25" in (choice.warning or "")


def test_a_full_dateline_dates() -> None:
    choice = choose_date(candidates(dateline="WASHINGTON, Aug. 9, 2021 (Reuters) -"))
    assert (choice.published_at, choice.basis) == ("2021-08-09", LINE)


def test_a_bare_stamp_does_not_date_several_articles() -> None:
    choice = choose_date(candidates("25.04.2024"), article_count=2)
    assert choice.published_at is None
    assert "2 articles" in (choice.warning or "")


def test_bare_stamps_that_differ_date_nothing() -> None:
    assert choose_date(candidates("25.04.2024", "26.04.2024")).published_at is None


def test_an_ambiguous_stamp_is_said_to_be_so() -> None:
    choice = choose_date(candidates("03/04/2024"))
    assert choice.published_at is None
    assert "03/04/2024" in (choice.warning or "")


def test_what_is_stated_wins_and_the_contradiction_is_told() -> None:
    stated = [DateCandidate("2020-08-06", "sidecar")]
    text = "Published 07.08.2020"
    found = find_date_candidates(text, [Span(0, len(text))], None, stated)
    choice = choose_date(found)
    assert (choice.published_at, choice.basis) == ("2020-08-06", "sidecar")
    assert "2020-08-07" in (choice.warning or "")
    assert len(found.candidates) == 2


def test_a_text_may_imply_its_month() -> None:
    assert (
        implied_month("ahead of next month's elections. It is the run-up to the Aug. 9 polls") == 7
    )
    assert implied_month("next month's vote on Jan. 9") == 12
    assert implied_month("last month's vote on Dec. 9") == 1
    assert implied_month("next month's vote") is None
    assert implied_month("next month's vote, Aug. 9 and Sept. 3") is None
    assert implied_month("last month and next month, Aug. 9") is None


def test_an_implied_month_warns_of_a_bare_stamp() -> None:
    warned = choose_date(candidates("25.04.2024"), implied_month=7)
    assert "month 7" in (warned.warning or "")
    assert choose_date(candidates("25.07.2024"), implied_month=7).warning is None


@st.composite
def written_out(draw: st.DrawFn) -> tuple[str, bool]:
    """A date in words of one language, and whether it names its year."""
    month = draw(st.sampled_from(dates._MONTHS.split("|")))
    number = draw(st.integers(1, 31))
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if month.isascii() else ""
    day = f"{number}{draw(st.sampled_from(['', ending]))}"
    year = draw(st.sampled_from(["", " 2020", ", 2021", ",  1999", " 1600"]))
    of = draw(st.sampled_from([" ", " of "])) if month.isascii() else " "
    dot = draw(st.sampled_from(["", "."]))
    return draw(st.sampled_from([f"{day}{of}{month}", f"{month}{dot} {day}"])) + year, bool(year)


@given(written_out())
@settings(max_examples=200, deadline=None)
def test_dates_in_words_are_read_as_dateparser_reads_them(written: tuple[str, bool]) -> None:
    string, has_year = written
    expected = dates._read(string if has_year else f"{string} 2000", "DMY")
    found = parse_date(string)
    assert found == (expected if has_year or expected is None else f"--{expected[5:]}")
