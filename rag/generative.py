"""The answerer that writes: one call to a language model over numbered evidence.

What it writes is a draft like any other; `rag.citations.verify` decides what of it stands.
"""

import re
from collections.abc import Sequence

from index.sentences import split_sentences
from rag.answer import Draft, DraftClaim, Evidence, ProposedCitation
from rag.llm import ChatModel
from rag.prompts import NOT_STATED, SYSTEM, user_prompt

WRITTEN_CONFIDENCE = 0.5
"""Shown for a written answer until its confidence is measured; neither sure nor unsure."""

_CODE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_MARKER = re.compile(r"[\[【(]\s*(?:\^|ID:\s*)?(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\s*[\]】)]")
_LEADING_MARKERS = re.compile(rf"^\s*((?:{_MARKER.pattern}\s*)+)")


def _sentences(text: str) -> list[str]:
    """Sentences, each with the markers that stand right after its full stop."""
    found: list[str] = []
    for span in split_sentences(text, 0, len(text)):
        sentence = text[span.start : span.end]
        leading = _LEADING_MARKERS.match(sentence)
        if leading and found:
            found[-1] += " " + leading.group(1)
            sentence = sentence[leading.end() :]
        if sentence.strip():
            found.append(sentence.strip())
    return found


def _claim(sentence: str) -> DraftClaim:
    markers = [int(n) for match in _MARKER.finditer(sentence) for n in re.findall(r"\d+", match[1])]
    text = re.sub(r"\s+", " ", _MARKER.sub("", sentence)).strip()
    text = re.sub(r"\s+([.,;:!?…])", r"\1", text)
    return DraftClaim(text, tuple(ProposedCitation(marker) for marker in dict.fromkeys(markers)))


def parse_draft(text: str) -> tuple[DraftClaim, ...]:
    """The sentences of a model's reply with the passages that each cites.

    Tolerates the ways in which models write markers ([1], [1, 2], 【1】, (1), [^1], [ID:1]);
    what stands in code blocks is left out.
    """
    prose = _CODE.sub(" ", text)
    claims = (_claim(sentence) for sentence in _sentences(prose))
    return tuple(claim for claim in claims if any(char.isalnum() for char in claim.text))


def draft_text(question: str, evidence: Sequence[Evidence], model: ChatModel) -> Draft:
    """Let the model write a draft.

    Raises:
        LanguageModelError: it gave nothing usable.
    """
    reply = model.reply(SYSTEM, user_prompt(question, evidence))
    not_stated = NOT_STATED.rstrip(".").casefold()
    claims = tuple(c for c in parse_draft(reply.text) if not_stated not in c.text.casefold())
    return Draft(
        claims,
        "generative",
        WRITTEN_CONFIDENCE if claims else 0.0,
        abstention=None if claims else "The model found no answer in the articles.",
        usage=reply.usage,
    )
