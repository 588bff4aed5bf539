"""Doubles for the evals: a system that answers from a script, over articles held in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from evals.records.figures import compute_all
from evals.records.record import ClaimOutcome, Provenance, QuestionOutcome, Record, SuiteInfo
from index.article import Article, MarkedSpan, Passage, ScoredPassage, Source, Span, SpanKind
from index.ingest.report import IngestReport
from index.ingest.run import IngestProgress
from index.library.tables import FileRecord
from index.readers.files import read_file
from index.readers.sidecar import SIDECAR_NAME
from index.saying import phrase
from rag.settings import Settings
from rag.types import Abstention, Answer, Citation, Claim, Question, Usage

# What to quote for each question; the system declines any other question.
Script = Mapping[str, Sequence[str]]


def silent_progress() -> Progress:
    return Progress(console=Console(quiet=True))


@dataclass
class ScriptedSystem:
    """Answers with the scripted quotes, each found word for word in some article.

    Attributes:
        shift: how far the offsets it gives are off.
        inserted: what it puts before the text of a source that it cites.
        differing: the questions on which it says that sources differ.
    """

    script: Script
    confidence: float = 0.9
    broken: Mapping[str, Exception] = field(default_factory=dict)
    shift: int = 0
    inserted: str = ""
    refuse_files: frozenset[str] = frozenset()
    differing: frozenset[str] = frozenset()
    asked: list[Question] = field(default_factory=list)
    settings: Settings | None = None

    def __post_init__(self) -> None:
        self._sources: dict[str, Source] = {}
        self._files: dict[str, FileRecord] = {}

    @property
    def library(self) -> ScriptedSystem:
        return self

    def files(self, root: str) -> Mapping[str, FileRecord]:
        return self._files

    def articles(self) -> Mapping[str, Article]:
        return {f"art-{name}": self._article(source) for name, source in self._sources.items()}

    def index(
        self, paths: Sequence[Path], progress: Callable[[IngestProgress], None] | None
    ) -> IngestReport:
        for path in sorted(paths[0].rglob("*")):
            if path.is_file() and path.name != SIDECAR_NAME:
                self._add(path, path.relative_to(paths[0]).as_posix())
        if progress:
            progress(IngestProgress("reading", str(paths[0]), 1, 1, 0))
        return IngestReport((), len(self._sources), len(self._sources), 7, 0.1, True)

    def _add(self, path: Path, relpath: str) -> None:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if relpath in self.refuse_files:
            self._files[relpath] = FileRecord(
                relpath, 1, 1, digest, "", "1", "refused", "it is refused"
            )
            return
        source, _ = read_file(path)
        self._sources[source.source_id] = source
        self._files[relpath] = FileRecord(
            relpath, 1, 1, digest, "", "1", "indexed", None, source.source_id
        )

    def _article(self, source: Source) -> Article:
        whole = MarkedSpan(SpanKind.BODY, Span(0, len(source.text)))
        return Article(
            f"art-{source.source_id}", source.source_id, None, None, None, "none", "en", (whole,)
        )

    def answer(self, question: Question) -> Answer:
        self.asked.append(question)
        if question.text in self.broken:
            raise self.broken[question.text]
        citations = tuple(
            self._cite(marker, quote)
            for marker, quote in enumerate(self.script.get(question.text, ()), start=1)
        )
        return Answer(
            question=question,
            status="answered" if citations else "abstained",
            text=" ".join(f"{c.quote} [{c.marker}]" for c in citations) or "Not in the articles.",
            claims=tuple(Claim(c.quote, (c.marker,), "full") for c in citations),
            citations=citations,
            rejected=(),
            abstention=None if citations else Abstention(phrase("Not in the articles."), ()),
            confidence=self.confidence,
            mode="extractive",
            fallback=None,
            usage=Usage(),
            timings_ms={},
            index_version="1",
            conflicts=((1, 2),) if question.text in self.differing else (),
        )

    def _cite(self, marker: int, quote: str) -> Citation:
        held = next(s for s in self._sources.values() if quote in s.text)
        source = replace(held, text=self.inserted + held.text)
        start = source.text.index(quote) + self.shift
        return Citation(
            marker, self._article(source), source, quote, start, start + len(quote), "", ""
        )

    def search(self, question: Question, k: int) -> Sequence[ScoredPassage]:
        words = set(question.text.lower().split())
        passages = [self._passage(source) for source in self._sources.values()]
        passages.sort(key=lambda p: -len(words & set(p.text.lower().split())))
        return [
            ScoredPassage(passage, 1 / rank, rank, "scripted")
            for rank, passage in enumerate(passages[:k], start=1)
        ]

    def _passage(self, source: Source) -> Passage:
        end = len(source.text)
        name = source.source_id
        return Passage(f"p-{name}", f"art-{name}", name, 0, end, source.text, (Span(0, end),))

    @contextmanager
    def opened(self, settings: Settings) -> Iterator[ScriptedSystem]:
        """An opener for `evals.running.run.run_suite`."""
        self.settings = settings
        yield self


def question_item(name: str, **scores: float) -> QuestionOutcome:
    """A question of an invented record."""
    return QuestionOutcome(
        id=name,
        type="who",
        portion=None,
        scores=scores,
        unscored={},
        question=f"Question {name}?",
        as_of=None,
        answerable=scores.get("unanswerable") != 1.0,
        answers=["yes"],
        gold_rule="any",
        gold=[],
        status="abstained" if scores.get("refused") else "answered",
        answer="An answer.",
        confidence=scores.get("confidence"),
    )


def made_up_record(
    items: Sequence[QuestionOutcome],
    claims: Sequence[ClaimOutcome] = (),
    data_hash: str = "d" * 64,
    limit: int | None = None,
    problems: Sequence[str] = (),
) -> Record:
    """A record of items that never ran."""
    return Record(
        suite=SuiteInfo(
            name="made-up",
            title="Made up",
            kind="claims" if claims else "questions",
            data_hash=data_hash,
            documents=1,
            refused={},
            items=len(items),
            of=len(items),
            portion=None,
            limit=limit,
            sample=None,
            problems=list(problems),
        ),
        made=Provenance(
            started_at="2024-01-01T00:00:00+00:00",
            seconds=1.0,
            indexing_seconds=0.5,
            texts_embedded=0,
            commit=None,
            dirty=None,
            settings_hash="s",
            settings={},
            packages={},
            python="3.11",
            system="Linux",
            cpu="cpu",
            cores=2,
        ),
        figures=compute_all(list(claims) or list(items)),
        questions=list(items),
        claims=list(claims),
    )
