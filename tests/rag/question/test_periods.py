"""Periods that questions name, and what dates do to a ranking."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.article import PassageHit
from index.language.calendar import DATE_RE
from rag.evidence.search import weigh_dates
from rag.question import periods
from rag.question.periods import Period, named_period

ASKED = date(2020, 8, 10)  # a Monday


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("What happened in August 2020?", "2020-08-01", "2020-08-31"),
        ("Who lived there between 2004 and 2005?", "2004-01-01", "2005-12-31"),
        ("Кого задержали в августе 2020 года?", "2020-08-01", "2020-08-31"),
        ("Що сталося у серпні 2020 року?", "2020-08-01", "2020-08-31"),
        ("What did he say on August 6?", "2020-08-06", "2020-08-06"),
        ("What did he say on 29 December?", "2019-12-29", "2019-12-29"),
        ("Who was president before 2008?", "1800-01-01", "2008-12-31"),
        ("Who has led it since 2010?", "2010-01-01", "2020-08-10"),
        ("What did Biden sign last week?", "2020-07-27", "2020-08-09"),
        ("Who won the 2022 World Cup?", "2022-01-01", "2022-12-31"),
        ("Who marched in March?", "2020-03-01", "2020-03-31"),
        ("Что было в декабре?", "2019-12-01", "2019-12-31"),
        ("від 3 серпня до 5 серпня що сталося?", "2020-08-03", "2020-08-05"),
        ("from 12 March 2019 to June 2020 who coached?", "2019-03-12", "2020-06-30"),
        ("What did he say on Friday?", "2020-08-07", "2020-08-07"),
        ("What happened three days ago?", "2020-08-07", "2020-08-07"),
        ("What changed this year?", "2020-01-01", "2020-08-10"),
        ("What did they do on 29 February?", "2020-02-29", "2020-02-29"),
        ("Что было в январе?", "2020-01-01", "2020-01-31"),
        ("Що сталося у вересні?", "2019-09-01", "2019-09-30"),
        ("Што было ў жніўні?", "2020-08-01", "2020-08-31"),
        ("Что он подписал на прошлой неделе?", "2020-07-27", "2020-08-09"),
        ("Кто ушёл в пятницу?", "2020-08-07", "2020-08-07"),
        ("Что было позавчера?", "2020-08-08", "2020-08-08"),
        ("Хто переміг торік?", "2019-01-01", "2019-12-31"),
        ("Что случилось три дня назад?", "2020-08-07", "2020-08-07"),
        ("News from January 2020", "2020-01-01", "2020-01-31"),
        ("News from January", "2020-01-01", "2020-01-31"),
        ("What changed from May 2020 on?", "2020-05-01", "2020-08-10"),
        ("Was geschah im Januar?", "2020-01-01", "2020-01-31"),
        ("Was geschah am 3. Dezember 2019?", "2019-12-03", "2019-12-03"),
        ("noticias de enero de 2020", "2020-01-01", "2020-01-31"),
        ("Que s'est-il passé la semaine dernière ?", "2020-07-27", "2020-08-09"),
        ("Co się stało w marcu?", "2020-03-01", "2020-03-31"),
        ("Was geschah letztes Jahr?", "2019-01-01", "2019-12-31"),
    ],
)
def test_the_period_that_is_named(text: str, first: str, last: str) -> None:
    expected = Period(date.fromisoformat(first), date.fromisoformat(last))
    assert named_period(text, ASKED) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Who detained the men?",
        "How many of the 2000 people came?",
        "Why march? He may.",
        "$2000?",
        "Is there life on Mars?",
    ],
)
def test_no_period_is_named(text: str) -> None:
    assert named_period(text, ASKED) is None


def test_without_a_day_only_dates_with_their_year_count() -> None:
    assert named_period("The Kremlin on Friday asked for it.", None) is None
    assert named_period("They met in March and on 6 August.", None) is None
    year = Period(date(2020, 1, 1), date(2020, 12, 31))
    assert named_period("They met in 2020 and on Friday.", None) == year


@given(
    text=st.text(max_size=60) | st.from_regex(r"(in|on|since) [a-z0-9 /.-]{1,20}", fullmatch=True),
    as_of=st.none() | st.dates(),
)
def test_a_period_never_ends_before_it_begins(text: str, as_of: date | None) -> None:
    period = named_period(text, as_of)
    assert period is None or period.first <= period.last


def ranked(*ids: str) -> list[PassageHit]:
    return [
        PassageHit(f"p{name}", f"src_{name.removeprefix('a')}-1", 1.1 - rank / 10, rank, "fused")
        for rank, name in enumerate(ids, start=1)
    ]


def order(found: list[PassageHit]) -> list[str]:
    assert [hit.rank for hit in found] == list(range(1, len(found) + 1))
    return [hit.article_id for hit in found]


def ago(days: int) -> date:
    return ASKED - timedelta(days)


def test_news_of_the_day_comes_before_old_news_of_like_words() -> None:
    dates = {"src_1-1": ago(400), "src_2-1": ago(2)}
    assert order(weigh_dates(ranked("a1", "a2"), dates, None, ASKED, 0.25)) == [
        "src_2-1",
        "src_1-1",
    ]


def test_of_what_is_long_past_the_words_decide() -> None:
    dates = {"src_1-1": ago(2_000), "src_2-1": ago(1_500)}
    assert order(weigh_dates(ranked("a1", "a2"), dates, None, ASKED, 0.25)) == [
        "src_1-1",
        "src_2-1",
    ]


def test_a_period_that_is_named_comes_first() -> None:
    dates = {"src_1-1": ago(1), "src_2-1": date(2017, 5, 3)}
    period = named_period("What happened in May 2017?", ASKED)
    assert order(weigh_dates(ranked("a1", "a2"), dates, period, ASKED, 0.25)) == [
        "src_2-1",
        "src_1-1",
    ]


def test_an_undated_article_is_neither_favoured_nor_lost() -> None:
    dates = {"src_1-1": ago(3_000), "src_3-1": ago(0)}
    found = weigh_dates(ranked("a1", "a2", "a3"), dates, None, ASKED, 0.25)
    assert order(found) == ["src_3-1", "src_2-1", "src_1-1"]
    assert order(weigh_dates(ranked("a1", "a2"), {}, None, ASKED, 0.25)) == ["src_1-1", "src_2-1"]


# Hypothesis builds a match piece by piece, and word boundaries spoil many.
UNCHECKED = [HealthCheck.filter_too_much, HealthCheck.too_slow]


@given(
    st.sampled_from(
        [DATE_RE, periods._MONTH_YEAR, periods._MONTH_ALONE, periods._YEAR_ALONE]
    ).flatmap(st.from_regex),
    st.dates(date(1900, 1, 1)),
)
@settings(max_examples=500, suppress_health_check=UNCHECKED)
def test_looking_for_digits_and_months_first_hides_no_date(text: str, as_of: date) -> None:
    found = list(periods._found(text, as_of))
    with pytest.MonkeyPatch.context() as patch:
        anything = re.compile("")
        patch.setattr(periods, "_DIGIT", anything)
        patch.setattr(periods, "_FIGURES", anything)
        patch.setattr(periods, "names_month", lambda text: True)
        assert found == list(periods._found(text, as_of))


def test_dates_can_be_left_out_of_the_ranking() -> None:
    dates = {"src_1-1": ago(400), "src_2-1": ago(2)}
    assert order(weigh_dates(ranked("a1", "a2"), dates, None, ASKED, 0.0)) == ["src_1-1", "src_2-1"]


def test_since_a_month_goes_on_until_the_day_of_asking() -> None:
    day = date(2024, 7, 1)
    assert named_period("articles since May", day) == Period(date(2024, 5, 1), day)
    assert named_period("articles of May", day) == Period(date(2024, 5, 1), date(2024, 5, 31))


def test_a_word_that_begins_like_a_unit_does_not_hide_a_year() -> None:
    asked = named_period("how many articles since April 2024 mention him", date(2024, 7, 1))
    assert asked == Period(date(2024, 4, 1), date(2024, 7, 1))
    assert named_period("2000 men", date(2024, 7, 1)) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("news since April 2024 on trams", "since April 2024"),
        ("what happened last week in Lund", "last week"),
        ("who won", ""),
    ],
)
def test_the_words_that_name_a_period_are_found(text: str, words: str) -> None:
    spans = periods.period_words(text, date(2024, 7, 1))
    assert (text[spans[0][0] : spans[-1][1]].strip() if spans else "") == words
