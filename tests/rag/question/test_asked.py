"""A question is read once on its way to an answer, and encoded once by each encoder it needs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from index.embedding.local import E5Embedding, Encoder, embed_question
from rag.pressmark import Pressmark
from rag.question.asked import Asked, ask
from rag.question.kinds import KindTeller, load_kinds
from rag.settings import Settings
from rag.types import Question, Task
from tests.helpers.doubles import HashEmbedding

TEXT = "The ferry to Varn stopped on Sunday. Mayor Ada Wick said that a shaft had broken."
MOCK = "llama_index.core.embeddings.mock_embed_model:MockEmbedding?embed_dim=8"
PLAIN = "Why did the ferry to Varn stop?"


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that the project's own encoder embeds, in order."""
    texts: list[str] = []
    encode = Encoder.encode

    def counting(self: Encoder, given: Sequence[str]) -> object:
        texts.extend(given)
        return encode(self, given)

    monkeypatch.setattr(Encoder, "encode", counting)
    return texts


def opened(tmp_path: Path, **changes: str) -> Pressmark:
    folder = tmp_path / "articles"
    folder.mkdir(exist_ok=True)
    (folder / "ferry.txt").write_text(f"Ferry stops\n\n{TEXT}\n", encoding="utf-8")
    pressmark = Pressmark.open(Settings(home=tmp_path / "home", **changes), write=True)  # type: ignore[arg-type]
    pressmark.index([folder])
    return pressmark


def test_an_answer_encodes_its_question_once(tmp_path: Path, encoded: list[str]) -> None:
    with opened(tmp_path) as pressmark:
        encoded.clear()
        for text in (PLAIN, "Timeline of the ferry", "How many articles mention Varn?"):
            pressmark.answer(Question(text))
            assert encoded == [f"query: {text}"]
            encoded.clear()


def test_beside_another_embedding_the_encoder_waits_for_a_question_that_needs_it(
    tmp_path: Path, encoded: list[str]
) -> None:
    with opened(tmp_path, embedding=MOCK) as pressmark:
        assert encoded == []
        pressmark.answer(Question(PLAIN, task="answer"))
        pressmark.answer(Question("?"))
        assert encoded == []
        answer = pressmark.answer(Question("How many articles mention Varn?"))
        assert encoded == ["query: How many articles mention Varn?"]
    assert answer.notes  # a number of articles, told as beside the project's own embedding


def read(text: str, task: Task = "auto") -> Asked:
    return ask(Question(text, task=task), E5Embedding(), KindTeller(load_kinds()))[0]


@pytest.mark.parametrize(
    "text", [PLAIN, "Timeline of the bridge", "hello", "Что известно о пароме?"]
)
def test_a_kind_is_the_same_beside_any_embedding(text: str) -> None:
    beside = KindTeller(load_kinds(), E5Embedding())
    (other,) = ask(Question(text), HashEmbedding(), beside)
    assert other.kind == read(text).kind
    assert other.vector.shape == (32,)


def test_a_task_that_is_set_is_the_kind() -> None:
    assert read(PLAIN, "timeline").kind == "timeline"
    assert read("Timeline of the bridge", "search").kind == "answer"
    assert read("Timeline of the bridge").kind == "timeline"


def test_the_vector_that_searches_is_the_one_that_kinds_are_told_by() -> None:
    asked = read(PLAIN)
    assert (asked.vector == embed_question(E5Embedding(), PLAIN)).all()
