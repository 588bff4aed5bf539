"""The files to learn from, with a note of each for the record."""

import gzip
import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

OURS = Path(__file__).with_name("news")

Row = dict[str, Any]
Span = tuple[int, int]


@dataclass
class Sources:
    """The folders of data, and notes of what was read.

    Attributes:
        training: the folder with ``reading``, ``support`` and ``news``.
        evals: the folder of the suites, whose train portions count too.
        ours: the folder of the project's own articles, questions and claims; None for none.
        files: SHA-256 of each file read, by its path below its folder.
        portions: how many examples came from each portion.
    """

    training: Path
    evals: Path
    ours: Path | None = OURS
    files: dict[str, str] = field(default_factory=dict)
    portions: dict[str, int] = field(default_factory=dict)

    def reading(self, name: str) -> list[Row]:
        """Read a set of questions on passages."""
        return self._rows(self.training, f"reading/{name}.jsonl.gz")

    def support(self, name: str) -> list[Row]:
        """Read a set of claims beside their evidence."""
        return self._rows(self.training, f"support/{name}.jsonl.gz")

    def news(self, part: str) -> list[Row]:
        """Read the invented articles: ``train`` to learn from, ``dev`` to look at.

        The project's own data joins those to learn from: more questions and claims about them,
        and more articles.
        """
        articles = self._rows(self.training, f"news/{part}.jsonl")
        if part != "train" or self.ours is None:
            return articles
        by_id = {article["id"]: article for article in articles}
        for more in self._rows(self.ours, "additions.jsonl.gz"):
            for what in ("questions", "claims"):
                by_id[more["id"]][what] += more[what]
        return articles + self._rows(self.ours, "articles.jsonl.gz")

    def suite(self, name: str) -> tuple[dict[str, str], list[Row]]:
        """Read a suite's texts by id, and the questions of its train portion."""
        corpus = {
            row["id"]: row["text"] for row in self._rows(self.evals, f"{name}/corpus.jsonl.gz")
        }
        queries = self._rows(self.evals, f"{name}/queries.jsonl.gz")
        return corpus, [query for query in queries if query["portion"] == "train"]

    def note(self, what: str, examples: Sequence[object]) -> None:
        """Remember how many examples something gave."""
        self.portions[what] = len(examples)

    def _rows(self, folder: Path, name: str) -> list[Row]:
        data = (folder / name).read_bytes()
        self.files[name] = hashlib.sha256(data).hexdigest()
        text = gzip.decompress(data) if name.endswith(".gz") else data
        return [json.loads(line) for line in text.decode().splitlines() if line.strip()]


def seeded(seed: int) -> random.Random:
    """The one source of random numbers of a training."""
    return random.Random(seed)  # noqa: S311 - a repeatable choice, no secret
