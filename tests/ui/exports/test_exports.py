"""Every format, read back: by a kept parser where there is one, else by the format's own rules."""

from __future__ import annotations

import json
import re
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html as lxml_html
from markdown_it import MarkdownIt

from rag.contract import AbstentionModel, NoticeModel
from tests.helpers.answers import HOSTILE, Tags, citation, claim, response
from ui.exports.addresses import deep_address, web_address
from ui.exports.annotations import web_annotations
from ui.exports.bibtex import bibtex
from ui.exports.exchange import Exchange, Exchanges, one_line
from ui.exports.formats import ExportFormat
from ui.exports.markdown import escaped, markdown
from ui.exports.references import csl_json, works
from ui.exports.ris import ris
from ui.exports.word import word_document
from ui.http.downloads import attachment
from ui.page.exporting import exported
from ui.page.html.copies import conversation_document

DAY = date(2026, 1, 31)
EVIL = (
    "Boss\r\nER  - \r\nTY  - BOOK\u2028TI  - forged}, \\input{/etc/passwd} @book{x, $x^2_3$ "
    '50% & #1 ~ "q" `rm` ![i](//evil/x.png) [l](javascript:alert(1)) <script>x</script> '
    "\x00\x1b[2J\u202egnirts"
)


def one(**changes: Any) -> list[Exchange]:
    return [Exchange(question="How many were held?", response=response(**changes))]


def titled(**changes: Any) -> list[Exchange]:
    given_values = {"title": "Held at the border", "url": "https://tass.example/a-1?b=2"}
    return one(citations=[citation(**(given_values | changes))])


HOSTILE_ONES = titled(title=EVIL, publisher=EVIL, quote=EVIL, speaker=EVIL)


# Markdown

GFM = MarkdownIt("gfm-like", {"linkify": False, "html": True})


def read_markdown(text: str) -> tuple[set[str], str]:
    """Which constructs a reader of Markdown sees, and the words."""
    kinds: set[str] = set()
    words = []
    for token in GFM.parse(text):
        kinds.add(token.type)
        for child in token.children or []:
            kinds.add(child.type)
            words.append(child.content)
    return kinds, "".join(words)


PLAIN = {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}


@example("1. FC Köln")
@example("# no heading")
@example("=== or ---")
@example("[x]: https://example.org")
@example("a\\")
@example("2*3*4 and _this_ ~~not~~ `code` &amp; <b>")
@example("| a | b |")
@example("\\\\[a](b)")
@example("* * *")
@example("- - -")
@example("   ")
@given(st.text(st.sampled_from("ab 1.)#>*_`~[](){}!<>\\|-+=:$&;/@\n\tп") | st.characters()))
def test_escaped_markdown_is_read_as_the_text(text: str) -> None:
    kinds, words = read_markdown(escaped(text) + " [1]")

    assert kinds <= PLAIN
    assert words == f"{one_line(text)} [1]".strip()


@pytest.mark.parametrize(
    "text",
    [
        "He said (twice) that 33 men were held.",
        "“He [Putin] paid $5 million – and 50% of it – for C# & co.”",
        "3 < 5 > 2, a * b, snake_case, e-mail: a@b.example!",
        "Minsk, 6.8.2020; 12:30; 2:1",
        "Ціна — 5 грн. «Так», — сказав він.",
    ],
)
def test_what_does_nothing_needs_no_backslash(text: str) -> None:
    assert escaped(text) == text


def test_markdown_says_question_headline_publisher_date_address_and_place() -> None:
    text = markdown(
        titled(prefix="About 1 dozen guards said that ", suffix=" They went home soon.")
    )

    assert text == (
        "## How many were held?\n\n33 men were held. [1]\n\nSources:\n\n"
        "[1] TASS, “Held at the border”, 6 August 2020: “33 men were held.” "
        "<https://tass.example/a-1?b=2#:~:text=guards%20said%20that-,33%20men%20were%20held.,"
        "-They%20went%20home> (file.txt, characters 3 to 20)\n"
    )
    kinds, _ = read_markdown(text)
    assert "link_open" in kinds


def test_a_refusal_is_its_reason_and_its_closest_passages_as_reading() -> None:
    abstention = AbstentionModel(reason="The articles do not say.", closest=[citation()])
    text = markdown(one(claims=[], citations=[], status="abstained", abstention=abstention))

    assert "The articles do not say." in text
    assert text.index("Closest passages, not an answer") < text.index("[1] TASS")


def test_hostile_markdown_is_words() -> None:
    hostile = one(claims=[claim(HOSTILE, 1)], citations=[citation(title=EVIL, quote=HOSTILE)])
    kinds, _ = read_markdown(markdown(hostile))

    assert kinds <= PLAIN | {"heading_open", "heading_close"}


# Addresses


@pytest.mark.parametrize(
    "url", [None, "", "javascript:alert(1)", "file:///etc/passwd", "//x", "http://", "https://[x"]
)
def test_what_is_no_web_address_is_no_link(url: str | None) -> None:
    assert web_address(url) is None
    assert deep_address(citation(url=url)) is None


def test_an_address_holds_nothing_that_a_format_would_obey() -> None:
    found = web_address('https://x.example/a b"><{}\\^`|\n\u202e%zz%20?q=ж#f')

    assert found == ("https://x.example/a%20b%22%3E%3C%7B%7D%5C%5E%60%7C%20%25zz%20?q=%D0%B6#f")


def test_a_long_quote_is_named_by_its_ends() -> None:
    words = " ".join(f"w-{n}," for n in range(60))
    found = deep_address(citation(url="https://x.example/#part", quote=words)) or ""
    base, _, directive = found.partition(":~:text=")

    assert base == "https://x.example/#part"
    assert directive.count(",") == 1
    assert directive.startswith("w%2D0%2C%20w%2D1%2C")


# Word


def paragraphs(data: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(BytesIO(data)).paragraphs]


def test_a_word_document_is_read_back() -> None:
    notice = NoticeModel(kind="corrected", text="It was 32.")
    data = word_document(titled(notice=notice))
    document = Document(BytesIO(data))
    found = paragraphs(data)

    assert found[0] == "How many were held?"
    assert found[1] == "33 men were held. [1]"
    assert any("TASS, “Held at the border”, 6 August 2020" in line for line in found)
    assert any("corrected" in line and "It was 32." in line for line in found)
    targets = [r.target_ref for r in document.part.rels.values() if r.is_external]
    assert [target.partition("#")[0] for target in targets] == ["https://tass.example/a-1?b=2"]


def test_hostile_text_in_a_word_document_is_text() -> None:
    data = word_document([*HOSTILE_ONES, *one(claims=[claim(EVIL + "\ud800\ufffe", 1)])])

    assert any(r"\input{/etc/passwd}" in line for line in paragraphs(data))
    targets = [r.target_ref for r in Document(BytesIO(data)).part.rels.values() if r.is_external]
    assert not [target for target in targets if not target.startswith("https://tass.example/")]


# HTML


def test_html_stands_by_itself_and_does_nothing() -> None:
    found = conversation_document([*titled(), *HOSTILE_ONES])
    tags = Tags(found)

    assert found.lower().startswith("<!doctype html>")
    assert not tags.names & {"script", "img", "svg", "iframe", "link", "form"}
    assert not {name for name in tags.attributes if name.startswith("on") or name == "src"}
    root = lxml_html.fromstring(found)
    assert root.xpath("//h1/text()") == ["How many were held?"] * 2
    assert all(a.startswith("https://tass.example/") for a in root.xpath("//@href"))
    assert "default-src 'none'" in found


# References


def test_csl_has_an_entry_for_each_article() -> None:
    two = [citation(1, title="A", url="https://x.example/1"), citation(2, title="B")]
    again = citation(3, title="A", article_id="a1", quote="Again.")
    items = json.loads(csl_json(one(citations=[*two, again]), DAY))

    assert [item["title"] for item in items] == ["A", "B"]
    assert items[0]["type"] == "article-newspaper"
    assert items[0]["container-title"] == "TASS"
    assert items[0]["issued"] == {"date-parts": [[2020, 8, 6]]}
    assert items[0]["URL"] == "https://x.example/1"
    assert items[0]["accessed"] == {"date-parts": [[2026, 1, 31]]}
    assert "Again." in items[0]["note"]
    assert "URL" not in items[1]


def test_what_is_not_known_of_an_article_is_not_said() -> None:
    bare = one(citations=[citation(publisher=None, published_at=None)])
    item = json.loads(csl_json(bare, DAY))[0]

    assert item["title"] == "file.txt"
    assert item["type"] == "document"
    assert not item.keys() & {"container-title", "issued", "URL", "accessed"}
    assert bibtex(bare, DAY).startswith("@misc{article")
    assert ris(bare, DAY).startswith("TY  - GEN\r\n")


def test_a_day_without_its_year_is_no_date_of_publication() -> None:
    undated = titled(published_at=None, dates=[{"value": "--08-22", "basis": "b", "role": "x"}])

    assert works(undated)[0].issued == ()
    assert works(titled())[0].issued == (2020, 8, 6)


def read_bibtex(text: str) -> list[tuple[str, dict[str, str]]]:
    """Entries as BibTeX reads them: braces are counted, whatever stands before them."""
    entries = []
    at = 0
    while (start := text.find("@", at)) >= 0:
        head = re.compile(r"@(\w+)\{([^,{}\s]+),").match(text, start)
        assert head, text[start : start + 40]
        at, fields = head.end(), {}
        while field := re.compile(r"\s*(\w+) = \{").match(text, at):
            at, depth = field.end(), 1
            begin = at
            while depth:
                depth += {"{": 1, "}": -1}.get(text[at], 0)
                at += 1
            fields[field[1]] = text[begin : at - 1]
            assert text[at] == ","
            at += 1
        assert text[at : at + 2] == "\n}"
        at += 2
        entries.append((head[1], fields))
    return entries


def test_bibtex_is_read_back() -> None:
    (kind, fields), *others = read_bibtex(bibtex(titled(), DAY))

    assert not others
    assert kind == "article"
    assert fields["title"] == "{Held at the border}"
    assert (fields["journal"], fields["year"], fields["month"]) == ("TASS", "2020", "8")
    assert fields["url"] == "https://tass.example/a-1?b=2"
    assert fields["urldate"] == "2026-01-31"


@example(EVIL)
@given(st.text())
def test_no_title_is_a_command_of_latex(title: str) -> None:
    text = bibtex(titled(title=title, publisher=title), DAY)
    entries = read_bibtex(text)

    assert len(entries) == 1
    commands = set(re.findall(r"\\([a-zA-Z]+|.)", entries[0][1]["title"]))
    assert commands <= {
        "textbackslash", "textbraceleft", "textbraceright", "textasciicircum",
        "textasciitilde", "textquotedbl", "symbol", "$", "&", "#", "%", "_",
    }  # fmt: skip


def read_ris(text: str) -> list[dict[str, str]]:
    """Records as RIS readers see them: any line that begins with a tag is a field."""
    records: list[dict[str, str]] = []
    for line in re.split(r"\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]", text):
        if found := re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line):
            if found[1] == "TY":
                records.append({})
            assert found[1] not in records[-1]
            records[-1][found[1]] = found[2]
        else:
            assert not line
    return records


def test_ris_is_read_back() -> None:
    (record,) = read_ris(ris(titled(), DAY))

    assert record["TY"] == "NEWS"
    assert (record["TI"], record["T2"]) == ("Held at the border", "TASS")
    assert (record["PY"], record["DA"]) == ("2020", "2020/08/06")
    assert record["UR"] == "https://tass.example/a-1?b=2"
    assert "33 men were held." in record["N1"]
    assert record["ER"] == ""


@example(EVIL)
@given(st.text())
def test_no_title_begins_a_line_of_ris(title: str) -> None:
    (record,) = read_ris(ris(titled(title=title, publisher=title, quote=title), DAY))

    assert set(record) <= {"TY", "ID", "TI", "T2", "PY", "DA", "UR", "Y2", "N1", "ER"}


# Annotations


def test_annotations_select_the_quote_by_words_and_place() -> None:
    collection = json.loads(web_annotations(titled(prefix="It said: ", suffix=" They")))
    (item,) = collection["first"]["items"]
    here, there = item["target"]

    assert collection["@context"] == "http://www.w3.org/ns/anno.jsonld"
    assert (collection["type"], collection["total"]) == ("AnnotationCollection", 1)
    assert item["type"] == "Annotation"
    assert [body["value"] for body in item["body"]] == ["How many were held?", "33 men were held."]
    quote, position = here["selector"]
    assert quote == {
        "type": "TextQuoteSelector", "exact": "33 men were held.",
        "prefix": "It said: ", "suffix": " They",
    }  # fmt: skip
    assert position == {"type": "TextPositionSelector", "start": 3, "end": 20}
    assert there["source"] == "https://tass.example/a-1?b=2"
    assert web_annotations(titled()) == web_annotations(titled())


# All of them


@pytest.mark.parametrize("form", list(ExportFormat))
def test_every_format_takes_a_hostile_conversation(form: ExportFormat) -> None:
    made = exported([*titled(), *HOSTILE_ONES], form, DAY)

    assert made.name.startswith("How-many-were-held.")
    assert made.data
    if made.is_text:
        text = made.data.decode()
        assert "33 men were held" in text
        assert form is ExportFormat.JSON or "\x1b" not in text


def test_json_is_taken_back_whole() -> None:
    given_ones = titled()
    made = exported(given_ones, ExportFormat.JSON)

    assert Exchanges.model_validate_json(made.data).exchanges == given_ones


@pytest.mark.parametrize("question", ["../../etc/passwd", "CON?", "…", "a" * 500, "Что? Где?"])
def test_a_file_is_named_by_the_question_and_nothing_else(question: str) -> None:
    name = exported([Exchange(question=question, response=response())], ExportFormat.RIS).name

    assert re.fullmatch(r"[\w-]{1,60}\.ris", name)


def test_a_download_keeps_its_name_in_any_script() -> None:
    assert attachment("Что.bib") == (
        "attachment; filename=\"article.bib\"; filename*=UTF-8''%D0%A7%D1%82%D0%BE.bib"
    )
    assert attachment('a"\r\nb.txt').startswith('attachment; filename="ab.txt"; ')
