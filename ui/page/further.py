"""What the page offers below an answer: more quotes, and what to ask next.

A question is offered only after this library answered it, with something that the answer above it
does not show. Trying takes the time of a few answers without a language model, is bounded, and is
done once for an answer.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from time import monotonic
from typing import Any, Final

from pydantic import ValidationError

from index.article import Article, Source, Span
from index.errors import PressmarkError
from index.language.identify import tell_language
from rag.contract import AnswerRequest, CitationModel, citation_model
from rag.overview.examples import full_name
from rag.pressmark import Pressmark
from rag.reading.quoting import Quoted
from rag.types import Question, Task
from ui.exports.exchange import shown_citations
from ui.page.conversation import kept_turns
from ui.page.examples import candidate_questions
from ui.page.html.answers import TurnView, more_html
from ui.page.wording.catalogues import ENGLISH, LANGUAGES, _, language, later, speaking
from ui.page.wording.days import month_words
from ui.page.wording.from_elsewhere import told

OTHER_VERSION: Final = later("Ask again first: this answer is from another version.")
MORE: Final = 3
OFFERED: Final = 3
MAX_TRIED: Final = 6
TRYING_S: Final = 2.0
_KEPT: Final = 256
_LOOKED_AT: Final = 4
_READ_CHARS: Final = 100_000

Asks = tuple[str, Task]
"""A question and the kind of answer that it wants."""
Next = dict[str, str]
"""The same for the page's script."""


class Further:
    """Finds more for answers that a browser sends back; safe from several threads."""

    def __init__(self, pressmark: Pressmark) -> None:
        self._pressmark = pressmark
        self._lock = threading.Lock()
        self._offered: OrderedDict[tuple[str, ...], list[Next]] = OrderedDict()

    def functions(self) -> list[Callable[[Any], Any]]:
        """What the page's script may ask for, each by its name."""

        def more_quotes(turn: Any) -> dict[str, str]:
            return self._more(turn)

        def ask_next(turn: Any) -> list[Next]:
            return self._next(turn)

        return [more_quotes, ask_next]

    def _more(self, sent: Any) -> dict[str, str]:
        turn, question = _asked(sent)
        if turn is None or question is None:
            return {"problem": _(OTHER_VERSION)}
        shown = _shown(turn)
        known = [Quoted(c.source.id, Span(c.start, c.end), c.quote) for c in shown]
        try:
            found = self._pressmark.further_quotes(question, known, MORE)
        except PressmarkError as error:
            return {"problem": told(error.user_message)}
        last = max((c.marker for c in shown), default=0)
        models = (citation_model(citation) for citation in found)
        return {
            "html": more_html([m.model_copy(update={"marker": last + m.marker}) for m in models])
        }

    def _next(self, sent: Any) -> list[Next]:
        turn, question = _asked(sent)
        if turn is None or question is None or not turn.response:
            return []
        spoken = tell_language(question.text) or ""
        shown = _shown(turn)
        key = (
            self._pressmark.library.index_version,
            spoken if spoken in LANGUAGES else language(),
            repr(question),
            *(f"{c.source.id} {c.start} {c.end}" for c in shown),
        )
        with self._lock:
            if key in self._offered:
                self._offered.move_to_end(key)
                return self._offered[key]
        with speaking(key[1]):
            offered = self._tried(turn, question, shown)
        with self._lock:
            self._offered[key] = offered
            while len(self._offered) > _KEPT:
                self._offered.popitem(last=False)
        return offered

    def _tried(self, turn: TurnView, question: Question, shown: list[CitationModel]) -> list[Next]:
        """Ask what might be asked next, and keep what is answered with something new."""
        until = monotonic() + TRYING_S
        seen = {(c.source.id, c.start) for c in shown}
        offered: list[Next] = []
        for number, (words, task) in enumerate(self._candidates(turn, shown)):
            if number == MAX_TRIED or len(offered) == OFFERED or monotonic() > until:
                break
            if words.casefold() == turn.question.casefold():
                continue
            try:
                answer = self._pressmark.answer(_like(question, words, task))
            except PressmarkError:
                break
            quoted = {(c.source.source_id, c.start) for c in answer.citations}
            if quoted - seen and task in ("auto", answer.task):
                seen |= quoted
                offered.append({"question": words, "task": task})
        return offered

    def _candidates(self, turn: TurnView, shown: list[CitationModel]) -> Iterator[Asks]:
        """What might be asked next of the quoted articles: each kind of question in its turn."""
        cited = list({c.article_id: c for c in shown}.values())[:_LOOKED_AT]
        held = [(c, *found) for c in cited if (found := self._held(c))]
        names = list(dict.fromkeys(filter(None, (_name(*one) for one in held))))
        speakers = dict.fromkeys(" ".join(c.speaker.split()) for c in shown if c.speaker)
        months = dict.fromkeys(c.published.replace(day=1) for c in cited if c.published)
        task = turn.response.task if turn.response else "answer"
        kinds: list[list[Asks]] = [
            [(_("What does %(name)s say?") % {"name": name}, "auto") for name in speakers],
            [(_("Timeline: %(name)s") % {"name": name}, "timeline") for name in names],
            [(question, "auto") for question in _of_facts(held)],
            [(_("The latest on %(name)s") % {"name": name}, "overview") for name in names],
            [
                (_("What happened in %(month)s?") % {"month": month_words(day)}, "overview")
                for day in months
            ],
        ]
        kinds = [[asks for asks in kind if asks[1] != task] for kind in kinds]
        for place in range(max(map(len, kinds))):
            yield from (kind[place] for kind in kinds if place < len(kind))

    def _held(self, cited: CitationModel) -> tuple[Article, Source] | None:
        """The article of a citation as the library has it now."""
        library = self._pressmark.library
        article, source = library.article(cited.article_id), library.source(cited.source.id)
        return (article, source) if article and source else None


def _name(cited: CitationModel, article: Article, source: Source) -> str | None:
    """The full name that the quoted words are about, or else the headline."""
    return full_name(article, source, cited.quote) or full_name(
        article, source, article.title or ""
    )


def _of_facts(held: Sequence[tuple[CitationModel, Article, Source]]) -> Iterator[str]:
    """Questions made of the articles' own sentences, which can be made of English ones only."""
    if language() == ENGLISH:
        short = ((a, source) for _c, a, source in held if len(source.text) <= _READ_CHARS)
        yield from candidate_questions(short)


def _asked(sent: Any) -> tuple[TurnView | None, Question | None]:
    """A turn that the browser kept, and its question as it was understood."""
    turn = next(iter(kept_turns([sent])), None)
    if turn is None or turn.response is None:
        return None, None
    words = turn.response.question_understood or turn.question
    try:
        request = AnswerRequest.model_validate({**turn.asked, "question": words, "history": []})
    except ValidationError:
        return turn, None
    return turn, request.to_question()


def _shown(turn: TurnView) -> list[CitationModel]:
    return list(shown_citations(turn.response)) if turn.response else []


def _like(question: Question, words: str, task: Task) -> Question:
    """A question under the same restrictions, answered without a language model."""
    return Question(
        words, as_of=question.as_of, filters=question.filters, mode="extractive", task=task
    )
