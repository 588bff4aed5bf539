"""A sentence that goes on over a page is whole; what stands between its halves is moved."""

import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Source
from index.articles.cleaning import clean
from index.articles.passages import cut_article
from index.readers.base import Read
from index.readers.files import read_data
from index.readers.frames import framed
from index.readers.metadata import SourceMetadata
from index.readers.turned_pages import across_pages
from tests.helpers.documents import as_docx, as_rtf

ENGLISH = """\
The Hollen Gazette                                                        Page 3

Reservoir at Hollen to be drained for repairs

14 March 2023

The reservoir at Hollen will be drained in June so that a crack in its dam, found by a
diver in January, can be sealed, the water board said. It will take 26 days, said Tom

The Hollen Gazette                                                        Page 4

Reservoir / continued from page 3

Arkwright, who has worked for the board and the town for more than twenty years, whose engi-

The Hollen Gazette                                                        Page 5

neers are ready. Fish will be moved to a lake near Burl.
The work costs 5 million crowns.
"""
GERMAN = """\
Hafen von Kessin wird gesperrt

14. März 2023

Der Hafen von Kessin wird im Juni gesperrt, damit ein Riss in der Mole, den ein Taucher
gefunden hat, geschlossen werden kann. Das dauert 26 Tage, sagte der

                                   1
\fKessiner Zeitung

Ingenieur der Behörde am Montag. Die Fische kommen in einen See.

                                   2
\fKessiner Zeitung

Die Arbeiten kosten viel Geld, und das kommt vom Land, sagte er.
"""
RUSSIAN = """\
Водохранилище в Холлене осушат

14 марта 2023 г.

Водохранилище в Холлене осушат в июне, чтобы заделать трещину, которую нашел водолаз

— 12 —

в январе, сообщили в управлении. Рыбу перевезут в озеро у Бурла.
"""
CHINESE = """\
水库将被排空

2023年3月14日

霍伦水库将于六月排空，以便修补大坝上的一道裂缝，水务局周二表示，排空需要二十六天，费用为七百三十万克朗，鱼将被

3

转移到布尔附近的一个湖中。工程师说，这里的水将在秋天恢复，居民将得到通知，而且费用由省政府

4

承担。完。
"""


def joined(text: str) -> str:
    return across_pages(Read(text)).text


def sentences(source: Source, metadata: SourceMetadata) -> list[str]:
    (article,) = clean(source, metadata)
    passages = cut_article(article, source)
    return [source.text[s.start : s.end] for p in passages for s in p.sentences]


@pytest.mark.parametrize(
    ("text", "whole", "furniture"),
    [
        (
            ENGLISH,
            "It will take 26 days, said Tom Arkwright, who has worked for the board and the town "
            "for more than twenty years, whose engineers are ready.",
            ["Gazette", "continued"],
        ),
        (GERMAN, "Das dauert 26 Tage, sagte der Ingenieur der Behörde am Montag.", ["Zeitung"]),
        (
            RUSSIAN,
            "Водохранилище в Холлене осушат в июне, чтобы заделать трещину, которую нашел водолаз "
            "в январе, сообщили в управлении.",
            ["12"],
        ),
        (
            CHINESE,
            "工程师说，这里的水将在秋天恢复，居民将得到通知，而且费用由省政府承担。",
            ["3", "4"],
        ),
    ],
)
def test_a_sentence_goes_on_over_a_page(text: str, whole: str, furniture: list[str]) -> None:
    read = framed(across_pages(Read(text)))
    source = replace(read_data(b"A scan.", "scan.txt")[0], text=read.text)
    found = sentences(source, read.metadata)
    assert whole in found
    assert not any(sign in sentence for sign in furniture for sentence in found)


def test_in_documents_too() -> None:
    unwrapped = re.sub(r"(?<=\S)\n(?=\S)", " ", ENGLISH)
    for name, make in (("print.docx", as_docx), ("print.rtf", as_rtf)):
        found = sentences(*read_data(make(unwrapped), name))
        assert any("Tom Arkwright" in one for one in found)


@pytest.mark.parametrize("text", [ENGLISH, GERMAN, RUSSIAN, CHINESE])
def test_a_text_stays_the_file(text: str) -> None:
    for name in ("print.txt", "print.md"):
        assert read_data(text.encode(), name)[0].text == text


@pytest.mark.parametrize(
    "between",
    [
        "15",  # a number of the sentence, which nothing shows to be a page's
        "Photo: Ria Moss",
        "14 May\n\n15 May",
        "2014\n\n2015",
        "- Quay (4)\n\n- Quay (5)",
        "Quay to close for 4 weeks",
        "",
    ],
)
def test_what_is_no_page_stays_in_its_place(between: str) -> None:
    text = f"""\
The price of the new quay at Vell, which its owner wants to build, was

{between}

million crowns, said its owner. It was dear, and nobody had asked before.
"""
    assert joined(text) == text


def test_a_new_headline_below_the_head_of_a_page_begins_no_half_sentence() -> None:
    text = ENGLISH.replace("said Tom\n", "said Tom.\n").replace(
        "Arkwright, its engi-", "Fish moved"
    )
    assert "said Tom.\n\nThe Hollen Gazette" in joined(text)


LINES = [
    "The Gazette   Page 3", "The Gazette   Page 4", "The Gazette   Page 5", "7", "8", "- 9 -", "\f",
    "", "continued from page 3", "the crack in the dam of the lake at Hollen, found in May, is so",
    "Large that it took 26 days to seal it and", "long.", "A Headline",
]  # fmt: skip


@given(st.lists(st.sampled_from(LINES), max_size=14), st.sampled_from(["\n", "\r\n"]))
def test_nothing_is_lost(lines: list[str], end: str) -> None:
    text = end.join(lines)
    if not text.strip():
        return
    once = joined(text)
    assert Counter(once.split()) == Counter(text.split())
