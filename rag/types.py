"""The values of a question's day: question, proposal, proof and answer.

An answerer only ever *proposes* (`Draft`); the verifier in `rag.verification` alone builds a
`Citation`, after it has found the quote in the source.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from index.article import Article, DateCandidate, Passage, SearchFilters, Source, Span
from index.saying import Said

Mode = Literal["auto", "extractive", "generative"]
AnswerMode = Literal["extractive", "generative"]
Status = Literal["answered", "abstained"]
Task = Literal["auto", "answer", "overview", "timeline", "list", "count", "search"]
"""What an answer is made of: one sentence, several articles, a number of them, passages."""
Support = Literal["full", "partial", "none"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of the same conversation."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question.

    Attributes:
        text: as typed, stripped.
        as_of: the day on which the question is asked; None means today. Articles dated
            later do not count.
        filters: the restrictions of the search.
        history: earlier turns, oldest first.
        mode: ``auto`` writes with a language model if one is configured.
        task: the kind of answer; ``auto`` reads it off the question.
    """

    text: str
    as_of: date | None = None
    filters: SearchFilters = field(default_factory=SearchFilters)
    history: tuple[Turn, ...] = ()
    mode: Mode = "auto"
    task: Task = "auto"

    @property
    def asked_on(self) -> date:
        """The day on which it is asked."""
        return self.as_of or date.today()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that an answer may cite.

    Attributes:
        marker: the number that it is shown and cited by, from 1; 0 while the passages are not
            yet in their order (`rag.evidence.search.numbered`).
        score: what it is ranked by; higher is better.
        before: the sentence right before the passage in the same body, where that may be quoted.
        copies: ids of the articles that carry the same story.
        later: ids of the versions of the article that supersede it.
    """

    marker: int
    passage: Passage
    article: Article
    source: Source
    score: float
    before: Span | None = None
    copies: tuple[str, ...] = ()
    later: tuple[str, ...] = ()

    @property
    def words_before(self) -> str:
        """The sentence right before the passage, or nothing."""
        return self.source.text[self.before.start : self.before.end] if self.before else ""


@dataclass(frozen=True, slots=True)
class ProposedCitation:
    """An answerer's untrusted pointer to evidence.

    Attributes:
        marker: number of the `Evidence`.
        quote: the words meant, or None for "somewhere in this passage".
        near: code point offset in the source that the answerer took the quote from; decides
            between repetitions of the same words.
        answer_span: the words that answer, as a span of the source.
    """

    marker: int
    quote: str | None = None
    near: int | None = None
    answer_span: Span | None = None


@dataclass(frozen=True, slots=True)
class DraftClaim:
    """One proposed sentence and the evidence that it claims."""

    text: str
    citations: tuple[ProposedCitation, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a language model counted."""

    prompt_tokens: int = 0
    completion_tokens: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """An answerer's proposal, untrusted until verified.

    Attributes:
        claims: proposed sentences in reading order; none means "the articles do not say".
        confidence: probability, 0 to 1, that the answer is right.
        abstention: why there is no proposal, in words; None if there are claims.
        closest: what to read instead, if there are no claims.
        topic: whether this is a list of quotes on a topic rather than an answer.
        conflicts: places in ``claims`` of those that contradict each other, in groups.
        notes: fixed words that stand above the quotes: how many articles there are, in what
            order they come. Templates, never claims.
        changes: places in ``claims`` of those that say otherwise at other times, the newest
            first, in groups.
    """

    claims: tuple[DraftClaim, ...]
    mode: AnswerMode
    confidence: float
    abstention: Said | None = None
    closest: tuple[ProposedCitation, ...] = ()
    topic: bool = False
    usage: Usage = Usage()
    conflicts: tuple[tuple[int, ...], ...] = ()
    notes: tuple[Said, ...] = ()
    changes: tuple[tuple[int, ...], ...] = ()

    @property
    def proposals(self) -> tuple[ProposedCitation, ...]:
        """Everything that the claims propose to cite."""
        return tuple(proposal for claim in self.claims for proposal in claim.citations)


@dataclass(frozen=True, slots=True)
class Citation:
    """A proven quote: ``source.text[start:end] == quote``. Only the verifier builds one.

    Attributes:
        marker: the number in the answer's text, from 1.
        prefix: up to 64 code points before the quote (W3C text-quote selector).
        suffix: up to 64 code points after it.
        answer_span: the words that answer, as a span of the source inside the quote.
        speaker: who says the words that answer, or else all of the quote, as the article has it;
            None if they are the article's own, or their speaker is uncertain.
        copies: ids of articles that carry the same story.
        superseded_by: ids of later versions of the article.
    """

    marker: int
    article: Article
    source: Source
    quote: str
    start: int
    end: int
    prefix: str
    suffix: str
    answer_span: Span | None = None
    speaker: str | None = None
    dates: tuple[DateCandidate, ...] = ()
    copies: tuple[str, ...] = ()
    superseded_by: tuple[str, ...] = ()

    @property
    def page(self) -> int | None:
        """The page of the file that the quote begins on; None if the file has no pages."""
        return self.article.page_at(self.start)


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of the answer whose citations support it.

    Attributes:
        citations: markers of the supporting citations.
        reasons: if support is partial, what the citation leaves open.
        recited: the answerer cited another passage; the verifier found this one.
    """

    text: str
    citations: tuple[int, ...]
    support: Support
    reasons: tuple[Said, ...] = ()
    recited: bool = False


@dataclass(frozen=True, slots=True)
class RejectedClaim:
    """A proposed sentence that failed the check, and why."""

    text: str
    reason: Said


@dataclass(frozen=True, slots=True)
class Abstention:
    """Why there is no answer, and the closest quotes (proven, for reading only)."""

    reason: Said
    closest: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of answering, in nanoseconds since 1970.

    Attributes:
        name: of the step.
        began: when.
        ended: when.
    """

    name: str
    began: int
    ended: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A verified answer, or an abstention.

    Attributes:
        text: sentences with ``[n]`` markers, or the reason for abstaining.
        conflicts: markers of citations that contradict each other, in groups.
        question_understood: the standalone form of a follow-up; None if unchanged.
        notes: fixed words that stand above the sentences, see `Draft`.
        superseded: markers of citations that a later one says otherwise.
        task: the kind of answer that this is.
        confidence: 0 to 1.
        fallback: why the language model's draft is not in use; None if it is, or if none was
            wanted.
        cost: of the tokens, in the currency of the prices; None if no price is set.
        timings_ms: wall-clock milliseconds by step.
        index_version: the state of the library that answered.
        undated_left_out: articles that the question's period leaves out as they have no date.
        stages: when each step began and ended.
    """

    question: Question
    status: Status
    text: str
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    rejected: tuple[RejectedClaim, ...]
    abstention: Abstention | None
    confidence: float
    mode: AnswerMode
    fallback: Said | None
    usage: Usage
    timings_ms: Mapping[str, float]
    index_version: str
    question_understood: str | None = None
    conflicts: tuple[tuple[int, ...], ...] = ()
    undated_left_out: int = 0
    notes: tuple[Said, ...] = ()
    superseded: tuple[int, ...] = ()
    cost: float | None = None
    task: Task = "answer"
    stages: tuple[Stage, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimReady:
    """A sentence of an answer in progress, given as soon as it is verified.

    Attributes:
        claim: as it will stand in `Answer.claims`.
        citations: those that it is the first to cite; markers continue from sentence to sentence.
        text: as it will stand in `Answer.text`, with its markers.
    """

    claim: Claim
    citations: tuple[Citation, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The sentences so far are void: the model failed, and quotes follow; or they were thoughts.

    Attributes:
        reason: why; of a model that failed, as it will stand in `Answer.fallback`.
    """

    reason: Said


AnswerEvent = ClaimReady | Withdrawn | Answer
"""The events of a stream: sentences, perhaps once "forget these", then the answer."""
