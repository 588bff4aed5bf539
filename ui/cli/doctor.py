"""``pressmark doctor``: what is set up how, what leaves the machine, and what is wrong."""

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version

from index.embedding.by_name import LOCAL
from index.embedding.e5 import MODEL_NAME
from index.errors import PressmarkError
from rag.leaving import embedding_name, model_place, what_leaves
from rag.llm.client import UnusableModel, open_chat_model
from rag.pressmark import Pressmark
from rag.reading.reader import is_taught
from rag.settings import Settings
from rag.types import Question
from rag.verification.judge import judge_available
from ui.cli.upgrading import tell_upgrade
from ui.version import version

_TOLD_VERSIONS = ("chromadb", "tantivy", "llama-index-core", "openvino", "gradio", "fastapi")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; `wrong` says that somebody has to do something."""

    text: str
    wrong: bool = False


def findings(settings: Settings) -> Iterator[Finding]:
    """Look at everything; what fails is a finding and stops only what depends on it.

    Args:
        settings: as the other commands would use them.
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
    except PressmarkError as error:
        yield Finding(error.user_message, wrong=True)
    yield from _model(settings)
    yield Finding(f"{what_leaves(settings)}.")


def _library(pressmark: Pressmark) -> Iterator[Finding]:
    library = pressmark.library
    counts = library.counts()
    yield Finding(
        f"Library {library.index_version}: {counts.articles} articles in {counts.passages} "
        f"passages, from {counts.files} files in {counts.roots} folders; {counts.refused} refused"
    )
    if not counts.articles:
        yield Finding("Nothing is indexed yet: pressmark index FOLDER", wrong=True)
    if counts.refused:
        yield Finding("Why files were refused: pressmark articles ledger")
    yield from _encoders(pressmark.settings, counts.vectors, library.dimension or 0)


def _encoders(settings: Settings, vectors: int, dimension: int) -> Iterator[Finding]:
    """The model that made the vectors, and those that read and judge beside it."""
    is_local = settings.embedding == LOCAL
    name = MODEL_NAME if is_local else embedding_name(settings)
    where = ", on this machine" if is_local else ""
    yield Finding(f"Vectors: {vectors}, made by {name} ({dimension} dimensions){where}")
    if not is_taught():
        yield Finding(
            "The reader's weights are missing: answers are chosen by words and vectors alone. "
            "Install Pressmark again.",
            wrong=True,
        )
    if not judge_available():
        yield Finding(
            "The judge's weights are missing: sentences are checked by rules alone. "
            "Install Pressmark again.",
            wrong=True,
        )


def _indexes(pressmark: Pressmark) -> Iterator[Finding]:
    problems = pressmark.library.verify()
    yield from (Finding(problem, wrong=True) for problem in problems)
    if not problems:
        yield Finding("Library: checked, consistent")
    # Opening has rebuilt an index that did not match the library; here both are asked once.
    found = pressmark.search(Question("news"), k=1)
    if pressmark.library.counts().passages and not found:
        yield Finding("Searching finds nothing, though there are passages.", wrong=True)
    else:
        yield Finding("Chroma and Tantivy: match the library, both answer")


def _model(settings: Settings) -> Iterator[Finding]:
    """Never the key, only whether there is one."""
    if not settings.generates:
        yield Finding("Language model: none. Answers are quoted.")
        yield Finding(
            "To have answers written, set PRESSMARK_LLM_BASE_URL and PRESSMARK_LLM_MODEL, "
            "or OPENAI_API_KEY, or PRESSMARK_LLM to the name of a LlamaIndex LLM."
        )
        return
    model = open_chat_model(settings)
    if isinstance(model, UnusableModel):
        yield Finding(model.error.user_message, wrong=True)
        return
    place = model_place(settings)
    if settings.llm:
        yield Finding(f"Language model: {place}.")
        return
    key = "with a key" if settings.llm_api_key else "without a key"
    yield Finding(f"Language model: {settings.llm_model or 'the default'} at {place}, {key}.")


def _version_of(name: str) -> str:
    try:
        return installed_version(name)
    except PackageNotFoundError:
        return "not installed"
