"""Answers as the API gives them, made by hand, and text that tries to be markup."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser
from typing import Any

from rag.contract import (
    AnswerResponse,
    CitationModel,
    ClaimModel,
    SourceModel,
    UsageModel,
)

HOSTILE = (
    "<script>alert(1)</script><img src=//x onerror=alert(1)>\"'><svg/onload=alert(1)>"
    "${fetch('//x')} {{constructor}} `${1}` \\u0041 ![a](//x) [b](javascript:c) \u202eesrever\u2066"
)


def citation(marker: int = 1, **changes: Any) -> CitationModel:
    given_values: dict[str, object] = {
        "marker": marker,
        "article_id": f"a{marker}",
        "source": SourceModel(id="src", name="file.txt", sha256="0" * 64),
        "title": None,
        "publisher": "TASS",
        "published_at": date(2020, 8, 6),
        "date_basis": "page stamp",
        "url": None,
        "quote": "33 men were held.",
        "prefix": "",
        "suffix": "",
        "start": 3,
        "end": 20,
        "answer_span": (3, 5),
        "speaker": None,
        "dates": [],
        "date_warning": None,
        "copies": [],
    }
    return CitationModel.model_validate(given_values | changes)


def claim(text: str, *markers: int, **changes: object) -> ClaimModel:
    values = {"support": "full", "reasons": [], "recited": False} | changes
    return ClaimModel.model_validate({"text": text, "citations": list(markers), **values})


def response(**changes: object) -> AnswerResponse:
    values: dict[str, object] = {
        "status": "answered",
        "answer": "text",
        "claims": [claim("33 men were held.", 1)],
        "conflicts": [],
        "question_understood": None,
        "citations": [citation()],
        "rejected": [],
        "abstention": None,
        "confidence": 0.9,
        "mode": "extractive",
        "fallback": None,
        "usage": UsageModel(prompt_tokens=0, completion_tokens=0),
        "timings_ms": {"total": 12.0},
        "index_version": "1-abc",
    }
    return AnswerResponse.model_validate(values | changes)


class Tags(HTMLParser):
    """The elements and attributes that a parser sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
