"""What the page shows on request, without Gradio: kept turns, sources, copies of answers.

What the browser sends (a kept conversation, a clicked citation) is outside data: this module
validates it, and looks it up in the library again.
"""

from base64 import b64encode
from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError

from index.article import Span
from index.errors import PressmarkError
from index.library.library import Library
from rag.contract import (
    AnswerResponse,
)
from rag.pressmark import Pressmark
from ui.exports.exchange import Exchange, Exchanges
from ui.exports.formats import ExportFormat
from ui.exports.markdown import markdown
from ui.page.exporting import exported
from ui.page.html.answers import TurnView
from ui.page.html.copies import answer_document
from ui.page.html.sources import Mark, Related, placeholder_html, source_html
from ui.page.wording.catalogues import _, later
from ui.page.wording.from_elsewhere import told

MAX_SHOWN = 50
"""How many turns the page's script asks for at once; it sends a long conversation in parts."""
LEFT = later("This page was left before there was an answer. Ask again to get one.")
_OTHER_VERSION = later(
    "This answer is from another version, which this one cannot show. Ask again."
)
_REMOVED = later("It has been removed since this list was made.")
_GONE = later(
    "The index has changed since this answer was given. Ask again to get an answer from it."
)
_NO_ARTICLE = later("This article is no longer in the index")
_NOT_NOW = later("This article does not open now")


class ClickedCitation(BaseModel):
    """A citation as the page's script sends it."""

    marker: int
    article: str
    source: str
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]
    answer: tuple[int, int] | None = None

    def mark(self, length: int) -> Mark | None:
        """Place the mark in a text of this length. Return None if the place is not in it."""
        if not self.start < self.end <= length:
            return None
        span = Span(self.start, self.end)
        low, high = self.answer or (self.start, self.start)
        inside = self.start <= low < high <= self.end
        return Mark(self.marker, span, Span(low, high) if inside else None)


class OpenRequest(BaseModel):
    """A click on a citation: the one clicked, and the others of the same answer."""

    focus: ClickedCitation
    others: Annotated[list[ClickedCitation], Field(max_length=500)] = []


def kept_turns(kept: object) -> list[TurnView]:
    """Render turns as the browser kept them; leave out anything that is not a turn."""
    turns = []
    for item in kept[:MAX_SHOWN] if isinstance(kept, list) else []:
        try:
            turn = TurnView.model_validate(item)
        except ValidationError:
            question = item.get("question") if isinstance(item, dict) else None
            if isinstance(question, str):
                turns.append(TurnView(question=question, problem=_(_OTHER_VERSION)))
            continue
        turns.append(turn.model_copy(update={"problem": _(LEFT)}) if turn.pending else turn)
    return turns


def open_source(pressmark: Pressmark, clicked: object) -> str:
    """Render the source of a citation, or say that it is gone."""
    try:
        request = OpenRequest.model_validate(clicked)
        source = pressmark.library.source(request.focus.source)
        if source is None:
            return placeholder_html(_(_NO_ARTICLE), _(_GONE))
        articles = pressmark.library.source_articles(source.source_id)
        length = len(source.text)
        others = [
            mark
            for other in request.others
            if other.source == source.source_id and other != request.focus
            if (mark := other.mark(length))
        ]
        focus = request.focus.mark(length)
        related = _related(pressmark.library, request.focus.article)
        return source_html(source, articles, request.focus.article, focus, others, related)
    except ValidationError:
        return placeholder_html(_("This citation does not open"), _(_GONE))
    except PressmarkError as error:
        return placeholder_html(_(_NOT_NOW), told(error.user_message))


def open_article(pressmark: Pressmark, article_id: object) -> str:
    """Render an article's source with nothing marked, for the list of articles."""
    try:
        library = pressmark.library
        article = library.article(str(article_id))
        source = library.source(article.source_id) if article else None
        if article is None or source is None:
            return placeholder_html(_(_NO_ARTICLE), _(_REMOVED))
        articles = library.source_articles(source.source_id)
        related = _related(library, article.article_id)
        return source_html(source, articles, article.article_id, None, related=related)
    except PressmarkError as error:
        return placeholder_html(_(_NOT_NOW), told(error.user_message))


def _related(library: Library, article_id: str) -> Related:
    """The other versions of an article, and its copies."""
    holdings = library.holdings()
    ids = {
        "later": holdings.later.get(article_id, ()),
        "earlier": [name for name, others in holdings.later.items() if article_id in others],
        "copies": holdings.copies.get(article_id, ()),
    }
    articles = library.articles(name for names in ids.values() for name in names)
    return Related(
        **{kind: tuple(articles[n] for n in names if n in articles) for kind, names in ids.items()}
    )


class _Wanted(BaseModel):
    question: str
    response: AnswerResponse
    form: str


def taken_along(sent: object) -> str:
    """An answer for the clipboard, as Markdown or a piece of HTML; empty if none was sent."""
    try:
        wanted = _Wanted.model_validate(sent)
    except ValidationError:
        return ""
    if wanted.form == "html":
        return answer_document(wanted.response)
    return markdown([Exchange(question=wanted.question, response=wanted.response)])


class _WantedFile(Exchanges):
    form: ExportFormat


def exported_file(sent: object) -> dict[str, str]:
    """A file of the answers that the page's script sends; its bytes in base64, as JSON needs them.

    Returns:
        ``name``, ``media_type`` and ``data``; or ``problem``, in words.
    """
    try:
        wanted = _WantedFile.model_validate(sent)
    except ValidationError:
        return {"problem": _("There is no answer to save yet.")}
    return file_for_script(wanted.exchanges, wanted.form)


def file_for_script(exchanges: Sequence[Exchange], form: ExportFormat) -> dict[str, str]:
    """A file of answers as `exported_file` gives it."""
    made = exported(exchanges, form)
    data = b64encode(made.data).decode("ascii")
    return {"name": made.name, "media_type": made.media_type, "data": data}
