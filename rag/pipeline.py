"""A question's day, from the words typed to a verified answer."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from threading import Semaphore
from typing import Final

from llama_index.core.base.embeddings.base import BaseEmbedding

from index.article import ScoredPassage
from index.library.library import Library
from index.saying import phrase, sentences
from index.search.stores import SearchIndex
from rag.attribution import undated_words
from rag.changes import newest_first, newest_leads, superseded, superseded_words
from rag.composing import Composed, Writer, answer_text, compose
from rag.conflicts import conflict_groups, find_conflict
from rag.deciding import deciding_leads, denied_words
from rag.evidence.filtering import nothing_passes
from rag.evidence.search import fuse, load, search, search_filters, to_evidence, weigh_dates
from rag.evidence.stories import later_first
from rag.llm.client import DEFAULT_MODEL, ChatModel
from rag.llm.retrying import Deadline
from rag.llm.spending import cost_of
from rag.overview.collecting import collect
from rag.question.asked import Asked, ask
from rag.question.followups import standalone
from rag.question.kinds import KindTeller
from rag.reading.calibration import Calibration
from rag.reading.evidence import Reading, read_evidence
from rag.reading.quoting import Quoted, draft_quotes, further_proposals
from rag.reading.reader import Reader
from rag.reading.tables import with_rows_read
from rag.reading.voices import about_whom_it_asks
from rag.settings import Settings
from rag.timing import Timer
from rag.types import Abstention, Answer, AnswerEvent, Citation, Draft, Question, Task, Usage
from rag.verification.judge import Judge
from rag.verification.verifier import prove_quotes

MORE_SURE: Final = 0.05
"""A less likely reading of a follow-up is taken if its answer is so much surer."""
READ_AT_ONCE: Final = 4
"""Questions of one library that are searched for and read for at the same time."""
_EVERY: Final = ("list", "compare")
"""Kinds of answer that quote whatever there is."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What answering needs; only `rag.pressmark` builds it.

    Attributes:
        stores: the library and the indexes made from it.
        embedding: gives questions their vectors.
        teller: tells kinds of questions apart, whatever the embedding is.
        model: the language model that writes; None if none is configured.
        reader: reads passages for a question; None where its weights are not installed.
        calibration: how far what it reads is to be trusted.
        judge: tells whether evidence supports a claim; None where its weights are not installed.
        settings: how this installation is set up.
        turns: of those that search and read at the same time; more would only slow each other down.
    """

    stores: SearchIndex
    embedding: BaseEmbedding
    teller: KindTeller
    model: ChatModel | None
    reader: Reader | None
    calibration: Calibration
    judge: Judge | None
    settings: Settings
    turns: Semaphore = field(default_factory=lambda: Semaphore(READ_AT_ONCE))

    @property
    def library(self) -> Library:
        """The system of record."""
        return self.stores.library


def answer_question(
    question: Question, tools: Tools, deadline: Deadline, *, streamed: bool = False
) -> Iterator[AnswerEvent]:
    """Answer a question from the library: verified sentences as they come, then the answer.

    Args:
        question: the question.
        tools: to answer it with.
        deadline: for everything that a language model does about it.
        streamed: let the model hand out its text while it writes.

    Raises:
        PressmarkError: the library or an index is not usable. A failing language model is not an
            error: this gives the quoted answer, and `Answer.fallback` says why.
        CancelledByReaderError: somebody cancelled the deadline.
    """
    timer = Timer()
    readings, spent = read_question(question, tools, deadline)
    deadline.hold()  # searching and reading are our own work
    timer.lap("understand")
    # Whoever waits for a model keeps nobody from searching and reading, which the processor does.
    with tools.turns:
        timer.lap("wait")
        found = better([find(asked, tools, timer) for asked in readings])
    asked, reading = found.asked, found.reading
    writer = writer_for(reading, tools, deadline, timer, streamed)
    composed = yield from compose(asked, reading.held.evidence, found.quoted, writer, tools.judge)
    timer.lap("verify")
    yield conclude(found, composed, spent, timer, tools)


@dataclass(frozen=True, slots=True)
class Found:
    """What the articles give for one reading of a question.

    Attributes:
        asked: the question, so read.
        reading: the evidence, read.
        quoted: the draft of the answerer that quotes.
        is_collected: whether it is made of several articles, without reading passages.
    """

    asked: Asked
    reading: Reading
    quoted: Draft
    is_collected: bool = False


def find(asked: Asked, tools: Tools, timer: Timer) -> Found:
    """Look for an answer: from several articles if the question wants that, else in passages."""
    if asked.question.task == "search":
        asked = replace(asked, topic=True)
    collected = collect(asked, tools.teller.kinds, tools.stores)
    if collected is not None:
        timer.lap("collect")
        asked = replace(asked, topic=not collected.written)
        return Found(asked, Reading(collected.held, ()), collected.draft, is_collected=True)
    # A list, or the sides of a comparison, need more passages than an answer.
    every = asked.kind in _EVERY
    limit = tools.settings.evidence_passages * (2 if every else 1)
    ranked = rank_passages(asked, tools, limit)
    timer.lap("retrieve")
    reading = read_passages(asked, ranked, tools, every)
    timer.lap("read")
    drafted = newest_first(quote(asked, reading, tools), reading.held.evidence, asked.period)
    return Found(asked, reading, drafted)


def further_quotes(
    question: Question, tools: Tools, known: Collection[Quoted], most: int
) -> tuple[Citation, ...]:
    """The sentences that come next to a question, beside those that are known already.

    Args:
        question: standalone; its history is not looked at.
        tools: to find and read with.
        known: the quotes that its answer shows.
        most: how many to give.
    """
    asked = ask(replace(question, history=()), tools.embedding, tools.teller)[0]
    ranked = rank_passages(asked, tools, tools.settings.evidence_passages)
    reading = read_passages(asked, ranked, tools, every=True)
    proposals = further_proposals(reading.parts, known, most)
    return prove_quotes(proposals, reading.held.evidence)


def _task(found: Found) -> Task:
    """Name the kind of answer that was given."""
    asked = found.asked
    if asked.kind in ("overview", "timeline", "count"):
        if found.is_collected:
            return asked.kind
    elif asked.kind == "list":
        return asked.kind
    return "search" if asked.topic and not found.is_collected else "answer"


def better(found: Sequence[Found]) -> Found:
    """The reading of a question that the articles answer better; in doubt, the likeliest."""
    best = found[0]
    for other in found[1:]:
        if other.quoted.confidence > best.quoted.confidence + MORE_SURE:
            best = other
    return best


def read_question(
    question: Question, tools: Tools, deadline: Deadline
) -> tuple[tuple[Asked, ...], Usage]:
    """Make the question standalone if it is a follow-up, by the model if there is one."""
    alone, spent = None, Usage()
    if question.history and question.mode != "extractive" and tools.model is not None:
        alone, spent = standalone(question, tools.model, deadline)
    return ask(question, tools.embedding, tools.teller, alone), spent


def rank_passages(asked: Asked, tools: Tools, limit: int) -> list[ScoredPassage]:
    """The best passages for a question: search, search, fuse, dates, versions, one copy of each."""
    if not asked.understood.has_words:
        return []
    holdings, day = tools.library.holdings(), asked.question.asked_on
    allowed = holdings.matching(search_filters(asked.question))
    found = fuse(*search(asked, tools.stores, allowed))
    decay = tools.settings.fresh_decay
    dated = weigh_dates(found, holdings.published, asked.period, day, decay)
    return load(later_first(dated, holdings.later), tools.library, limit)


def read_passages(
    asked: Asked, ranked: Sequence[ScoredPassage], tools: Tools, every: bool = False
) -> Reading:
    """The best passages as evidence, read for each part of the question and numbered."""
    limit = len(ranked) if every else tools.settings.evidence_passages
    found = to_evidence(ranked, tools.library, limit, asked.question.asked_on)
    return read_evidence(asked, found, tools.reader, tools.calibration, every)


def quote(asked: Asked, reading: Reading, tools: Tools) -> Draft:
    """Make the draft of the answerer that quotes."""
    every, decides = asked.kind in _EVERY, asked.kind == "yes_no"
    below = tools.settings.refuse_below
    calibration = tools.calibration
    parts = [about_whom_it_asks(with_rows_read(part), calibration) for part in reading.parts]
    if decides:
        parts = [deciding_leads(part, asked.period, tools.judge) for part in parts]
    # Of a part that is refused no conflict is shown, and several items of a list are none.
    conflicts = [
        find_conflict(part, tools.judge) if part.confidence >= below and not every else []
        for part in parts
    ]
    if not (decides or every):
        # Of sides that contradict each other the newest comes first anyway.
        parts = [
            part if sides else newest_leads(part, asked.period)
            for part, sides in zip(parts, conflicts, strict=True)
        ]
    return draft_quotes(asked, parts, conflicts, below, every)


def writer_for(
    reading: Reading, tools: Tools, deadline: Deadline, timer: Timer, streamed: bool
) -> Writer:
    """Decide who may write, and within which bounds."""
    settings = tools.settings
    return Writer(
        model=tools.model,
        quote_only=reading.held.quote_only,
        deadline=deadline,
        room=max(settings.llm_context_tokens - settings.llm_answer_tokens, 512),
        counted_as="" if settings.llm else settings.llm_model or DEFAULT_MODEL,
        timer=timer,
        streamed=streamed,
    )


def conclude(found: Found, composed: Composed, spent: Usage, timer: Timer, tools: Tools) -> Answer:
    """Make the answer, or the abstention, from what stood the check."""
    asked, draft, verified = found.asked, composed.draft, composed.verified
    holdings, filters = tools.library.holdings(), search_filters(asked.question)
    undated = holdings.undated_left_out(filters)
    abstention = None
    if not verified.claims:
        abstention = _abstention(asked, draft, found.reading)
        if blocked := nothing_passes(filters, holdings):
            abstention = Abstention(blocked, ())
        elif undated:
            reason = sentences(abstention.reason, undated_words(undated))
            abstention = replace(abstention, reason=reason)
    conflicts = conflict_groups(draft, verified)
    replaced = superseded(draft, verified)
    notes = (*draft.notes, *superseded_words(replaced, verified))
    if asked.kind == "yes_no" and verified.citations and draft.mode == "extractive":
        denied = denied_words(asked.understood.text, verified.citations[0], tools.judge)
        notes = (*denied, *notes)
    timer.lap("conclude")
    return Answer(
        question=asked.question,
        task=_task(found),
        status="abstained" if abstention else "answered",
        text=abstention.reason
        if abstention
        else answer_text(draft.mode, verified, conflicts, notes),
        claims=verified.claims,
        citations=verified.citations,
        rejected=verified.rejected,
        abstention=abstention,
        confidence=draft.confidence,
        mode=draft.mode,
        fallback=composed.fallback,
        usage=spent + draft.usage,
        timings_ms=timer.steps,
        index_version=tools.library.index_version,
        question_understood=asked.understood.standalone,
        conflicts=conflicts,
        undated_left_out=undated,
        notes=() if abstention else notes,
        superseded=tuple(replaced),
        cost=cost_of(spent + draft.usage, tools.settings),
        stages=tuple(timer.stages),
    )


def _abstention(asked: Asked, draft: Draft, reading: Reading) -> Abstention:
    if not asked.understood.has_words:
        return Abstention(phrase("The question has no words to look for."), ())
    reason = draft.abstention or phrase("No quote was found in its source.")
    return Abstention(reason, prove_quotes(draft.closest, reading.held.evidence))
