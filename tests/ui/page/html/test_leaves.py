"""A long text is put on leaves, of which a browser lays out those in sight."""

from __future__ import annotations

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from index.article import MarkedSpan, Span, SpanKind
from ui.page.html.sources import LEAF, LONG, Mark, text_html

PARAGRAPH = "The harbour of Aske burnt for two days, and nobody knows why it did. " * 4 + "\n\n"
LEAVES = re.compile(r'<span class="pm-leaf">')


def shown(html: str) -> str:
    """What stands between the tags."""
    return unescape(re.sub(r"<[^>]*>", "", html))


def body(text: str) -> list[MarkedSpan]:
    return [MarkedSpan(SpanKind.BODY, Span(0, len(text)))]


def test_a_text_of_usual_length_has_no_leaves() -> None:
    text = PARAGRAPH * (LONG // len(PARAGRAPH))

    assert not LEAVES.search(text_html(text, body(text)))


@given(st.integers(0, 3 * LONG), st.integers(1, 3 * LEAF))
def test_leaves_hold_the_text_and_the_quote_whole(start: int, length: int) -> None:
    text = PARAGRAPH * (3 * LONG // len(PARAGRAPH))
    start = min(start, len(text) - 1)
    quote = Span(start, min(start + length, len(text)))

    html = text_html(text, body(text), Mark(1, quote))

    assert shown(html) == text
    leaves = html.split('<span class="pm-leaf">')[1:]
    assert len(leaves) > 3
    assert all(shown(leaf).endswith("\n") for leaf in leaves[:-1])
    (quoted,) = [leaf for leaf in leaves if "<mark" in leaf]
    assert (
        shown(quoted[quoted.index("<mark") : quoted.index("</mark>")])
        == (text[quote.start : quote.end])
    )


def test_a_long_text_of_one_line_stays_on_one_leaf() -> None:
    text = "word " * LONG

    html = text_html(text, body(text), Mark(1, Span(10, 20)))

    assert shown(html) == text
    assert not LEAVES.search(html)
