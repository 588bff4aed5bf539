"""Exact sentences: where each starts and ends in the text, nothing lost between them.

Punkt (NLTK) proposes the boundaries. News text needs corrections that its model does not make
(datelines and months, initials, a quotation and its speaker, sentences that never end). The tables
are our own copy: nothing is downloaded, and NLTK's global search path stays as it is.
"""

import functools
import json
import lzma
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.article import Span
from index.language.calendar import SHORT_MONTH
from index.language.languages import LANGUAGES
from index.language.layout import paragraphs
from index.language.patterns import any_of
from index.visible import visible

SOFT_LIMIT = 1000
HARD_LIMIT = 2000
# Punkt is linear in ordinary text only; it never sees more than this at once.
_WINDOW = 8000
_TABLES = Path(__file__).parent / "data" / "punkt"
# Languages of which we know only where their sentences end.
_OTHER_LANGUAGES = {
    "de": "german", "fr": "french", "es": "spanish", "it": "italian", "pt": "portuguese",
    "pl": "polish", "nl": "dutch", "cs": "czech", "da": "danish", "et": "estonian", "fi": "finnish",
    "el": "greek", "no": "norwegian", "nb": "norwegian", "sl": "slovene", "sv": "swedish",
    "tr": "turkish", "ml": "malayalam",
}  # fmt: skip
# One character for one, so that offsets hold: final signs that Punkt does not know.
_ALIKE = str.maketrans("…？！؟।։", ".?!?!!")
_CJK_END = re.compile("[。！？][」』”’》）)]*(?=[^\\s」』”’》）)])")
_CJK_PAIRS = ("“”", "「」", "『』")
_CJK_CLOSED = re.compile("[。！？][」』”]$")
# Behind a quotation somebody is said to have said it: “……。”他说。 「……。」と述べた。
_CJK_SAID = re.compile("と|って|[^。！？，、“「]{0,12}(?:说|說|称|稱|表示|指出|道)")
_OPENERS = "\"'“”‘’«„([{"
_OPENING = ("«", "„", "“", "‘", "(", "[")
_CLOSERS = "\"'”’»)]}"
# Never the end of a sentence: a name or a number follows.
_BEFORE_NAME = re.compile(
    r"(?:^|[\s(\"“«'‘/-])(?:mr|mrs|ms|messrs|dr|prof|rev|hon|gov|sen|rep|gen|col|lt|maj|capt|cmdr|adm|"
    r"sgt|pvt|cpl|supt|det|st|ste|mt|ft|pres|amb|atty|asst|no|nos|vs|v|fig|vol|art|sec|ch|pp|p|al|cf|"
    rf"{SHORT_MONTH}|approx|est|brig|para|paras|ca|nr|abs|"
    r"ст|ул|им|акад|проф|доц|тов|гр|пр|просп|пл|пер|обл|пос|дер|оз|рис|табл|гл|стр|корр|чл|тел|"
    r"вул|пров|буд|см|напр|т|е)\s?\.$",
    re.IGNORECASE,
)
# The same in languages whose tables lack them: titles and the like, with a name behind.
_TITLES = {
    "de": "fa fam hr fr frl dipl mag priv vgl inkl bzgl",
    "fr": "m mm mme mlle mgr me av bd env art pl",
    "es": "sr sra srta dr dra d dña av avda núm pág lic ing gral",
    "it": "sig dott ing avv on prof geom p.za pza rag ss",
    "pt": "sr sra dr dra d av eng prof pág núm",
    "pl": "ul al pl inż mgr ks gen płk św np prof dr hab tzw",
    "nl": "dhr mevr mej drs ir mr",
    "cs": "tř nám čp č p ul např cca ing",
    "sv": "bl.a t.ex kl dvs s.k",
    "tr": "sn doç av yrd op",
    "el": "κ κα δρ οδ",
    "ru": "м с ок прим св г-н г-жа",
    "uk": "м с смт ок св обл р-н",
    "be": "в м ім вобл",
}
_DOUBLED = re.compile(r"(?:^|\s)([^\W\d_])\1\.$")
"""«EE. UU.», «FF. AA.»"""
_NUMBERED = re.compile(r"\d|[IVXLC]+\b|[A-Z]\b|One\b")
# May end a sentence, but only if what follows starts like one.
_MAYBE_END = re.compile(
    r"(?:^|[\s(\"“«'‘/-])(?:u\s?\.\s?s|u\.k|u\.n|e\.u|u\.s\.a|d\.c|a\.m|p\.m|ph\.d|inc|corp|co|ltd|jr|sr|bros|"
    r"etc|i\.e|e\.g|ave|blvd|rd|dept|univ|assn|g|г|гг|в|вв|руб|коп|млн|млрд|трлн|тыс|км|кг|"
    r"т\.\s?д|т\.\s?п|др|пр|т\.\s?е|т\.\s?к|н\.\s?э|р|рр|грн|тис|п|[a-z]\.(?:[a-z]\.)*[a-z])\s?\.$",
    re.IGNORECASE,
)
# "7 hrs. 40 min." is one time.
_SHORT_UNIT = re.compile(r"\d\s?[^\W\d_]{1,3}\.$")
_IN_NUMBERS = re.compile(r"(?<!\d)\d{1,2}\.\s?\d{1,2}\.\s?\d{4}(?!\d)")
"""A date in numbers: "3. 4. 1970"."""
_STOP = re.compile(r"\.\s+")
_INITIAL = re.compile(r"(?:^|[\s.(\"“«‘-])[^\W\d_]\s?\.$")
_ENUMERATOR = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,4})[.)]$")
_STARTERS_TEXT = (
    "the a an in it he she they we you i but and or so on at for this that these those as after "
    "before when while if however meanwhile there his her its their our what who how why with "
    "by from to since now then yet not no also both some many most one two last next earlier "
    "later still even although though because during under according asked speaking officials "
    "в на и но а он она они мы это по за до от из с к у о об при как что когда если после перед "
    "однако также так его её их наш вы я не ранее позже там тогда між від до із зі та але він "
    "вона вони ми це після якщо коли раніше пізніше також про далее далі ён яна яны"
)
_STARTERS = frozenset(_STARTERS_TEXT.split())
_SAID = any_of(form for known in LANGUAGES.values() for form in known.speech.verbs)
_ATTRIBUTION = re.compile(
    rf"(?:(?:{_SAID})\s+[^\W\d_]|(?:[^\W\d_][\w.'’-]*\s+){{1,3}}(?:{_SAID})\b)"
)
_DASH_LOWER = re.compile(r"[-–—]\s*[^\W\d_]")
# German closes with the mark that English opens with: „Da ist er!“, rief sie.
_CLOSES_FIRST = re.compile(r"[\"'”’“‘»)\]]+\s?[,.;:]")
_CLOSES_BEFORE = frozenset("”’»」』）》)]")
_FOOTNOTE = re.compile(r"\s?(?:\[\d{1,3}\]\s?)+(?=\s|$)")
# The word before must be whole: "www.Example.Com" is an address.
_NO_BLANK = re.compile(
    r"(?<![^\s(\"“«„'‘’-])(?P<before>[^\W\d_]{2,})[.!?…][\"”»]?(?P<after>[^\W\d_]+)(?=[\s,’'])"
)
_CUTS = (re.compile(r";\s+"), re.compile(r"[,:–—]\s+"), re.compile(r"\s+"))


def split_sentences(text: str, start: int, end: int, language: str | None = None) -> list[Span]:
    """Split ``text[start:end]`` into sentences.

    A line break ends a sentence, unless the lines were wrapped at a fixed width. No sentence is
    longer than 2,000 characters: beyond 1,000 this cuts at a semicolon, a comma or a space.

    Args:
        text: the text of the source.
        start: first code point of the stretch.
        end: one past its last.
        language: ISO 639-1 code, for the abbreviations; English if None or unknown.

    Returns:
        spans in order, without overlap, each from non-space to non-space, that cover all of the
        stretch but white space.
    """
    code = language or "en"
    tokenizer, titles = _tokenizer(_tables_of(code)), _titles_of(code)
    alike = _ALIKE | {ord(";"): ord("?")} if code == "el" else _ALIKE
    found: list[Span] = []
    for paragraph in paragraphs(text, start, end):
        for window in _windows(text, paragraph):
            for sentence in _sentences(text, window, tokenizer, titles, alike):
                found.extend(_bounded(text, sentence))
    return found


def _sentences(
    text: str, window: Span, tokenizer: Any, titles: re.Pattern[str] | None, alike: dict[int, int]
) -> list[Span]:
    """Split one paragraph into sentences: Punkt's, corrected."""
    seen = visible(text[window.start : window.end])
    piece = seen.text
    if not piece:
        return [window]
    cuts = {0: None}
    if any(mark in piece for mark in ".!?;…？！؟।։。"):
        spans = tokenizer.span_tokenize(piece.translate(alike))
        cuts.update(dict.fromkeys(first for first, _ in spans))
        cuts.update(dict.fromkeys(m.end() for m in _CJK_END.finditer(piece)))
        cuts.update(dict.fromkeys(_without_blank(piece)))
        cuts.update(dict.fromkeys(_after_abbreviation(piece)))
        for date in _IN_NUMBERS.finditer(piece):
            cuts = {cut: None for cut in cuts if not date.start() < cut < date.end()}
    found: list[Span] = []
    # Invisible characters at the end of a sentence stay with it.
    places = [window.start, *(window.start + at for at in seen.starts[1:]), window.end]
    begin = 0
    for cut in [*sorted(cuts)[1:], len(piece)]:
        footnote = _FOOTNOTE.match(piece, cut) if cut < len(piece) else None
        cut = footnote.end() if footnote else _before_opener(piece, cut)
        if cut < len(piece) and not _is_boundary(piece, begin, cut, titles):
            continue
        span = _trimmed(text, places[begin], places[cut])
        if span:
            found.append(span)
        begin = max(cut, begin)
    return found


def _before_opener(piece: str, cut: int) -> int:
    """Where a sentence ends whose stop is followed by a mark that opens the next: "là. « Enfin"."""
    before = piece[:cut].rstrip()
    if cut < len(piece) and before[-1:] in _OPENING and before[-2:-1].isspace():
        return len(before) - 1
    return cut


def _after_abbreviation(piece: str) -> Iterator[int]:
    """Find abbreviations that end a sentence which Punkt takes to go on."""
    for match in _STOP.finditer(piece):
        opening = piece[match.end() : match.end() + 40].lstrip(_OPENERS)
        before = piece[max(0, match.start() - 20) : match.start() + 1]
        if opening[:1].isupper() and _is_starter(opening) and _MAYBE_END.search(before):
            yield match.end()


def _without_blank(piece: str) -> Iterator[int]:
    """Find sentences that begin right after a full stop, whose blank was lost in copying."""
    for match in _NO_BLANK.finditer(piece):
        before, after = match["before"], match["after"]
        if not after[0].isupper() or after.isupper() > (len(after) == 1):
            continue
        if after.lower() in _STARTERS or (before.islower() and min(len(before), len(after)) > 2):
            yield match.start("after")


def _is_boundary(piece: str, begin: int, cut: int, titles: re.Pattern[str] | None) -> bool:
    """Whether a sentence really ends before ``cut``."""
    before = piece[max(begin, cut - 60) : cut].rstrip()
    after = piece[cut : cut + 80].lstrip()
    if not before or not any(char.isalnum() for char in before):
        return False
    opening = after.lstrip(_OPENERS + " ")
    first = opening[:1]
    if not first or first.islower() or _belongs_before(piece, cut, after):
        return False
    if _CLOSES_FIRST.match(after) or _within_cjk(piece[begin:cut], after):
        return False
    if _DASH_LOWER.match(after) and after.lstrip("-–— ")[:1].islower():
        return False
    if titles and titles.search(before) and not _is_starter(opening):
        return False
    if before[-1] == "." and _joins(before, opening, whole=begin >= cut - 60):
        return False
    quoted = before[-1] in _CLOSERS and before.rstrip(_CLOSERS)[-1:] in ("?", "!", "…")
    return not (quoted and after == opening and _ATTRIBUTION.match(opening))


def _belongs_before(piece: str, cut: int, after: str) -> bool:
    """Whether what follows opens with a sign that ends the sentence before it."""
    if after[0] == "»":
        # German opens with it: »Nie.« French sets it between blanks, and closes.
        return not piece[cut - 1].isspace() or after[1:2].isspace()
    touches = piece[cut] in _CLOSES_BEFORE and not piece[cut - 1].isspace()
    return touches or after[0] in ".,;:!?)]}…"


def _within_cjk(sentence: str, after: str) -> bool:
    """Whether a quotation in a script without blanks is still open, or its speaker follows."""
    if not _CJK_END.search(sentence + after[:1]):
        return False
    if any(sentence.count(pair[0]) > sentence.count(pair[1]) for pair in _CJK_PAIRS):
        return len(sentence) < SOFT_LIMIT // 2
    return bool(_CJK_CLOSED.search(sentence.rstrip()) and _CJK_SAID.match(after))


def _joins(before: str, opening: str, *, whole: bool) -> bool:
    """Whether a full stop belongs to an abbreviation, and the sentence goes on."""
    if _BEFORE_NAME.search(before):
        if before.lower().endswith((" no.", " no .", " nos.")):
            return bool(_NUMBERED.match(opening))
        return not _is_starter(opening)
    if _DOUBLED.search(before):
        return opening[0].isupper()
    if opening[0].isdigit() and _SHORT_UNIT.search(before):
        return True
    if whole and _ENUMERATOR.fullmatch(before):
        return True
    if _MAYBE_END.search(before) or _INITIAL.search(before):
        return not _is_starter(opening)
    return False


def _is_starter(opening: str) -> bool:
    word = re.match(r"[^\W\d_]+", opening)
    # «А. П. Громов» begins with an initial, not with a conjunction.
    if word is None or (len(word[0]) == 1 and opening[1:2] == "."):
        return False
    return opens_sentences(word[0])


def opens_sentences(word: str) -> bool:
    """Whether a word opens sentences so often that its capital there says nothing of it."""
    return word.lower() in _STARTERS


def _windows(text: str, paragraph: Span) -> Iterator[Span]:
    """Cut a paragraph into pieces of bearable size, after a sentence or at white space."""
    start = paragraph.start
    while paragraph.end - start > _WINDOW:
        half = start + _WINDOW // 2
        cut = text.rfind(". ", half, start + _WINDOW) + 1
        if not cut:
            cut = max(
                text.rfind(" ", half, start + _WINDOW), text.rfind("\n", half, start + _WINDOW)
            )
        cut = cut if cut > start else start + _WINDOW
        span = _trimmed(text, start, cut)
        if span:
            yield span
        start = cut
    span = _trimmed(text, start, paragraph.end)
    if span:
        yield span


def _bounded(text: str, sentence: Span) -> Iterator[Span]:
    """Cut a sentence if it is monstrous."""
    start = sentence.start
    while sentence.end - start > SOFT_LIMIT:
        cut = _cut_in(text, start, sentence.end)
        if cut is None:
            break
        span = _trimmed(text, start, cut)
        if span:
            yield span
        start = cut
    span = _trimmed(text, start, sentence.end)
    if span:
        yield span


def _cut_in(text: str, start: int, end: int) -> int | None:
    """Find the place to cut a long sentence. Return None if it may stay as it is."""
    for pattern in _CUTS:
        reach = min(end, start + SOFT_LIMIT)
        ends = [match.end() for match in pattern.finditer(text, start + SOFT_LIMIT // 4, reach)]
        if ends:
            return ends[-1]
    # No white space at all: an address, or a script that has none.
    return start + SOFT_LIMIT if end - start > HARD_LIMIT else None


def _trimmed(text: str, start: int, end: int) -> Span | None:
    piece = text[start:end]
    left = start + len(piece) - len(piece.lstrip())
    right = start + len(piece.rstrip())
    return Span(left, right) if left < right else None


@functools.cache
def _titles_of(code: str) -> re.Pattern[str] | None:
    forms = "|".join(map(re.escape, _TITLES.get(code, "").split()))
    return re.compile(rf"(?:^|[\s(\"“«'‘/’-])(?:{forms})\s?\.$", re.IGNORECASE) if forms else None


def _tables_of(code: str) -> str:
    known = LANGUAGES.get(code)
    return (known.punkt if known else _OTHER_LANGUAGES.get(code)) or "english"


@functools.cache
def _tokenizer(language: str) -> Any:
    # NLTK takes seconds to import on a cold machine; code that cuts no text need not wait.
    from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

    packed = (_TABLES / f"{language}.json.xz").read_bytes()
    tables = json.loads(lzma.decompress(packed))
    parameters = PunktParameters()
    parameters.abbrev_types = set(tables["abbreviations"])
    parameters.collocations = {(first, second) for first, second in tables["collocations"]}
    parameters.sent_starters = set(tables["starters"])
    for flags, listed in tables["cases"].items():
        parameters.ortho_context.update(dict.fromkeys(listed, int(flags)))
    return PunktSentenceTokenizer(parameters)
