"""The frame of a conversation: the welcome with its examples, and the line at the foot."""

import threading
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from rag.leaving import what_leaves
from rag.overview.examples import examples, subjects
from rag.pressmark import Pressmark
from rag.types import Question, Task
from ui.page.examples import candidate_questions
from ui.page.html.markup import rendered
from ui.page.wording.catalogues import ENGLISH, _, language, ngettext
from ui.page.wording.days import month_words, number
from ui.page.wording.from_elsewhere import told

EXAMPLES = 4
_SAMPLE_ARTICLES = 40
_MAX_TRIED = 16


Asks = tuple[str, Task]
"""A question and the kind of answer that it wants."""


class Examples:
    """Example questions that this library answers; a changed library gets new ones."""

    def __init__(self, pressmark: Pressmark) -> None:
        self._pressmark = pressmark
        self._made: dict[str, tuple[str, list[Asks]]] = {}
        self._finding = threading.Lock()

    def known(self) -> list[Asks]:
        """Those that were found before; none for a library that has changed since."""
        version, questions = self._made.get(language(), ("", []))
        return questions if version == self._pressmark.library.index_version else []

    def questions(self) -> list[Asks]:
        """Try a few questions without a language model: nothing leaves the machine."""
        with self._finding:
            spoken, version = language(), self._pressmark.library.index_version
            if self._made.get(spoken, ("", []))[0] != version:
                self._made[spoken] = (version, list(islice(self._answered(), EXAMPLES)))
            return self._made[spoken][1]

    def _answered(self) -> Iterator[Asks]:
        candidates = self._english() if language() == ENGLISH else self._translated()
        for words, task in islice(dict.fromkeys(candidates), _MAX_TRIED):
            answer = self._pressmark.answer(Question(words, mode="extractive", task=task))
            if answer.claims and task in ("auto", answer.task):
                yield words, task

    def _translated(self) -> Iterator[Asks]:
        """What can be asked in any language, as it is named and dated; no sentences are turned."""
        about = subjects(self._pressmark.library)
        if about.names:
            yield _("The latest on %(name)s") % {"name": about.names[0]}, "overview"
        if about.newest:
            yield (
                _("What happened in %(month)s?") % {"month": month_words(about.newest)},
                "overview",
            )
        for name in about.names[1:] or about.names:
            yield _("Timeline: %(name)s") % {"name": name}, "timeline"
        for name in about.names[1:]:
            yield _("The latest on %(name)s") % {"name": name}, "overview"

    def _english(self) -> Iterator[Asks]:
        library = self._pressmark.library
        articles = list(islice(library.articles().values(), _SAMPLE_ARTICLES))
        sources = library.sources(article.source_id for article in articles)
        pairs = ((a, sources[a.source_id]) for a in articles if a.source_id in sources)
        for question in chain(examples(library, EXAMPLES), candidate_questions(pairs)):
            yield question, "auto"


def welcome_html(articles: int, examples: Sequence[Asks]) -> str:
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
