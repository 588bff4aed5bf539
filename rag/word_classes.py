"""Classes of words and of what stands between them, told from lists and endings alone.

No grammar is parsed: a class is what an article, a preposition, a number, a name, or an ending
that is common among verbs tells of where an answer may begin and end.
"""

import re
from functools import lru_cache

_CLASSES: tuple[tuple[str, frozenset[str]], ...] = tuple(
    (name, frozenset(words.split()))
    for name, words in (
        (
            "determiner",
            "a an the this that these those his her its their our my your some any each every "
            "этот эта это эти свой своя свое свои его её ее их цей ця це ці свій своя своє свої",
        ),
        ("of", "of"),
        (
            "preposition",
            "in on at by for with from to into onto over under about after before during between "
            "among through against towards toward within without until since as than per via upon "
            "around across near behind like в во на с со к ко по от до из у о об при за над под "
            "для без через между против после перед из-за около среди у з із зі від про між під "
            "біля після проти",
        ),
        ("conjunction", "and or but nor & и а но или либо та і й або але чи"),
        (
            "auxiliary",
            "is are was were be been being am has have had do does did will would can could may "
            "might shall should must not был была было были есть быть является являются не є "
            "був була було були бути",
        ),
        (
            "relative",
            "who whom whose which that where when while because if although though so what how "
            "что который которая которое которые которого которой которых которым где когда "
            "потому если хотя чтобы як що який яка яке які якого якої яких де коли тому якщо щоб",
        ),
        (
            "pronoun",
            "i you he she it we they him them me us himself itself themselves one он она оно они "
            "я ты мы вы ему им ей він вона воно вони йому їм їй ми ви",
        ),
    )
)
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("adverb", r"(?:\w{2}ly|[а-яіїє]{3}но)$"),
        ("ing", r"\w{2}ing$"),
        (
            "verb",
            r"(?:\w{2}ed|[а-яіїє]{2}(?:л|ла|ло|ли|в|ть|ться|тся|лся|лась|лось|лись|вся|вся|ає|ують|"
            r"ет|ют|ит|ят))$",
        ),
        (
            "adjective",
            r"(?:\w{2}(?:ous|al|ive|ful|ic|able|ible|ary|ish|less)|[а-яіїє]{2}(?:ый|ий|ая|ое|ые|ого|"
            r"его|ой|ых|их|ым|им|ыми|ими|ому|ую|а́я|ої|ої))$",
        ),
        ("plural", r"\w{3}(?<!s)s$"),
    )
)
CLASS_NAMES = (
    *(name for name, _ in _CLASSES),
    "other function word",
    "number",
    "name",
    *(name for name, _ in _SHAPES),
    "plain",
)
_GAPS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("bracket", r"[()\[\]]"),
        ("quote", r"[\"“”„«»]|(?:^|\s)['‘’]|['‘’](?:\s|$)"),
        ("semicolon", r"[;:.!?…]"),
        ("comma", r","),
        ("dash", r"\s[-–—]\s|—"),
        ("hyphen", r"[-–/]"),
    )
)
GAP_NAMES = (*(name for name, _ in _GAPS), "space")
SPACE = len(_GAPS)
"""The index in `GAP_NAMES` of a mere space."""


@lru_cache(maxsize=100_000)
def class_of(word: str, *, is_number: bool, is_name: bool, is_stop: bool) -> int:
    """The index in `CLASS_NAMES` of a word."""
    plain = word.casefold()
    for place, (_, words) in enumerate(_CLASSES):
        if plain in words:
            return place
    if is_number:
        return CLASS_NAMES.index("number")
    if is_name:
        return CLASS_NAMES.index("name")
    if is_stop:
        return len(_CLASSES)
    for name, shape in _SHAPES:
        if shape.search(plain):
            return CLASS_NAMES.index(name)
    return len(CLASS_NAMES) - 1


@lru_cache(maxsize=50_000)
def gap_of(between: str) -> int:
    """The index in `GAP_NAMES` of what stands between two words."""
    if between == " ":
        return len(_GAPS)
    for place, (_, pattern) in enumerate(_GAPS):
        if pattern.search(between):
            return place
    return len(GAP_NAMES) - 1
