from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.days import Day, MonthDay
from index.language.printed_dates import blanked, printed_dates, read_date

MARCH = date(2022, 3, 14)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("14. März 2022, 18:30 Uhr", MARCH),
        ("Publié le 14 mars 2022 à 18h30", MARCH),
        ("1er août 2021", date(2021, 8, 1)),
        ("Publicado el 14 de marzo de 2022", MARCH),
        ("14 marzo 2022", MARCH),
        ("14 de março de 2022", MARCH),
        ("14 marca 2022 r.", MARCH),
        ("14 Mart 2022 Pazartesi", MARCH),
        ("14 مارس 2022", MARCH),
        ("١٤ مارس ٢٠٢٢", MARCH),
        ("الاثنين 14 آذار/مارس 2022", MARCH),
        ("2022年3月14日 18:30", MARCH),
        ("二〇二二年三月十四日", MARCH),
        ("二零二二年十月三十日", date(2022, 10, 30)),
        ("14-Mar-2022", MARCH),
        ("2022년 3월 14일", MARCH),
        ("14. 3. 2022", MARCH),
        ("25 травня 2022 р.", date(2022, 5, 25)),
        ("14 сакавіка 2022 г.", MARCH),
        ("«4 мая 2023 г.»", date(2023, 5, 4)),
        ("Mar 14 2022", MARCH),
        ("4 May", MonthDay(5, 4)),
    ],
)
def test_dates_of_many_languages(line: str, day: Day) -> None:
    assert read_date(line) == day


@pytest.mark.parametrize(
    "line",
    ["03/04/2022", "31 février 2022", "12 marche 2022", "Mars 2022", "2022", ""],
)
def test_what_is_no_certain_date_is_not_read(line: str) -> None:
    assert read_date(line) is None


def test_each_date_keeps_its_place() -> None:
    line = "Veröffentlicht 14. März 2022, geändert am 15.03.2022"
    found = printed_dates(line)
    assert [line[one.start : one.end] for one in found] == ["14. März 2022", "15.03.2022"]
    assert blanked(line, found).split() == ["Veröffentlicht", ",", "geändert", "am"]


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_signs_for_year_month_and_day_are_read(day: date) -> None:
    assert read_date(f"发布时间：{day.year}年{day.month}月{day.day}日") == day
    assert read_date(f"{day.day}. {day.month}. {day.year}") == day
