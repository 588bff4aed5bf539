"""Sentences that say that the articles do not answer, in the languages that a model may use."""

import re

from rag.types import DraftClaim
from rag.writing.prompts import NOT_STATED

_GIVEN = r"(?:(?:provided|given|supplied|available|quoted|numbered|above|retrieved)\s+)?"
_NOT = r"(?:do(?:es)?\s+not|do(?:es)?n['’]t|did\s+not|didn['’]t)"
_SAY = (
    r"(?:actually\s+|directly\s+|explicitly\s+)?(?:say|state|mention|specify|tell|contain|provide|"
    r"include|answer|report|address|indicate|explain|give|discuss|name)s?\b"
)
_RU = r"(?:(?:этих|эти|данных|предоставленн\w+|привед[её]нн\w+|представленн\w+)\s+)?"
_UK = r"(?:(?:цих|ці|наданих|надані|наведених|наведені|поданих|подані)\s+)?"
_ABOUT = r"(?:(?:об\s+этом|этого|про\s+це|цього)\s+)?"
_RU_NOT = (
    r"не\s+(?:содерж|привод|сообща|указ|говор|упомин|упомян|сказ|наш|найд|отвеча|раскры|да[юё]т)"
)
_UK_NOT = (
    r"не\s+(?:міст|навод|повідом|вказ|зазнач|згад|сказ|йдеться|каж|знай|відповід|говор|да[юєн])"
)


def _pattern(english: str, ru_in: str, ru: str, uk_in: str, uk: str) -> str:
    """Recognise sentences that begin by saying that texts, by one of these nouns, do not say."""
    return (
        rf"(?:the|these|those)\s+{_GIVEN}(?:{english})\s+{_NOT}\s+{_SAY}"
        rf"|(?:none|neither)\s+of\s+the\s+{_GIVEN}(?:{english})\s+{_SAY}"
        rf"|во?\s+{_RU}(?:{ru_in})\s+{_ABOUT}(?:нет\b|{_RU_NOT})"
        rf"|{_RU}(?:{ru})\s+{_ABOUT}{_RU_NOT}"
        rf"|[ву]\s+{_UK}(?:{uk_in})\s+{_ABOUT}(?:нема|{_UK_NOT})"
        rf"|{_UK}(?:{uk})\s+{_ABOUT}{_UK_NOT}"
    )


# "The articles" and "the passages" are ours; what documents and sources do not say may be news.
_OURS = _pattern(
    "articles?|passages?",
    "статьях|статье|отрывках|отрывке",
    "статьи|статья|отрывки|отрывок",
    "статтях|статті|уривках|уривку",
    "статті|стаття|уривки|уривок",
)
_ANYBODYS = _pattern(
    "texts?|documents?|sources?|excerpts?|information|context|evidence",
    "тексте|текстах|источниках|материалах|документах",
    "тексты|источники|материалы|документы",
    "тексті|текстах|джерелах|матеріалах|документах",
    "тексти|джерела|матеріали|документи",
)
_NOTHING_FOUND = (
    r"there\s+is\s+(?:no|not\s+enough)\s+(?:information|mention|answer|evidence)\b"
    r"|(?:I|we)\s+(?:cannot|can['’]t|can\s+not|could\s+not|couldn['’]t|do\s+not|don['’]t)\s+"
    r"(?:find|answer|know|determine|tell|have)\b"
    rf"|{_ABOUT}(?:нет|не\s+найдено)\s+(?:информации|данных|сведений|ответа)\b"
    rf"|{_ABOUT}(?:немає|нема|не\s+знайдено)\s+(?:інформації|даних|відомостей|відповіді)\b"
)
_WITH_MARKERS = re.compile(rf"\W*(?:{_OURS})", re.IGNORECASE)
_WITHOUT = re.compile(rf"\W*(?:{_OURS}|{_ANYBODYS}|{_NOTHING_FOUND})", re.IGNORECASE)
_FIXED = NOT_STATED.rstrip(".").casefold()


def says_nothing(claim: DraftClaim) -> bool:
    """Whether a sentence says that the articles do not answer: no claim, and nothing to reject.

    A sentence that cites something is one only if it speaks of "the articles" or "the passages";
    what documents and sources do not say may be news.
    """
    if _FIXED in claim.text.casefold():
        return True
    pattern = _WITH_MARKERS if claim.citations else _WITHOUT
    return bool(pattern.match(claim.text))
