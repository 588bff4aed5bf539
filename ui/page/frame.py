"""The frame of a conversation: the welcome with its examples, and the line at the foot."""

import threading
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from rag.leaving import what_leaves
from rag.overview.examples import examples
from rag.pressmark import Pressmark
from rag.types import Question
from ui.page.examples import candidate_questions
from ui.page.html.markup import rendered
from ui.page.wording.catalogues import _, ngettext
from ui.page.wording.days import number
from ui.page.wording.from_elsewhere import told

EXAMPLES = 4
_SAMPLE_ARTICLES = 40
_MAX_TRIED = 16


class Examples:
    """Example questions that this library answers; a changed library gets new ones."""

    def __init__(self, pressmark: Pressmark) -> None:
        self._pressmark = pressmark
        self._made: tuple[str, list[str]] = ("", [])
        self._finding = threading.Lock()

    def known(self) -> list[str]:
        """Those that were found before; none for a library that has changed since."""
        version, questions = self._made
        return questions if version == self._pressmark.library.index_version else []

    def questions(self) -> list[str]:
        """Try a few questions without a language model: nothing leaves the machine."""
        with self._finding:
            version = self._pressmark.library.index_version
            if self._made[0] != version:
                self._made = (version, list(islice(self._answered(), EXAMPLES)))
            return self._made[1]

    def _answered(self) -> Iterator[str]:
        library = self._pressmark.library
        articles = list(islice(library.articles().values(), _SAMPLE_ARTICLES))
        sources = library.sources(article.source_id for article in articles)
        pairs = ((a, sources[a.source_id]) for a in articles if a.source_id in sources)
        candidates = chain(examples(library, EXAMPLES), candidate_questions(pairs))
        for question in islice(dict.fromkeys(candidates), _MAX_TRIED):
            if self._pressmark.answer(Question(question, mode="extractive")).claims:
                yield question


def welcome_html(articles: int, examples: Sequence[str]) -> str:
    """Fill the place of the conversation: what to ask, or what to do first."""
    return rendered("welcome", articles=articles, examples=examples)


def foot_html(pressmark: Pressmark, indexing: str = "") -> str:
    """Say in one line how answers are made, from how much, and what leaves the machine.

    Args:
        pressmark: what answers.
        indexing: the progress of indexing; empty if there is none.
    """
    settings, counts = pressmark.settings, pressmark.library.counts()
    mode = _("Quoting from the articles, no language model")
    if settings.generates:
        mode = _("Written by %(model)s, each sentence checked") % {"model": settings.llm_shown}
    articles = ngettext("%(count)s article", "%(count)s articles", counts.articles)
    held = articles % {"count": number(counts.articles)}
    version = pressmark.library.index_version
    index = _("index %(version)s") % {"version": version}
    parts = [mode, held, index, told(what_leaves(settings))]
    return rendered("foot", working=indexing, parts=parts, version=version)
