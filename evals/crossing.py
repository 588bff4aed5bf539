"""``pressmark eval cross``: one suite's questions, asked of another's articles.

For suites that are translations of each other: whoever asks in one language should find what is
written in another.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from evals.items import Suite
from index.errors import SuiteError

_LANGUAGE = re.compile(r"[-_.][a-z]{2,3}$")


def write_crossed(questions: Suite, articles: Suite, folder: Path) -> int:
    """Write a suite whose questions are of one language and whose articles are of another.

    Questions belong together when their ids are the same but for a language at the end
    (``q1-ru``, ``q1-en``). Answers and gold are those of the articles' language.

    Args:
        questions: whose questions are asked.
        articles: whose articles they are asked of; a suite with ``corpus.jsonl``.
        folder: a new or empty one.

    Returns:
        how many questions it has.

    Raises:
        SuiteError: no two questions belong together, or the folder cannot be written.
    """
    asked = {_LANGUAGE.sub("", query.id): query for query in questions.queries}
    lines = [
        {**asdict(query), "id": found.id, "question": found.question}
        for query in articles.queries
        if (found := asked.get(_LANGUAGE.sub("", query.id)))
    ]
    if not lines or not articles.documents:
        raise SuiteError(
            f"No questions of {questions.name} and {articles.name} have the same id but for a "
            f"language at its end (q1-ru, q1-en), or {articles.name} has no corpus.jsonl."
        )
    documents = [
        {"id": document.doc_id, **{k: v for k, v in asdict(document).items() if k != "doc_id"}}
        for document in articles.documents.values()
    ]
    try:
        if folder.exists() and any(folder.iterdir()):
            raise SuiteError(f"{folder} is not empty. Name a new folder.")
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / "corpus.jsonl", documents)
        _write(folder / "queries.jsonl", lines)
    except OSError as error:
        raise SuiteError(f"{folder} cannot be written: {error.strerror}.") from error
    return len(lines)


def _write(path: Path, lines: Iterable[object]) -> None:
    text = "".join(json.dumps(line, ensure_ascii=False, default=str) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")
