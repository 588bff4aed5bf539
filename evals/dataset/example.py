"""``pressmark eval new``: an example suite with comments, to measure your own archive."""

from pathlib import Path

from evals.dataset.writing import write_suite

_SUITE = """\
# An eval suite: questions about your own articles, and where in them the answers stand.
# Run it with: pressmark eval {folder}
# The format in full: docs/evals.md

name = "{name}"
title = "Questions about our archive"

# The articles: a folder of files, read as `pressmark index` reads it. Relative to this file.
corpus = "articles"

# The questions, one JSON object a line; see queries.jsonl beside this file.
queries = "queries.jsonl"
"""

_ARTICLE = """\
The council of Riverton voted on Tuesday to close the old ferry landing by the end of March.

“The piles are rotten and nobody should stand on them,” harbour master Ilse Brandt told the
meeting. Repairs would have cost 2.4 million crowns, she said.

Nine of the thirteen members voted for the closure. The mayor, Tomas Reyne, abstained.
"""

_SIDECAR = """\
# What you know about each article, and on what basis. Every entry is optional.
["ferry.txt"]
title = { value = "Riverton closes its ferry landing", basis = "made up as an example" }
publisher = { value = "The Riverton Example", basis = "made up as an example" }
published_at = { value = "2024-02-14", basis = "made up as an example" }
"""

# JSON Lines has no comments: "note", which nobody reads, says what a line is for.
_QUERIES = """\
{"id": "q1", "question": "How much would mending the landing have cost?", \
"answers": ["2.4 million crowns", "2.4 million"], "answerable": true, \
"gold": [{"doc_id": "ferry.txt", \
"quote": "Repairs would have cost 2.4 million crowns, she said."}], \
"type": "how_many", "date": null, \
"note": "gold.quote is copied from the article, character by character"}
{"id": "q2", "question": "Who abstained, and how many voted in favour?", \
"answers": ["Tomas Reyne"], "answerable": true, \
"gold": [{"doc_id": "ferry.txt", "quote": "The mayor, Tomas Reyne, abstained."}, \
{"doc_id": "ferry.txt", "quote": "Nine of the thirteen members voted for the closure."}], \
"gold_rule": "all", "type": "two_parts", "date": null, \
"note": "gold_rule all: every quote must be cited; any (the default): one is enough"}
{"id": "q3", "question": "When will the new landing open?", "answers": [], "answerable": false, \
"gold": [], "type": "near_miss", "date": null, \
"note": "not in the articles, so the right outcome is a refusal; near misses teach the most"}
{"id": "q4", "question": "What did the harbour master say about the piles?", \
"answers": ["rotten"], "answerable": true, \
"gold": [{"doc_id": "ferry.txt", "quote": "“The piles are rotten and nobody should stand on them,” \
harbour master Ilse Brandt told the\\nmeeting."}], "type": "said_by", "date": "2024-02-20", \
"context": ["ferry.txt"], \
"note": "date: the day it is asked, later articles are not used; context: answer from these only"}
"""


def write_example(folder: Path) -> list[Path]:
    """Write an example suite.

    Args:
        folder: a new or empty folder.

    Returns:
        the files written.

    Raises:
        SuiteError: the folder holds something already, or is not writable.
    """
    files = {
        "suite.toml": _SUITE.format(folder=folder.as_posix(), name=_name(folder)),
        "queries.jsonl": _QUERIES,
        "articles/ferry.txt": _ARTICLE,
        "articles/articles.toml": _SIDECAR,
    }
    return write_suite(folder, files)


def _name(folder: Path) -> str:
    """The folder's name, fit for a TOML string."""
    return "".join(char for char in folder.resolve().name if char.isalnum() or char in "-_ ")
