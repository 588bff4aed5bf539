"""The measure that a question asks for: a year, a percentage, an amount of money, so many years.

"How many years" is not answered by just any number, nor "in what year" by a weekday. Near misses
are found that way which share every name with the question.
"""

import re
from dataclasses import dataclass

_TIME = (
    r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|centur(?:y|ies)|"
    r"секунд\w*|минут\w*|час(?:а|ов)?|дн(?:я|ей)|день|недел\w+|месяц\w*|год(?:а|ов)?|лет|"
    r"хвилин\w*|годин\w*|дні\w*|тижн\w+|місяц\w+|рок(?:и|ів|у)|рік)"
)
_COUNT = (
    r"(?:\d[\d.,]*|an?|half|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    r"thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|\w+ty|dozens?|several|few|"
    r"many|couple of|hundreds? of|один|одного|два|две|двух|три|трех|четыре|пять|пяти|шесть|семь|"
    r"восемь|девять|десять|несколько|полтора|дві|чотири|п'ять|шість|сім|вісім|дев'ять|кілька)"
)
_MONTHS = (
    r"jan(?:uary)?|feb(?:ruary)?|march|april|may|june|july|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|январ\w+|феврал\w+|март\w*|апрел\w+|ма[йяе]|"
    r"июн\w+|июл\w+|август\w*|сентябр\w+|октябр\w+|ноябр\w+|декабр\w+|січ\w+|лют\w+|берез\w+|"
    r"квіт\w+|трав\w+|черв\w+|лип\w+|серп\w+|верес\w+|жовт\w+|листопад\w*|груд\w+"
)
_PAID = (
    r"cost|costs|pay|paid|spend|spent|earn|earned|raise|raised|donate|donated|fined|worth|sell|"
    r"sold|charge|charged|invest|invested|owe|owed"
)
_HELPING = r"did|does|do|will|would|has|have|is|was|were"
_CURRENCY = (
    r"dollars?|euros?|pounds?|rubles?|roubles?|hryvnias?|yen|yuan|francs?|zlotys?|rupees?|cents?|"
    r"pence|crowns?|kron\w+|marks?|pesos?|liras?|lire|shekels?|riyals?|dirhams?|rand|forints?|lei|"
    r"dinars?|reais|won|thousands?|[mbtr]+illions?|bn|USD|EUR|GBP|CHF|долл\w+|евро|руб\w*|крон\w*|"
    r"гривен\w*|грн|євро|тыс\w*|тис\w*|млн|млрд|free"
)


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure, how it is asked for, and how it is given."""

    name: str
    asked: re.Pattern[str]
    given: re.Pattern[str]


def _measure(name: str, asked: str, given: str) -> Measure:
    return Measure(name, re.compile(asked, re.IGNORECASE), re.compile(given, re.IGNORECASE))


MEASURES = (
    _measure(
        "year",
        r"\b(?:what|which) years?\b(?! of\b)|\bкаком году\b|\bкакого года\b|"
        r"\bяк(?:ому|ого) ро(?:ці|ку)\b",
        r"\b1\d{3}\b|\b20\d\d\b|\b(?:last|this|next|previous|following|same) year\b|"
        r"\byears? (?:ago|later|earlier|before|after)\b|\b(?:прошлом|этом|следующем) году\b|"
        r"\b(?:минулого|цього|наступного) року\b|\b(?:лет|года|років) (?:назад|тому)\b",
    ),
    _measure(
        "month",
        r"\b(?:what|which) month\b|\bкаком месяце\b|\bякому місяці\b",
        rf"\b(?:{_MONTHS})\b|\b(?:last|this|next) month\b",
    ),
    _measure(
        "percentage",
        r"\b(?:what|which) (?:percentage|percent|proportion)\b|\bhow many per ?cent\b|"
        r"\b(?:какой|сколько) процент\w*|\b(?:який|скільки) відсот\w+",
        r"%|\bper ?cent|\bpercentage|\bпроцент|\bвідсот|\bполовин\w+|\bтреть|"
        r"\b(?:half|thirds?|quarters?|fifths?|all|none|majority|most)\b|"
        r"\b(?:one|two|three|four|five|\d+) (?:in|out of) \w+",
    ),
    _measure(
        "amount of money",
        rf"\bhow much money\b|\bhow much (?:{_HELPING})\b.*\b(?:{_PAID})\b|"
        r"\b(?:what|which) (?:price|fee|salary|fine|ransom)\b|\bсколько (?:стоит|стоил\w*|денег)\b|"
        r"\bскільки (?:кошту\w+|грошей)\b",
        rf"[$€£¥₽₴]|\b(?:{_CURRENCY})\b",
    ),
    _measure(
        "length of time",
        rf"\bhow many (?:more |extra |full )?{_TIME}\b(?! (?:old|of age))|"
        rf"\bhow long (?:{_HELPING}|had|can|could|should|must)\b|\bкак долго\b|\bяк довго\b|"
        r"\bсколько (?:секунд|минут|часов|дней|недель|месяцев)\b|\bна сколько лет\b|"
        r"\bскільки (?:секунд|хвилин|годин|днів|тижнів|місяців)\b|\bна скільки років\b|"
        r"\b(?:к|на) как(?:ому|ой) сроку?\b|\bна який (?:термін|строк)\b",
        rf"\b{_COUNT}(?:[ -]\w+)?[ -]{_TIME}\b|"
        r"\b(?:since|until|till|into|before|after|from|с|до|з|по) |"
        rf"\b(?:for|over|last\w*|within|during|many|through\w*) (?:\w+ ){{0,2}}{_TIME}\b|-long\b|"
        r"\b(?:life|ever|never|always|indefinite\w*|permanent\w*|temporar\w+|brief\w*|long|short|"
        r"overnight|пожизненн\w+|довічн\w+|навсегда|назавжди|недолго|долго|довго)\b",
    ),
)
"""Their names stand in what a reader is told."""


def measures_lacking(question: str, sentence: str) -> list[str]:
    """Names of the measures that a question asks for and a sentence does not give.

    A number that the question has itself gives nothing.
    """
    return [
        measure.name
        for measure in MEASURES
        if measure.asked.search(question) and not _gives(measure, sentence, question)
    ]


def _gives(measure: Measure, sentence: str, question: str) -> bool:
    found = (match.group() for match in measure.given.finditer(sentence))
    return any(not words[:1].isdigit() or words not in question for words in found)
