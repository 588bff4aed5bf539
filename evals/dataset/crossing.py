"""``pressmark eval cross``: one suite's questions, asked of another's articles.

For suites that are translations of each other: a question in one language should find an article in
another.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from evals.dataset.items import Suite
from evals.dataset.writing import write_suite
from index.errors import SuiteError

_LANGUAGE = re.compile(r"[-_.][a-z]{2,3}$")


def write_crossed(questions: Suite, articles: Suite, folder: Path) -> int:
    """Write a suite with questions in one language and articles in another.

    Questions belong together if their ids are the same but for a language at the end
    (``q1-ru``, ``q1-en``). Answers and gold are those of the articles' language.

    Args:
        questions: the suite that gives the questions.
        articles: the suite that gives the articles, with ``corpus.jsonl``.
        folder: a new or empty one.

    Returns:
        how many questions it has.

    Raises:
        SuiteError: no two questions belong together, or the folder is not writable.
    """
    asked = {_LANGUAGE.sub("", query.id): query for query in questions.queries}
    queries = [
        {**asdict(query), "id": found.id, "question": found.question}
        for query in articles.queries
        if (found := asked.get(_LANGUAGE.sub("", query.id)))
    ]
    if not queries or not articles.documents:
        raise SuiteError(
            f"No questions of {questions.name} and {articles.name} have the same id but for a "
            f"language at its end (q1-ru, q1-en), or {articles.name} has no corpus.jsonl."
        )
    named = {"doc_id": "id", "published": "published_at"}
    documents = [
        {named.get(key, key): value for key, value in asdict(document).items()}
        for document in articles.documents.values()
    ]
    write_suite(folder, {"corpus.jsonl": _lines(documents), "queries.jsonl": _lines(queries)})
    return len(queries)


def _lines(values: Iterable[object]) -> str:
    return "".join(json.dumps(value, ensure_ascii=False, default=str) + "\n" for value in values)
