"""Answers as HTML: pure functions, no Gradio. Copies are in `ui.page.html.copies`."""

from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Final, NamedTuple

from pydantic import BaseModel, BeforeValidator

from rag.attribution import publisher_phrase, undated_words
from rag.contract import (
    AbstentionModel,
    AnswerResponse,
    CitationModel,
    ClaimModel,
    UsageModel,
)
from rag.types import Task
from ui.exports.exchange import Typed
from ui.page.html.markup import rendered, shortened
from ui.page.wording.catalogues import _, later
from ui.page.wording.days import date_phrase, number, page_phrase, quoted_phrase
from ui.page.wording.from_elsewhere import teller, told

LONG_QUESTION: Final = 500
"""Characters; of a longer question the page shows the beginning, and the whole on request."""
NEAREST: Final = 0.5
"""An answer less sure than this is the nearest wording, and no words in it are marked."""
_SAYS: Final = (
    (0.8, later("Found a sentence that answers")),
    (NEAREST, later("Found a sentence that probably answers")),
    (0.0, later("The nearest wording; it may not answer")),
)
COLLECTED: Final[frozenset[Task]] = frozenset(("overview", "timeline", "count"))
"""The kinds of answer that are made of several articles."""
_TASKS: Final = {
    "overview": later("Asked for an overview"),
    "timeline": later("Asked for a timeline"),
    "list": later("Asked for a list"),
    "count": later("Asked for a number of articles"),
    "search": later("Asked for passages"),
}


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
        asked: the rest of the request, in the form of ``POST /v1/answer``, so that more can be
            asked in the same way.
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
    asked: dict[str, Any] = {}
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

    before: str
    answers: str
    after: str
    cited: list[CitationModel]
    foot: _Foot | None


class _Entry(NamedTuple):
    """A sentence of an answer from several articles, under the headline that it stands below."""

    title: str | None
    line: _Line
    origin: _Origin
    is_named: bool
    superseded: bool


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
    return _("The date of publication is not known for certain.")


def _confidence_words(confidence: float) -> str:
    """What is known of an answer that quotes: the number as a plain phrase."""
    return next(_(said) for least, said in _SAYS if confidence >= least or not least)


def sure_words(response: AnswerResponse) -> tuple[str, str]:
    """What is known of an answer, and how often that is right; empty where nobody measured it."""
    if response.mode == "generative":
        return _("Each sentence checked against its quotes"), ""
    if response.task in COLLECTED:
        return _("Quoted from several articles"), ""
    if response.task == "search":
        return _("The nearest passages"), ""
    percent = f"{response.confidence:.0%}"
    hint = _("Of such answers, an estimated %(percent)s are right; measured on invented news")
    return _confidence_words(response.confidence), hint % {"percent": percent}


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


def _support(claim: ClaimModel, mode: str, say: Callable[[str], str]) -> _Support:
    if claim.support == "partial":
        reasons = "; ".join(map(say, claim.reasons))
        return _Support(_("Partly supported"), partial=True, reasons=reasons)
    words = _("Quoted word for word") if mode == "extractive" else _("Supported by the quote")
    hint = _("The model cited another passage; this one supports it") if claim.recited else ""
    return _Support(words, hint=hint)


def _lines(
    claims: Sequence[ClaimModel],
    citations: Sequence[CitationModel],
    mode: str | None,
    say: Callable[[str], str] = told,
) -> list[_Line]:
    """Lay out each sentence with what it cites, and a foot below the last that shares it.

    Args:
        claims: the sentences.
        citations: what they cite.
        mode: how they were made; None while nobody knows.
        say: puts the reasons of the check into the reader's language.
    """
    by_marker = {citation.marker: citation for citation in citations}
    cited = [[by_marker[m] for m in claim.citations if m in by_marker] for claim in claims]
    feet = [
        _Foot(tuple(dict.fromkeys(map(_origin, of))), _support(claim, mode, say) if mode else None)
        for claim, of in zip(claims, cited, strict=True)
    ]
    below = [None if foot == after else foot for foot, after in pairwise([*feet, _NO_FOOT])]
    return [
        _Line(*_marked(claim.text, of), of, foot)
        for claim, of, foot in zip(claims, cited, below, strict=True)
    ]


def _marked(text: str, cited: Sequence[CitationModel]) -> tuple[str, str, str]:
    """Cut a sentence around the words that answer, where it is the quote itself."""
    if len(cited) != 1 or cited[0].quote != text:
        return text, "", ""
    return _around(cited[0])


def _around(citation: CitationModel) -> tuple[str, str, str]:
    """The quote before the words that answer, these, and the quote after them."""
    start, end = citation.answer_span or (citation.start, citation.start)
    low, high = start - citation.start, end - citation.start
    quote = citation.quote
    if not 0 <= low < high <= len(quote):
        return quote, "", ""
    return quote[:low], quote[low:high], quote[high:]


def _entries(response: AnswerResponse, citations: Sequence[CitationModel]) -> list[_Entry]:
    """Lay out an answer from several articles, each sentence below its article's headline."""
    if response.mode != "extractive" or response.task not in COLLECTED:
        return []
    replaced = set(response.superseded)
    lines = [line for line in _lines(response.claims, citations, None) if line.cited]
    return [
        _Entry(
            title=first.title,
            line=line,
            origin=_origin(first),
            # What stands in for a publisher is the headline, which is there already.
            is_named=bool(first.publisher or not first.title),
            superseded=first.marker in replaced,
        )
        for line, first in ((line, line.cited[0]) for line in lines)
    ]


def _quote(citation: CitationModel, latest: CitationModel | None = None) -> _Quote:
    return _Quote(citation, _origin(citation), *_around(citation), latest=citation is latest)


def _latest(citations: Sequence[CitationModel]) -> CitationModel | None:
    """The one published last, if all are dated and one is last."""
    dated = sorted(citations, key=lambda citation: citation.published or date.min)
    if not dated[0].published or dated[-1].published == dated[-2].published:
        return None
    return dated[-1]


def _conflicts(response: AnswerResponse, citations: Sequence[CitationModel]) -> list[list[_Quote]]:
    by_marker = {citation.marker: citation for citation in citations}
    groups = [[by_marker[m] for m in group if m in by_marker] for group in response.conflicts]
    return [
        [_quote(citation, _latest(group)) for citation in group]
        for group in groups
        if len(group) > 1
    ]


def _refusal(
    abstention: AbstentionModel | None, say: Callable[[str], str]
) -> dict[str, object] | None:
    if abstention is None:
        return None
    return {"reason": say(abstention.reason), "closest": list(map(_quote, abstention.closest))}


def _made(response: AnswerResponse) -> dict[str, str] | None:
    """How sure the answer is, and how it was made; None for a refusal."""
    if response.status != "answered":
        return None
    sure, hint = sure_words(response)
    how = _("Quoted from the articles") if hint else ""
    if response.mode == "generative":
        how = _("Written by the model")
    seconds = f"{response.timings_ms.get('total', 0) / 1000:.2f}"
    return {
        "sure": sure,
        "hint": hint,
        "how": how,
        "took": _("%(seconds)s seconds") % {"seconds": seconds},
    }


def _trusted(response: AnswerResponse) -> list[CitationModel]:
    """The citations; of a doubtful answer without marks: none is better than a wrong one."""
    if response.mode != "extractive" or response.confidence >= NEAREST:
        return response.citations
    return [one.model_copy(update={"answer_span": None}) for one in response.citations]


def _used(usage: UsageModel) -> str:
    """What the model was used for an answer, in words; empty if it was not."""
    if not usage.prompt_tokens and not usage.completion_tokens:
        return ""
    counts = {"read": number(usage.prompt_tokens), "written": number(usage.completion_tokens)}
    words = _("%(read)s tokens read, %(written)s written") % counts
    if usage.cost is None:
        return words
    return _("%(tokens)s, cost %(cost)s") % {"tokens": words, "cost": f"{usage.cost:.4f}"}


def _answer(response: AnswerResponse, linked: bool) -> dict[str, object]:
    """Prepare a verified answer, or a refusal, for the template ``answer``."""
    citations, say = _trusted(response), teller(response.wording)
    return {
        "task": response.task,
        "entries": _entries(response, citations),
        "understood": response.question_understood,
        "fallback": say(response.fallback) if response.fallback else None,
        "notes": list(map(say, response.notes)),
        "refusal": _refusal(response.abstention, say),
        "lines": _lines(response.claims, citations, response.mode, say),
        "conflicts": _conflicts(response, citations),
        # A refusal says it itself.
        "undated": None
        if response.abstention or not response.undated_left_out
        else told(undated_words(response.undated_left_out)),
        "rejected": [(rejected.text, say(rejected.reason)) for rejected in response.rejected],
        "made": _made(response),
        "linked": linked,
        "cost": _used(response.usage),
    }


def _view(turn: TurnView) -> dict[str, object]:
    so_far = turn.so_far
    is_long = len(turn.question) > LONG_QUESTION
    return {
        "turn": turn,
        "short": shortened(turn.question, LONG_QUESTION // 2) if is_long else None,
        "wanted": _(_TASKS.get(str(turn.asked.get("task")), "")),
        "answer": _answer(turn.response, turn.link is not None) if turn.response else None,
        "so_far": _lines(so_far.claims, so_far.citations, None) if so_far else [],
    }


def more_html(citations: Sequence[CitationModel]) -> str:
    """Render quotes for further reading, below an answer."""
    return rendered("more", quotes=[_quote(citation) for citation in citations])


def turn_html(turn: TurnView) -> str:
    """Render one exchange."""
    return conversation_html([turn])


def conversation_html(turns: Sequence[TurnView]) -> str:
    """Render a whole conversation, oldest first."""
    return rendered("conversation", views=map(_view, turns))
