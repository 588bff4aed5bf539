from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.days import Day, MonthDay, day_of_iso

YEARLESS = (
    st.integers(0, 365)
    .map(lambda n: date(2000, 1, 1) + timedelta(n))
    .map(lambda day: MonthDay(day.month, day.day))
)


@given(st.dates() | YEARLESS)
def test_a_day_comes_back_as_it_was_written(day: Day) -> None:
    assert day_of_iso(day.isoformat()) == day_of_iso(str(day)) == day


def test_a_time_behind_a_day_is_left_out() -> None:
    assert day_of_iso("2020-08-06T10:00:00Z") == date(2020, 8, 6)


@pytest.mark.parametrize("text", ["", "yesterday", "2021-02-29", "--02-30", "--08", "8-6"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat|day|month"):
        day_of_iso(text)


def test_a_day_that_no_year_has_is_none() -> None:
    assert MonthDay(2, 29).isoformat() == "--02-29"
    with pytest.raises(ValueError, match="day"):
        MonthDay(2, 30)
