"""The one reader of dates: exact, in every form of every language, and never guessed."""

import re
import warnings

import dateparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.days import MonthDay
from index.language import calendar
from index.language.calendar import month_number, names_month, parse_date
from index.language.calendar_words import month_names, weekday_names
from index.language.languages import LANGUAGES
from index.language.moments import moments
from index.language.patterns import any_of, plain


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
        ("Август 28, 2020", "2020-08-28"),
        ("28 лютий 2020", "2020-02-28"),
        ("в конце августа 20 человек", None),
        ("04.25.2024", "2024-04-25"),
        ("2024-25-04", "2024-04-25"),
        ("5 лист 2020", None),
        ("9 Aprıl 2020", "2020-04-09"),
    ],
)
def test_a_date_is_read_or_left(string: str, value: str | None) -> None:
    found = parse_date(string)
    assert (found and found.isoformat()) == value


@st.composite
def written_out(draw: st.DrawFn) -> tuple[str, bool]:
    """A date in words of one language, and whether it names its year."""
    language = draw(st.sampled_from([*LANGUAGES.values()]))
    month = draw(st.sampled_from([*month_names(language).all()]))
    number = draw(st.integers(1, 31))
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if month.isascii() else ""
    day = f"{number}{draw(st.sampled_from(['', ending]))}"
    year = draw(st.sampled_from(["", " 2020", ", 2021", ",  1999", " 1600"]))
    of = draw(st.sampled_from([" ", " of "])) if month.isascii() else " "
    dot = draw(st.sampled_from(["", "."]))
    day_first = f"{day}{of}{month}"
    orders = [day_first, f"{month}{dot} {day}"] if language.month_first else [day_first]
    return draw(st.sampled_from(orders)) + year, bool(year)


@given(written_out())
@settings(max_examples=200, deadline=None)
def test_dates_in_words_are_read_as_dateparser_reads_them(written: tuple[str, bool]) -> None:
    string, has_year = written
    found = parse_date(string)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        moment = dateparser.parse(
            string if has_year else f"{string} 2000",
            languages=[*LANGUAGES],
            settings={"DATE_ORDER": "DMY", "REQUIRE_PARTS": ["day", "month", "year"]},
        )
    if moment is None:
        return  # a case that dateparser does not know
    expected = moment.date()
    assert found == (expected if has_year else MonthDay(expected.month, expected.day))


@pytest.mark.parametrize("code", [*LANGUAGES])
def test_every_month_and_weekday_has_a_name(code: str) -> None:
    assert set(month_names(LANGUAGES[code]).full.values()) == set(range(1, 13))
    assert set(weekday_names(LANGUAGES[code]).full.values()) == set(range(7))


CASES = """
    январе январём августе маем мае июнем вересні вереснем серпні лютому травні
    жніўні кастрычніку студзені верасні
"""


@pytest.mark.parametrize("month", CASES.split())
def test_months_are_known_in_every_case(month: str) -> None:
    named = moments(f"Это было в {month} 2020")
    assert [(moment.month, moment.year) for moment in named] == [(month_number(month), 2020)]


@pytest.mark.parametrize("name", [*calendar._MONTH_NUMBERS])
def test_a_name_is_found_where_it_is_looked_for_first(name: str) -> None:
    assert names_month(f"… {name.upper()} …")
    assert plain(name)[:3] in calendar._MONTH_STARTS


_WORDS = st.lists(st.text("абвё'", min_size=1, max_size=3), min_size=1, max_size=2).map(" ".join)


@given(st.lists(_WORDS, min_size=1, max_size=8))
def test_a_pattern_of_words_finds_each_of_them_and_the_longest(forms: list[str]) -> None:
    pattern = re.compile(any_of(forms))
    for form in forms:
        found = pattern.match(form)
        assert found
        assert len(found[0]) >= len(form)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Jan Peterson and April Jones spoke.", [("April", 4)]),
        ("It ends in Jan and began in Aug. and in May.", [("Jan", 1), ("Aug.", 8), ("May", 5)]),
        ("May I? You may. We march.", []),
        ("Я маю час у вересні.", [("вересні", 9)]),
        ("Приедет к маю.", [("маю", 5)]),
        ("MAY 2020", [("MAY 2020", 5)]),
        ("He left on 5 May. She came on 5 Aug.", [("5 May", 5), ("5 Aug.", 8)]),
        ("В августе 20-30 человек ушли.", [("августе", 8)]),
    ],
)
def test_words_that_are_months_only_sometimes(text: str, found: list[tuple[str, int]]) -> None:
    assert [(moment.text, moment.month) for moment in moments(text)] == found


@pytest.mark.parametrize(
    ("text", "offsets"),
    [
        ("the day before yesterday", [-2]),
        ("вчера и позавчера", [-1, -2]),
        ("учора", [-1]),
        ("післязавтра", [2]),
        ("сёння", [0]),
        ("yesterdays", []),
    ],
)
def test_days_counted_from_today(text: str, offsets: list[int]) -> None:
    assert [moment.offset for moment in moments(text)] == offsets


@pytest.mark.parametrize(
    ("text", "weekdays"),
    [
        ("on Friday, Sat. or SUNDAY", [4, 5, 6]),
        ("He sat. The sun. We wed.", []),
        ("у п’ятницю, в четверг, у нядзелю", [4, 3, 6]),
        ("серед людей", []),
    ],
)
def test_weekdays(text: str, weekdays: list[int]) -> None:
    assert [moment.weekday for moment in moments(text)] == weekdays
