"""What is taken along: questions with their answers, and what every format says of a citation."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, Field

from index.visible import well_formed
from rag.attribution import date_phrase, page_phrase, quoted_phrase
from rag.contract import AnswerResponse, CitationModel

# Characters that would move a cursor, end a record or turn the rest of a line around.
_LEFT_OUT = dict.fromkeys(
    (
        *range(0x20),
        *range(0x7F, 0xA0),
        *(0x061C, 0x200E, 0x200F, 0xFFFE, 0xFFFF),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    ),
    None,
)

# What was typed is taken along before anybody has looked whether it is text.
Typed = Annotated[str, AfterValidator(well_formed)]


MAX_EXCHANGES: Final = 500


class Exchange(BaseModel):
    """A question and the answer that was given to it; a note that a reader keeps with it."""

    question: Typed
    response: AnswerResponse
    note: Typed = ""


class Exchanges(BaseModel):
    """A conversation, oldest question first."""

    exchanges: Annotated[list[Exchange], Field(min_length=1, max_length=MAX_EXCHANGES)]


def one_line(text: str) -> str:
    """The text on one line, without characters that do something instead of being read."""
    return " ".join(well_formed(text).split()).translate(_LEFT_OUT)


def shown_citations(response: AnswerResponse) -> Sequence[CitationModel]:
    """What an answer cites; of a refusal, the closest passages, which are reading only."""
    return response.abstention.closest if response.abstention else response.citations


def every_citation(exchanges: Sequence[Exchange]) -> Iterator[tuple[Exchange, CitationModel]]:
    """Each citation that an answer of the conversation rests on, with its exchange."""
    for exchange in exchanges:
        for citation in exchange.response.citations:
            yield exchange, citation


def origin(citation: CitationModel) -> str:
    """Who published the words, under which headline, and when: ``TASS, “Headline”, 6 May 2020``."""
    named = [citation.publisher] if citation.publisher else []
    if citation.title:
        named.append(f"“{citation.title}”")
    words = one_line(", ".join([*(named or [citation.source.name]), date_phrase(citation)]))
    if not citation.speaker:
        return words
    return f"{one_line(citation.speaker)}, {quoted_phrase(citation)} {words}"


def place(citation: CitationModel) -> str:
    """Where in which file the words stand."""
    page = f", {page_phrase(citation.page)}" if citation.page is not None else ""
    name = one_line(citation.source.name)
    return f"{name}{page}, characters {citation.start} to {citation.end}"


def remarks(citation: CitationModel) -> list[str]:
    """What a reader must know of the article beside its words."""
    found = []
    if citation.notice:
        told = one_line(citation.notice.text)
        found.append(f"The article says of itself ({one_line(citation.notice.kind)}): {told}")
    if citation.date_warning:
        found.append(f"Mind the date: {one_line(citation.date_warning)}")
    if citation.source.caution:
        found.append(f"Mind the text: {one_line(citation.source.caution)}.")
    return found
