"""The answerer that writes: a language model over numbered evidence.

Its text is a draft like any other; `rag.verification` decides what stands.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.errors import ModelContextError
from rag.llm.budget import TokenCounter, fit
from rag.llm.client import ChatModel
from rag.llm.parsing import SentenceReader
from rag.llm.retrying import Deadline
from rag.types import DraftClaim, Evidence, Usage
from rag.writing.abstaining import says_nothing
from rag.writing.prompts import SYSTEM, user_prompt

WRITTEN_CONFIDENCE = 0.5
"""Confidence of a written answer until it is measured; neither sure nor unsure."""


@dataclass(frozen=True, slots=True)
class Unread:
    """What a model wrote after a mark that opens a block and never closes it."""

    text: str


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The claims so far were thoughts: the mark that ends them came after them."""


Written = DraftClaim | TakenBack | Unread | Usage


@dataclass(frozen=True, slots=True)
class Request:
    """A model's writing task.

    Attributes:
        question: standalone.
        evidence: the passages it may cite, best first.
        deadline: of the question.
        room: tokens for the prompt; None for no limit.
        counter: counts them.
        streamed: give claims while it writes.
    """

    question: str
    evidence: Sequence[Evidence]
    deadline: Deadline
    room: int | None = None
    counter: TokenCounter | None = None
    streamed: bool = False


def write_claims(request: Request, model: ChatModel) -> Iterator[Written]:
    """Let the model write, and give its sentences, then what is unreadable; usage comes last.

    The model gets as many passages as it has room for. If it says that they were too long all the
    same, it gets the first half once more.

    Raises:
        LanguageModelError: it gave nothing usable; claims given before are void.
    """
    evidence = _fitting(request)
    try:
        yield from _write(request, evidence, model)
    except ModelContextError:
        if len(evidence) < 2:
            raise
        yield from _write(request, evidence[: len(evidence) // 2], model)


def _fitting(request: Request) -> Sequence[Evidence]:
    if request.room is None or request.counter is None:
        return request.evidence
    fence = "0" * 8

    def show(shown: Sequence[Evidence]) -> str:
        return SYSTEM + user_prompt(request.question, shown, fence)

    return fit(request.evidence, show, request.counter, request.room)


def _write(request: Request, evidence: Sequence[Evidence], model: ChatModel) -> Iterator[Written]:
    reader = SentenceReader(max((item.marker for item in evidence), default=0))
    prompt = user_prompt(request.question, evidence)
    usage = Usage()
    for piece in model.write(SYSTEM, prompt, request.deadline, streamed=request.streamed):
        if isinstance(piece, Usage):
            usage = piece
        else:
            claims = list(reader.feed(piece))
            if reader.took_back():
                yield TakenBack()
            yield from _stated(iter(claims))
    yield from _stated(reader.finish())
    if words := reader.unread():
        yield Unread(words)
    yield usage


def _stated(claims: Iterator[DraftClaim]) -> Iterator[DraftClaim]:
    """Drop "the articles do not say", which is not a claim."""
    return (claim for claim in claims if not says_nothing(claim))
