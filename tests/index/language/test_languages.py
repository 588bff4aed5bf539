"""One place holds what is known about a language, and a new one needs no more than that."""

import re
import subprocess
import sys
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from index.language import sentences
from index.language.calendar import MONTH, month_number
from index.language.folding import STOP_WORDS, STOP_WORDS_DIGEST
from index.language.language import Language, NumberWords, Speech, StampWords
from index.language.languages import LANGUAGES
from index.language.number_words import COUNT, count_named

ROOT = Path(__file__).resolve().parents[3]

# Registered before any import of code that reads words, as the registry itself would do it.
TOY = """
from datetime import date
from fractions import Fraction
from index.language.language import Language, NumberWords, Speech, StampWords, words
from index.language.languages import LANGUAGES

LANGUAGES["qq"] = Language(
    code="qq", name="Toy", dateparser=False, abbreviations=False, not_dates=(),
    capitalised=False, month_first=False, day_endings=("lo",), before_month_name=(),
    months=tuple((f"{letter}zumo", f"{letter}zumi") for letter in "abcdefghijkl"),
    doubtful_months=(), before_month=("ke",),
    weekdays=tuple((f"{letter}dovo",) for letter in "abcdefg"),
    before_weekday=("ve",), last=(), next=(), relative={("day", -1): ("qeri",)}, recently=(),
    ago=("zedu",), since=(), until=(), through=(), comes_from=(), onward=(),
    numbers=NumberWords(
        counts={3: ("trizq",), 20: ("duzq",)}, one=("unzq",), articles=(),
        scales={1000: ("milzq*",)}, linking=("ezq",), fractions={Fraction(1, 2): ("mezq*",)},
        no_share_after=(), no_share_before=(), between=("ozq",), ordinal_endings=("lo",),
        units={"day": ("dizq",), "percent": ("pezq cezq",)},
    ),
    stamps=StampWords(
        published=("puzqa",), modified=("muzqa",), beside=("ve",), times=("dizq",),
        reading=(),
    ),
    speech=Speech(
        says=("bobu", "qazqen"), says_plainly=(), that=("ko",), according=("vi zo",),
        third_person=("ja",), joins=(), between=(), articles=(), definite=(), inside=(),
        asks=("Z",), answers=("Y",), denies=(), what=(), hears=(),
    ),
    negations=("nuzq",), stop_words=("xqx",), punkt=None,
)

from index.article import Span
from index.articles.publication_dates import find_date_candidates, is_stamp
from index.language.calendar import parse_date
from index.language.folding import STOP_WORDS
from index.language.moments import missing_moments, moments
from index.language.quantities import quantities
from index.language.tokens import tokens
from index.language.sentences import split_sentences
from index.language.speakers import speaker_of
from rag.question.periods import Period, named_period

assert parse_date("9lo hzumi 2020") == date(2020, 8, 9)
assert is_stamp("bdovo, 9 hzumi 2020")
assert [m.month for m in moments("Wu pim hzumo, wu 3 czumi.")] == [8, 3]
published = date(2020, 8, 10)
assert missing_moments("Wu qa 9 hzumi.", [("Wu qa adovo, qeri.", published)]) == []
assert missing_moments("Wu qa 8 hzumi.", [("Wu qa qeri.", published)])
assert named_period("Pu wu ke hzumo?", published) == Period(date(2020, 8, 1), date(2020, 8, 31))
assert named_period("Pu wu ve bdovo?", published) == Period(date(2020, 8, 4), date(2020, 8, 4))
assert "xqx" in STOP_WORDS
said = "Eru Mapo zika. Ja bobu ko we qa."
assert speaker_of(said, [Span(0, len(said))], Span(15, len(said)), "qq") == "Eru Mapo"

def read(text):
    return [(number.value, number.unit, number.ordinal) for number in quantities(text)]

assert read("Wu duzq trizq milzqen dizq.") == [(23_000, "day", False)]
assert read("Wu 5lo, 3 ozq 5 pezq cezq, mezqu.") == [
    (5, None, True), (Fraction(3, 100), "percent", False), (Fraction(5, 100), "percent", False),
    (Fraction(1, 2), "percent", False),
]
assert [token.key for token in tokens("duzq trizq nuzq") if token.is_number] == ["23"]
assert tokens("Wu nuzq qa")[1].negates
assert is_stamp("Muzqa ve 10:15") and is_stamp("Puzqa 9 hzumi 2020")
found = find_date_candidates("Muzqa 9 hzumi 2020", [Span(0, 18)], None).candidates
assert [candidate.role for candidate in found] == ["modified"]
assert len(split_sentences("“Wu qa!” qazqen Pim Pom.", 0, 24, "qq")) == 1
assert len(split_sentences("Wu qa. Pu wu.", 0, 13, "qq")) == 2
"""


def test_one_value_is_all_that_a_new_language_needs() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TOY], cwd=ROOT, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr


def test_a_name_for_two_months_is_refused() -> None:
    twice = TOY.replace('f"{letter}zumi"', '"march"')
    done = subprocess.run(
        [sys.executable, "-c", twice], cwd=ROOT, capture_output=True, text=True, encoding="utf-8"
    )
    assert "'march' names two months" in done.stderr


def test_no_field_of_a_language_can_be_forgotten() -> None:
    every = [*fields(Language), *fields(Speech)]
    assert all(field.default is MISSING for field in every)
    assert all(field.default_factory is MISSING for field in every)
    for value in (Language, NumberWords, StampWords):
        assert all(field.default is MISSING for field in fields(value))
        assert all(field.default_factory is MISSING for field in fields(value))


# What plants errors must not share a reader with what finds them, and spells its own.
OWN_MONTHS = {"evals/adversarial/planted.py"}
WORDS = re.compile(rf"\b(?:{MONTH})\b", re.IGNORECASE)
# A month or two may stand in a comment; a list of them is knowledge about a language.
A_LIST = 4


def spelt_months(text: str) -> set[int]:
    return {month_number(name) for name in WORDS.findall(text)}


def test_months_are_spelt_out_with_the_languages_only() -> None:
    homes = {f"index/language/{known.name.lower()}.py" for known in LANGUAGES.values()}
    found = set()
    for package in ("evals", "index", "rag", "ui"):
        for path in (ROOT / package).rglob("*.py"):
            if len(spelt_months(path.read_text(encoding="utf-8"))) >= A_LIST:
                found.add(path.relative_to(ROOT).as_posix())
    assert found - homes == OWN_MONTHS


SPELT = re.compile(rf"\b(?:{COUNT})\b", re.IGNORECASE)


def spelt_numbers(text: str) -> set[int]:
    """The numbers that a text spells out, but for those that any comment may hold."""
    return {n for word in SPELT.findall(text) if (n := count_named(word) or 0) > 12 and n % 100}


def test_numbers_are_spelt_out_with_the_languages_only() -> None:
    homes = {f"index/language/{known.name.lower()}.py" for known in LANGUAGES.values()}
    found = set()
    for package in ("evals", "index", "rag", "ui"):
        for path in (ROOT / package).rglob("*.py"):
            if len(spelt_numbers(path.read_text(encoding="utf-8"))) >= A_LIST:
                found.add(path.relative_to(ROOT).as_posix())
    assert found == homes


def test_stop_words_are_those_that_every_index_was_made_with() -> None:
    assert (len(STOP_WORDS), STOP_WORDS_DIGEST) == (494, "37be627bf0ad")


@pytest.mark.parametrize("code", [*LANGUAGES, *sentences._OTHER_LANGUAGES, "xx"])
def test_every_language_has_tables_for_its_sentences(code: str) -> None:
    assert (sentences._TABLES / f"{sentences._tables_of(code)}.json.xz").is_file()


def test_the_tables_know_abbreviations() -> None:
    parameters = sentences._tokenizer("german")._params
    assert {"z.b", "bzw"} <= parameters.abbrev_types
    assert len(parameters.ortho_context) > 10_000
    assert not parameters.ortho_context["no such word"]
