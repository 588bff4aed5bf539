"""Answers to take along as HTML: a piece for the clipboard, and a whole page; pure functions."""

from collections.abc import Sequence

from rag.contract import AnswerResponse
from ui.exports.exchange import Exchange
from ui.page.html.markup import rendered, shortened


def answer_document(response: AnswerResponse) -> str:
    """Write an answer as HTML for other programs: it fetches nothing and runs nothing."""
    return rendered("document", response=response)


def conversation_document(exchanges: Sequence[Exchange]) -> str:
    """A conversation as a page that stands by itself, and that a browser prints."""
    title = shortened(exchanges[0].question) if exchanges else "Pressmark"
    return rendered("export", exchanges=exchanges, title=title)
