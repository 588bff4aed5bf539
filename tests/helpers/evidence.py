"""Handmade evidence, for tests of what comes after retrieval."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from index.article import Article, MarkedSpan, Passage, Source, Span, SpanKind
from rag.question.asked import Asked, ask
from rag.question.kinds import KindTeller, load_kinds
from rag.reading.calibration import load_calibration
from rag.reading.choosing import Candidate, ReadPart, read_part
from rag.reading.reader import open_reader
from rag.types import Evidence, Question
from tests.helpers.doubles import HashEmbedding


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


def from_sentence(item: Evidence, first: int) -> Evidence:
    """The same article's passage as if it began with another sentence than the first."""
    passage = item.passage
    before, sentences = passage.sentences[first - 1], passage.sentences[first:]
    start = sentences[0].start
    text = item.source.text[start : passage.end]
    later = replace(passage, start=start, text=text, sentences=sentences)
    return replace(item, passage=later, before=before)


def asking(text: str) -> Asked:
    """A plain question on its way; its vector says nothing."""
    return ask(Question(text, task="answer"), HashEmbedding(), KindTeller(load_kinds()))[0]


def read_parts(asked: Asked, evidence: Sequence[Evidence]) -> list[ReadPart]:
    """Each part of a question with the evidence read for it."""
    reader, calibration = open_reader(), load_calibration()
    return [read_part(part, evidence, reader, calibration) for part in asked.understood.parts]


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
