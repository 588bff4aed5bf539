"""What the page does, without Gradio: asks, keeps conversations, opens sources, says what it is.

What comes from the browser (a kept conversation, a citation that was clicked) is outside data:
it is validated here, and looked up in the library again.
"""

import logging
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError

from index.article import Span
from index.errors import PressmarkError
from rag.answer import Question
from rag.assembly import Pressmark
from rag.contract import AnswerRequest, AnswerResponse, answer_response
from ui.examples import candidate_questions
from ui.inbound import field_errors
from ui.markup import escape, isolated
from ui.render import TurnView, answer_markdown
from ui.render_source import Mark, placeholder_html, source_html

MAX_KEPT_BYTES = 3_000_000
"""A browser keeps some five million characters for a page; encryption takes a third more."""
MAX_HISTORY = 10
EXAMPLES = 4
_SAMPLE_ARTICLES = 40
_MAX_TRIED = 16
_OURS = "Something went wrong inside Pressmark, and was written to its log. Please ask again."
_GONE = "The index has changed since this answer was given. Ask again to get an answer from it."
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

log = logging.getLogger(__name__)


class ClickedCitation(BaseModel):
    """A citation as the page's script sends it."""

    marker: int
    article: str
    source: str
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]
    answer: tuple[int, int] | None = None

    def mark(self, length: int) -> Mark | None:
        """What to mark in a text of this length; None where the place is not in it."""
        if not self.start < self.end <= length:
            return None
        span = Span(self.start, self.end)
        low, high = self.answer or (self.start, self.start)
        inside = self.start <= low < high <= self.end
        return Mark(self.marker, span, Span(low, high) if inside else None)


class OpenRequest(BaseModel):
    """A click on a citation: the one meant, and the others of the same answer."""

    focus: ClickedCitation
    others: Annotated[list[ClickedCitation], Field(max_length=500)] = []


def kept_turns(saved: object) -> list[TurnView]:
    """A conversation as the browser kept it; what cannot be read any more is left out."""
    turns = []
    for item in saved if isinstance(saved, list) else []:
        try:
            turns.append(TurnView.model_validate(item))
        except ValidationError:
            continue
    return turns


def with_problem(turns: Sequence[TurnView], problem: str) -> list[TurnView]:
    """The turns, where those without an answer say why there is none."""
    return [
        turn.model_copy(update={"problem": problem}) if turn.pending else turn for turn in turns
    ]


def turns_to_keep(turns: Sequence[TurnView]) -> list[dict[str, Any]]:
    """A conversation for the browser to keep, without the oldest turns when it grows too long."""
    kept: list[dict[str, Any]] = []
    room = MAX_KEPT_BYTES
    for turn in reversed(turns):
        room -= len(turn.model_dump_json().encode())
        if room < 0:
            break
        kept.insert(0, turn.model_dump(mode="json"))
    return kept


def history_of(turns: Sequence[TurnView]) -> list[dict[str, str]]:
    """The turns that a follow-up may refer to."""
    answered = [(turn.question, turn.response) for turn in turns if turn.response]
    return [
        {"question": response.question_understood or question, "answer": response.answer[:50_000]}
        for question, response in answered[-MAX_HISTORY:]
        if response
    ]


def respond(pressmark: Pressmark, body: dict[str, Any]) -> AnswerResponse | str:
    """The answer to a request, or in words why there is none.

    Args:
        pressmark: what answers.
        body: as that of ``POST /v1/answer``.
    """
    try:
        request = AnswerRequest.model_validate(body)
        return answer_response(pressmark.answer(request.to_question()))
    except ValidationError as error:
        return _what_is_wrong(error)
    except PressmarkError as error:
        return error.user_message
    except Exception:
        log.exception("A question could not be answered")
        return _OURS


def _what_is_wrong(error: ValidationError) -> str:
    found = field_errors(error.errors())[0]
    name = found.field.split(".")[-1].replace("_", " ") or "question"
    return f"The {name} {found.detail}."


def answer_turn(pressmark: Pressmark, body: dict[str, Any], turns: Sequence[TurnView]) -> TurnView:
    """The next turn of a conversation."""
    outcome = respond(pressmark, {**body, "history": history_of(turns)})
    question = str(body["question"])
    if isinstance(outcome, str):
        return TurnView(question=question, problem=outcome)
    return TurnView(question=question, response=outcome)


def open_source(pressmark: Pressmark, clicked: object) -> str:
    """The source that a citation is in, as HTML; in words, when it is not there any more."""
    try:
        request = OpenRequest.model_validate(clicked)
        source = pressmark.library.source(request.focus.source)
        if source is None:
            return placeholder_html("This article is no longer in the index", _GONE)
        articles = pressmark.library.source_articles(source.source_id)
        length = len(source.text)
        others = [
            mark
            for other in request.others
            if other.source == source.source_id and other != request.focus
            if (mark := other.mark(length))
        ]
        focus = request.focus.mark(length)
        return source_html(source, articles, request.focus.article, focus, others)
    except ValidationError:
        return placeholder_html("This citation cannot be opened", _GONE)
    except PressmarkError as error:
        return placeholder_html("This article cannot be opened now", error.user_message)


def as_markdown(response: object) -> str:
    """An answer that the page's script sends, as Markdown; empty where it is no answer."""
    try:
        return answer_markdown(AnswerResponse.model_validate(response))
    except ValidationError:
        return ""


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
            "<p>Give Pressmark a folder of articles, then reload this page:</p>"
            "<pre>pressmark index path/to/articles</pre></div>"
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
    """What is sent from this machine, and where to."""
    settings = pressmark.settings
    if settings.embedding != "minilm":
        return f"Questions and articles go to the embedding {settings.embedding.split('?')[0]}"
    if not settings.generates:
        return "Nothing leaves this machine"
    if settings.llm:
        return f"Questions and passages go to {settings.llm.split('?')[0]}"
    host = urlsplit(settings.llm_base_url or "https://api.openai.com").hostname or "the model"
    if host in _LOOPBACK:
        return f"Nothing leaves this machine; the model answers at {host}"
    return f"Questions and passages go to {host}"


def foot_html(pressmark: Pressmark) -> str:
    """One line: how answers are made, from how much, at which state, and what leaves."""
    settings, counts = pressmark.settings, pressmark.library.counts()
    mode = "Quoting from the articles, no language model"
    if settings.generates:
        mode = f"Written by {settings.llm_shown}, each sentence checked"
    articles = "1 article" if counts.articles == 1 else f"{counts.articles:,} articles"
    words = [mode, articles, f"index {pressmark.library.index_version}", what_leaves(pressmark)]
    return "".join(f"<span>{isolated(part)}</span>" for part in words)
