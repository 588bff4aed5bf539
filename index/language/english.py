"""English."""

from index.language.language import Language, listed_stop_words, words

MONTH_NAMES = words(
    "January February March April May June July August September October November December"
)
WEEKDAY_NAMES = words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")

ENGLISH = Language(
    code="en",
    name="English",
    dateparser=True,
    abbreviations=True,
    not_dates=(),
    capitalised=True,
    month_first=True,
    day_endings=words("st nd rd th"),
    before_month_name=("of",),
    months=((), (), (), (), (), ("jun.",), ("jul.",), (), (), (), (), ()),
    doubtful_months=("may",),
    before_month=words("in during of since until before after by early late mid last this"),
    weekdays=(
        ("mondays",),
        ("tuesdays",),
        ("wednesdays", "weds."),
        ("thursdays", "thur.", "thurs."),
        ("fridays",),
        ("saturdays",),
        ("sundays",),
    ),
    before_weekday=("on",),
    last=("last",),
    next=("next",),
    relative={
        ("day", 0): ("tonight",),
        ("week", -1): ("past week", "previous week"),
        ("month", -1): ("past month", "previous month"),
        ("year", -1): ("previous year",),
    },
    recently=("recently", "lately", "these days", "in recent days"),
    ago=("ago",),
    since=words("since after from starting"),
    until=("before", "until", "till", "by", "prior to"),
    through=words("to and until till through"),
    stop_words=listed_stop_words("english"),
    punkt="english",
)
