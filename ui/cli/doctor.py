"""``pressmark doctor``: how Pressmark is set up, what leaves the machine, and what is wrong."""

import os
import platform
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version

from index.embedding.by_name import LOCAL
from index.embedding.e5 import MODEL_NAME
from index.errors import LanguageModelError, PressmarkError
from rag.leaving import embedding_name, model_name, what_leaves
from rag.llm.addresses import PROXY_VARIABLES, Endpoint, endpoint
from rag.llm.client import DEFAULT_MODEL, UnusableModel, open_chat_model
from rag.llm.spending import spent_today
from rag.llm.trying import of_one_token, probe_model
from rag.pressmark import Pressmark
from rag.reading.reader import is_taught
from rag.settings import Settings
from rag.types import Question
from rag.verification.judge import judge_available
from ui.cli.upgrading import tell_upgrade
from ui.http.tracing import why_untraced
from ui.version import version

_TOLD_VERSIONS = ("chromadb", "tantivy", "llama-index-core", "openvino", "gradio", "fastapi")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; `wrong` says that somebody has to do something."""

    text: str
    wrong: bool = False


def findings(settings: Settings, *, probe: bool = False) -> Iterator[Finding]:
    """Look at everything; a failure is a finding and stops only what depends on it.

    Args:
        settings: as the other commands would use them.
        probe: ask the language model for one token, too.
    """
    yield Finding(f"Pressmark {version()}, Python {platform.python_version()}")
    yield Finding(", ".join(f"{name} {_version_of(name)}" for name in _TOLD_VERSIONS))
    yield Finding(f"Data: {settings.home}")
    try:
        with Pressmark.open(
            settings, purpose="checking the library", upgrading=tell_upgrade
        ) as pressmark:
            yield from _library(pressmark)
            yield from _indexes(pressmark)
            for spent in spent_today(settings, pressmark.library.notes):
                yield Finding(f"{spent}.")
    except PressmarkError as error:
        yield Finding(error.user_message, wrong=True)
    yield from model_findings(settings, probe=probe)
    if untraced := why_untraced(settings):
        yield Finding(untraced, wrong=True)
    yield Finding(f"{what_leaves(settings)}.")


def _library(pressmark: Pressmark) -> Iterator[Finding]:
    library = pressmark.library
    counts = library.counts()
    yield Finding(
        f"Library {library.index_version}: {counts.articles} articles in {counts.passages} "
        f"passages, from {counts.files} files in {counts.roots} folders; {counts.refused} refused"
    )
    if library.database.is_shared:
        yield Finding(f"The library is at {library.database.place}")
    if not counts.articles:
        yield Finding("Nothing is indexed yet: pressmark index FOLDER", wrong=True)
    if counts.refused:
        yield Finding("Why files were refused: pressmark articles ledger")
    yield from _encoders(pressmark.settings, counts.vectors, library.dimension or 0)


def _encoders(settings: Settings, vectors: int, dimension: int) -> Iterator[Finding]:
    """Name the model that made the vectors, and check those that read and judge."""
    is_local = settings.embedding == LOCAL
    name = MODEL_NAME if is_local else embedding_name(settings)
    where = ", on this machine" if is_local else ""
    yield Finding(f"Vectors: {vectors}, made by {name} ({dimension} dimensions){where}")
    if not is_taught():
        yield Finding(
            "The reader's weights are missing: words and vectors alone choose the answers. "
            "Install Pressmark again.",
            wrong=True,
        )
    if not judge_available():
        yield Finding(
            "The judge's weights are missing: rules alone check the sentences. "
            "Install Pressmark again.",
            wrong=True,
        )


def _indexes(pressmark: Pressmark) -> Iterator[Finding]:
    problems = pressmark.library.verify()
    yield from (Finding(problem, wrong=True) for problem in problems)
    if not problems:
        yield Finding("Library: checked, consistent")
    yield from index_findings(pressmark)
    # Opening has rebuilt any index that did not match the library; this asks both once.
    found = pressmark.search(Question("news"), k=1)
    if pressmark.library.counts().passages and not found:
        yield Finding("Searching finds nothing, though there are passages.", wrong=True)
    else:
        yield Finding("Chroma and Tantivy: match the library, both answer")


def index_findings(pressmark: Pressmark) -> Iterator[Finding]:
    """Say how far each index was behind when it was opened, and whether it still is.

    Args:
        pressmark: just opened.
    """
    before = pressmark.caught_up()
    for name, lag in pressmark.lags().items():
        if lag.changes:
            yield Finding(
                f"Search by {name}: {lag.changes} changes behind the library, for "
                f"{lag.seconds:.0f} s. A process that may write brings it up to date.",
                wrong=True,
            )
        else:
            taken = f"; it took in {before[name]} changes now" if before.get(name) else ""
            yield Finding(f"Search by {name}: in step with the library{taken}")


def model_findings(settings: Settings, *, probe: bool = False) -> Iterator[Finding]:
    """Say which model writes, where it is, what goes there and how; never the key.

    Args:
        settings: as for `findings`.
        probe: as for `findings`.
    """
    if not settings.generates:
        yield Finding("Language model: none. Pressmark quotes.")
        yield Finding(
            "For written answers, set PRESSMARK_LLM_BASE_URL and PRESSMARK_LLM_MODEL, "
            "or OPENAI_API_KEY, or PRESSMARK_LLM to the name of a LlamaIndex LLM."
        )
        return
    model = open_chat_model(settings)
    if model is None or isinstance(model, UnusableModel):
        yield Finding(model.error.user_message if model else "No language model.", wrong=True)
        return
    with closing(model):
        yield from _named(settings) if settings.llm else _endpoint(settings, endpoint(settings))
        if probe:
            yield _probed(settings)


def _named(settings: Settings) -> Iterator[Finding]:
    yield Finding(f"Language model: {model_name(settings)}.")
    if proxies := sorted(name for name in os.environ if name.lower() in PROXY_VARIABLES):
        yield Finding(f"It may send them through the proxy that is set in {', '.join(proxies)}.")


def _endpoint(settings: Settings, place: Endpoint) -> Iterator[Finding]:
    model = settings.llm_model or f"the default, {DEFAULT_MODEL},"
    named = f" ({place.variable})" if place.variable else ""
    key = f"with the key in {place.key_variable}" if place.key else "without a key"
    yield Finding(f"Language model: {model} at {place.place}{named}, {key}.")
    if place.withheld and not place.key:
        yield Finding(
            f"{place.withheld} is not sent to {place.place}: it goes to OpenAI's own address only. "
            f"If {place.place} wants a key, set PRESSMARK_LLM_API_KEY."
        )
    if place.proxy:
        yield Finding(f"They go through the proxy {place.proxy.shown} ({place.proxy.variable}).")


def _probed(settings: Settings) -> Finding:
    """Ask the model for one token and report the outcome."""
    try:
        seconds = probe_model(open_chat_model(of_one_token(settings)), settings.llm_timeout_s)
    except LanguageModelError as error:
        return Finding(f"Asked for one token: {error.user_message}", wrong=True)
    return Finding(f"Asked for one token: it answered in {seconds:.1f} s.")


def _version_of(name: str) -> str:
    try:
        return installed_version(name)
    except PackageNotFoundError:
        return "not installed"
