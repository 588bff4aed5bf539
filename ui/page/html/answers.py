"""Answers as HTML: pure functions, no Gradio; what is taken along is in `ui.page.html.copies`.

Whatever is not fixed wording of ours goes through `ui.page.html.markup`.
"""

from collections.abc import Sequence
from itertools import pairwise

from pydantic import BaseModel

from rag.contract import (
    AbstentionModel,
    AnswerResponse,
    CitationModel,
    ClaimModel,
    RejectedModel,
)
from ui.page.html.markup import (
    attribute,
    date_doubt,
    escape,
    isolated,
    published_words,
    shortened,
    warning_html,
)


class Link(BaseModel):
    """Under which id an answer can be opened by a link, and the key that takes the link back."""

    id: str
    key: str


class SoFar(BaseModel):
    """The verified sentences of an answer that is not whole yet, or never will be."""

    claims: list[ClaimModel]
    citations: list[CitationModel]


class TurnView(BaseModel):
    """One exchange as the page shows it, and as the browser keeps it.

    It was answered, or failed with a problem, or is still pending.

    Attributes:
        id: chosen by the browser that asked.
        within: what the search was restricted to, in words.
        so_far: sentences that came before the answer was stopped, or is whole.
        seal: proof that this server gave this response to this question, see `ui.page.seals`.
        link: where the answer can be opened by others too; None unless that was asked for.
    """

    id: str = ""
    question: str
    response: AnswerResponse | None = None
    problem: str | None = None
    within: str = ""
    so_far: SoFar | None = None
    seal: str = ""
    link: Link | None = None

    @property
    def pending(self) -> bool:
        """Whether an answer is still to come."""
        return self.response is None and self.problem is None


def publisher_words(citation: CitationModel) -> str:
    """Who published it; where that is not known, the headline, else the file's name."""
    if citation.publisher:
        return citation.publisher
    return f"“{citation.title}”" if citation.title else citation.source.name


def origin_words(citation: CitationModel) -> str:
    """Publisher and date, for tooltips, labels and footnotes."""
    when = published_words(citation.published_at, citation.dates)
    return f"{publisher_words(citation)}, {when}"


def chip_html(citation: CitationModel) -> str:
    """The button that opens a citation; the page's script reads its data attributes."""
    origin = attribute(origin_words(citation))
    quote = attribute(shortened(citation.quote))
    span = citation.answer_span
    answer = f' data-answer="{span[0]},{span[1]}"' if span else ""
    return (
        f'<button type="button" class="pm-chip" data-marker="{citation.marker}" '
        f'data-article="{attribute(citation.article_id)}" '
        f'data-source="{attribute(citation.source.id)}" '
        f'data-start="{citation.start}" data-end="{citation.end}"{answer} title="{origin}" '
        f'aria-label="Citation {citation.marker}, {origin}: {quote}">{citation.marker}</button>'
    )


def attribution_html(citation: CitationModel) -> str:
    """Who published the quoted words and when, with a mark where the date is doubtful."""
    speaker = f"{isolated(citation.speaker)}, quoted by " if citation.speaker else ""
    when = published_words(citation.published_at, citation.dates)
    copies = len(citation.copies)
    also = f" · same story in {copies} more" if copies else ""
    doubt = date_doubt(citation.published_at, citation.date_warning)
    notice = citation.notice
    told = f" · {escape(notice.kind)}: {isolated(notice.text)}" if notice else ""
    return (
        f'<span class="pm-origin">{speaker}'
        f"{isolated(publisher_words(citation))} · "
        f'<time title="{attribute(f"date: {citation.date_basis}")}">{escape(when)}</time>'
        f"{warning_html(doubt)}{also}{told}</span>"
    )


def confidence_words(confidence: float) -> str:
    """The number as a plain phrase."""
    if confidence >= 0.8:
        return "High confidence"
    if confidence >= 0.5:
        return "Fair confidence"
    return "Low confidence: read the sources"


def _support_html(claim: ClaimModel, mode: str) -> str:
    if claim.support == "partial":
        reasons = "; ".join(claim.reasons)
        why = f": {isolated(reasons)}" if reasons else ""
        return f'<span class="pm-support pm-partial">Partly supported{why}</span>'
    words = "Quoted word for word" if mode == "extractive" else "Supported by the quote"
    hint = ' title="The model cited another passage; this one supports it"' if claim.recited else ""
    return f'<span class="pm-support"{hint}>{words}</span>'


def _claims_html(
    claims: Sequence[ClaimModel], citations: Sequence[CitationModel], mode: str | None
) -> str:
    """Each sentence with its chips; who said so and when after the last of each origin.

    Args:
        claims: the sentences.
        citations: what they cite.
        mode: how they were made; None while that is not known.
    """
    by_marker = {citation.marker: citation for citation in citations}
    lines: list[tuple[str, str]] = []
    for claim in claims:
        cited = [by_marker[marker] for marker in claim.citations if marker in by_marker]
        chips = "".join(chip_html(citation) for citation in cited)
        origins = list(dict.fromkeys(attribution_html(citation) for citation in cited))
        foot = "".join([*origins, _support_html(claim, mode) if mode else ""])
        text = f'<p class="pm-claim" dir="auto">{escape(claim.text)}'
        lines.append((f'{text} <span class="pm-chips">{chips}</span></p>', foot))
    return "".join(
        claim if foot == next_foot else f'{claim}<div class="pm-foot">{foot}</div>'
        for (claim, foot), (_, next_foot) in pairwise([*lines, ("", "")])
    )


def _quote_html(citation: CitationModel) -> str:
    """The quoted words, those that answer stronger."""
    start, end = citation.answer_span or (citation.start, citation.start)
    low, high = start - citation.start, end - citation.start
    quote = citation.quote
    if not 0 <= low < high <= len(quote):
        return escape(quote)
    answer = f'<strong class="pm-answers">{escape(quote[low:high])}</strong>'
    return f"{escape(quote[:low])}{answer}{escape(quote[high:])}"


def _reading_html(citations: Sequence[CitationModel], latest: CitationModel | None = None) -> str:
    """Quotes one under the other, each with its chip and origin."""
    return "".join(
        f'<li><blockquote dir="auto">{_quote_html(citation)}</blockquote>'
        f'<div class="pm-foot">{chip_html(citation)} {attribution_html(citation)}'
        f"{_LATEST if citation is latest else ''}</div></li>"
        for citation in citations
    )


def _latest(citations: Sequence[CitationModel]) -> CitationModel | None:
    """The one published last, where all are dated and one is."""
    dated = sorted(citations, key=lambda citation: citation.published_at or "")
    if not dated[0].published_at or dated[-1].published_at == dated[-2].published_at:
        return None
    return dated[-1]


def _refusal_html(abstention: AbstentionModel) -> str:
    closest = ""
    if abstention.closest:
        closest = (
            '<h4 class="pm-label">Closest passages, not an answer</h4>'
            f'<ul class="pm-reading">{_reading_html(abstention.closest)}</ul>'
        )
    return f'<p class="pm-refusal" dir="auto">{escape(abstention.reason)}</p>{closest}'


def _conflicts_html(response: AnswerResponse) -> str:
    by_marker = {citation.marker: citation for citation in response.citations}
    groups = [[by_marker[m] for m in group if m in by_marker] for group in response.conflicts]
    return "".join(
        '<section class="pm-conflict"><h4 class="pm-label">The sources differ</h4>'
        f'<ul class="pm-reading">{_reading_html(group, _latest(group))}</ul></section>'
        for group in groups
        if len(group) > 1
    )


def _rejected_html(rejected: Sequence[RejectedModel]) -> str:
    if not rejected:
        return ""
    count = "1 sentence" if len(rejected) == 1 else f"{len(rejected)} sentences"
    items = "".join(
        f'<li dir="auto"><s>{escape(item.text)}</s> <span class="pm-why">'
        f"{isolated(item.reason)}</span></li>"
        for item in rejected
    )
    return (
        f'<details class="pm-rejected"><summary>{count} left out: not supported by the '
        f"articles</summary><ul>{items}</ul></details>"
    )


_LATEST = '<span class="pm-latest">the latest</span>'
_COPIES = (
    ("markdown", "Markdown", "Copy as Markdown, with a footnote for each citation"),
    ("html", "HTML", "Copy as HTML, with a footnote for each citation"),
    ("json", "JSON", "Copy as JSON"),
)


def _copies_html(turn: TurnView) -> str:
    buttons = "".join(
        f'<button type="button" data-copy="{form}" title="{hint}" aria-label="{hint}">'
        f"{name}</button>"
        for form, name, hint in _COPIES
    )
    gone = '<button type="button" data-unlink>Remove the link</button>' if turn.link else ""
    return (
        f'<span class="pm-copy"><span aria-hidden="true">Copy</span>{buttons}'
        '<button type="button" data-copy="link" title="Make a link to this answer: it is stored '
        f'on this server until the link is removed">Link</button>{gone}</span>'
    )


def _status_html(turn: TurnView, response: AnswerResponse) -> str:
    """How sure the answer is, how it was made, and the ways to take it along."""
    made = ""
    if response.status == "answered":
        seconds = response.timings_ms.get("total", 0) / 1000
        hint = f"Estimated probability that this answer is right: {response.confidence:.0%}"
        how = "Quoted from the articles"
        if response.mode == "generative":
            how = "Written by the model, each sentence checked"
        made = (
            f'<span title="{hint}">{confidence_words(response.confidence)}</span>'
            f'<span title="{seconds:.2f} seconds">{how}</span>'
        )
    return f'<footer class="pm-status">{made}{_copies_html(turn)}</footer>'


def answer_html(turn: TurnView, response: AnswerResponse) -> str:
    """A verified answer, or a refusal with the closest passages."""
    parts = []
    if response.question_understood:
        parts.append(
            f'<p class="pm-understood">Understood as: {isolated(response.question_understood)}</p>'
        )
    if response.fallback:
        parts.append(f'<p class="pm-notice" role="note">{isolated(response.fallback)}</p>')
    if response.abstention:
        parts.append(_refusal_html(response.abstention))
    else:
        claims = _claims_html(response.claims, response.citations, response.mode)
        parts += [claims, _conflicts_html(response)]
    parts += [_rejected_html(response.rejected), _status_html(turn, response)]
    return "".join(parts)


def _so_far_html(so_far: SoFar | None) -> str:
    return _claims_html(so_far.claims, so_far.citations, None) if so_far else ""


def turn_html(turn: TurnView) -> str:
    """One exchange."""
    question = ""
    if turn.question:
        question = f'<h3 class="pm-question" dir="auto">{escape(turn.question)}</h3>'
    if turn.within:
        question += f'<p class="pm-understood">Only {isolated(turn.within)}</p>'
    data = ""
    if not turn.pending:
        # The whole turn travels along, so that it can be kept and copied.
        data = f' data-turn="{escape(turn.model_dump_json())}"'
    if turn.response:
        body = (
            f'<div class="pm-answer pm-{turn.response.status}">'
            f"{answer_html(turn, turn.response)}</div>"
        )
    elif turn.problem:
        words = f'<p class="pm-problem" role="alert">{isolated(turn.problem)}</p>'
        body = f'<div class="pm-answer">{_so_far_html(turn.so_far)}{words}</div>'
    else:
        doing = "Reading on" if turn.so_far else "Reading the articles"
        words = f'<p class="pm-pending" role="status">{doing}</p>'
        body = f'<div class="pm-answer">{_so_far_html(turn.so_far)}{words}</div>'
    return f'<section class="pm-turn"{data}>{question}{body}</section>'


def conversation_html(turns: Sequence[TurnView]) -> str:
    """A whole conversation, oldest first."""
    return "".join(turn_html(turn) for turn in turns)
