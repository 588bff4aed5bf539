"""The spellings of numbers, scales, units and fractions, in English, Russian and Ukrainian."""

import re
from collections.abc import Mapping
from fractions import Fraction

SHARE = "percent"

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_CYRILLIC = (
    (2, "два две двух двум двумя дві двох двом двома"),
    (3, "три трех трёх трем трём тремя трьох трьом трьома"),
    (4, "четыре четырех четырёх четырем чотири чотирьох"),
    (5, "пять пяти пятью п'ять п'яти"),
    (6, "шесть шести шестью шість шести"),
    (7, "семь семи семью сім семи"),
    (8, "восемь восьми восемью вісім восьми"),
    (9, "девять девяти девятью дев'ять дев'яти"),
    (10, "десять десяти десятью"),
    (11, "одиннадцать одиннадцати одинадцять"),
    (12, "двенадцать двенадцати дванадцять"),
    (13, "тринадцать тринадцяти тринадцять"),
    (14, "четырнадцать чотирнадцять"),
    (15, "пятнадцать пятнадцати п'ятнадцять"),
    (16, "шестнадцать шістнадцять"),
    (17, "семнадцать сімнадцять"),
    (18, "восемнадцать вісімнадцять"),
    (19, "девятнадцать дев'ятнадцять"),
    (20, "двадцать двадцати двадцять"),
    (30, "тридцать тридцати тридцять"),
    (40, "сорок сорока"),
    (50, "пятьдесят пятидесяти п'ятдесят"),
    (60, "шестьдесят шістдесят"),
    (70, "семьдесят сімдесят"),
    (80, "восемьдесят вісімдесят"),
    (90, "девяносто дев'яносто"),
    (100, "сто ста"),
    (200, "двести двухсот двісті"),
)
WORDS: Mapping[str, int] = {
    **{word: number for number, word in enumerate(_SMALL) if number > 1},
    **{word: 10 * tens for tens, word in enumerate(_TENS, start=2)},
    **{word: number for number, forms in _CYRILLIC for word in forms.split()},
    "dozen": 12,
    "дюжина": 12,
}
ONES: Mapping[str, int] = {"one": 1, "a": 1, "an": 1, "один": 1, "одна": 1, "одну": 1, "одного": 1}
SCALES = tuple(
    (re.compile(pattern, re.IGNORECASE), 10**power)
    for pattern, power in (
        (r"hundreds?$", 2),
        (r"thousands?$|k$|тыс$|тысяч\w*$|тис$|тисяч\w*$", 3),
        (r"millions?$|mn$|mln$|m$|млн$|миллион\w*$|мільйон\w*$", 6),
        (r"billions?$|bn$|bln$|млрд$|миллиард\w*$|мільярд\w*$", 9),
        (r"trillions?$|tn$|трлн$|триллион\w*$|трильйон\w*$", 12),
    )
)
UNITS = tuple(
    (unit, re.compile(rf"(?:{pattern})$", re.IGNORECASE))
    for unit, pattern in (
        (SHARE, r"%|percent|pct|per\s?cent|процент\w*|відсот\w*"),
        ("percentage point", r"percentage|pp"),
        ("dollar", r"\$|us\$|usd|dollars?|bucks?|доллар\w*|долар\w*"),
        ("euro", r"€|eur|euros?|евро|євро"),
        ("pound sterling", r"£|gbp"),
        ("rouble", r"₽|rub|roubles?|rubles?|рубл\w*|руб"),
        ("hryvnia", r"₴|uah|hryvnias?|hryvnyas?|грив\w*|грн"),
        ("yen", r"¥|jpy|yen"),
        ("yuan", r"cny|yuan|renminbi"),
        ("rupee", r"₹|inr|rupees?"),
        ("millimetre", r"mm|millimet(?:er|re)s?"),
        ("centimetre", r"cm|centimet(?:er|re)s?"),
        ("metre", r"met(?:er|re)s?|метр\w*"),
        ("kilometre", r"km|kms|kilomet(?:er|re)s?|км|километр\w*|кілометр\w*"),
        ("mile", r"mi|miles?|мил[ьия]\w*"),
        ("inch", r"inch|inches"),
        ("foot", r"ft|foot|feet"),
        ("yard", r"yd|yards?"),
        ("acre", r"acres?"),
        ("hectare", r"ha|hectares?|га|гектар\w*"),
        ("gram", r"g|grams?|grammes?|грамм\w*"),
        ("kilogram", r"kg|kgs|kilos?|kilograms?|кг|килограмм\w*|кілограм\w*"),
        ("tonne", r"tons?|tonnes?|тонн\w*"),
        ("pound", r"lbs?|pounds?"),
        ("ounce", r"oz|ounces?"),
        ("litre", r"l|lit(?:er|re)s?|литр\w*|літр\w*"),
        ("gallon", r"gallons?"),
        ("barrel", r"barrels?|баррел\w*|барел\w*"),
        ("watt", r"w|watts?"),
        ("kilowatt", r"kw|kilowatts?"),
        ("megawatt", r"mw|megawatts?"),
        ("degree C", r"°c|celsius"),
        ("degree F", r"°f|fahrenheit"),
        ("second", r"secs?|seconds?|секунд\w*"),
        ("minute", r"mins?|minutes?|минут\w*|хвилин\w*"),
        ("hour", r"hrs?|hours?|часов|часа|час|годин\w*"),
        ("day", r"days?|дней|дня|день|днів|дні"),
        ("week", r"weeks?|недел\w*|тиж\w*"),
        ("month", r"months?|месяц\w*|місяц\w*"),
        ("year", r"yrs?|years?|год|года|лет|рік|роки|років|року"),
        ("decade", r"decades?|десятилет\w*"),
        ("century", r"centur(?:y|ies)|век\w*|століт\w*"),
        ("time", r"times?|раз\w*"),
        ("point", r"points?|очк\w*"),
    )
)
VULGAR: Mapping[str, Fraction] = {
    "½": Fraction(1, 2),
    "¼": Fraction(1, 4),
    "¾": Fraction(3, 4),
    "⅓": Fraction(1, 3),
}
FRACTIONS = (
    (re.compile(r"\b(?:one[- ]|a )?half\b(?! an? (?:hour|dozen))", re.I), Fraction(1, 2)),
    (re.compile(r"\b(?:one|a)[- ]third\b", re.I), Fraction(1, 3)),
    (re.compile(r"\btwo[- ]thirds\b", re.I), Fraction(2, 3)),
    (re.compile(r"\b(?:one|a)[- ]quarter\b", re.I), Fraction(1, 4)),
    (re.compile(r"\bthree[- ]quarters\b", re.I), Fraction(3, 4)),
    (re.compile(r"\b(?:one|a)[- ]fifth\b", re.I), Fraction(1, 5)),
    (re.compile(r"\b(?:one|a)[- ]tenth\b", re.I), Fraction(1, 10)),
    (re.compile(r"\bполовин\w+", re.I), Fraction(1, 2)),
)
