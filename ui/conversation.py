"""What the page does, without Gradio: asks, shows kept conversations, opens sources.

What comes from the browser (a kept conversation, a citation that was clicked) is outside data:
it is validated here, and looked up in the library again.
"""

import logging
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from index.article import Span
from index.errors import PressmarkError
from rag.answer import Answer, AnswerEvent, Withdrawn
from rag.assembly import Pressmark
from rag.contract import (
    AnswerRequest,
    AnswerResponse,
    answer_response,
    citation_model,
    streamed_claim,
)
from rag.streaming import AnswerStream
from ui.inbound import field_errors
from ui.render import SoFar, TurnView
from ui.render_copy import answer_document, answer_markdown
from ui.render_source import Mark, placeholder_html, source_html

MAX_SHOWN = 50
"""How many turns the page's script asks for at once; it sends a long conversation in parts."""
STOPPED = "Stopped before the answer was whole."
LEFT = "This page was left before there was an answer. Ask again to get one."
_OTHER_VERSION = "This answer cannot be shown any more: it was given by another version. Ask again."
_OURS = "Something went wrong inside Pressmark, and was written to its log. Please ask again."
_REMOVED = "It was removed since this list was made."
_GONE = "The index has changed since this answer was given. Ask again to get an answer from it."

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


class PageRequest(BaseModel):
    """A question as the page's script sends it: an id for the turn, and what was said before."""

    turn: Annotated[str, Field(max_length=64)] = ""
    question: str = ""
    history: list[dict[str, Any]] = []


def page_request(sent: object) -> PageRequest:
    """What the page's script sent; an empty request where that is none."""
    try:
        return PageRequest.model_validate(sent)
    except ValidationError:
        return PageRequest()


def kept_turns(kept: object) -> list[TurnView]:
    """Turns as the browser kept them; what is no turn is left out."""
    turns = []
    for item in kept[:MAX_SHOWN] if isinstance(kept, list) else []:
        try:
            turn = TurnView.model_validate(item)
        except ValidationError:
            question = item.get("question") if isinstance(item, dict) else None
            if isinstance(question, str):
                turns.append(TurnView(question=question, problem=_OTHER_VERSION))
            continue
        turns.append(turn.model_copy(update={"problem": LEFT}) if turn.pending else turn)
    return turns


def respond(pressmark: Pressmark, body: dict[str, Any]) -> AnswerResponse | str:
    """The answer to a request, or in words why there is none.

    Args:
        pressmark: what answers.
        body: as that of ``POST /v1/answer``.
    """
    try:
        request = AnswerRequest.model_validate(body)
        return answer_response(pressmark.answer(request.to_question()))
    except Exception as error:
        return _in_words(error)


def _in_words(error: Exception) -> str:
    """Why there is no answer; what is our own fault goes to the log."""
    if isinstance(error, ValidationError):
        return _what_is_wrong(error)
    if isinstance(error, PressmarkError):
        return error.user_message
    log.error("A question could not be answered", exc_info=error)
    return _OURS


def _what_is_wrong(error: ValidationError) -> str:
    found = field_errors(error.errors())[0]
    name = found.field.split(".")[-1].replace("_", " ") or "question"
    return f"The {name} {found.detail}."


class Answering:
    """A turn of a conversation while it is being answered, sentence by sentence.

    Attributes:
        turn: as it is now.
    """

    def __init__(self, pressmark: Pressmark, request: PageRequest, wishes: dict[str, Any]) -> None:
        """Begin nothing yet.

        Args:
            pressmark: what answers.
            request: the question and what was said before.
            wishes: ``as_of`` and ``filters`` as in the body of ``POST /v1/answer``.
        """
        self.turn = TurnView(id=request.turn, question=request.question)
        self._pressmark = pressmark
        self._body = {"question": request.question, "history": request.history, **wishes}
        self._events: AnswerStream | None = None
        self._stopped = False

    def __iter__(self) -> Iterator[TurnView]:
        """The turn, with each sentence as soon as it was verified; at the end with its answer."""
        try:
            question = AnswerRequest.model_validate(self._body).to_question()
            with self._pressmark.stream(question) as self._events:
                for event in self._events if not self._stopped else ():
                    self.turn = self.turn.model_copy(update=self._change(event))
                    yield self.turn
        except Exception as error:
            self.turn = self.turn.model_copy(update={"problem": _in_words(error)})
            yield self.turn

    def stop(self) -> TurnView:
        """Give up, from any thread; the turn keeps the sentences that it has."""
        self._stopped = True
        if self._events is not None:
            self._events.close()
        if self.turn.pending:
            self.turn = self.turn.model_copy(update={"problem": STOPPED})
        return self.turn

    def _change(self, event: AnswerEvent) -> dict[str, object]:
        if isinstance(event, Answer):
            return {"response": answer_response(event), "so_far": None}
        if isinstance(event, Withdrawn):
            return {"so_far": None}
        so_far = self.turn.so_far or SoFar(claims=[], citations=[])
        claim = streamed_claim(event)
        citations = [*so_far.citations, *map(citation_model, event.citations)]
        return {"so_far": SoFar(claims=[*so_far.claims, claim], citations=citations)}


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


def open_article(pressmark: Pressmark, article_id: object) -> str:
    """An article's source as HTML with nothing marked, from the list of articles."""
    try:
        library = pressmark.library
        article = library.article(str(article_id))
        source = library.source(article.source_id) if article else None
        if article is None or source is None:
            return placeholder_html("This article is no longer in the index", _REMOVED)
        articles = library.source_articles(source.source_id)
        return source_html(source, articles, article.article_id, None)
    except PressmarkError as error:
        return placeholder_html("This article cannot be opened now", error.user_message)


class _Wanted(BaseModel):
    response: AnswerResponse
    form: str


def taken_along(sent: object) -> str:
    """An answer that the page's script sends, as Markdown or HTML; empty where it is none."""
    try:
        wanted = _Wanted.model_validate(sent)
    except ValidationError:
        return ""
    form = answer_document if wanted.form == "html" else answer_markdown
    return form(wanted.response)
