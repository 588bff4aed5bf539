"""The values of an eval suite: questions, articles, and what is right."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from evals.dataset.lines import Portion, Problem
from evals.metrics.ranking import GoldRule


@dataclass(frozen=True, slots=True)
class Document:
    """An article of the corpus.

    Attributes:
        doc_id: its name in gold and context.
        text: without a byte order mark, which is not part of a text.
    """

    doc_id: str
    text: str
    title: str | None = None
    publisher: str | None = None
    published: datetime.date | None = None
    url: str | None = None
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Gold:
    """Where an answer stands; without a quote, anywhere in the document."""

    doc_id: str
    quote: str | None


@dataclass(frozen=True, slots=True)
class Query:
    """A question and what is known about its answer; the fields are those of the file.

    Attributes:
        fake_answers: what articles of the suite say instead of an accepted answer.
        attack: the order planted in the articles of its context.
        markers: words that show that the order was carried out.
        forbid: words of the articles that would be a wrong answer; None if nobody named any, and
            the suite does not judge answers by words.
        history: earlier questions of the conversation with their answers, oldest first.
    """

    id: str
    question: str
    answerable: bool | None
    answers: tuple[str, ...] = ()
    gold: tuple[Gold, ...] = ()
    gold_rule: GoldRule = "any"
    type: str = "question"
    date: datetime.date | None = None
    context: tuple[str, ...] | None = None
    portion: Portion | None = None
    fake_answers: tuple[str, ...] = ()
    attack: str | None = None
    markers: tuple[str, ...] = ()
    forbid: tuple[str, ...] | None = None
    history: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """The article that a claim's references come from.

    Attributes:
        before: the sentence before the first of them.
    """

    before: str | None = None
    title: str | None = None
    publisher: str | None = None
    published: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class ClaimItem:
    """A claim, the texts it refers to, and whether they support it.

    Attributes:
        origin: of the references, if they are sentences of one article.
    """

    id: str
    claim: str
    references: tuple[str, ...]
    supported: bool
    type: str = "claim"
    portion: Portion | None = None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class PageItem:
    """A page of HTML and the text that a person marked as its article.

    Attributes:
        html_file: its name in the suite, inside the folder.
        path: of that file.
        text: the gold text.
    """

    id: str
    html_file: str
    path: Path
    text: str
    type: str = "page"
    portion: Portion | None = None


@dataclass(frozen=True, slots=True)
class Suite:
    """A suite, read.

    Attributes:
        name: of its folder, or the one in ``suite.toml``.
        folder: the folder it was read from.
        data_hash: SHA-256 over ``sha256sum``'s lines of its files.
        documents: the corpus by id.
        corpus_folder: of the articles, if they are files; None for a JSON corpus.
        queries: the questions; empty in a suite of claims or pages.
        claims: the claims; empty in a suite of anything else.
        pages: the pages; empty in a suite of anything else.
        problems: the lines left out, and why.
    """

    name: str
    title: str
    folder: Path
    data_hash: str
    documents: Mapping[str, Document] = field(default_factory=dict)
    corpus_folder: Path | None = None
    queries: tuple[Query, ...] = ()
    claims: tuple[ClaimItem, ...] = ()
    pages: tuple[PageItem, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def slug(self) -> str:
        """The name, made fit for a file."""
        return re.sub(r"[^\w-]+", "-", self.name).strip("-") or "suite"
