"""A question on its way: what is told of it, told once and carried in one value."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from numpy.typing import NDArray

from index.embedding.local import embed_question
from rag.question.kinds import Kind, KindTeller
from rag.question.periods import Period, named_period
from rag.question.topic import topic_of
from rag.question.understanding import Understood, understand, wants_yes_or_no
from rag.types import Question


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with everything that its words tell, before any article is looked at.

    Attributes:
        question: as asked, with its day, its filters and its mode.
        understood: what it means, standalone and in parts.
        kind: of answer that is wanted, by the caller's task or by the question's words.
        topic: whether quotes on a topic are wanted rather than an answer.
        period: that it names, if any.
        vector: its unit vector.
    """

    question: Question
    understood: Understood
    kind: Kind
    topic: bool
    period: Period | None
    vector: NDArray[np.float32]


def ask(
    question: Question,
    embedding: BaseEmbedding,
    teller: KindTeller,
    standalone: str | None = None,
) -> tuple[Asked, ...]:
    """Read a question and give it its vector.

    Args:
        question: as asked, with its history.
        embedding: that ranks the passages.
        teller: tells which kind of answer it wants.
        standalone: how it reads without the history, if that is known.

    Returns:
        each reading of it, the likeliest first; more than one only where it is doubtful what it
        takes over from the conversation.

    Raises:
        EmbeddingModelError: the embedding fails.
    """
    readings = understand(question, standalone)
    return tuple(_asked(question, understood, embedding, teller) for understood in readings)


def _asked(
    question: Question, understood: Understood, embedding: BaseEmbedding, teller: KindTeller
) -> Asked:
    period = named_period(understood.text, question.asked_on)
    vector = embed_question(embedding, understood.text)
    return Asked(
        question=question,
        understood=understood,
        kind=_kind(question, understood, period, vector, teller),
        topic=understood.topic,
        period=period,
        vector=vector,
    )


def _kind(
    question: Question,
    understood: Understood,
    period: Period | None,
    vector: NDArray[np.float32],
    teller: KindTeller,
) -> Kind:
    if question.task != "auto":
        return "answer" if question.task == "search" else question.task
    if len(understood.parts) > 1 or not understood.has_words:
        return "answer"
    text, day = understood.text, question.asked_on
    kind = teller.kind_of(text, vector, period is not None)
    if kind in ("answer", "list") and wants_yes_or_no(text):
        return "yes_no"
    if kind == "answer" and period is not None and _asks_of_a_time(text, day, teller):
        return "overview"
    return kind


def _asks_of_a_time(text: str, day: date, teller: KindTeller) -> bool:
    """Whether nothing but a period, names and the words of an overview stand in a question."""
    kinds = teller.kinds
    if not kinds.marked_words(text, "overview"):
        return False
    return all(word.is_name for word in topic_of(text, kinds.framing("overview"), day).words)
