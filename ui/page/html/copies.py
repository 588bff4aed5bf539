"""Copies of an answer, with its citations as footnotes: Markdown and HTML, pure functions."""

import re

from rag.attribution import attribution
from rag.contract import AnswerResponse
from ui.page.html.markup import rendered

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$&:@])")


def _markdown(text: str) -> str:
    """Write a text as Markdown that shows its characters and does nothing, on one line."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def answer_markdown(response: AnswerResponse) -> str:
    """Write an answer as Markdown: sentences, with a footnote for each citation."""
    lines = [
        f"{_markdown(claim.text)} {''.join(f'[^{marker}]' for marker in claim.citations)}"
        for claim in response.claims
    ]
    notes = [
        f"[^{c.marker}]: {_markdown(attribution(c, c.source, c.speaker))}: “{_markdown(c.quote)}” "
        f"({_markdown(c.source.name)}, characters {c.start} to {c.end})"
        for c in response.citations
    ]
    if response.abstention:
        lines = [_markdown(response.abstention.reason)]
    return "\n\n".join([*lines, *notes]) + "\n"


def answer_document(response: AnswerResponse) -> str:
    """Write an answer as HTML for other programs: it fetches nothing and runs nothing."""
    return rendered("document", response=response)
