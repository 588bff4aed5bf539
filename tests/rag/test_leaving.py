from typing import Any

import pytest

from rag.leaving import what_leaves
from rag.settings import Settings

ELSEWHERE: dict[str, Any] = {"llm_base_url": "https://api.example/v1", "llm_model": "m"}
HERE = {"llm_base_url": "http://127.0.0.1:11434/v1", "llm_model": "m"}
EMBEDDING = {"embedding": "vendor.module:Class?key=secret"}
QUESTIONS = "uestions and the passages found for them go to"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "Nothing leaves this machine"),
        (HERE, "Nothing leaves this machine; the model answers at 127.0.0.1"),
        ({**HERE, "llm_base_url": "http://[::1]/v1"}, "Nothing leaves this machine; the model "),
        ({**HERE, "llm_base_url": "http://LOCALHOST/v1"}, "Nothing leaves this machine; the model"),
        (ELSEWHERE, f"Q{QUESTIONS} api.example"),
        ({**ELSEWHERE, "llm_base_url": "http://localhost.example/v1"}, "go to localhost.example"),
        ({"PRESSMARK_LLM_API_KEY": "secret"}, "go to api.openai.com"),
        ({"llm": "vendor.llm:Model?key=secret"}, f"Q{QUESTIONS} vendor.llm:Model"),
        (EMBEDDING, "Questions and articles go to the embedding vendor.module:Class"),
        ({**EMBEDDING, **ELSEWHERE}, f"the embedding vendor.module:Class; q{QUESTIONS} api.ex"),
        ({**EMBEDDING, **HERE}, "vendor.module:Class; the model answers at 127.0.0.1"),
        ({**ELSEWHERE, "llm_base_url": "http://[bad/v1"}, "the model is set up wrongly"),
        (
            {"library_url": "postgresql+psycopg://me:secret@db.example/news"},
            "Articles and notes go to db.example, where the library is",
        ),
        ({"library_url": "postgresql+psycopg://me@/news?host=db.example"}, "go to db.example"),
        ({"library_url": "postgresql+psycopg://me:secret@/news?host=/run/db"}, "Nothing leaves"),
        ({"library_url": "postgresql+psycopg://me:secret@[::1]/news"}, "Nothing leaves"),
        ({"library_url": "postgresql+psycopg://[secret"}, "Nothing leaves"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, "Nothing leaves"),
        (
            {"OTEL_EXPORTER_OTLP_ENDPOINT": "https://me:secret@spans.example"},
            "Times of answers go to spans.example",
        ),
        (
            {
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://spans.example/v1/traces",
                "trace_questions": True,
            },
            "Questions and the times of answers go to spans.example",
        ),
        (
            {"chroma_url": "https://me:secret@vectors.example:8000"},
            "Vectors of articles and questions go to vectors.example",
        ),
        ({"chroma_url": "http://127.0.0.1:8000"}, "Nothing leaves"),
        ({"OPENAI_API_KEY": "secret", "OPENAI_BASE_URL": "https://b.example"}, "go to b.example"),
    ],
)
def test_every_receiver_is_named_and_no_key(settings: dict[str, Any], words: str) -> None:
    said = what_leaves(Settings(**settings))

    assert words in said
    assert "secret" not in said
    assert ("othing leaves" in said) == ("go to" not in said)


def test_an_address_is_told_without_who_logs_in() -> None:
    settings = Settings(llm_base_url="http://user:secret@10.0.0.7:9/v1", llm_model="m")

    assert "10.0.0.7" in what_leaves(settings)
    assert "secret" not in what_leaves(settings)


def test_a_proxy_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:secret@proxy.example:3128")

    assert what_leaves(Settings(**ELSEWHERE)).endswith(
        "through the proxy http://proxy.example:3128"
    )
