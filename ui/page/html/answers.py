"""Answers as HTML: pure functions, no Gradio. Copies are in `ui.page.html.copies`."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Annotated, NamedTuple

from pydantic import BaseModel, BeforeValidator

from rag.attribution import date_phrase, page_phrase, publisher_phrase, quoted_phrase, undated_words
from rag.contract import AbstentionModel, AnswerResponse, CitationModel, ClaimModel
from rag.llm.spending import usage_words
from ui.exports.exchange import Typed
from ui.page.html.markup import rendered


class Link(BaseModel):
    """The id under which a link opens an answer, and the key that takes the link back."""

    id: str
    key: str


class SoFar(BaseModel):
    """The verified sentences of an answer that is not whole yet, or never will be."""

    claims: list[ClaimModel]
    citations: list[CitationModel]


def _listed(within: object) -> object:
    """What browsers kept before each restriction stood by itself was one text."""
    return [within] if isinstance(within, str) and within else within or []


class TurnView(BaseModel):
    """One exchange as the page shows it, and as the browser keeps it.

    It has an answer, has failed with a problem, or is pending.

    Attributes:
        id: chosen by the browser that asked.
        within: each restriction of the search, in words.
        as_of: the day on which it was asked, if one was set.
        so_far: sentences that came before the answer was stopped, or is whole.
        seal: proof that this server gave this response to this question, see `ui.page.seals`.
        link: opens the answer for others too; None unless somebody asked for it.
    """

    id: str = ""
    question: Typed
    response: AnswerResponse | None = None
    problem: Typed | None = None
    within: Annotated[list[Typed], BeforeValidator(_listed)] = []
    as_of: str | None = None
    so_far: SoFar | None = None
    seal: str = ""
    link: Link | None = None

    @property
    def pending(self) -> bool:
        """Whether an answer is still to come."""
        return self.response is None and self.problem is None


class _Origin(NamedTuple):
    """Who published the quoted words, and when, in words."""

    speaker: str | None
    quoted: str
    title: str | None
    publisher: str
    date: str
    date_basis: str
    doubt: str | None
    copies: int
    superseded: bool
    notice: tuple[str, str] | None
    page: str | None
    caution: str | None


class _Support(NamedTuple):
    """How a sentence is supported, in words."""

    words: str
    partial: bool = False
    reasons: str = ""
    hint: str = ""


class _Foot(NamedTuple):
    """The foot below sentences."""

    origins: tuple[_Origin, ...]
    support: _Support | None


_NO_FOOT = _Foot((), None)


class _Line(NamedTuple):
    """A sentence with what it cites; its foot is None if the next sentence has the same."""

    text: str
    cited: list[CitationModel]
    foot: _Foot | None


class _Quote(NamedTuple):
    """A quote cut around the words that answer."""

    citation: CitationModel
    origin: _Origin
    before: str
    answers: str
    after: str
    latest: bool


def date_doubt(published: date | None, warning: str | None) -> str | None:
    """What a reader must know about a date, in words, or None if it is certain."""
    if warning or published:
        return warning
    return "The date of publication is not known for certain."


def confidence_words(confidence: float) -> str:
    """The number as a plain phrase."""
    if confidence >= 0.8:
        return "High confidence"
    if confidence >= 0.5:
        return "Fair confidence"
    return "Low confidence: read the sources"


def _origin(citation: CitationModel) -> _Origin:
    notice = citation.notice
    return _Origin(
        speaker=citation.speaker,
        quoted=quoted_phrase(citation),
        title=citation.title if citation.publisher else None,
        publisher=publisher_phrase(citation, citation.source),
        date=date_phrase(citation),
        date_basis=citation.date_basis,
        doubt=date_doubt(citation.published, citation.date_warning),
        copies=len(citation.copies),
        superseded=bool(citation.superseded_by),
        notice=(notice.kind, notice.text) if notice else None,
        page=page_phrase(citation.page) if citation.page is not None else None,
        caution=citation.source.caution,
    )


def _support(claim: ClaimModel, mode: str) -> _Support:
    if claim.support == "partial":
        return _Support("Partly supported", partial=True, reasons="; ".join(claim.reasons))
    words = "Quoted word for word" if mode == "extractive" else "Supported by the quote"
    hint = "The model cited another passage; this one supports it" if claim.recited else ""
    return _Support(words, hint=hint)


def _lines(
    claims: Sequence[ClaimModel], citations: Sequence[CitationModel], mode: str | None
) -> list[_Line]:
    """Lay out each sentence with what it cites, and a foot below the last that shares it.

    Args:
        claims: the sentences.
        citations: what they cite.
        mode: how they were made; None while nobody knows.
    """
    by_marker = {citation.marker: citation for citation in citations}
    cited = [[by_marker[m] for m in claim.citations if m in by_marker] for claim in claims]
    feet = [
        _Foot(tuple(dict.fromkeys(map(_origin, of))), _support(claim, mode) if mode else None)
        for claim, of in zip(claims, cited, strict=True)
    ]
    below = [None if foot == after else foot for foot, after in pairwise([*feet, _NO_FOOT])]
    return [
        _Line(claim.text, of, foot) for claim, of, foot in zip(claims, cited, below, strict=True)
    ]


def _quote(citation: CitationModel, latest: CitationModel | None = None) -> _Quote:
    start, end = citation.answer_span or (citation.start, citation.start)
    low, high = start - citation.start, end - citation.start
    quote = citation.quote
    if not 0 <= low < high <= len(quote):
        low = high = len(quote)
    return _Quote(
        citation,
        _origin(citation),
        before=quote[:low],
        answers=quote[low:high],
        after=quote[high:],
        latest=citation is latest,
    )


def _latest(citations: Sequence[CitationModel]) -> CitationModel | None:
    """The one published last, if all are dated and one is last."""
    dated = sorted(citations, key=lambda citation: citation.published or date.min)
    if not dated[0].published or dated[-1].published == dated[-2].published:
        return None
    return dated[-1]


def _conflicts(response: AnswerResponse) -> list[list[_Quote]]:
    by_marker = {citation.marker: citation for citation in response.citations}
    groups = [[by_marker[m] for m in group if m in by_marker] for group in response.conflicts]
    return [
        [_quote(citation, _latest(group)) for citation in group]
        for group in groups
        if len(group) > 1
    ]


def _refusal(abstention: AbstentionModel | None) -> dict[str, object] | None:
    if abstention is None:
        return None
    return {"reason": abstention.reason, "closest": list(map(_quote, abstention.closest))}


def _made(response: AnswerResponse) -> dict[str, str] | None:
    """How sure the answer is, and how it was made; None for a refusal."""
    if response.status != "answered":
        return None
    how = "Quoted from the articles"
    if response.mode == "generative":
        how = "Written by the model, each sentence checked"
    return {
        "confidence": confidence_words(response.confidence),
        "percent": f"{response.confidence:.0%}",
        "how": how,
        "seconds": f"{response.timings_ms.get('total', 0) / 1000:.2f}",
    }


def _answer(response: AnswerResponse, linked: bool) -> dict[str, object]:
    """Prepare a verified answer, or a refusal, for the template ``answer``."""
    used = response.usage
    return {
        "understood": response.question_understood,
        "fallback": response.fallback,
        "notes": response.notes,
        "refusal": _refusal(response.abstention),
        "lines": _lines(response.claims, response.citations, response.mode),
        "conflicts": _conflicts(response),
        "undated": undated_words(response.undated_left_out) if response.undated_left_out else None,
        "rejected": response.rejected,
        "made": _made(response),
        "linked": linked,
        "cost": usage_words(used.prompt_tokens, used.completion_tokens, used.cost),
    }


def _view(turn: TurnView) -> dict[str, object]:
    so_far = turn.so_far
    return {
        "turn": turn,
        "answer": _answer(turn.response, turn.link is not None) if turn.response else None,
        "so_far": _lines(so_far.claims, so_far.citations, None) if so_far else [],
    }


def turn_html(turn: TurnView) -> str:
    """Render one exchange."""
    return conversation_html([turn])


def conversation_html(turns: Sequence[TurnView]) -> str:
    """Render a whole conversation, oldest first."""
    return rendered("conversation", views=map(_view, turns))
