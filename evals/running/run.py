"""Run a suite: index its corpus, ask its questions, score the answers.

Each suite has a home folder of its own below the user's, so that its articles never mix with
anybody's library and its vectors are there the next time.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from rich.progress import Progress

from evals.dataset.corpus import Corpus, Shelf, corpus_folder, map_corpus
from evals.dataset.items import Query, Suite
from evals.metrics.question_only import question_only_scores
from evals.records.figures import compute_all
from evals.records.provenance import Effort, provenance
from evals.records.record import QuestionOutcome, Record
from evals.running.choice import Choice, choose, suite_info
from evals.running.claims import run_claims, supports
from evals.running.outcomes import Seen
from evals.running.pages import run_pages
from evals.running.scoring import score
from index.article import ScoredPassage, SearchFilters
from index.errors import PressmarkError
from index.ingest.report import IngestReport
from index.ingest.run import IngestProgress
from rag.pressmark import Pressmark
from rag.settings import Settings
from rag.types import Answer, Question, Turn

# Passages retrieved to judge the ranking of articles; several may be of one article.
RANKED_PASSAGES = 100


class System(Protocol):
    """The system under test (`rag.pressmark.Pressmark`)."""

    @property
    def library(self) -> Shelf:
        """The system of record."""
        ...

    def answer(self, question: Question) -> Answer:
        """Answer a question."""
        ...

    def search(self, question: Question, k: int) -> Sequence[ScoredPassage]:
        """Find the k best passages for a question."""
        ...

    def index(
        self, paths: Sequence[Path], progress: Callable[[IngestProgress], None] | None
    ) -> IngestReport:
        """Index folders."""
        ...


Opener = Callable[[Settings], AbstractContextManager[System]]


def open_system(settings: Settings) -> AbstractContextManager[System]:
    """Open Pressmark for indexing and asking."""
    return Pressmark.open(settings, write=True, purpose="eval")


def suite_home(suite: Suite, settings: Settings) -> Path:
    """The suite's own home folder, one for each place it comes from and each embedding."""
    identity = f"{suite.folder.resolve()}\n{settings.embedding}"
    return (
        settings.home
        / "evals"
        / f"{suite.slug}-{hashlib.sha256(identity.encode()).hexdigest()[:8]}"
    )


def run_suite(
    suite: Suite,
    settings: Settings,
    choice: Choice,
    progress: Progress,
    opener: Opener = open_system,
) -> Record:
    """Run a suite and compute its figures.

    Args:
        suite: of questions, of claims or of pages.
        settings: of the system; the suite's index goes below its ``home``.
        choice: which of its items to run.
        progress: shows the bars.
        opener: opens the system under test.

    Raises:
        SuiteError: the choice leaves no item.
        PressmarkError: the corpus cannot be indexed.
    """
    if suite.claims:
        return run_claims(suite, settings, choice, progress)
    if suite.pages:
        return run_pages(suite, settings, choice, progress)
    return _run_questions(suite, settings, choice, progress, opener)


def _run_questions(
    suite: Suite, settings: Settings, choice: Choice, progress: Progress, opener: Opener
) -> Record:
    started, clock = datetime.now(UTC), time.perf_counter()
    chosen = [_asked_later(query, choice.later) for query in choose(suite.queries, choice)]
    home = suite_home(suite, settings)
    # Beside the library, because indexing never enters a library's own folder.
    folder, doc_of_file = corpus_folder(suite, home / "articles")
    own = settings.model_copy(update={"home": home / "library"})
    with opener(own) as system:
        report = _index(system, folder, suite.name, progress)
        corpus = map_corpus(suite, folder, doc_of_file, system.library)
        # Otherwise the first question pays for what loads only once.
        system.search(Question(chosen[0].question), k=1)
        outcomes = [
            _ask(system, query, corpus, settings.evidence_passages, choice.ranking)
            for query in progress.track(chosen, description=f"{suite.name}: asking")
        ]
    outcomes = _with_question_only(outcomes)
    seconds = time.perf_counter() - clock
    effort = Effort(started, seconds, report.seconds, report.texts_embedded)
    return Record(
        suite=suite_info(suite, choice, len(outcomes), corpus.refused),
        made=provenance(settings, effort),
        figures=compute_all(outcomes),
        questions=outcomes,
    )


def _index(system: System, folder: Path, name: str, progress: Progress) -> IngestReport:
    task = progress.add_task(f"{name}: indexing", total=None)

    def show(state: IngestProgress) -> None:
        progress.update(task, completed=state.done, total=state.total or None)

    report = system.index([folder], show)
    progress.remove_task(task)
    return report


def _asked_later(query: Query, days: int) -> Query:
    return replace(query, date=query.date + timedelta(days)) if query.date else query


def _question(query: Query, corpus: Corpus) -> Question:
    allowed = None if query.context is None else corpus.context_articles(query.context)
    return Question(
        text=query.question.strip(),
        as_of=query.date,
        filters=SearchFilters(article_ids=allowed),
        history=tuple(Turn(question, answer) for question, answer in query.history),
    )


def _ask(
    system: System, query: Query, corpus: Corpus, evidence: int, ranking: bool
) -> QuestionOutcome:
    question = _question(query, corpus)
    try:
        wall, cpu = time.perf_counter(), time.process_time()
        answer = system.answer(question)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        ranked = system.search(question, k=RANKED_PASSAGES) if ranking else None
    except PressmarkError as error:
        return _failed(query, error.user_message)
    except Exception as error:
        # A defect in one question must not lose the run; we show and count it instead, and the
        # gate does not let it pass.
        return _failed(query, f"{type(error).__name__}: {error}")
    return score(Seen(query, answer, ranked, evidence, wall * 1000, cpu * 1000), corpus, supports)


def _failed(query: Query, reason: str) -> QuestionOutcome:
    lost = ["outcome", "unanswerable", "latency_ms", "cpu_ms"]
    if query.gold:
        lost += ["hit_at_1", "hit_at_5", "hit_at_10", "mrr_at_10", "evidence_recall"]
    if query.answerable:
        lost += ["citation_hit_any", "citation_hit_first", "contains", "first_quote_contains"]
        lost += ["exact_match", "token_f1"]
    return QuestionOutcome(
        id=query.id,
        type=query.type,
        portion=query.portion,
        scores={},
        unscored=dict.fromkeys(lost, reason),
        question=query.question,
        as_of=query.date.isoformat() if query.date else None,
        answerable=query.answerable,
        answers=list(query.answers),
        gold_rule=query.gold_rule,
        gold=[],
        status="error",
        answer=reason,
    )


def _with_question_only(outcomes: list[QuestionOutcome]) -> list[QuestionOutcome]:
    """Add the scores of a classifier that reads the judged questions and no article."""
    judged = [outcome for outcome in outcomes if "unanswerable" in outcome.scores]
    labels = [bool(outcome.answerable) for outcome in judged]
    if len(set(labels)) < 2:
        return outcomes
    found = question_only_scores([outcome.question for outcome in judged], labels)
    by_id = {outcome.id: value for outcome, value in zip(judged, found, strict=True)}
    return [
        outcome.model_copy(
            update={"scores": {**outcome.scores, "question_only": by_id[outcome.id]}}
        )
        if outcome.id in by_id
        else outcome
        for outcome in outcomes
    ]
