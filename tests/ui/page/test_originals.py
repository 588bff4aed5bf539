"""The original opens at what is cited: a PDF at its page, a web page at the words."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response

from index.article import Source
from ui.page.originals import opened_at, opened_at_words, original_response

PDF = Source("s", "a.pdf", "text", "0" * 64, "application/pdf")
URL = "https://gazette.example/a"


def answered(source: Source, content: bytes, query: str = "", tmp: Any = None) -> Response:
    (tmp / "a.pdf").write_bytes(content)
    library = SimpleNamespace(
        source=lambda _: source, places=lambda _: [(str(tmp), "a.pdf")], sources=lambda _: {}
    )
    scope = {"type": "http", "path_params": {"source_id": "s"}, "query_string": query.encode()}
    pressmark: Any = SimpleNamespace(library=library)
    return original_response(pressmark, Request(scope | {"headers": []}))


def test_a_pdf_opens_at_its_page() -> None:
    assert opened_at(PDF, 3) == "/originals/s?view#page=3"
    assert opened_at(PDF, None) is None
    assert opened_at(Source("s", "a.html", "", "0", "text/html"), 3) is None


@pytest.mark.parametrize(
    ("words", "fragment"),
    [
        ("Well-known, he said & left", "Well%2Dknown%2C%20he%20said%20%26%20left"),
        (" ".join(map(str, range(20))), "0%201%202%203%204%205,14%2015%2016%2017%2018%2019"),
    ],
)
def test_a_web_page_opens_at_the_words(words: str, fragment: str) -> None:
    assert opened_at_words(URL, words) == f"{URL}#:~:text={fragment}"
    assert opened_at_words(f"{URL}#part", words) == f"{URL}#part:~:text={fragment}"
    assert opened_at_words(URL, "  ") == URL


@given(st.text(st.characters(blacklist_categories=["Cs"]), min_size=1))
def test_whatever_is_quoted_stays_within_the_fragment(words: str) -> None:
    address = opened_at_words(URL, words)
    fragment = address.removeprefix(URL).removeprefix("#:~:text=")
    assert not set(fragment) & set("-&#\"'<> ")
    if len(words.split()) <= 12:
        assert unquote(fragment) == " ".join(words.split())


def test_a_pdf_is_shown_on_request_and_nothing_else_is(tmp_path: Any) -> None:
    import hashlib

    content = b"%PDF-1.4 a page"
    held = Source("s", "a.pdf", "text", hashlib.sha256(content).hexdigest(), "application/pdf")
    shown = answered(held, content, "view", tmp_path)
    assert shown.media_type == "application/pdf"
    assert shown.headers["content-disposition"].startswith("inline")
    saved = answered(held, content, "", tmp_path)
    assert saved.headers["content-disposition"].startswith("attachment")
    # The file is another one now: its text is given instead, and not as what it was.
    changed = answered(held, b"<script>", "view", tmp_path)
    assert changed.media_type == "application/octet-stream"
    page = Source("s", "a.html", "text", held.sha256, "text/html")
    assert answered(page, content, "view", tmp_path).media_type == "application/octet-stream"
