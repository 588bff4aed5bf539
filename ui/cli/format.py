"""Answers and articles as lines for a terminal: pure functions.

Article text is data here too: its control characters could move the cursor or change colours, and
its characters for text direction could reorder the rest of the line.
"""

from collections.abc import Iterator

from rag.attribution import attribution, date_phrase, quoted, undated_words
from rag.contract import AnswerResponse, CitationModel
from rag.llm.spending import usage_words
from ui.http.models import ArticleModel
from ui.page.html.answers import sure_words
from ui.page.html.markup import shortened

_DIRECTIONS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_CONTROLS = {
    **dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029), " "),
    **dict.fromkeys(_DIRECTIONS, ""),
}
_INDENT = "    "
_FIRST_WORDS = 80


def plain(text: str) -> str:
    """Put a text on one line, without anything that a terminal would obey."""
    return " ".join(text.translate(_CONTROLS).split())


def answer_lines(answer: AnswerResponse) -> Iterator[str]:
    """Format an answer, or an abstention, with all that a reader needs to check it.

    Args:
        answer: in the form of the contract.
    """
    if answer.abstention:
        yield plain(answer.abstention.reason)
        if answer.abstention.closest:
            yield from ("", "Closest passages, for reading only:")
            yield from _citations(answer.abstention.closest)
    else:
        yield from (plain(line) for line in answer.answer.splitlines())
        yield from _citations(answer.citations, plain(answer.answer))
    if answer.rejected:
        yield from ("", "Left out, because the articles do not support it:")
        for rejected in answer.rejected:
            yield f"  - {plain(rejected.text)} ({plain(rejected.reason)})"
    yield from ("", _summary(answer))
    used = answer.usage
    if words := usage_words(used.prompt_tokens, used.completion_tokens, used.cost):
        yield f"The model: {words}."
    if answer.undated_left_out and not answer.abstention:  # a refusal says it itself
        yield undated_words(answer.undated_left_out)
    if answer.fallback:
        yield f"Quoted instead of written: {plain(answer.fallback)}"


def _citations(citations: list[CitationModel], said: str = "") -> Iterator[str]:
    """The citations, each with its quote unless the answer has said the same words already."""
    for citation in citations:
        origin = plain(attribution(citation, citation.source, citation.speaker, citation.page))
        yield from ("", f"[{citation.marker}] {origin}{_basis(citation)}")
        quote = plain(citation.quote)
        if quote not in said:
            yield _INDENT + quoted(quote)
        where = f"{plain(citation.source.name)}, characters {citation.start}–{citation.end}"
        yield f"{_INDENT}{plain(citation.title)} · {where}" if citation.title else _INDENT + where
        if citation.date_warning:
            yield f"{_INDENT}Mind the date: {plain(citation.date_warning)}"
        if citation.source.caution:
            yield f"{_INDENT}Mind the text: {plain(citation.source.caution)}"
        if citation.notice:
            told = f"The article says of itself ({plain(citation.notice.kind)})"
            yield f"{_INDENT}{told}: {plain(citation.notice.text)}"
        if citation.copies:
            yield f"{_INDENT}The same story stands in {len(citation.copies)} more."
        if citation.superseded_by:
            yield f"{_INDENT}A later version of this article is among the articles."


def _basis(of: CitationModel | ArticleModel) -> str:
    """The date and its basis, if there is one."""
    return f" ({plain(of.date_basis)})" if of.published else ""


def _summary(answer: AnswerResponse) -> str:
    made = "Quoted from the articles" if answer.mode == "extractive" else "Written by the model"
    percent = round(100 * answer.confidence)
    if answer.abstention:
        return f"{made}; likelihood of an answer here: {percent} %."
    words, measured = sure_words(answer)
    return f"{made}. {words} ({percent} %)." if measured else f"{made}. {words}."


def article_lines(article: ArticleModel, opening: str) -> Iterator[str]:
    """Format one entry in the list of articles.

    Args:
        article: the article.
        opening: the first words of its body, in case it has no title.
    """
    title = article.title or f"{shortened(opening, _FIRST_WORDS)} (no title)"
    yield plain(title)
    publisher = plain(article.publisher or "publisher unknown")
    counted = f"{article.passages} passage{'' if article.passages == 1 else 's'}"
    dated = f"{plain(date_phrase(article))}{_basis(article)}"
    yield f"{_INDENT}{publisher}, {dated} · {plain(article.source.name)} · {counted}"
    if article.date_warning:
        yield f"{_INDENT}Mind the date: {plain(article.date_warning)}"
    if article.source.caution:
        yield f"{_INDENT}Mind the text: {plain(article.source.caution)}"
