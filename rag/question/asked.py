"""A question on its way: what is told of it, told once and carried in one value."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from numpy.typing import NDArray

from index.embedding.local import embed_question
from rag.question.periods import Period, named_period
from rag.question.understanding import Understood, understand
from rag.types import Question

Task = Literal["answer", "topic"]
"""What is wanted: an answer, or what the articles say on a topic."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with everything that its words tell, before any article is looked at.

    Attributes:
        question: as asked, with its day, its filters and its mode.
        understood: what it means, standalone and in parts.
        task: what kind of answer is wanted.
        period: that it names, if any.
        vector: its unit vector.
    """

    question: Question
    understood: Understood
    task: Task
    period: Period | None
    vector: NDArray[np.float32]


def ask(
    question: Question, embedding: BaseEmbedding, standalone: str | None = None
) -> tuple[Asked, ...]:
    """Read a question and give it its vector.

    Args:
        question: as asked, with its history.
        embedding: that ranks the passages.
        standalone: how it reads without the history, if that is known.

    Returns:
        each reading of it, the likeliest first; more than one only where it is doubtful what it
        takes over from the conversation.

    Raises:
        EmbeddingModelError: the embedding fails.
    """
    return tuple(
        Asked(
            question=question,
            understood=understood,
            task="topic" if understood.topic else "answer",
            period=named_period(understood.text, question.asked_on),
            vector=embed_question(embedding, understood.text),
        )
        for understood in understand(question, standalone)
    )
