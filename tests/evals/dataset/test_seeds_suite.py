"""The seed question suite keeps its own promises: format, honesty of quotes, and counts.

Only the standard library reads the suite; nltk's stemmer and Pressmark's English stop words serve
the one figure that says how far questions echo the articles' wording.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from nltk.stem.snowball import SnowballStemmer

ROOT = Path(__file__).resolve().parents[3]
SUITE = ROOT / "evals" / "suites" / "seeds"
WORD = re.compile(r"\w+")
ANSWERABLE_TYPES = {
    "who",
    "what",
    "when",
    "where",
    "how_many",
    "why",
    "said_by",
    "two_source",
    "spelling",
    "ru",
    "uk",
}
UNANSWERABLE_TYPES = {"near_miss", "false_premise", "boilerplate", "off_topic"}
KEYS = {
    "id",
    "question",
    "answers",
    "answerable",
    "gold",
    "gold_rule",
    "type",
    "date",
    "lang",
    "note",
}
# File number -> (start marker or None = from the top, end marker or None = to the end).
# A span runs from the start of its start marker to the end of its end marker.
BOILERPLATE: dict[str, list[tuple[str | None, str | None]]] = {
    "000": [(None, "date 2020-08-06")],
    "002": [
        (None, "Kremlin Demands Release of Russians Held in Belarus"),
        (
            "Kremlin Hails Abe’s ‘Invaluable Contribution’ To Relations",
            "Kremlin Hails Abe’s ‘Invaluable Contribution’ To Relations",
        ),
        ("Leave a Reply", None),
    ],
    "003": [("A Message from The Moscow Times:", None)],
    "004": [(None, "Фото: РБК")],
}
Question = dict[str, Any]


def load_suite() -> tuple[dict[str, Any], list[Question]]:
    config = tomllib.loads((SUITE / "suite.toml").read_text(encoding="utf-8"))
    lines = (SUITE / config["queries"]).read_text(encoding="utf-8").splitlines()
    return config, [json.loads(line) for line in lines]


CONFIG, QUESTIONS = load_suite()
CORPUS = (SUITE / CONFIG["corpus"]).resolve()
# Bytes, not read_text: newline translation would change what "verbatim" means.
TEXTS = {path.name: path.read_bytes().decode("utf-8") for path in sorted(CORPUS.glob("*.txt"))}
ANSWERABLE = [item for item in QUESTIONS if item["answerable"]]
UNANSWERABLE = [item for item in QUESTIONS if not item["answerable"]]


def gold_text(item: Question) -> str:
    return "\n".join(gold["quote"] for gold in item["gold"])


def spans(doc_id: str) -> list[tuple[int, int]]:
    """Character spans of the boilerplate in one file."""
    text = TEXTS[doc_id]
    found = []
    for start, end in BOILERPLATE.get(doc_id[:3], []):
        begin = 0 if start is None else text.index(start)
        stop = len(text) if end is None else text.index(end, begin) + len(end)
        found.append((begin, stop))
    return found


def stop_words() -> frozenset[str]:
    listed = ROOT / "index" / "language" / "data" / "stop_words" / "english.txt"
    return frozenset(WORD.findall(listed.read_text(encoding="utf-8").casefold()))


def overlap(question: str, quotes: str, stops: frozenset[str], stemmer: SnowballStemmer) -> float:
    """Share of the question's content-word stems that the gold quotes hold too."""
    asked = {stemmer.stem(word) for word in WORD.findall(question.casefold()) if word not in stops}
    held = {stemmer.stem(word) for word in WORD.findall(quotes.casefold())}
    return len(asked & held) / len(asked) if asked else 0.0


def average_overlap() -> float:
    stops, stemmer = stop_words(), SnowballStemmer("english")
    shares = [
        overlap(item["question"], gold_text(item), stops, stemmer)
        for item in ANSWERABLE
        if item["lang"] == "en"
    ]
    return sum(shares) / len(shares)


def test_suite_file() -> None:
    assert CONFIG["name"] == "seeds"
    assert CONFIG["title"]
    assert CONFIG["description"]
    assert CONFIG["licence"]
    assert len(TEXTS) == 5
    assert CORPUS == ROOT / "seeds"


def test_ids_and_questions_are_unique() -> None:
    assert len({item["id"] for item in QUESTIONS}) == len(QUESTIONS)
    assert len({item["question"].casefold() for item in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize("item", QUESTIONS, ids=lambda item: item["id"])
def test_format(item: Question) -> None:
    assert set(item) == KEYS
    assert item["question"].strip() == item["question"] != ""
    assert item["gold_rule"] in {"any", "all"}
    assert item["lang"] in {"en", "ru", "uk"}
    assert item["date"] is None
    if item["answerable"]:
        assert item["type"] in ANSWERABLE_TYPES
        assert item["answers"]
        assert item["gold"]
        assert item["note"] is None
    else:
        assert item["type"] in UNANSWERABLE_TYPES
        assert item["answers"] == []
        assert item["gold"] == []
        assert item["note"]
    if item["type"] in {"ru", "uk"}:
        assert item["lang"] == item["type"]
    if item["type"] == "two_source":
        assert item["gold_rule"] == "all"
        assert len(item["gold"]) >= 2


@pytest.mark.parametrize("item", ANSWERABLE, ids=lambda item: item["id"])
def test_gold_is_verbatim_and_holds_the_answers(item: Question) -> None:
    for gold in item["gold"]:
        assert set(gold) == {"doc_id", "quote"}
        text, quote = TEXTS[gold["doc_id"]], gold["quote"]
        assert text.count(quote) == 1
        begin = text.index(quote)
        for start, stop in spans(gold["doc_id"]):
            assert begin + len(quote) <= start or begin >= stop, "quote lies in boilerplate"
        # Each quote has to do some work: an answer stands in it.
        assert any(answer.casefold() in quote.casefold() for answer in item["answers"])
    for answer in item["answers"]:
        assert answer.casefold() in gold_text(item).casefold()


def test_counts() -> None:
    types = Counter(item["type"] for item in QUESTIONS)
    assert len(QUESTIONS) >= 100
    assert len(ANSWERABLE) >= 60
    assert len(UNANSWERABLE) >= 35
    assert types["near_miss"] >= 20
    assert set(types) == ANSWERABLE_TYPES | UNANSWERABLE_TYPES


def test_every_article_is_asked_about() -> None:
    counts = Counter(gold["doc_id"] for item in ANSWERABLE for gold in item["gold"])
    assert set(counts) == set(TEXTS)
    text = next(text for name, text in TEXTS.items() if name.startswith("002"))
    second = text.index("Kremlin Hails Abe’s")
    halves = {
        text.index(gold["quote"]) > second
        for item in ANSWERABLE
        for gold in item["gold"]
        if gold["doc_id"].startswith("002")
    }
    assert halves == {True, False}


def test_language_does_not_give_the_refusal_away() -> None:
    for lang in ("en", "ru", "uk"):
        assert {item["answerable"] for item in QUESTIONS if item["lang"] == lang} == {True, False}


def test_near_misses_name_only_what_the_articles_name() -> None:
    known = {word for text in TEXTS.values() for word in WORD.findall(text.casefold())}
    for item in QUESTIONS:
        if item["type"] != "near_miss":
            continue
        words = WORD.findall(item["question"])
        names = [word for word in words[1:] if word[0].isupper()]
        assert names, item["id"]
        unknown = [name for name in names if name.casefold() not in known]
        assert not unknown, (item["id"], unknown)


def test_spelling_questions_spell_a_name_otherwise() -> None:
    for item in QUESTIONS:
        if item["type"] != "spelling":
            continue
        sources = " ".join(TEXTS[gold["doc_id"]] for gold in item["gold"])
        known = set(WORD.findall(sources.casefold()))
        names = [word for word in WORD.findall(item["question"])[1:] if word[0].isupper()]
        assert any(name.casefold() not in known for name in names), item["id"]


def test_questions_do_not_copy_the_articles_wording() -> None:
    assert average_overlap() <= 0.5
