"""An answer as the text of one chat message: sentences, markers, a list of the sources.

Chat programs show a message as Markdown, some of them with pictures and HTML. Words of articles
and models must not become any of it there: nothing in an answer makes a program fetch anything.
"""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from rag.attribution import attribution, quoted
from rag.contract import AnswerResponse, CitationModel
from rag.types import ClaimReady, Withdrawn
from ui.http.chat_models import Annotation, UrlCitation

SOURCES = "Sources:"
CLOSEST = "Closest passages, for reading only:"
# What begins a picture, a link, a link's address elsewhere, a tag, or a fenced block. A backslash
# in front takes the meaning from each, unless that backslash is itself behind another one.
_ALIVE = re.compile(r"(\\*)(!(?=\[)|\[(?=\^)|\](?=[(:])|<(?=[A-Za-z/!?])|`(?=``)|~(?=~~))")
_OURS = re.compile(rf"\n\n(?:{SOURCES}|{CLOSEST})\n\n- \[1\] .*\Z", re.S)
_ADDRESS = re.compile(r"https?://[^\s<>()\[\]\"`\\]+")


def harmless(text: str) -> str:
    """The text, which shows the same words as Markdown and as plain text, and does nothing."""
    return _ALIVE.sub(_quietened, text)


def _quietened(found: re.Match[str]) -> str:
    slashes, mark = found.groups()
    return f"{slashes}{mark}" if len(slashes) % 2 else f"{slashes}\\{mark}"


def said_before(content: str) -> str:
    """What an earlier message said, without the list of sources below it."""
    return _OURS.sub("", content)


class ChatText:
    """The text of a message while it is made; each step gives what it adds."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._said: list[str] = []
        self._begin = 0

    @property
    def content(self) -> str:
        """All of it so far."""
        return "".join(self._pieces)

    def claim(self, event: ClaimReady) -> str:
        """A verified sentence."""
        self._said.append(event.text)
        return self._add(harmless(event.text))

    def withdraw(self, event: Withdrawn) -> str:
        """What was sent cannot be taken back; say that it no longer counts."""
        if not self._said:
            return ""
        self._said.clear()
        reason = " ".join(event.reason.split())
        words = f"(The sentences above are withdrawn: {reason} What follows counts.)"
        added = self._add(harmless(words))
        self._begin = len(self.content)
        return added

    def finish(self, answer: AnswerResponse) -> str:
        """What is left to say: the rest of the answer or the refusal, and the sources."""
        before = len(self.content)
        if answer.abstention:
            self._add(harmless(answer.abstention.reason))
            self._list(CLOSEST, answer.abstention.closest, quotes=True)
            return self.content[before:]
        said = "\n\n".join(self._said)
        rest = answer.answer.removeprefix(said).strip() if said else answer.answer
        if rest:
            self._add(harmless(rest))
        # An answer that quotes has said the words already.
        self._list(SOURCES, answer.citations, quotes=answer.mode == "generative")
        return self.content[before:]

    def annotations(self, answer: AnswerResponse, server: str) -> list[Annotation]:
        """Where each citation is cited, in OpenAI's form, with the whole of ours.

        Args:
            answer: that was finished.
            server: the address of this server, for sources that have none of their own.
        """
        shown = {c.marker: c for c in answer.citations or _closest(answer)}
        return [
            Annotation(
                url_citation=UrlCitation(
                    start_index=start,
                    end_index=end,
                    title=shown[marker].title or shown[marker].source.name,
                    url=_address(shown[marker])
                    or f"{server}/v1/sources/{quote(shown[marker].source.id)}",
                ),
                citation=shown[marker],
            )
            for marker, start, end in self._places(answer)
            if marker in shown
        ]

    def _places(self, answer: AnswerResponse) -> Iterator[tuple[int, int, int]]:
        """Each marker of the text, with where it stands."""
        content, at = self.content, self._begin
        for claim in answer.claims:
            text = harmless(claim.text)
            markers = "".join(f"[{marker}]" for marker in claim.citations)
            at = max(content.find(text, at), at)
            at = content.find(markers, min(at + len(text), len(content)))
            if at < 0:
                return
            for marker in claim.citations:
                yield marker, at, at + len(f"[{marker}]")
                at += len(f"[{marker}]")
        for citation in _closest(answer):
            mark = f"[{citation.marker}]"
            at = content.find(f"\n- {mark}", at) + len("\n- ")
            yield citation.marker, at, at + len(mark)

    def _list(self, heading: str, citations: Sequence[CitationModel], *, quotes: bool) -> None:
        if citations:
            self._add(heading)
            self._add("\n".join(_source_line(citation, quotes) for citation in citations))

    def _add(self, text: str) -> str:
        text = f"\n\n{text}" if self._pieces else text
        self._pieces.append(text)
        return text


def _closest(answer: AnswerResponse) -> list[CitationModel]:
    return answer.abstention.closest if answer.abstention else []


def _source_line(citation: CitationModel, with_quote: bool) -> str:
    """``- [1] TASS, 6 August 2020: “…” (“Headline”, file.txt) https://…``."""
    origin = attribution(citation, citation.source, citation.speaker, citation.page)
    words = f": {quoted(citation.quote)}" if with_quote else ""
    headline = f"“{citation.title}”, " if citation.title and citation.publisher else ""
    line = " ".join(f"{origin}{words} ({headline}{citation.source.name})".split())
    address = _address(citation)
    return f"- [{citation.marker}] {harmless(line)}{f' {address}' if address else ''}"


def _address(citation: CitationModel) -> str | None:
    """Where the article was published, if that is a plain address of the web."""
    found = _ADDRESS.fullmatch(citation.url or "")
    return found[0] if found else None
