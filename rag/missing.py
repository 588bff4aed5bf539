"""What an answer would need and the articles do not have, told from the words alone."""

from collections.abc import Sequence

from rag.kinds import AnswerKind, kinds_asked, offers, surnames
from rag.sentences import Candidate
from rag.text import all_keys, content_tokens

PRESUPPOSING = frozenset({AnswerKind.REASON, AnswerKind.DATE, AnswerKind.PLACE})
"""Who asks why, when or where takes for granted that it happened."""


def what_is_missing(question: str, chosen: Sequence[Candidate]) -> str | None:
    """Why the best sentences cannot answer, whatever else fits; None where they may.

    Near misses match a question in everything but the thing it asks for, so likeness alone
    never shows them. Three things can be told without understanding: that the question rests
    on a number, or mostly on names, which the article does not have; that it asks for a kind
    of thing of which the best sentence has none; and that it takes for granted what the best
    sentence denies. The second is not asked of reasons, which often go unmarked, nor of
    questions that name nothing: "who has priority at a crossing" is answered without a name.

    Args:
        question: the question, or one part of it.
        chosen: the sentences that would be quoted, best first; not empty.
    """
    articles = {c.evidence.article.article_id: c.evidence for c in chosen}.values()
    bodies = [item.source.text[s.start : s.end] for item in articles for s in item.article.body]
    labels = [f"{item.article.title or ''} {item.article.publisher or ''}" for item in articles]
    known = frozenset().union(*(all_keys(text) for text in (*bodies, *labels)))
    named = [term for term in content_tokens(question) if term.is_name or term.is_number]
    absent = [term.text for term in named if not term.keys & known]
    if len(absent) * 2 > len(named) or any(text[0].isdigit() for text in absent):
        return f"The closest articles do not mention {', '.join(dict.fromkeys(absent))}."
    kinds = sorted(kinds_asked(question) - {AnswerKind.REASON})
    asked, people = all_keys(question), frozenset().union(*(surnames(text) for text in bodies))
    if named and kinds and not any(offers(kind, chosen[0].text, asked, people) for kind in kinds):
        return f"The closest passages give no {' or '.join(kinds)} that would answer."
    if chosen[0].features.negates and kinds_asked(question) & PRESUPPOSING:
        return "The closest passage says that it is not so."
    return None
