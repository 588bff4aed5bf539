"""The answerer that writes: a language model over numbered evidence.

What it writes is a draft like any other; `rag.citations` decides what of it stands.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.errors import ModelContextError
from rag.answer import DraftClaim, Evidence, Usage
from rag.llm import ChatModel
from rag.markers import SentenceReader
from rag.prompts import NOT_STATED, SYSTEM, user_prompt
from rag.retrying import Deadline

WRITTEN_CONFIDENCE = 0.5
"""Shown for a written answer until its confidence is measured; neither sure nor unsure."""

_NOT_STATED = NOT_STATED.rstrip(".").casefold()


@dataclass(frozen=True, slots=True)
class Request:
    """What a model is asked to write.

    Attributes:
        question: standalone.
        evidence: the passages it may cite.
        streamed: give claims while it writes.
    """

    question: str
    evidence: Sequence[Evidence]
    deadline: Deadline
    streamed: bool = False


def write_claims(request: Request, model: ChatModel) -> Iterator[DraftClaim | Usage]:
    """Let the model write, and give its sentences; the usage comes last.

    Where the passages are too long for the model, it is asked once more with the first half.

    Raises:
        LanguageModelError: it gave nothing usable; claims given before are void.
    """
    try:
        yield from _write(request, request.evidence, model)
    except ModelContextError:
        if len(request.evidence) < 2:
            raise
        yield from _write(request, request.evidence[: len(request.evidence) // 2], model)


def _write(
    request: Request, evidence: Sequence[Evidence], model: ChatModel
) -> Iterator[DraftClaim | Usage]:
    reader = SentenceReader(len(evidence))
    prompt = user_prompt(request.question, evidence)
    usage = Usage()
    for piece in model.write(SYSTEM, prompt, request.deadline, streamed=request.streamed):
        if isinstance(piece, Usage):
            usage = piece
        else:
            yield from _stated(reader.feed(piece))
    yield from _stated(reader.finish())
    yield usage


def _stated(claims: Iterator[DraftClaim]) -> Iterator[DraftClaim]:
    """Without "the articles do not say", which is no claim."""
    return (claim for claim in claims if _NOT_STATED not in claim.text.casefold())
