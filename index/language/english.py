"""English."""

from fractions import Fraction

from index.language.language import (
    Language,
    NumberWords,
    Speech,
    StampWords,
    listed_stop_words,
    words,
)

MONTH_NAMES = words(
    "January February March April May June July August September October November December"
)
WEEKDAY_NAMES = words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")

_SMALL = words(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_TENS = words("twenty thirty forty fifty sixty seventy eighty ninety")

_NUMBERS = NumberWords(
    counts={
        **{number: (word,) for number, word in enumerate(_SMALL[1:], start=2)},
        **{10 * tens: (word,) for tens, word in enumerate(_TENS, start=2)},
        12: ("twelve", "dozen"),
    },
    one=("one",),
    articles=words("a an"),
    scales={
        100: words("hundred hundreds"),
        10**3: words("thousand thousands k"),
        10**6: words("million millions m mn mln"),
        10**9: words("billion billions bn bln"),
        10**12: words("trillion trillions tn"),
    },
    linking=("and",),
    fractions={
        Fraction(1, 2): ("half", "a half", "one half", "one-half"),
        Fraction(1, 3): ("a third", "a-third", "one third", "one-third"),
        Fraction(2, 3): ("two thirds", "two-thirds"),
        Fraction(1, 4): ("a quarter", "a-quarter", "one quarter", "one-quarter"),
        Fraction(3, 4): ("three quarters", "three-quarters"),
        Fraction(1, 5): ("a fifth", "a-fifth", "one fifth", "one-fifth"),
        Fraction(1, 10): ("a tenth", "a-tenth", "one tenth", "one-tenth"),
    },
    no_share_after=("a dozen", "an hour"),
    no_share_before=words("first second other latter former top bottom"),
    between=words("to and or"),
    ordinal_endings=words("st nd rd th"),
    units={
        "percent": ("percent", "pct", "per cent", "percentage"),
        "percentage point": ("percentage point", "percentage points", "pp"),
        "dollar": words("usd dollar dollars buck bucks"),
        "euro": words("eur euro euros"),
        "pound sterling": ("gbp",),
        "rouble": words("rub rouble roubles ruble rubles"),
        "hryvnia": words("uah hryvnia hryvnias hryvnya hryvnyas"),
        "yen": words("jpy yen"),
        "yuan": words("cny yuan renminbi"),
        "rupee": words("inr rupee rupees"),
        "millimetre": words("mm millimeter millimeters millimetre millimetres"),
        "centimetre": words("cm centimeter centimeters centimetre centimetres"),
        "metre": words("meter meters metre metres"),
        "kilometre": words("km kms kilometer kilometers kilometre kilometres"),
        "mile": words("mi mile miles"),
        "inch": words("inch inches"),
        "foot": words("ft foot feet"),
        "yard": words("yd yard yards"),
        "acre": words("acre acres"),
        "hectare": words("ha hectare hectares"),
        "gram": words("g gram grams gramme grammes"),
        "kilogram": words("kg kgs kilo kilos kilogram kilograms"),
        "tonne": words("ton tons tonne tonnes"),
        "pound": words("lb lbs pound pounds"),
        "ounce": words("oz ounce ounces"),
        "litre": words("l liter liters litre litres"),
        "gallon": words("gallon gallons"),
        "barrel": words("barrel barrels"),
        "watt": words("w watt watts"),
        "kilowatt": words("kw kilowatt kilowatts"),
        "megawatt": words("mw megawatt megawatts"),
        "degree C": ("celsius",),
        "degree F": ("fahrenheit",),
        "second": words("sec secs second seconds"),
        "minute": words("min mins minute minutes"),
        "hour": words("hr hrs hour hours"),
        "day": words("day days"),
        "week": words("week weeks"),
        "month": words("month months"),
        "year": words("yr yrs year years"),
        "decade": words("decade decades"),
        "century": words("century centuries"),
        "time": words("time times"),
        "point": words("point points"),
    },
)

_STAMPS = StampWords(
    published=(
        *("published", "first published", "originally published"),
        *("posted", "first posted", "originally posted"),
        *("issued", "first issued", "originally issued"),
        *("released", "first released", "originally released"),
        *("created", "first created", "originally created"),
        *("date published", "publication date", "date"),
    ),
    modified=(
        *("modified", "last modified", "updated", "last updated", "edited", "last edited"),
        *("revised", "last revised", "last update", "update"),
    ),
    beside=("at", "on", "of", "and", "by", "on the", "at the"),
    times=words("min mins minute minutes hr hrs hour hours day days week weeks"),
    reading=("read",),
)

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
    before_month=words("from in during of since until before after by early late mid last this"),
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
    comes_from=("from",),
    onward=words("on onward onwards"),
    until=("before", "until", "till", "by", "prior to"),
    through=words("to and until till through"),
    speech=Speech(
        says=words(
            "said says say saying told tells tell stated states announced announces declared "
            "declares claimed claims insisted insists explained explains replied replies "
            "answered answers warned warns confirmed confirms acknowledged "
            "acknowledges admitted admits argued argues stressed stresses emphasized emphasised "
            "added adds noted notes continued continues recalled recalls concluded concludes "
            "complained complains suggested suggests wrote writes tweeted posted asked asks "
            "joked quipped shouted demanded demands"
        ),
        denies=words("denied denies"),
        says_plainly=words("said says say"),
        that=words("that whether why how if"),
        according=("according to", "in the words of"),
        third_person=words("he she they"),
        joins=words("and but yet so then later earlier meanwhile"),
        between=words("also later then has have had earlier again"),
        articles=words("a an the his her its their one another"),
        definite=("the",),
        inside=words("of for the a an his her its their"),
        what=words("what"),
        hears=words("is are was were been"),
        asks=words("Q Question"),
        answers=words("A Answer"),
    ),
    numbers=_NUMBERS,
    stamps=_STAMPS,
    negations=words(
        "not no never none nobody nothing neither nor cannot without deny denied denies refuse "
        "refused refuses reject rejected rejects fail failed fails"
    ),
    stop_words=listed_stop_words("english"),
    punkt="english",
)
