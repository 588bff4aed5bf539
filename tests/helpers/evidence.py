"""Evidence made by hand, for tests of what comes after retrieval."""

from collections.abc import Sequence
from datetime import date

from index.article import Article, MarkedSpan, Passage, Source, Span, SpanKind
from rag.question.understanding import Understood
from rag.reading.choosing import Candidate, ReadPart, read_part
from rag.reading.reader import open_reader
from rag.types import Evidence


def make_evidence(
    *sentences: str,
    marker: int = 1,
    boilerplate: str = "",
    publisher: str | None = "TASS",
    published: date | None = date(2020, 8, 6),
) -> Evidence:
    """One passage of the given sentences, in an article of its own.

    Args:
        sentences: joined by one space each.
        marker: the evidence's number; also names the source.
        boilerplate: stands after the body and is no evidence.
        publisher: of the article.
        published: of the article.
    """
    body = " ".join(sentences)
    text = f"{body}\n{boilerplate}" if boilerplate else body
    spans, start = [], 0
    for sentence in sentences:
        spans.append(Span(start, start + len(sentence)))
        start += len(sentence) + 1
    source = Source(f"src_{marker}", f"file{marker}.txt", text, "0" * 64, "text/plain")
    marks = [MarkedSpan(SpanKind.BODY, Span(0, len(body)))]
    if boilerplate:
        marks.append(MarkedSpan(SpanKind.APPEAL, Span(len(body) + 1, len(text))))
    article = Article(
        article_id=f"src_{marker}-1",
        source_id=source.source_id,
        title=None,
        publisher=publisher,
        published=published,
        date_basis="page stamp" if published else "none",
        language="en",
        spans=tuple(marks),
    )
    passage = Passage(
        passage_id=f"src_{marker}:0-{len(body)}",
        article_id=article.article_id,
        source_id=source.source_id,
        start=0,
        end=len(body),
        text=body,
        sentences=tuple(spans),
    )
    return Evidence(marker, passage, article, source, 1.0)


def read_parts(understood: Understood, evidence: Sequence[Evidence]) -> list[ReadPart]:
    """Each part of a question with the evidence read for it."""
    return [read_part(part, evidence, open_reader()) for part in understood.parts]


def candidate(
    item: Evidence, position: int, words: str | None = None, read: float = 5.0
) -> Candidate:
    """A sentence of the evidence as if the reader had given it its log odds."""
    span = item.passage.sentences[position]
    start = item.source.text.index(words, span.start) if words else 0
    marked = Span(start, start + len(words)) if words else None
    return Candidate(item, position, marked, read, read)


def part(*ranked: Candidate, confidence: float = 0.9) -> ReadPart:
    """A part of a question, read by hand."""
    return ReadPart("Who?", tuple(ranked), confidence, taught=True)
