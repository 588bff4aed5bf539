"""What kind of thing a question asks for, and whether a sentence offers one.

A sentence offers an answer only with something the question does not already contain: "33" is
no answer to a question about the 33, nor is "Vladimir" to one about Putin.
"""

import re
from enum import StrEnum

from rag.text import Token, content_tokens, stem, tokens


class AnswerKind(StrEnum):
    """What kind of thing a question asks for."""

    PERSON = "person"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    PLACE = "place"
    NAME = "name"
    DURATION = "duration"
    REASON = "reason"


# A question word asks where a clause begins; "the men who …" and "talking when he …" ask nothing.
_CLAUSE = (
    r"(?:^\W*|[,;:—–]\s*|"
    r"\b(?:and|but|or|by|to|for|from|with|of|at|on|since|until|и|а|но|та|і)\s+)"
)
_ROLES = (
    r"person|man|woman|official|minister|president|leader|head of state|journalist|reporter|"
    r"interviewer|politicians?|spokes\w+|candidate|author|writer|player|singer|actor|actress|director|"
    r"diplomat|envoy|ambassador|lawyer|judge|prosecutor|general|commander|billionaire|businessman|"
    r"businesswoman|activist|blogger|critic|rival|challenger|ally|adviser|aide|lawmaker|senator|"
    r"governor|mayor|scientist|coach|athlete|founder|owner|"
    r"suspect|victim|husband|wife|son|daughter|brother|sister|father|mother"
)
_NAMED_THINGS = (
    r"company|firm|airline|carrier|agency|outlet|newspaper|channel|organi[sz]ation|group|party|"
    r"team|club|university|bank|brand|ministry|department|news agency|country|countries|state|"
    r"continent"
)
_NAME_OF_ONE = rf"\bnames? of (the |an? |his |her |their )?([\w'’-]+ ){{0,3}}({_ROLES})\b"
_SPANS_OF_TIME = (
    r"(?:(?:more|extra|full) )?"
    r"(?:seconds|minutes|hours|days|weeks|months|years|decades|centuries)\b"
)
_PLACES = r"city|cities|place|town|region|village|island|capital|airport|port"
_ASKED: tuple[tuple[AnswerKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (
            AnswerKind.NUMBER,
            rf"\bhow (many(?! {_SPANS_OF_TIME})|much|old|far|often|large|big|high|tall)\b|"
            r"\b(what|which) (is the |was "
            r"the )?(share|number|sum|size|percentage|proportion|population|price|cost|salary)\b|"
            r"\bсколько\b|\bскільки\b|\bскольких\b|\bскількох\b",
        ),
        (
            AnswerKind.DURATION,
            rf"\bhow (long|soon|quickly|many {_SPANS_OF_TIME})\b|\bкак долго\b|\bяк довго\b|"
            r"\bна какой срок\b|\bна який строк\b",
        ),
        (AnswerKind.TIME, r"\b(at )?what (time|hour)\b|\bв котором часу\b|\bо котрій\b"),
        (
            AnswerKind.DATE,
            rf"{_CLAUSE}when\b|\b(what|which) (day|date|month|year|weekday)\b|\bкогда\b|\bколи\b|"
            r"\b(в|с) каком году\b|\bкакого числа\b|\b(з|в|у|якого) якого року\b",
        ),
        (
            AnswerKind.REASON,
            r"\bwhy\b|\bhow come\b|\bwhat (reason|caused|prompted)\b|\bпочему\b|\bзачем\b|\bчому\b",
        ),
        (
            AnswerKind.PLACE,
            rf"{_CLAUSE}where\b|\b(what|which) ({_PLACES})\b|"
            r"\bгде\b|\bкуда\b|\bоткуда\b|\bде\b|\bкуди\b|\bзвідки\b|"
            r"\b(в|из|у|з) (каком городе|какой стран\w+|якому місті|якій країні)\b",
        ),
        (
            AnswerKind.PERSON,
            rf"{_CLAUSE}who(m|se|'s)?\b|\b(what|which) (\w+ )?({_ROLES})\b|{_NAME_OF_ONE}|"
            r"\bкто\b|\bкого\b|\bкому\b|\bкем\b|\bхто\b|\bким\b|\bчь[яёюие]\w*\b",
        ),
        (
            AnswerKind.NAME,
            rf"\b(what|which) (\w+ ){{0,2}}({_NAMED_THINGS})\b|(?!{_NAME_OF_ONE})\bnames? of\b|"
            r"\bwhat (is|was|are) "
            r"\w+ (called|named)\b|\bкак(ая|ой) (\w+ )?(компания|авиакомпания|агентство)\b",
        ),
    )
)

_MONTH = (
    r"jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|"
    r"nov(ember)?|dec(ember)?|январ\w+|феврал\w+|марта?|апрел\w+|мая|июн\w|июл\w|августа?|"
    r"сентябр\w|октябр\w|ноябр\w|декабр\w|січня|лютого|березня|квітня|травня|червня|липня|серпня|"
    r"вересня|жовтня|листопада|грудня"
)
_WEEKDAY = (
    r"(mon|tues|wednes|thurs|fri|satur|sun)day|понедельник\w*|вторник\w*|сред[ауы]|четверг\w*|"
    r"пятниц\w+|суббот\w+|воскресен\w+|понеділ\w+|вівтор\w+|середу|четвер\w*|п'ятниц\w+|субот\w+|"
    r"неділ\w+"
)
_FULL_DATE = re.compile(
    rf"\b\d{{1,2}}(st|nd|rd|th)?\s+(of\s+)?({_MONTH})\.?\b(,?\s+\d{{4}})?|"
    rf"\b({_MONTH})\.?\s+\d{{1,2}}\b(,?\s+\d{{4}})?|\b({_MONTH})\b|\b(1[5-9]|20)\d\d\b|"
    # "1186" is a year where it is put like one, and not "in 1200 cases".
    r"(?:\b(?:in|after|before|since|from|to|until|by)\s+|\()1[0-4]\d\d\b"
    r"(?=\s*(?:$|[,.;:)–-]|to\b|(?-i:[A-Z])))",
    re.IGNORECASE,
)
_VAGUE_DATE = re.compile(
    rf"\b({_WEEKDAY})\b|\b(yesterday|today|tomorrow|century|(last|next|this) (week|month|year|"
    r"spring|summer|autumn|winter)|(since|until|before|during) (the )?\w+)\b|"
    r"\b(вчера|сегодня|завтра|вчора|сьогодні)\b",
    re.IGNORECASE,
)
_ANCHORS = frozenset(stem(word) for word in ("since", "until", "before", "during"))
_DURATION = re.compile(
    r"\b(since|until|till) (\w+ ){0,2}\d{4}\b|"
    r"\b(seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|centur(y|ies)|indefinite\w*|"
    r"permanent\w*|temporar\w+|минут\w*|час\w*|д(ень|ня|ней)|недел\w+|месяц\w*|год\w*|лет|годин\w*|"
    r"дні\w*|тижн\w+|місяц\w+|рок\w+)\b",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"\b\d{1,2}[:.]\d\d\b|\b\d{1,2}\s?[ap]\.?m\b|\b(noon|midnight)\b", re.IGNORECASE
)
_REASON = re.compile(
    r"\b(because|since|due to|owing to|as part of|so that|in order to|to avoid|therefore|reasons?|"
    r"in exchange|in return|after|over|aimed at|caused?|led to|amid|against the background|"
    r"потому|поэтому|из-за|чтобы|так как|вследствие|причин\w+|тому|щоб|через|оскільки)\b",
    re.IGNORECASE,
)
_PLACE_BEFORE = re.compile(
    r"\b(in|at|to|from|near|via|into|onto|across|в|во|на|из|у|до|біля|під)\s+(the\s+)?$",
    re.IGNORECASE,
)
_ADJECTIVE = re.compile(r"(ian|ean|ish|ese|ssian|ский|ская|ские|ських|ський)s?$", re.IGNORECASE)
_ACTS = re.compile(
    r"['’]s?\s|\s+(?:\w+ly\s+)?(?:\w{2,}ed|had|has|was|did|said|told|made|took|gave|"
    r"won|led|ran|wrote|found|became|began|went|came|got|held|built|sold|bought)\b"
)
_DONE_BY = re.compile(r"\bby\s+(?:the\s+)?$", re.IGNORECASE)
_TITLE = frozenset(
    "president minister prime foreign prosecutor general secretary chancellor king queen mr mrs ms "
    "dr sir lord state department ministry office republic party group times agency service "
    "security council court parliament senate house north northern south southern east eastern "
    "west western world war united street university islands island tv".split()
)


def kinds_asked(text: str) -> frozenset[AnswerKind]:
    """The kinds of things that a question's words ask for; empty where that is open."""
    return frozenset(kind for kind, pattern in _ASKED if pattern.search(text))


def _runs_of_names(found: tuple[Token, ...], text: str) -> list[list[Token]]:
    """Names that stand side by side ("Dmitry Peskov")."""
    runs: list[list[Token]] = []
    for token in found:
        opens_with_name = token.opens and token.text[0].isupper() and not token.is_stop
        if not (token.is_name or opens_with_name) or token.is_number:
            continue
        if runs and text[runs[-1][-1].end : token.start] == " ":
            runs[-1].append(token)
        else:
            runs.append([token])
    return runs


def _is_personal(token: Token) -> bool:
    word = token.text.casefold()
    return not (
        word in _TITLE
        or _ADJECTIVE.search(word)
        or _FULL_DATE.fullmatch(word)
        or _VAGUE_DATE.fullmatch(word)
    )


def surnames(text: str) -> frozenset[str]:
    """Keys of the last names of the people that a text names in full."""
    found = set()
    for run in _runs_of_names(tokens(text), text):
        personal = [token for token in run if _is_personal(token)]
        if len(personal) >= 2:
            found.add(personal[-1].key)
    return frozenset(found)


def _fresh_names(sentence: str, asked: frozenset[str]) -> list[Token]:
    """Names of a sentence that do not stand beside one which the question has."""
    return [
        token
        for run in _runs_of_names(tokens(sentence), sentence)
        if not any(_as_name(t) in asked for t in run if _is_personal(t))
        for token in run
        if token.key not in asked and not _is_calendar(token)
    ]


def _as_name(token: Token) -> str:
    """The key it shares with names only: who asks "which airport" has not named one."""
    return f"@{token.name_key}" if token.name_key else token.key


def _is_calendar(token: Token) -> bool:
    return bool(_FULL_DATE.fullmatch(token.text) or _VAGUE_DATE.fullmatch(token.text))


def calendar_spans(text: str) -> list[tuple[int, int]]:
    """Where days, months, years and words like "yesterday" stand in a text."""
    found = (*_FULL_DATE.finditer(text), *_VAGUE_DATE.finditer(text), *_CLOCK.finditer(text))
    # "since World" is half of a date whose name goes on.
    return [match.span() for match in found if stem(match.group().split()[0]) not in _ANCHORS]


def _offers_number(sentence: str, asked: frozenset[str]) -> bool:
    dated = [match.span() for match in _FULL_DATE.finditer(sentence)]
    return any(
        token.is_number
        and token.key not in asked
        and not any(start <= token.start < end for start, end in dated)
        for token in tokens(sentence)
    )


def _offers_date(sentence: str, asked: frozenset[str]) -> bool:
    matches = [*_FULL_DATE.finditer(sentence), *_VAGUE_DATE.finditer(sentence)]
    return any(
        not asked & {t.key for t in content_tokens(match.group()) if t.key not in _ANCHORS}
        for match in matches
    )


def offers(
    kind: AnswerKind, sentence: str, asked: frozenset[str], people: frozenset[str] = frozenset()
) -> bool:
    """Whether a sentence has a thing of this kind that the question does not already contain.

    Args:
        kind: what is asked for.
        sentence: where it may be.
        asked: keys of all words of the question.
        people: keys of the surnames known from the article.
    """
    match kind:
        case AnswerKind.NUMBER:
            return _offers_number(sentence, asked)
        case AnswerKind.DATE:
            return _offers_date(sentence, asked)
        case AnswerKind.DURATION:
            return bool(_DURATION.search(sentence))
        case AnswerKind.TIME:
            return bool(_CLOCK.search(sentence))
        case AnswerKind.REASON:
            return bool(_REASON.search(sentence))
        case AnswerKind.PLACE:
            fresh = _fresh_names(sentence, asked)
            return any(_PLACE_BEFORE.search(sentence[: token.start]) for token in fresh)
        case AnswerKind.NAME:
            return any(token.is_name for token in _fresh_names(sentence, asked))
        case AnswerKind.PERSON:
            known = people | surnames(sentence)
            fresh = _fresh_names(sentence, asked)
            return any(token.key in known or _acts(token, sentence) for token in fresh)


def _acts(token: Token, sentence: str) -> bool:
    """Whether a name that is nowhere given in full stands where people do: it does something."""
    before = sentence[: token.start]
    if not _is_personal(token) or token.opens or _PLACE_BEFORE.search(before):
        return False
    return bool(_ACTS.match(sentence, token.end) or _DONE_BY.search(before))
