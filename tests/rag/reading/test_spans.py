"""What is quoted for a sentence: whole pairs of quotation marks, within its paragraph."""

import pytest

from index.article import Source
from index.articles.cleaning import clean
from index.articles.passages import cut_article
from index.readers.metadata import SourceMetadata
from rag.reading.spans import quote_span
from rag.types import Evidence
from tests.helpers.evidence import candidate, make_evidence


@pytest.mark.parametrize(
    ("sentences", "at", "quote"),
    [
        (("„Wir gehen.", "Wir bleiben nicht“, rief sie."), 1, None),
        (("»Nie«, sagte er.", "»Ja."), 1, "Ja."),
        (("Er schwieg.", "So “Die Zeit” am Montag."), 1, "So “Die Zeit” am Montag."),
        (
            ("« Non », dit-il.", "« Si.", "C’est fait », dit-elle."),
            1,
            "« Si. C’est fait », dit-elle.",
        ),
        (("「行く。", "行かない。」と述べた。"), 0, None),
        (("waited,” she said.", "“Now it is ours."), 1, "Now it is ours."),
    ],
)
def test_no_half_of_a_pair_at_an_edge(
    sentences: tuple[str, ...], at: int, quote: str | None
) -> None:
    item = make_evidence(*sentences)
    span = quote_span(candidate(item, at))
    assert item.source.text[span.start : span.end] == (quote or item.passage.text)


def test_a_quotation_in_wrapped_lines_is_quoted_to_its_end() -> None:
    text = (
        "The keeper of the lighthouse at Quarn told the harbour board on Friday: “We have\n"
        "waited for this since school. Now it is ours, stairs and all, and we shall keep it\n"
        "as long as the lamp burns,” and left the room. The board voted for it by seven to two.\n"
    )
    article = clean(Source("s", "a.txt", text, "", "text/plain"), SourceMetadata())[0]
    source = Source("s", "a.txt", text, "", "text/plain")
    passage = cut_article(article, source)[0]
    item = Evidence(1, passage, article, source, 1.0)
    span = quote_span(candidate(item, 1))
    assert text[span.start : span.end].startswith("The keeper")
    assert text[span.start : span.end].endswith("left the room.")
