"""The shapes in which well-known models cite, and what else they write around words."""

import pytest

from rag.llm.parsing import parse_draft

SAID = "33 men were held"


@pytest.mark.parametrize(
    ("text", "markers"),
    [
        (f"{SAID}【1:0†source】.", (1,)),
        (f"{SAID}【1†L3-L9】.", (1,)),
        (f"{SAID} [1], [2].", (1, 2)),
        (f"{SAID} [1] and [2].", (1, 2)),
        (f"{SAID} [1] und [2].", (1, 2)),
        (f"{SAID} [1 и 2].", (1, 2)),
        (f"{SAID} [1]-[3].", (1, 2, 3)),
        (f"{SAID} [1]–[3].", (1, 2, 3)),
        (f"{SAID} [1; 2].", (1, 2)),
        (f"{SAID} [^1^].", (1,)),
        (f"{SAID}^1^.", (1,)),
        (f"{SAID}¹.", (1,)),
        (f"{SAID}.¹", (1,)),
        (f"{SAID}.¹ ²", (1, 2)),
        (f"{SAID}¹,².", (1, 2)),
        (f"{SAID} (passage 1).", (1,)),
        (f"{SAID} (Passages 1 and 2).", (1, 2)),
        (f"{SAID} (Source: [1]).", (1,)),
        (f"{SAID} (see [1]).", (1,)),
        (f"{SAID} ([1]).", (1,)),
        (f"{SAID} [S1].", (1,)),
        (f"{SAID} [citation:1].", (1,)),
        (f"{SAID} [ref_1].", (1,)),
        (f"{SAID} [1: The Courier].", (1,)),
        (f"{SAID} [Passage 1, The Courier, 3 December 2024].", (1,)),
        (f"[cite_start]{SAID}.[cite: 1, 2]", (1, 2)),
        (f"{SAID} {{1}}.", (1,)),
        (f"{SAID} {{{{1}}}}.", (1,)),
        (f"{SAID} <cite>1</cite>.", (1,)),
        (f"{SAID}<sup>[1]</sup>.", (1,)),
        (f'<cite id="1">{SAID}</cite>.', (1,)),
        (f'{SAID} <source id="1"/>.', (1,)),
        (f"<co: 1,2>{SAID}</co: 1,2>.", (1, 2)),
        (f"{SAID} [[1]](#passage-1).", (1,)),
        (rf"{SAID} \[1\].", (1,)),
        (f"{SAID}&nbsp;[1].", (1,)),
        (f"According to [1], {SAID}.", (1,)),
        (f"According to passage [1], {SAID}.", None),
        (f"Laut [1], {SAID}.", (1,)),
        (f"As reported in [1][2], {SAID}.", (1, 2)),
    ],
)
def test_a_mark_leaves_no_stub(text: str, markers: tuple[int, ...] | None) -> None:
    (claim,) = parse_draft(text, 9)
    if markers is not None:
        assert claim.text == f"{SAID}."
    assert tuple(citation.marker for citation in claim.citations) == (markers or (1,))


@pytest.mark.parametrize(
    "text",
    [
        "It covers 9 km².",
        "The law (2020) was passed.",
        "In all (33) men were held.",
        "Set {a, b} is small.",
        "Room m² is a unit.",
        "He left (source 77).",
    ],
)
def test_what_is_no_mark_stays(text: str) -> None:
    (claim,) = parse_draft(text, 9)
    assert claim.text == text
    assert not claim.citations


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (r"They get \(6.5\%\) more [1].", "They get 6.5% more."),
        (r"It costs \$71 million [1].", "It costs $71 million."),
        (r"It costs \(71\,000\) euros [1].", "It costs 71 000 euros."),
        (r"It costs \(\text{71 million}\) euros [1].", "It costs 71 million euros."),
        ("Harrow &amp; Mill closed [1].", "Harrow & Mill closed."),
        ("It was &lt;b&gt;closed&lt;/b&gt; [1].", "It was closed."),
        ("On Tuesday [1], trams ran.", "On Tuesday, trams ran."),
    ],
)
def test_words_come_out_plain(text: str, said: str) -> None:
    (claim,) = parse_draft(text, 9)
    assert claim.text == said
    assert [citation.marker for citation in claim.citations] == [1]


def test_a_row_of_a_table_is_a_sentence() -> None:
    rows = [
        "| Who | How long |",
        "|:---|---:|",
        "| Drivers | nine days [1] |",
        "| Clerks | two [2] |",
    ]
    text = "They said:\n\n" + "\n".join(rows) + "\n"
    claims = [claim for claim in parse_draft(text, 9) if claim.citations]
    assert [claim.text for claim in claims] == ["Drivers: nine days.", "Clerks: two."]
    assert [claim.citations[0].marker for claim in claims] == [1, 2]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Ships came on Monday. [1] txt was published [1].", 2),
        ("Ships came on Monday [1]. txt was published [1].", 1),
        ("Ships came at 5 p.m. [1] on Monday [1].", 1),
    ],
)
def test_a_mark_behind_a_full_stop_ends_a_sentence(text: str, sentences: int) -> None:
    assert len(parse_draft(text, 2)) == sentences
