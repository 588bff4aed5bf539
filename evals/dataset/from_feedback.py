"""``pressmark eval from-feedback``: a suite made of what people said of answers.

The library is what was asked, so all of its sources become the suite's articles. What a verdict
says is taken and no more: words that were wrong in the right article ask for that article, a wrong
source is asked again without a right answer being known, which leaves it unscored.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from evals.dataset.writing import write_suite
from index.article import Article, Source
from index.errors import SuiteError
from index.library.library import Library
from index.library.notes import Feedback
from rag.refinding import Selector, refind

_BATCH: Final = 200


def suite_from_feedback(library: Library, folder: Path) -> int:
    """Write a suite of the questions on whose answers somebody gave a verdict.

    Args:
        library: with its notes and its sources.
        folder: a new or empty one.

    Returns:
        How many questions the suite has.

    Raises:
        SuiteError: nobody said anything of an answer yet, or the folder cannot be written.
    """
    # Of several verdicts on one question the last counts.
    latest = {(note.question, note.history): note for note in library.notes.feedback()}
    if not latest:
        raise SuiteError(
            "Nobody has said anything of an answer yet: do so below an answer in the page, or "
            "with POST /v1/feedback."
        )
    queries = [_query(note, library) for note in latest.values()]
    write_suite(
        folder,
        {"corpus.jsonl": _lines(_documents(library)), "queries.jsonl": _lines(queries)},
    )
    return len(queries)


def _lines(values: Sequence[object] | Iterator[object]) -> str:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)


def _documents(library: Library) -> Iterator[object]:
    by_source: dict[str, list[Article]] = {}
    for article in library.articles().values():
        by_source.setdefault(article.source_id, []).append(article)
    names = list(by_source)
    for start in range(0, len(names), _BATCH):
        for source in library.sources(names[start : start + _BATCH]).values():
            yield _document(source, by_source[source.source_id])


def _document(source: Source, articles: Sequence[Article]) -> dict[str, object]:
    known: dict[str, object] = {}
    if len(articles) == 1:
        article = articles[0]
        known = {
            "title": article.title,
            "publisher": article.publisher,
            "published_at": article.published and article.published.isoformat(),
            "url": article.url or source.url,
            "lang": article.language,
        }
    said = {name: value for name, value in known.items() if value}
    return {"id": source.source_id, "text": source.text, **said}


def _query(note: Feedback, library: Library) -> dict[str, object]:
    response: dict[str, Any] = json.loads(note.response)
    cited = _meant(note, response)
    query: dict[str, object] = {
        "id": note.note_id,
        "question": note.question,
        "date": note.as_of or note.given_at[:10],
        "type": f"feedback-{note.verdict.replace('_', '-')}",
        "answerable": None,
        **_right(note, response, cited, library),
    }
    turns = [t for t in json.loads(note.history) if t["question"].strip() and t["answer"].strip()]
    if turns:
        query["history"] = turns
    if note.comment:
        query["note"] = note.comment
    return query


def _meant(note: Feedback, response: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The citations that the verdict is on: the one that was named, or all."""
    cited = [one for one in response.get("citations", []) if isinstance(one, dict)]
    return [one for one in cited if note.marker in (None, one.get("marker"))] or cited


def _right(
    note: Feedback, response: Mapping[str, Any], cited: Sequence[dict[str, Any]], library: Library
) -> dict[str, object]:
    """What is known of the right answer, as fields of a question; none if nothing is."""
    expected: dict[str, object] = {"answers": [note.expected]} if note.expected.strip() else {}
    wrong: dict[str, object] = {"forbid": sorted({_words(one) for one in cited})} if cited else {}
    refused = response.get("status") == "abstained"
    match note.verdict:
        case "should_have_refused":
            return {"answerable": False}
        case "right" if refused:
            return {"answerable": False}
        case "right":
            gold = [found for one in cited if (found := _gold(one, library, whole=False))]
            return {"answerable": True, "gold": gold, **expected} if gold else {}
        case "wrong_words":
            gold = [found for one in cited if (found := _gold(one, library, whole=True))]
            unique = list({found["doc_id"]: found for found in gold}.values())
            known = {"gold": unique, **expected}
            return {"answerable": True, **known, **wrong} if unique or expected else wrong
        case _:  # the right source, or the answer that was missed, is known if it was told
            return {"answerable": True, **expected, **wrong} if expected else wrong


def _words(citation: Mapping[str, Any]) -> str:
    """The words of a citation that answer; all of it, where they are not told."""
    quote, start = str(citation["quote"]), int(citation["start"])
    span = citation.get("answer_span")
    return quote[span[0] - start : span[1] - start] if span else quote


def _gold(citation: Mapping[str, Any], library: Library, *, whole: bool) -> dict[str, str] | None:
    """Where the cited words are now.

    Args:
        citation: as the answer had it.
        library: as it is now.
        whole: name the source as a whole, for its words there were the wrong ones.
    """
    source = citation["source"]
    found = refind(
        Selector(
            quote=citation["quote"],
            prefix=citation["prefix"],
            suffix=citation["suffix"],
            start=citation["start"],
            source_id=source["id"],
            name=source["name"],
            url=citation["url"],
        ),
        library,
    )
    if found.source is None or found.span is None:
        return None
    if whole:
        return {"doc_id": found.source.source_id}
    words = found.source.text[found.span.start : found.span.end]
    return {"doc_id": found.source.source_id, "quote": words}
