"""From drafts to a verified one: written if a model is wanted and holds up, else quoted."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace

from index.errors import LanguageModelError
from index.language.identify import tell_language
from index.saying import Said, phrase
from rag.attribution import attribution, quoted
from rag.conflicts import sources_differ
from rag.llm.budget import TokenCounter
from rag.llm.client import ChatModel
from rag.llm.retrying import Deadline
from rag.question.asked import Asked
from rag.timing import Timer
from rag.types import (
    AnswerMode,
    Citation,
    Claim,
    ClaimReady,
    Draft,
    DraftClaim,
    Evidence,
    Usage,
    Withdrawn,
)
from rag.verification.judge import Judge
from rag.verification.verifier import Verified, Verifier
from rag.writing.answerer import (
    WRITTEN_CONFIDENCE,
    Request,
    TakenBack,
    Unread,
    Written,
    write_claims,
)
from rag.writing.fitness import unfit

NO_MODEL = phrase("No language model is configured (see `pressmark doctor`).")
NOTHING_STANDS = phrase("No sentence that the language model wrote is supported by the articles.")
HELD_BACK = phrase(
    "The articles hold instructions to language models, so they are quoted and no model reads them."
)
NEVER_CLOSED = phrase("it stands in a block of thoughts, code or markup that is never closed")
THOUGHTS = phrase("What the model had written so far were its thoughts.")
NOT_FOUND = phrase("The model found no answer in the articles.")


@dataclass(frozen=True, slots=True)
class Composed:
    """The draft in use, what stood the check, and why no other draft is in use."""

    draft: Draft
    verified: Verified
    fallback: Said | None = None


@dataclass(frozen=True, slots=True)
class Writer:
    """Who may write, and within which bounds.

    Attributes:
        model: None if none is configured.
        quote_only: the model may not read this evidence.
        deadline: of the question.
        room: tokens for a prompt.
        counted_as: the name of the model whose tokens these are.
        timer: tells writing and checking apart.
        streamed: whether the caller wants sentences before the text is whole.
    """

    model: ChatModel | None
    quote_only: bool
    deadline: Deadline
    room: int
    counted_as: str
    timer: Timer
    streamed: bool

    def request(self, question: str, evidence: Sequence[Evidence]) -> Request:
        """Make the model's task for a standalone question."""
        counter = TokenCounter(self.counted_as)
        return Request(question, evidence, self.deadline, self.room, counter, self.streamed)


Telling = Generator[ClaimReady | Withdrawn, None, Composed]
"""Gives verified sentences as they come, and returns the whole."""


def compose(
    asked: Asked,
    evidence: Sequence[Evidence],
    quoted_draft: Draft,
    writer: Writer,
    judge: Judge | None,
) -> Telling:
    """Give a verified draft sentence by sentence.

    Args:
        asked: the question.
        evidence: that it is answered from, numbered.
        quoted_draft: of the answerer that quotes.
        writer: who may write instead.
        judge: None if its weights are not installed.
    """
    mode, verifier = asked.question.mode, Verifier(evidence, judge)
    wanted = mode != "extractive" and bool(evidence) and not asked.topic
    if wanted and writer.model is not None and writer.quote_only:
        return (yield from _quoted(quoted_draft, verifier, writer.timer, HELD_BACK))
    if wanted and writer.model is not None:
        request = writer.request(asked.understood.text, evidence)
        return (yield from _written(request, quoted_draft, writer.model, verifier, writer.timer))
    missing = mode == "generative" and writer.model is None
    fallback = NO_MODEL if missing else None
    return (yield from _quoted(quoted_draft, verifier, writer.timer, fallback))


@dataclass(slots=True)
class _Heard:
    """The outcome of a model's words so far."""

    verifier: Verifier
    timer: Timer
    usage: Usage = field(default_factory=Usage)
    told: bool = False


def _written(
    request: Request, quoted_draft: Draft, model: ChatModel, verifier: Verifier, timer: Timer
) -> Telling:
    """Get the model's draft, or the quoted one with the reason."""
    evidence = request.evidence
    heard = _Heard(verifier, timer)
    verifier.ready()
    request.deadline.resume()
    try:
        for item in write_claims(request, model):
            yield from _hear(item, heard, evidence)
    except LanguageModelError as error:
        timer.lap("write")
        if heard.told:
            yield Withdrawn(error.user_message)
        return (yield from _quoted(quoted_draft, verifier.restarted(), timer, error.user_message))
    timer.lap("write")
    verified, usage = heard.verifier.verified, heard.usage
    if verified.claims:
        return Composed(Draft((), "generative", WRITTEN_CONFIDENCE, usage=usage), verified)
    if not verified.rejected:
        closest = quoted_draft.closest or quoted_draft.proposals
        nothing = Draft((), "generative", 0.0, abstention=NOT_FOUND, closest=closest, usage=usage)
        return Composed(nothing, verified)
    reason = _nothing_stands(verified, evidence)
    drafted = replace(quoted_draft, usage=usage)
    instead = yield from _quoted(drafted, verifier.restarted(), timer, reason)
    return replace(instead, verified=replace(instead.verified, rejected=verified.rejected))


def _nothing_stands(verified: Verified, evidence: Sequence[Evidence]) -> Said:
    """Say why quotes come instead, if the verifier rejected every sentence of a model."""
    written = tell_language(" ".join(claim.text for claim in verified.rejected))
    read = sorted(filter(None, {tell_language(item.passage.text) for item in evidence}))
    if written is None or not read or written in read:
        return NOTHING_STANDS
    return phrase(
        "No sentence that the language model wrote could be checked: it wrote in another language "
        "(%(written)s) than the articles (%(read)s). They are quoted in their own.",
        written=written,
        read=", ".join(read),
    )


def _hear(
    item: Written, heard: _Heard, evidence: Sequence[Evidence]
) -> Generator[ClaimReady | Withdrawn, None, None]:
    """Take in one thing that a model wrote."""
    if isinstance(item, Usage):
        heard.usage = item
    elif isinstance(item, TakenBack):
        heard.verifier = heard.verifier.restarted()
        if heard.told:
            heard.told = False
            yield Withdrawn(THOUGHTS)
    elif isinstance(item, Unread):
        heard.verifier.reject(item.text, NEVER_CLOSED)
    elif problem := unfit(item.text, [e.passage.text for e in evidence]):
        heard.verifier.reject(item.text, problem)
    else:
        for event in _check(heard.verifier, item, "generative", heard.timer):
            heard.told = True
            yield event


def _quoted(draft: Draft, verifier: Verifier, timer: Timer, fallback: Said | None) -> Telling:
    for claim in draft.claims:
        yield from _check(verifier, claim, draft.mode, timer)
    return Composed(draft, verifier.verified, fallback)


def _check(
    verifier: Verifier, claim: DraftClaim, mode: AnswerMode, timer: Timer
) -> Generator[ClaimReady, None, None]:
    known = len(verifier.verified.citations)
    with timer.within("verify"):
        outcome = verifier.check(claim)
    if isinstance(outcome, Claim):
        citations = verifier.verified.citations
        yield ClaimReady(outcome, citations[known:], _sentence(outcome, citations, mode))


def answer_text(
    mode: AnswerMode,
    verified: Verified,
    conflicts: Sequence[Sequence[int]] = (),
    notes: Sequence[str] = (),
) -> str:
    """The answer as one text: notes, sentences with markers, and where its sources differ."""
    said = [_sentence(claim, verified.citations, mode) for claim in verified.claims]
    groups = ([verified.citations[marker - 1] for marker in group] for group in conflicts)
    return "\n\n".join([*notes, *said, *map(sources_differ, groups)])


def _sentence(claim: Claim, citations: Sequence[Citation], mode: AnswerMode) -> str:
    markers = "".join(f"[{marker}]" for marker in claim.citations)
    if mode == "generative":
        return f"{claim.text} {markers}"
    first = citations[claim.citations[0] - 1]
    # A quote that names its speaker needs no name before it.
    speaker = first.speaker if first.speaker and first.speaker not in claim.text else None
    origin = attribution(first.article, first.source, speaker, first.page)
    return f"{origin}: {quoted(claim.text)} {markers}"
