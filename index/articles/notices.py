"""What an article says about itself: that it is withdrawn, killed, corrected, embargoed, updated.

Agencies and papers say so in set phrases, at the head of a paragraph or of the headline. A quote
from such an article must not travel without its notice.
"""

import re
from collections.abc import Iterable

from index.article import Notice, Span
from index.language.layout import ends_sentence

_I = re.IGNORECASE
_LONGEST = 700
_STORY = (
    r"(?:article|story|report|item|piece|dispatch|post|стать[яи]|материал|новость|заметка|текст"
    r"|сообщени[ея]|статт[яю]|матеріал|повідомлення|Artikel|Bericht|Meldung|artículo|noticia"
    r"|articolo|artigo|notícia|artykuł|матэрыял|артыкул)"
)
# "The study on which this article is based was retracted" withdraws the study.
_NOT_BASIS = r"(?:(?!\bbased\b)[^.!?]){0,60}"
_LEAD = r"(?:(?:editors?['’]?s? note|note(?: to editors)?|attention|eds?|editors)\s*[:.,–—-]\s*)?"
_KINDS = tuple(
    (kind, re.compile(pattern, _I))
    for kind, pattern in (
        (
            "withdrawn",
            rf"{_LEAD}(?:\W*(?:withdrawn|retract(?:ed|ion)|withdrawal)\b"
            rf"|{_NOT_BASIS}\b{_STORY}\b{_NOT_BASIS}\b(?:(?:has|have|had|is|was|been) "
            r"(?:been )?(?:withdrawn|retracted)|отозван\w*|снят\w* с публикации|відкликан\w*"
            r"|адклікан\w*|zurückgezogen|retirée?|retirad[oa]|ritirat[oa]|wycofan\w*"
            r"))|bu (?:haber|makale)\b[^.!?]{0,40}\b(?:geri çekil|yayından kaldırıl)\w*"
            r"|(?:تم )?سُ?حب(?:ت|نا)? (?:هذا|هذه) (?:الخبر|التقرير|المقال\w*|المادة)"
            r"|(?:本文|此文|本稿|此稿|该稿|該稿|该报道)[^。]{0,12}(?:撤回|撤销|撤銷|撤稿)|撤稿",
        ),
        (
            "killed",
            rf"{_LEAD}(?:(?:please|просим|просьба) )?(?:kill|disregard|аннулир\w*"
            rf"|не использовать)\b[^.!?]{{0,60}}\b{_STORY}\b"
            rf"|(?:attention|eds?|editors)\s*[:.,–—-][^.!?]{{0,60}}\bkill\b[^.!?]{{0,60}}\b{_STORY}\b"
            r"|[^.!?]{0,40}\bkill\W{1,3}mandatory\b|\W*(?:mandatory )?kill\b\s*(?:[:–—-]|\W*$)"
            r"|\W*(?:аннулировано|анульовано|annulation|annulée?|anulad[oa]|annullat[oa]|storniert|анулявана|iptal)\b"
            r"\s*(?:[:.–—-]|$)",
        ),
        (
            "corrected",
            rf"{_LEAD}\W*(?:corrections?|corrected|clarification|rectificatif|erratum|errata"
            r"|исправлен[оаие]\w*|уточнение|поправка|виправлен\w*|уточнення|korrektur|korrigiert"
            r"|berichtigung|corrección|fe de errat\w*|rettifica|sprostowanie|korekta|correção"
            r"|retificação|düzeltme|выпраўлен\w*|تصحيح|تصويب|更正|勘误|訂正|정정)\b"
            r"(?:\s*[:：–—(（-]|[^.!?:]{0,30}:)"
            rf"|{_LEAD}\W*(?:corrects|исправляет)\s"
            rf"|{_LEAD}(?:in )?(?:an|the) (?:earlier|previous|original) version of (?:this|the) "
            rf"{_STORY}|{_LEAD}(?:в (?:более )?(?:ранней|первоначальной|предыдущей) версии"
            r"|у попередній версії|in einer (?:früheren|vorherigen) version"
            r"|(?:dans )?une version (?:précédente|antérieure)"
            r"|(?:en )?una versión anterior|(?:in )?una versione precedente"
            r"|(?:n?uma )?versão anterior|we? (?:wcześniejszej|poprzedniej) wersji"
            r"|у (?:папярэдняй|ранейшай) версіі"
            r"|haberin (?:önceki|ilk) (?:sürümünde|halinde)|في نسخة سابقة"
            r"|本文(?:早前|早先|此前)版本)",
        ),
        (
            "embargoed",
            # "Embargo until 2030 agreed" is news; what an agency holds back has an hour.
            r"\W*(?:under |sous |bajo )?(?:embargo(?:ed)?|embarg(?:ad[oa]|ué?e?)|эмбарг[оа]"
            r"|ембарго|sperrfrist|ambargo\w*|حظر(?: النشر)?)"
            r"\s*(?:[:–—-]|(?:until|till|до|да|bis|jusqu\S*|hasta|fino|até|do|حتى)\b"
            r"(?=[^.!?]*(?:\d[:.h]\d\d|\b[01]\d[0-5]\d\b|\d\s?(?:uhr|[ap]\.?m\b)|\d\d?h\d\d|godz\.?\s?\d|gmt|utc)))"
            r"|\W*(?:hold|not) for (?:release|publication)\b",
        ),
        (
            "updated",
            r"\W*update(?:[ -]?\d{1,2})?\s*[:–—-]|\W*\d(?:st|nd|rd|th) lead\b"
            r"|\S+[-/]\S*,? \d(?:st|nd|rd|th) ld\b|\S+[-/]\S* \(update \d",
        ),
    )
)
_RANK = {kind: rank for rank, (kind, _) in enumerate(_KINDS)}
_TO_EDITORS = re.compile(r"\W*(?:(?:notes? to|attention) editors|eds?|editors)\s*[:–—]", _I)
_ALWAYS = frozenset({"killed", "embargoed"})
_MARK = re.compile(r"[^\s]+(?: \d+)?\s*[:–—-]")
_EARLIER = re.compile(
    r"(?:earlier|previous|original) version|(?:ранней|первоначальной|предыдущей) версии"
    r"|попередній версії|(?:früheren|vorherigen) version|version (?:précédente|antérieure)"
    r"|versión anterior|versione precedente|versão anterior|(?:wcześniejszej|poprzedniej) wersji"
    r"|(?:папярэдняй|ранейшай) версіі|(?:önceki|ilk) (?:sürümünde|halinde)|نسخة سابقة"
    r"|(?:早前|早先|此前)版本",
    _I,
)


def find_notices(text: str, headline: str | None, paragraphs: Iterable[Span]) -> tuple[Notice, ...]:
    """Find what an article says about itself, the gravest first.

    Args:
        text: of the source.
        headline: of the article; its notice holds for all of it.
        paragraphs: of the article, including the headline's own.
    """
    found: list[Notice] = []
    for span in paragraphs:
        paragraph = text[span.start : min(span.end, span.start + _LONGEST + 1)]
        is_head = headline is not None and " ".join(paragraph.split()) == headline
        kind = None if len(paragraph) > _LONGEST else _kind_of(paragraph, is_head)
        if kind:
            found.append(Notice(kind, span))
    return tuple(sorted(found, key=lambda notice: (_RANK[notice.kind], notice.span)))


def is_notice(line: str, prose: bool) -> bool:
    """Whether a paragraph is a notice and no more, and so neither headline nor text of the story.

    "UPDATE 2-Ferry sails" is a headline that bears an agency's mark, and "Corrections and
    clarifications: archive" that of a page.

    Args:
        line: the paragraph.
        prose: whether it reads like running text.
    """
    if len(line) > _LONGEST:
        return False
    kind = _kind_of(line, False)
    if kind is None:
        return _TO_EDITORS.match(line) is not None
    if kind == "withdrawn" and ends_sentence(line):
        return True
    return prose or kind in _ALWAYS or line[:1] in "(["


def says_it_was_wrong(sentence: str) -> bool:
    """Whether a sentence of a correction tells what stood there before."""
    return bool(_EARLIER.search(sentence))


def _kind_of(paragraph: str, is_head: bool) -> str | None:
    for kind, pattern in _KINDS:
        found = pattern.match(paragraph)
        # "Corrections officers" and "Kill Bill" are headlines; an agency's mark has its sign.
        if found and (not is_head or _MARK.match(paragraph)):
            return kind
    return None
