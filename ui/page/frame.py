"""What stands around a conversation: the welcome with its examples, and the line at the foot."""

from collections.abc import Iterator, Sequence
from itertools import islice

from index.embedding.by_name import LOCAL
from index.errors import ModelConfigurationError
from rag.llm.addresses import endpoint
from rag.pressmark import Pressmark
from rag.settings import Settings
from rag.types import Question
from ui.page.examples import candidate_questions
from ui.page.html.markup import escape, isolated

EXAMPLES = 4
NOTHING = "Nothing leaves this machine"
_SAMPLE_ARTICLES = 40
_MAX_TRIED = 16


class Examples:
    """Example questions that this library answers; made again when the library changes."""

    def __init__(self, pressmark: Pressmark) -> None:
        self._pressmark = pressmark
        self._made: tuple[str, list[str]] = ("", [])

    def questions(self) -> list[str]:
        """A few questions, tried without a language model: nothing leaves the machine."""
        version = self._pressmark.library.index_version
        if self._made[0] != version:
            self._made = (version, list(islice(self._answered(), EXAMPLES)))
        return self._made[1]

    def _answered(self) -> Iterator[str]:
        library = self._pressmark.library
        articles = list(islice(library.articles().values(), _SAMPLE_ARTICLES))
        sources = library.sources(article.source_id for article in articles)
        pairs = ((a, sources[a.source_id]) for a in articles if a.source_id in sources)
        for question in islice(candidate_questions(pairs), _MAX_TRIED):
            if self._pressmark.answer(Question(question, mode="extractive")).claims:
                yield question


def welcome_html(articles: int, examples: Sequence[str]) -> str:
    """What stands where the conversation will be: what to ask, or what to do first."""
    if not articles:
        return (
            '<div class="pm-welcome"><h2>There are no articles yet</h2>'
            "<p>Drop some in the tab “Articles”, or give Pressmark a folder of them and reload "
            "this page:</p><pre>pressmark serve path/to/articles</pre></div>"
        )
    buttons = "".join(
        f'<li><button type="button" class="pm-example" dir="auto">{escape(question)}</button></li>'
        for question in examples
    )
    return (
        '<div class="pm-welcome"><h2>Ask the articles</h2>'
        "<p>Every sentence of an answer carries a number. Click it to see the very words "
        f'in the source.</p><ul class="pm-examples">{buttons}</ul></div>'
    )


def what_leaves(pressmark: Pressmark) -> str:
    """What is sent from this machine, and where to; every address in use is named."""
    settings = pressmark.settings
    model, leaves = _model_gets(settings)
    if settings.embedding == LOCAL:
        return model if leaves else "; ".join(filter(None, (NOTHING, model)))
    embedding = f"Questions and articles go to the embedding {settings.embedding.split('?')[0]}"
    return "; ".join(filter(None, (embedding, model)))


def _model_gets(settings: Settings) -> tuple[str, bool]:
    """What a language model is sent and where to, and whether that leaves this machine."""
    if not settings.generates:
        return "", False
    if settings.llm:
        return f"Questions and passages go to {settings.llm.split('?')[0]}", True
    try:
        place = endpoint(settings)
    except ModelConfigurationError:
        return "the model is set up wrongly (see `pressmark doctor`)", False
    if place.is_here:
        return f"the model answers at {place.host}", False
    through = f" through the proxy {place.proxy.shown}" if place.proxy else ""
    return f"Questions and passages go to {place.host}{through}", True


def foot_html(pressmark: Pressmark, indexing: str = "") -> str:
    """One line: how answers are made, from how much, at which state, and what leaves.

    Args:
        pressmark: what answers.
        indexing: how far indexing is; empty where nothing is indexed now.
    """
    settings, counts = pressmark.settings, pressmark.library.counts()
    mode = "Quoting from the articles, no language model"
    if settings.generates:
        mode = f"Written by {settings.llm_shown}, each sentence checked"
    articles = "1 article" if counts.articles == 1 else f"{counts.articles:,} articles"
    words = [mode, articles, f"index {pressmark.library.index_version}", what_leaves(pressmark)]
    now = f'<span class="pm-working">{escape(indexing)}</span>' if indexing else ""
    return now + "".join(f"<span>{isolated(part)}</span>" for part in words)
