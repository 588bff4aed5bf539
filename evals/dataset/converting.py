"""``pressmark eval convert``: suites made from data in other formats.

It made the suite ``newsroom`` and its claims, from articles written for this project. Anybody who
has the public data can make the suites of other languages with it.
"""

import datetime
import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from evals.dataset.writing import write_suite
from index.errors import SuiteError

Row = Mapping[str, Any]
Made = dict[str, str]
NO_ANSWER = "none"
TRUE = "true"
NOT_SAID = "not-said"


def convert(kind: str, source: Path, folder: Path, language: str | None = None) -> int:
    """Write a suite made from a file in another format.

    Args:
        kind: a key of `KINDS`.
        source: a JSON Lines file, plain or .gz.
        folder: a new or empty one.
        language: take only lines in it; None takes all.

    Returns:
        how many items the suite has.

    Raises:
        SuiteError: there is no such kind, the file is unreadable or has other fields, nothing is
            left, or the folder is not writable.
    """
    if kind not in KINDS:
        raise SuiteError(f"{kind!r} cannot be converted; these can: {', '.join(KINDS)}.")
    try:
        rows = [row for row in _rows(source) if language in (None, row["lang"])]
        files = KINDS[kind](rows)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise SuiteError(f"{source} does not have the fields of {kind} ({error!r}).") from error
    count = max(text.count("\n") for name, text in files.items() if name != "corpus.jsonl")
    if not count:
        raise SuiteError(f"{source} has no line in the language {language!r}.")
    write_suite(folder, files)
    return count


def _rows(source: Path) -> Iterator[dict[str, Any]]:
    try:
        with gzip.open(source) if source.suffix == ".gz" else source.open("rb") as file:
            for line in file:
                yield json.loads(line)
    except OSError as error:
        raise SuiteError(f"{source} cannot be read: {error}.") from error


def _lines(values: Iterable[object]) -> str:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)


def _sentence(article: Row, number: int) -> str:
    """Get a sentence by number, from 1."""
    start, end = article["sentences"][number - 1]
    return str(article["text"][start:end])


def _kind(name: str) -> str:
    """Bring a kind of question to one spelling."""
    return "-".join(name.replace("/", " ").split())


def newsroom(rows: Iterable[Row]) -> Made:
    """Convert questions about news articles; any of the sentences named answers."""
    articles, questions = [], []
    for row in rows:
        articles.append(
            {"id": row["id"], "title": row["title"], "publisher": row["publisher"],
             "published_at": row["date"], "lang": row["lang"], "text": row["text"]}
        )  # fmt: skip
        for number, asked in enumerate(row["questions"], start=1):
            gold = [{"doc_id": row["id"], "quote": _sentence(row, s)} for s in asked["s"]]
            questions.append(
                {"id": f"{row['id']}-q{number}", "question": asked["q"],
                 "answerable": bool(gold), "answers": [asked["a"]] if gold else [], "gold": gold,
                 "type": _kind(asked["kind"]) if gold else NO_ANSWER, "lang": asked["lang"]}
            )  # fmt: skip
    return {"corpus.jsonl": _lines(articles), "queries.jsonl": _lines(questions)}


def newsroom_claims(rows: Iterable[Row]) -> Made:
    """Convert claims about news articles, each beside the sentences that it is judged by."""
    return {"claims.jsonl": _lines(claim for row in rows for claim in _claims(row))}


def _claims(row: Row) -> Iterator[dict[str, object]]:
    for number, claim in enumerate(row["claims"], start=1):
        places = sorted(claim["s"])
        supported = claim["label"] == "supported"
        kind = TRUE if supported else _kind(claim["kind"]) or NOT_SAID
        before = _sentence(row, places[0] - 1) if places[0] > 1 else None
        yield {
            "id": f"{row['id']}-c{number}", "claim": claim["claim"],
            "references": [_sentence(row, place) for place in places], "before": before,
            "label": int(supported), "verdict": claim["label"], "type": kind,
            "title": row["title"], "publisher": row["publisher"], "published_at": row["date"],
        }  # fmt: skip


def reading(rows: Iterable[Row]) -> Made:
    """Convert reading sets: questions on passages, each of which becomes an article."""
    articles: dict[str, str] = {}
    questions = []
    for row in rows:
        doc_id = articles.setdefault(row["context"], f"p{len(articles) + 1}")
        found = [(answer["text"], answer["start"]) for answer in row["answers"]]
        quotes = {_around(row["context"], start, start + len(text)) for text, start in found}
        questions.append(
            {"id": row["id"], "question": row["question"], "answerable": bool(found),
             "answers": sorted({text for text, _ in found}),
             "gold": [{"doc_id": doc_id, "quote": quote} for quote in sorted(quotes)],
             "type": row["lang"], "lang": row["lang"]}
        )  # fmt: skip
    documents = [{"id": doc_id, "text": text} for text, doc_id in articles.items()]
    return {"corpus.jsonl": _lines(documents), "queries.jsonl": _lines(questions)}


_ENDS = (". ", "! ", "? ", "。", "！", "？", "؟ ", "।", "\n")


def _around(text: str, start: int, end: int) -> str:
    """Find the sentence that holds a span, by its marks alone: no splitter, and any language."""
    before = [text.rfind(mark, 0, start) + len(mark) for mark in _ENDS if mark in text[:start]]
    ends = [place + len(mark) for mark in _ENDS if (place := text.find(mark, max(end - 1, 0))) >= 0]
    return text[max(before, default=0) : min(ends, default=len(text))].strip()


def newsroom_library(rows: Iterable[Row]) -> Made:
    """Convert a reporter's questions about a folder of articles, which `suite.toml` names."""
    questions = [
        {
            "id": row["id"], "question": row["question"], "answerable": row["answerable"],
            "answers": row["answers"], "forbid": row["forbid"],
            "gold": [{"doc_id": g["file"], "quote": g["quote"]} for g in row["gold"]],
            "gold_rule": "all" if row["gold_all"] else "any", "date": _day(row["as_of"]),
            "type": row["kind"] if row["answerable"] else f"{NO_ANSWER}-{row['trap']}",
            "lang": row["lang"], **({"history": row["history"]} if "history" in row else {}),
        }
        for row in rows
    ]  # fmt: skip
    return {"queries.jsonl": _lines(questions)}


def _day(text: str | None) -> str | None:
    return datetime.date.fromisoformat(text).isoformat() if text else None


KINDS: Mapping[str, Callable[[Iterable[Row]], Made]] = {
    "newsroom": newsroom,
    "newsroom-claims": newsroom_claims,
    "newsroom-library": newsroom_library,
    "reading": reading,
}
