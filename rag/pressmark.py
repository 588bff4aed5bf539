"""The one place that opens clients, stores and trained models and puts them together."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Self

from index.article import ScoredPassage
from index.embedding.by_name import open_embedding
from index.embedding.local import E5Embedding, model_fingerprint
from index.ingest.cluster import cluster
from index.ingest.report import IngestReport, RootReport
from index.ingest.roots import NOTHING, Keep
from index.ingest.run import IngestProgress, index_roots, remove_root
from index.library.library import Library
from index.library.upgrade import Progress, bring_over
from index.search.finding import Found, Wanted, find_articles
from index.search.following import following
from index.search.stores import Lag, open_stores
from rag.evidence.instructions import withhold
from rag.evidence.search import numbered, to_evidence
from rag.llm.client import ChatModel, open_chat_model
from rag.llm.retrying import Deadline
from rag.llm.spending import count
from rag.pipeline import (
    Tools,
    answer_question,
    further_quotes,
    rank_passages,
    read_passages,
)
from rag.question.asked import Asked, ask
from rag.question.kinds import KindTeller, load_kinds
from rag.reading.calibration import load_calibration
from rag.reading.evidence import rerank
from rag.reading.quoting import Quoted
from rag.reading.reader import Reader, open_reader
from rag.settings import Settings
from rag.streaming import AnswerStream
from rag.types import Answer, AnswerEvent, Citation, Evidence, Question
from rag.verification.judge import open_judge

logger = logging.getLogger(__name__)


def taught_reader() -> Reader | None:
    """The reader of every Pressmark in this process, for those that read without a library.

    Returns:
        None if its weights are not installed.
    """
    return open_reader()


Observer = Callable[[Answer], None]
IndexObserver = Callable[[IngestReport], None]
Admission = Callable[[Question], None]
"""Told of a question before it is answered; raises if it may not be."""


class Pressmark:
    """An open library that answers questions.

    Use it as a context manager, or call `close`. Answering is safe from several threads.

    Attributes:
        observers: each is told of every answer that is given, by whatever door.
        index_observers: each is told of every run of indexing.
        admissions: each is asked before a question is answered, by whatever door.

    Example:
        >>> with Pressmark.open(Settings()) as pressmark:
        ...     print(pressmark.answer(Question("Who was detained in Belarus?")).text)
    """

    def __init__(
        self,
        tools: Tools,
        observers: list[Observer] | None = None,
        index_observers: list[IndexObserver] | None = None,
        admissions: list[Admission] | None = None,
    ) -> None:
        self._tools = tools
        self.observers = [] if observers is None else observers
        self.index_observers = [] if index_observers is None else index_observers
        self.admissions = [] if admissions is None else admissions
        self._lock = threading.RLock()

    @classmethod
    def open(
        cls,
        settings: Settings | None = None,
        *,
        write: bool = False,
        purpose: str = "answering questions",
        upgrading: Progress | None = None,
        worker: int | None = None,
    ) -> Self:
        """Open the library in ``home``, and create it if there is none.

        Args:
            settings: the settings; by default those of the environment.
            write: hold the library for writing until closed.
            purpose: what this process does with it, for the message to a second writer.
            upgrading: hears of the progress of bringing over an older library.
            worker: this process's number among those of one server, if there are several; their
                parent holds the right to write (`index.library.workers`).

        Raises:
            LibraryBusyError: ``write``, and another process holds it.
            LibraryError: the library is not usable.
            EmbeddingModelError: the embedding model is missing or altered.
        """
        settings = settings or Settings()
        embedding = open_embedding(settings.embedding)
        fingerprint = model_fingerprint(embedding)
        dimension = len(embedding.get_query_embedding("dimension"))
        home, places, is_worker = settings.home, settings.places(worker), worker is not None
        bring_over(home, embedding, dimension, upgrading, places.url, is_worker)
        stores = open_stores(
            home,
            write=write,
            fingerprint=fingerprint,
            dimension=dimension,
            activity=purpose,
            places=places,
        )
        return cls(
            Tools(
                stores=stores,
                embedding=embedding,
                teller=_kind_teller(fingerprint),
                model=open_chat_model(settings),
                reader=open_reader(),
                calibration=load_calibration(),
                judge=open_judge(),
                settings=settings,
            )
        )

    def with_model(self, model: ChatModel | None, settings: Settings | None = None) -> Self:
        """The same open library, answered from by another model; closing either closes both.

        Args:
            model: that writes.
            settings: with its name and what it can read; those of this one if left out.
        """
        tools = replace(self._tools, model=model, settings=settings or self.settings)
        return type(self)(tools, self.observers, self.index_observers, self.admissions)

    @property
    def settings(self) -> Settings:
        """The settings that it was opened with."""
        return self._tools.settings

    @property
    def library(self) -> Library:
        """The system of record."""
        return self._tools.library

    def answer(self, question: Question | str) -> Answer:
        """Answer a question; see `rag.pipeline.answer_question`."""
        return self._events(question, streamed=False).answer()

    async def aanswer(self, question: Question | str) -> Answer:
        """Answer a question without blocking; cancelling ends the call to a model, too."""
        events = self._events(question, streamed=False)
        try:
            return await asyncio.to_thread(events.answer)
        finally:
            events.close()

    def stream(self, question: Question | str) -> AnswerStream:
        """Answer a question sentence by sentence; see `rag.streaming`."""
        return self._events(question, streamed=True)

    async def astream(self, question: Question | str) -> AsyncIterator[AnswerEvent]:
        """Answer a question sentence by sentence without blocking; see `rag.streaming`."""
        events = self.stream(question)
        try:
            while (event := await asyncio.to_thread(next, events, None)) is not None:
                yield event
        finally:
            events.close()

    def _events(self, question: Question | str, *, streamed: bool) -> AnswerStream:
        asked = Question(question.strip()) if isinstance(question, str) else question
        asked, tools = self._within(asked), self._tools

        def events(deadline: Deadline) -> Iterator[AnswerEvent]:
            for admit in self.admissions:
                admit(asked)
            for event in answer_question(asked, tools, deadline, streamed=streamed):
                if isinstance(event, Answer):
                    count(event.usage, tools.settings, tools.library.notes)
                    for observe in self.observers:
                        observe(event)
                yield event

        return AnswerStream(events, tools.settings.llm_timeout_s)

    def search(self, question: Question, k: int = 10) -> list[ScoredPassage]:
        """Find the k best passages for a question, before the choice of evidence."""
        asked, ranked = self._ranked(question, max(k, self.settings.evidence_passages))
        return rerank(ranked, read_passages(asked, ranked, self._tools))[:k]

    def further_quotes(
        self, question: Question, known: Collection[Quoted], most: int = 3
    ) -> tuple[Citation, ...]:
        """Quotes for further reading; see `rag.pipeline.further_quotes`."""
        return further_quotes(self._within(question), self._tools, known, most)

    def find(self, wanted: Wanted) -> Found:
        """The articles that have all the words looked for; see `index.search.finding`."""
        filters = self.library.resolved(wanted.filters)
        return find_articles(self._tools.stores, replace(wanted, filters=filters))

    def evidence(self, question: Question) -> list[Evidence]:
        """Find the passages that an answer uses, as the search ranks them: not read yet."""
        limit = self.settings.evidence_passages
        asked, ranked = self._ranked(question, limit)
        found = to_evidence(ranked, self.library, limit, question.asked_on)
        return numbered(withhold(found, asked.understood.text).evidence)

    def _ranked(self, question: Question, limit: int) -> tuple[Asked, list[ScoredPassage]]:
        asked = ask(self._within(question), self._tools.embedding, self._tools.teller)[0]
        return asked, rank_passages(asked, self._tools, limit)

    def _within(self, question: Question) -> Question:
        """The question, restricted to the articles of the collections that it names."""
        return replace(question, filters=self.library.resolved(question.filters))

    def index(
        self,
        paths: Sequence[Path],
        progress: Callable[[IngestProgress], None] | None = None,
        keep: Keep = NOTHING,
        ray: str | None = None,
    ) -> IngestReport:
        """Index folders; see `index.ingest.run.index_roots`.

        Args:
            paths: folders or files.
            progress: told how far the run is.
            keep: whose articles stay though their files are not there.
            ray: the address of a Ray cluster that reads and embeds, see `index.ingest.cluster`.
        """
        stores, embedding = self._tools.stores, self._tools.embedding
        with self._lock:
            if ray is None:
                report = index_roots(stores, paths, embedding, progress, keep)
            else:
                with cluster(ray, self.settings.embedding) as labour:
                    report = index_roots(stores, paths, embedding, progress, keep, labour)
        for observe in self.index_observers:
            observe(report)
        return report

    def remove(self, path: Path) -> RootReport:
        """Remove a root and everything that only it holds."""
        with self._lock:
            return remove_root(self._tools.stores, path)

    def lags(self) -> dict[str, Lag]:
        """How far the search indexes are behind; see `index.search.stores.SearchIndex.lags`."""
        return self._tools.stores.lags()

    def caught_up(self) -> dict[str, int]:
        """What they took in when they were opened; see `SearchIndex.caught_up`."""
        return self._tools.stores.caught_up()

    def following(self) -> AbstractContextManager[None]:
        """Follow what other processes change; see `index.search.following`."""
        return following(self._tools.stores)

    def close(self) -> None:
        """Release the stores and the library's lock, and end calls to a model."""
        if self._tools.model is not None:
            self._tools.model.close()
        self._tools.stores.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _kind_teller(fingerprint: str) -> KindTeller:
    """Choose what tells kinds of questions apart.

    If the kinds were fitted on the embedding's vectors, no question is encoded twice. Beside any
    other embedding, the first question opens the project's own encoder.

    Args:
        fingerprint: of the embedding in use.
    """
    kinds = load_kinds()
    return KindTeller(kinds, None if kinds.encoder == fingerprint else E5Embedding())
