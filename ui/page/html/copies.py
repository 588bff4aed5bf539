"""An answer to take along, with its citations as footnotes: Markdown and HTML, pure functions."""

import re

from rag.contract import AnswerResponse, CitationModel
from ui.page.html.answers import origin_words
from ui.page.html.markup import escape

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$&:@])")


def _markdown(text: str) -> str:
    """The text as Markdown that shows these characters and does nothing, on one line."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def answer_markdown(response: AnswerResponse) -> str:
    """An answer to take along: sentences, with a footnote for each citation."""
    lines = [
        f"{_markdown(claim.text)} {''.join(f'[^{marker}]' for marker in claim.citations)}"
        for claim in response.claims
    ]
    notes = [
        f"[^{c.marker}]: {_markdown(origin_words(c))}: “{_markdown(c.quote)}” "
        f"({_markdown(c.source.name)}, characters {c.start} to {c.end})"
        for c in response.citations
    ]
    if response.abstention:
        lines = [_markdown(response.abstention.reason)]
    return "\n\n".join([*lines, *notes]) + "\n"


def answer_document(response: AnswerResponse) -> str:
    """An answer as a piece of HTML for other programs: it fetches nothing and runs nothing."""
    if response.abstention:
        return f"<p>{escape(response.abstention.reason)}</p>\n"
    sentences = "\n".join(
        f"<p>{escape(claim.text)} {''.join(map(_reference, claim.citations))}</p>"
        for claim in response.claims
    )
    notes = "\n".join(map(_note, response.citations))
    return f"{sentences}\n<ol>\n{notes}\n</ol>\n"


def _reference(marker: int) -> str:
    return f"<sup>[{marker}]</sup>"


def _note(citation: CitationModel) -> str:
    origin, name = escape(origin_words(citation)), escape(citation.source.name)
    place = f"{name}, characters {citation.start} to {citation.end}"
    return f'<li value="{citation.marker}">{origin}: <q>{escape(citation.quote)}</q> ({place})</li>'
