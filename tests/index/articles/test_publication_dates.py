"""Dates are read exactly, all kept, and never guessed."""

from datetime import date

import pytest

from index.article import DateCandidate, Span
from index.articles.publication_dates import (
    Findings,
    choose_date,
    date_in_headline,
    find_date_candidates,
    implied_month,
    is_stamp,
)
from index.days import MonthDay

PAGE, LINE = "page stamp", "dateline"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Posted 28 августа 2020,, 06:59", True),
        ("25.04.2024", True),
        ("Published: Aug 9, 2021 | Updated 3:22 PM EDT, Tue August 10, 2021", True),
        ("Обновлено 24 декабря 2022, 22:38", True),
        ("Updated 5 hours ago", True),
        ("Friday, August 28, 2020", True),
        ("Fri., Aug. 28, 2020", True),
        ("пятница, 28 августа 2020", True),
        ("субота, 28 жніўня 2020", True),
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
        (date(2020, 8, 28), "published"),
        (date(2022, 12, 24), "modified"),
        (date(2020, 8, 27), "page"),
    ]


def test_a_modified_date_is_never_the_date_of_publication() -> None:
    choice = choose_date(candidates("Updated 24.12.2022"))
    assert choice.published is None
    assert "later change" in (choice.warning or "")


def test_a_dateline_without_year_keeps_none() -> None:
    found = candidates(dateline="MINSK, August 22. /TASS/.")
    assert found.candidates == (DateCandidate(MonthDay(8, 22), LINE),)
    choice = choose_date(found)
    assert (choice.published, choice.basis) == (None, "none")
    assert choice.warning == "the dateline names no year"


def test_a_labelled_stamp_without_year_dates_nothing() -> None:
    choice = choose_date(candidates("Published 22 August"))
    assert (choice.published, choice.basis) == (None, "none")
    assert choice.warning == "the page stamp names no year"


def test_a_labelled_stamp_with_its_year_comes_before_one_without() -> None:
    choice = choose_date(candidates("Published 22 August", "Posted 22.08.2020"))
    assert (choice.published, choice.basis) == (date(2020, 8, 22), PAGE)


def test_a_dateline_confirms_a_stamp() -> None:
    choice = choose_date(candidates("2020-08-06", dateline="KIEV, August 6. /TASS/."))
    assert choice == choose_date(candidates("2020-08-06"))
    assert (choice.published, choice.basis, choice.warning) == (date(2020, 8, 6), PAGE, None)


def test_a_dateline_contradicts_a_bare_stamp() -> None:
    choice = choose_date(candidates("25.04.2024", dateline="KIEV, August 6. /TASS/."))
    assert choice.published is None
    assert "2024-04-25" in (choice.warning or "")


def test_a_full_dateline_dates() -> None:
    choice = choose_date(candidates(dateline="WASHINGTON, Aug. 9, 2021 (Reuters) -"))
    assert (choice.published, choice.basis) == (date(2021, 8, 9), LINE)


def test_a_bare_stamp_does_not_date_several_articles() -> None:
    choice = choose_date(candidates("25.04.2024"), article_count=2)
    assert choice.published is None
    assert "2 articles" in (choice.warning or "")


def test_bare_stamps_that_differ_date_nothing() -> None:
    assert choose_date(candidates("25.04.2024", "26.04.2024")).published is None


def test_an_ambiguous_stamp_is_said_to_be_so() -> None:
    choice = choose_date(candidates("03/04/2024"))
    assert choice.published is None
    assert "03/04/2024" in (choice.warning or "")


def test_what_is_stated_wins_and_the_contradiction_is_told() -> None:
    stated = [DateCandidate(date(2020, 8, 6), "sidecar")]
    text = "Published 07.08.2020"
    found = find_date_candidates(text, [Span(0, len(text))], None, stated)
    choice = choose_date(found)
    assert (choice.published, choice.basis) == (date(2020, 8, 6), "sidecar")
    assert "2020-08-07" in (choice.warning or "")
    assert len(found.candidates) == 2


def test_a_text_may_imply_its_month() -> None:
    assert (
        implied_month("ahead of next month's elections. It is the run-up to the Aug. 9 polls") == 7
    )
    assert implied_month("next month's vote on Jan. 9") == 12
    assert implied_month("last month's vote on Dec. 9") == 1
    assert implied_month("выборы в следующем месяце, 9 августа") == 7
    assert implied_month("next month's vote") is None
    assert implied_month("next month's vote, Aug. 9 and Sept. 3") is None
    assert implied_month("last month and next month, Aug. 9") is None


def test_an_implied_month_warns_of_a_bare_stamp() -> None:
    warned = choose_date(candidates("25.04.2024"), implied_month=7)
    assert "month 7" in (warned.warning or "")
    assert choose_date(candidates("25.07.2024"), implied_month=7).warning is None


@pytest.mark.parametrize(
    ("headline", "day"),
    [
        ("Ten things to know today: 15 March 2022 | The Week", date(2022, 3, 15)),
        ("Der Tag in Kessin – 15. März 2022", date(2022, 3, 15)),
        ("Утренний обзор (15 марта 2022)", date(2022, 3, 15)),
        ("Treaty of 15 March 2022 is signed", None),
        ("The week: 8 March 2022 – 15 March 2022", None),
        ("What to know today: 15 March", None),
        ("The match: 03/04/2022", None),
    ],
)
def test_a_date_that_stands_alone_in_a_headline(headline: str, day: date | None) -> None:
    findings = Findings(tuple(date_in_headline(headline)))
    choice = choose_date(findings)
    assert (choice.published, choice.basis) == (day, "headline" if day else "none")
    stamp = DateCandidate(date(2020, 1, 2), "page stamp", "page")
    stamped = Findings((*findings.candidates, stamp))
    assert choose_date(stamped).published == date(2020, 1, 2)
