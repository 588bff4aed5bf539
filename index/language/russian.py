"""Russian."""

from index.language.language import Language, listed_stop_words, words

# Snowball's list has none of these.
_MORE_STOP_WORDS = """
    почему сколько откуда отчего чей чья чье чьи каков какова каковы какое какие каким каких
    который которая которое которые которого которой которых которым которую это также
"""

RUSSIAN = Language(
    code="ru",
    name="Russian",
    dateparser=True,
    abbreviations=True,
    not_dates=(),
    capitalised=False,
    month_first=False,
    day_endings=(),
    before_month_name=(),
    months=(
        words("январе январю январём"),
        words("феврале февралю февралём"),
        words("марте марту мартом"),
        words("апреле апрелю апрелем"),
        words("мае маю маем"),
        words("июне июню июнем июн."),
        words("июле июлю июлем июл."),
        words("августе августу августом"),
        words("сентябре сентябрю сентябрём"),
        words("октябре октябрю октябрём"),
        words("ноябре ноябрю ноябрём"),
        words("декабре декабрю декабрём"),
    ),
    # «Маю» is "I have" in Ukrainian, «маем» "we have" in Belarusian.
    doubtful_months=words("маю маем"),
    before_month=words("в во за с со до к ко перед между"),
    weekdays=(
        words("понедельника понедельнику понедельником понедельнике понедельники понедельникам"),
        words("вторника вторнику вторником вторнике вторники вторникам"),
        words("среды среде средой среды средам"),
        words("четверга четвергу четвергом четверге четверги четвергам"),
        words("пятницы пятнице пятницей пятницы пятницам"),
        words("субботы субботе субботой субботы субботам"),
        words("воскресенья воскресенью воскресеньем воскресенья воскресеньям"),
    ),
    before_weekday=words("в во"),
    last=words("прошлый прошлую прошлое минувший минувшую минувшее"),
    next=words("следующий следующую следующее"),
    relative={},
    recently=("на днях", "недавно"),
    ago=("назад",),
    since=words("после с со"),
    until=words("до перед"),
    through=words("по до и"),
    stop_words=listed_stop_words("russian") + words(_MORE_STOP_WORDS),
    punkt="russian",
)
