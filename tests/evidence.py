"""Evidence made by hand, for tests of what comes after retrieval."""

from collections.abc import Sequence

from index.article import Article, MarkedSpan, Passage, Source, Span, SpanKind
from index.embedding import local_token_vectors
from rag.answer import Evidence
from rag.matching import Asked
from rag.sentences import EvidenceVectors, ReadPart, score_sentences
from rag.understanding import Understood


def make_evidence(
    *sentences: str,
    marker: int = 1,
    boilerplate: str = "",
    publisher: str | None = "TASS",
    published_at: str | None = "2020-08-06",
) -> Evidence:
    """One passage of the given sentences, in an article of its own.

    Args:
        sentences: joined by one space each.
        marker: the evidence's number; also names the source.
        boilerplate: stands after the body and is no evidence.
        publisher: of the article.
        published_at: of the article.
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
        published_at=published_at,
        date_basis="page stamp" if published_at else "none",
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


def read(*evidence: Evidence) -> EvidenceVectors:
    """What the local model makes of the evidence; without sentence vectors."""
    return EvidenceVectors(
        {}, {e.passage.passage_id: local_token_vectors(e.passage.text) for e in evidence}
    )


def read_parts(understood: Understood, evidence: Sequence[Evidence]) -> list[ReadPart]:
    """Each part of a question with the evidence read for it; only words and tokens count."""
    parts = []
    for part in understood.parts:
        forms = [Asked(part, None, local_token_vectors(part))]
        parts.append(ReadPart(forms, score_sentences(forms, evidence, read(*evidence))))
    return parts
