"""Every setting, in one object: environment (prefix ``PRESSMARK_``), then ``.env``."""

from pathlib import Path
from typing import Annotated

from platformdirs import user_data_path
from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from index.search.places import Lexical, Places

Price = Annotated[float | None, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
"""Of a million tokens, in any currency."""


class Settings(BaseSettings):
    """The settings of this installation of Pressmark.

    Each field comes from ``PRESSMARK_<NAME>``, the two that begin with ``openai`` from the
    variables of OpenAI's own clients, and those that begin with ``otlp`` from OpenTelemetry's.
    Keys are `SecretStr`, so that they print as asterisks.
    """

    model_config = SettingsConfigDict(env_prefix="PRESSMARK_", env_file=".env", extra="ignore")

    home: Path = Field(
        default_factory=lambda: user_data_path("pressmark"),
        description="Folder of the library and its indexes.",
    )
    library_url: SecretStr | None = Field(
        default=None,
        description="Database server of the library, 'postgresql+psycopg://…', instead of a file.",
    )
    chroma_url: SecretStr | None = Field(
        default=None,
        description="Chroma server of the vectors, 'http://host:8000', instead of a folder.",
    )
    lexical: Lexical = Field(
        default="tantivy",
        description="What finds by words: 'tantivy', or 'postgres' on the library's server.",
    )
    embedding: str = Field(
        default="e5",
        description="'e5', or 'package.module:Class?model_name=…' for one of LlamaIndex's.",
    )
    llm: str | None = Field(
        default=None,
        description="Any LlamaIndex LLM by name: 'package.module:Class?model=…'.",
    )
    llm_base_url: str | None = Field(
        default=None, description="Base URL of an OpenAI-compatible endpoint, with or without /v1."
    )
    llm_model: str | None = Field(default=None, description="Model name at that endpoint.")
    llm_api_key: SecretStr | None = Field(
        default=None,
        validation_alias="PRESSMARK_LLM_API_KEY",
        description="Key for the endpoint; most local servers need none.",
    )
    openai_api_key: SecretStr | None = Field(
        default=None,
        validation_alias="OPENAI_API_KEY",
        description="OpenAI's key; sent to OpenAI's address only.",
    )
    openai_base_url: str | None = Field(
        default=None,
        validation_alias=AliasChoices("OPENAI_BASE_URL", "OPENAI_API_BASE"),
        description="Address that OpenAI's clients use; used if llm_base_url is not set.",
    )
    llm_timeout_s: float = Field(
        default=30.0, gt=0, description="Seconds a written answer may take before Pressmark quotes."
    )
    llm_answer_tokens: int = Field(
        default=1000, ge=64, description="Tokens that the model may write, including its thoughts."
    )
    llm_context_tokens: int = Field(
        default=8192, ge=1024, description="Tokens that the model can read and write together."
    )
    llm_prompt_price: Price = Field(
        default=None, description="Price of a million tokens that the model reads."
    )
    llm_completion_price: Price = Field(
        default=None, description="Price of a million tokens that the model writes."
    )
    evidence_passages: int = Field(
        default=8, ge=1, le=50, description="Passages that an answer uses."
    )
    refuse_below: float = Field(
        default=0.33, ge=0, le=1, description="Abstain if the confidence is lower than this."
    )
    fresh_decay: float = Field(
        default=0.25,
        ge=0,
        le=2,
        description="How quickly an article counts less as it ages; at 0 dates do not count.",
    )
    host: str = Field(default="127.0.0.1", description="Address that the server listens on.")
    port: int = Field(default=7860, ge=0, le=65535, description="Port; 0 picks a free one.")
    api_keys: SecretStr | None = Field(
        default=None,
        description="Keys that open the server, with commas; without any, this machine only.",
    )
    api_write_keys: SecretStr | None = Field(
        default=None,
        description="Keys that may add and remove articles as well, separated by commas.",
    )
    questions_per_minute: int | None = Field(
        default=None,
        ge=1,
        le=1_000_000,
        description="Questions a minute of one key, or else of one address; no limit if unset.",
    )
    log_json: bool = Field(
        default=False, description="Log requests and failures as lines of JSON on stderr."
    )
    otlp_endpoint: str | None = Field(
        default=None,
        validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        description="Address of an OpenTelemetry collector, which gets spans of every answer.",
    )
    otlp_traces_endpoint: str | None = Field(
        default=None,
        validation_alias="OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        description="The same, with its path; used instead.",
    )
    otlp_headers: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices(
            "OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"
        ),
        description="Headers for the collector, which may hold a key.",
    )
    otlp_protocol: str = Field(
        default="http/protobuf",
        validation_alias=AliasChoices(
            "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"
        ),
        description="How spans travel; http/protobuf is the only way.",
    )
    trace_questions: bool = Field(
        default=False, description="Let spans hold the questions that are asked."
    )
    evals_data: Path | None = Field(
        default=None, description="Folder with further eval suites, each in a folder of its own."
    )

    @property
    def library_at(self) -> str | None:
        """The address of the library's database, with its password; None for a file in the home."""
        return self.library_url.get_secret_value() if self.library_url else None

    @property
    def chroma_at(self) -> str | None:
        """The address of the Chroma server, with its password; None for a folder in the home."""
        return self.chroma_url.get_secret_value() if self.chroma_url else None

    def places(self, worker: int | None = None) -> Places:
        """Where the library and its search indexes are.

        Args:
            worker: this process's number among those of one server, if there are several.
        """
        return Places(self.library_at, self.chroma_at, self.lexical, worker)

    @property
    def spans_at(self) -> str | None:
        """Where spans go; None keeps them from being made."""
        if self.otlp_traces_endpoint:
            return self.otlp_traces_endpoint
        return f"{self.otlp_endpoint.rstrip('/')}/v1/traces" if self.otlp_endpoint else None

    @property
    def generates(self) -> bool:
        """Whether a language model is configured."""
        address = self.llm_base_url or self.openai_base_url
        has_key = self.llm_api_key or self.openai_api_key
        return bool(self.llm or has_key or (address and self.llm_model))

    @property
    def llm_shown(self) -> str:
        """The language model's name, without a class's arguments, which may hold keys."""
        if self.llm:
            return self.llm.partition("?")[0].rpartition(":")[2]
        return self.llm_model or "the language model"
