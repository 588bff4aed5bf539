"""A question's day, from the words typed to a verified answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter

from llama_index.core.base.embeddings.base import BaseEmbedding

from index.article import Passage, ScoredPassage, Span
from index.library.library import Library
from index.search.stores import SearchIndex
from rag.composing import Composed, Writer, answer_text, compose
from rag.conflicts import conflict_groups, contradicts
from rag.evidence.instructions import Withheld, is_instruction
from rag.evidence.search import (
    Asked,
    ask,
    fuse,
    load,
    search,
    search_filters,
    to_evidence,
    weigh_dates,
)
from rag.llm.budget import TokenCounter
from rag.llm.client import DEFAULT_MODEL, ChatModel
from rag.llm.retrying import Deadline
from rag.question.followups import standalone
from rag.question.understanding import Understood, understand
from rag.reading.evidence import Reading, read_evidence
from rag.reading.quoting import draft_quotes
from rag.reading.spans import leans_on_previous
from rag.settings import Settings
from rag.types import Abstention, Answer, AnswerEvent, Draft, Evidence, Question, Usage
from rag.verification.verifier import prove_quotes


@dataclass(frozen=True, slots=True)
class Tools:
    """What answering needs; built in `rag.pressmark`."""

    stores: SearchIndex
    embedding: BaseEmbedding
    model: ChatModel | None
    settings: Settings

    @property
    def library(self) -> Library:
        """The system of record."""
        return self.stores.library


class Timer:
    """Wall-clock milliseconds by step."""

    def __init__(self) -> None:
        self.steps: dict[str, float] = {}
        self._last = self._start = perf_counter()

    def lap(self, step: str) -> None:
        """Book the time since the last lap under a step."""
        now = perf_counter()
        self.steps[step] = (now - self._last) * 1000
        self.steps["total"] = (now - self._start) * 1000
        self._last = now


def answer_question(
    question: Question, tools: Tools, deadline: Deadline, *, streamed: bool = False
) -> Iterator[AnswerEvent]:
    """Answer a question from the library: verified sentences as they come, then the answer.

    Args:
        question: what is asked.
        tools: what it is answered with.
        deadline: for everything that a language model does about it.
        streamed: let the model hand out its text while it writes.

    Raises:
        PressmarkError: the library or an index cannot be used. A language model that fails
            is no error: the quoted answer is given and `Answer.fallback` says why.
        CancelledByReaderError: the deadline was cancelled.
    """
    timer = Timer()
    understood, spent = read_question(question, tools, deadline)
    asked = ask(understood.text, question.asked_on, tools.embedding)
    timer.lap("understand")
    ranked = rank_passages(question, understood, asked, tools, tools.settings.evidence_passages)
    timer.lap("retrieve")
    reading = read_passages(ranked, understood, tools)
    evidence = reading.held.evidence
    timer.lap("read")
    quoted = quote(understood, reading, tools)
    writer = writer_for(reading.held, tools, deadline, streamed)
    composed = yield from compose(question, understood, evidence, quoted, writer)
    timer.lap("answer")
    yield conclude(question, understood, evidence, composed, spent, timer, tools)


def read_question(question: Question, tools: Tools, deadline: Deadline) -> tuple[Understood, Usage]:
    """The question as it is meant; a follow-up is made standalone, by the model if there is one."""
    if not question.history or question.mode == "extractive" or tools.model is None:
        return understand(question), Usage()
    alone, spent = standalone(question, tools.model, deadline)
    return understand(question, alone), spent


def writer_for(held: Withheld, tools: Tools, deadline: Deadline, streamed: bool) -> Writer:
    """Who may write, and within which bounds."""
    settings = tools.settings
    name = "" if settings.llm else settings.llm_model or DEFAULT_MODEL

    def before(item: Evidence) -> str | None:
        first = item.passage.sentences[0] if item.passage.sentences else item.passage.span
        if not leans_on_previous(item.source.text[first.start : first.end]):
            return None
        span = preceding_sentence(item.passage, held.evidence, tools.library)
        return item.source.text[span.start : span.end] if span else None

    return Writer(
        tools.model,
        held.quote_only,
        deadline,
        max(settings.llm_context_tokens - settings.llm_answer_tokens, 512),
        lambda: TokenCounter(name),
        before,
        streamed,
    )


def rank_passages(
    question: Question, understood: Understood, asked: Asked, tools: Tools, limit: int
) -> list[ScoredPassage]:
    """The best passages for a question: search, search, fuse, weigh dates, one copy of each."""
    if not understood.has_words:
        return []
    holdings = tools.library.holdings()
    allowed = holdings.matching(search_filters(question))
    found = fuse(*search(asked, tools.stores, allowed))
    decay = tools.settings.fresh_decay
    dated = weigh_dates(found, holdings.published, asked.period, question.asked_on, decay)
    return load(dated, tools.library, limit)


def read_passages(ranked: Sequence[ScoredPassage], understood: Understood, tools: Tools) -> Reading:
    """The best passages as evidence, read for each part of the question."""
    found = to_evidence(ranked, tools.library, tools.settings.evidence_passages)
    return read_evidence(found, understood)


def quote(understood: Understood, reading: Reading, tools: Tools) -> Draft:
    """The draft of the answerer that quotes."""
    return draft_quotes(
        understood,
        reading.parts,
        lambda passage: preceding_sentence(passage, reading.held.evidence, tools.library),
        contradicts,
        tools.settings.refuse_below,
    )


def preceding_sentence(passage: Passage, evidence: list[Evidence], library: Library) -> Span | None:
    """The sentence right before a passage in the same body span, if it may be quoted."""
    item = next(e for e in evidence if e.article.article_id == passage.article_id)
    body = next((span for span in item.article.body if span.contains(passage.span)), None)
    before = [p for p in library.article_passages(passage.article_id) if p.end <= passage.start]
    if body is None or not before or not body.contains(before[-1].span):
        return None
    last, text = before[-1].sentences[-1], item.source.text
    # What was left out of a passage is not bridged, nor let in this way.
    if text[last.end : passage.start].strip() or is_instruction(text[last.start : last.end]):
        return None
    return last


def conclude(
    question: Question,
    understood: Understood,
    evidence: list[Evidence],
    composed: Composed,
    spent: Usage,
    timer: Timer,
    tools: Tools,
) -> Answer:
    """The answer, or the abstention, from what stood the check."""
    draft, verified = composed.draft, composed.verified
    abstention = None if verified.claims else _abstention(understood, draft, evidence)
    conflicts = conflict_groups(draft, verified)
    timer.lap("conclude")
    return Answer(
        question=question,
        status="abstained" if abstention else "answered",
        text=abstention.reason if abstention else answer_text(draft.mode, verified, conflicts),
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
        question_understood=understood.standalone,
        conflicts=conflicts,
    )


def _abstention(understood: Understood, draft: Draft, evidence: list[Evidence]) -> Abstention:
    if not understood.has_words:
        return Abstention("There are no words in the question to look for.", ())
    reason = draft.abstention or "No quote could be proven against its source."
    return Abstention(reason, prove_quotes(draft.closest, evidence))
