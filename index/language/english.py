"""English."""

from index.language.language import Language, Speech, listed_stop_words, words

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
    speech=Speech(
        says=words(
            "said says say saying told tells tell stated states announced announces declared "
            "declares claimed claims insisted insists explained explains replied replies "
            "answered answers warned warns confirmed confirms denied denies acknowledged "
            "acknowledges admitted admits argued argues stressed stresses emphasized emphasised "
            "added adds noted notes continued continues recalled recalls concluded concludes "
            "complained complains suggested suggests wrote writes tweeted posted asked asks "
            "joked quipped shouted demanded demands"
        ),
        says_plainly=words("said says say"),
        that=words("that whether why how if"),
        according=("according to", "in the words of"),
        third_person=words("he she they"),
        joins=words("and but yet so then later earlier meanwhile"),
        between=words("also later then has have had earlier again"),
        articles=words("a an the his her its their one another"),
        definite=("the",),
        inside=words("of for the a an his her its their"),
        asks=words("Q Question"),
        answers=words("A Answer"),
    ),
    stop_words=listed_stop_words("english"),
    punkt="english",
)
