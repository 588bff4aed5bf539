"""HTML comes from templates only, and a template cannot forget to escape."""

import ast
import re
from collections.abc import Callable, Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jinja2 import Environment, UndefinedError, nodes

import ui
from index.article import Article, DateCandidate, MarkedSpan, Source, Span, SpanKind
from index.ingest.report import RootReport
from index.library.catalogue import CatalogueEntry
from index.library.holdings import Holding, Holdings
from index.library.tables import LedgerEntry
from index.search.finding import Excerpt, FoundArticle
from rag.contract import (
    AbstentionModel,
    AnswerResponse,
    CitationModel,
    ClaimModel,
    RejectedModel,
    SourceModel,
    UsageModel,
)
from ui.http.uploads import Refused, TakenIn
from ui.page.html.answers import Link, SoFar, TurnView, conversation_html
from ui.page.html.articles import folders_html, ledger_html, report_html
from ui.page.html.copies import answer_document
from ui.page.html.docs import docs_html
from ui.page.html.library import Facet, Row, facets_html, found_html, head_html
from ui.page.html.markup import escape, label, rendered
from ui.page.html.sources import Mark, Related, placeholder_html, source_html

UI = Path(next(iter(ui.__path__)))
TEMPLATES = sorted((UI / "page" / "html" / "templates").glob("*.jinja"))
ESCAPES = "page/html/markup.py"
# The name of a group in a regular expression is not a tag.
TAG = re.compile(r"(?<!\?P)</?[a-z][a-z0-9]*|<!--|<!doctype", re.IGNORECASE)
ESCAPING = {"html", "markupsafe"}


# Where HTML is written


def handmade(code: str) -> Iterator[str]:
    """HTML in strings, and imports of what escapes it; docstrings are prose."""
    tree = ast.parse(code)
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in ESCAPING)
        elif isinstance(node, ast.ImportFrom) and node.module in ESCAPING:
            yield node.module
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in prose
            and TAG.search(node.value)
        ):
            yield node.value


@pytest.mark.parametrize(
    "code",
    [
        "f'<p>{text}</p>'",
        "f'{text}</p>'",
        "'<li class=\"%s\">' % text",
        "x = '<b>' + text",
        "import html",
        "from html import escape",
        "from markupsafe import Markup",
    ],
)
def test_handmade_html_is_found(code: str) -> None:
    assert list(handmade(code))


@pytest.mark.parametrize(
    "code",
    [
        "'''Words about <p>.'''",
        "def f():\n    '''As ``<bdi>``.'''",
        "f'{a} < {b}'",
        "re.compile(r'(?P<day>x)')",
        "from html.parser import HTMLParser",
    ],
)
def test_prose_is_no_html(code: str) -> None:
    assert not list(handmade(code))


@pytest.mark.parametrize("path", sorted(UI.rglob("*.py")), ids=lambda path: path.stem)
def test_html_is_written_in_templates_only(path: Path) -> None:
    found = list(handmade(path.read_text("utf-8")))

    if path.relative_to(UI).as_posix() == ESCAPES:
        assert set(found) == {"markupsafe"}
    else:
        assert not found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_turns_escaping_off(path: Path) -> None:
    tree = Environment(autoescape=True).parse(path.read_text("utf-8"))

    assert not {found.name for found in tree.find_all(nodes.Filter)} & {"safe", "xmlattr"}
    assert not list(tree.find_all(nodes.ScopedEvalContextModifier))


def test_a_template_names_every_value_it_is_given() -> None:
    with pytest.raises(UndefinedError):
        rendered("placeholder", headline="Only this")
    with pytest.raises(TypeError):
        rendered("placeholder", headline="This", words=None)


# What comes out

MARK = "\ue000"
HOSTILE = (
    "<script>alert(1)</script>", "<img src=//x onerror=alert(1)>", "</bdi></section>", "<!--",
    "-->", "<![CDATA[", '" onclick="x', "' onclick='x", "${fetch('//x')}", "{{constructor}}",
    "{% raw %}", "{# x #}", "`${1}`", "\\u0041", "&amp;", "&#36;", "&lt", "\u202eesrever\u2066",
    "\u200f", "\0", "\x1b", "\ufeff", "\u2028", "\n", "\t", " ",
)  # fmt: skip
TEXTS = st.lists(
    st.sampled_from(HOSTILE)
    | st.text(st.characters(codec="utf-8", exclude_characters=MARK), max_size=12),
    min_size=1,
    max_size=8,
).map("".join)


class Events(HTMLParser):
    """What a parser makes of a page: elements with their attributes, and the texts between."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.texts: list[str] = [""]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, attrs))
        self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self.elements.append((f"/{tag}", []))
        self.texts.append("")

    def handle_data(self, data: str) -> None:
        self.texts[-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data}")


def citation(text: str, marker: int = 1, **changes: Any) -> CitationModel:
    values: dict[str, Any] = {
        "marker": marker,
        "article_id": text,
        "source": SourceModel(id=text, name=text, sha256="0"),
        "title": text,
        "publisher": text,
        "published_at": date(2020, 8, 6),
        "date_basis": text,
        "url": None,
        "quote": text,
        "prefix": "",
        "suffix": "",
        "start": 0,
        "end": len(text),
        "answer_span": None,
        "speaker": text,
        "dates": [],
        "date_warning": text,
        "copies": [],
    }
    return CitationModel.model_validate(values | changes)


def response(text: str, **changes: Any) -> AnswerResponse:
    values: dict[str, Any] = {
        "status": "answered",
        "answer": text,
        "claims": [
            ClaimModel(text=text, citations=[1], support="partial", reasons=[text], recited=False)
        ],
        "conflicts": [[1, 2]],
        "question_understood": text,
        "citations": [
            citation(text),
            citation(text, 2, publisher=None, answer_span=(0, len(text))),
        ],
        "rejected": [RejectedModel(text=text, reason=text)],
        "abstention": None,
        "confidence": 0.9,
        "mode": "generative",
        "fallback": text,
        "usage": UsageModel(prompt_tokens=0, completion_tokens=0),
        "timings_ms": {},
        "index_version": "1-abc",
    }
    return AnswerResponse.model_validate(values | changes)


def refusal(text: str) -> AnswerResponse:
    abstention = AbstentionModel(reason=text, closest=[citation(text)])
    return response(text, status="abstained", claims=[], citations=[], abstention=abstention)


def turns(text: str) -> list[TurnView]:
    said = response(text)
    so_far = SoFar(claims=said.claims, citations=said.citations)
    return [
        TurnView(question=text, within=text, response=said, link=Link(id=text, key=text)),
        TurnView(question=text, response=refusal(text)),
        TurnView(question=text, problem=text, so_far=so_far),
        TurnView(question=text, so_far=so_far),
    ]


def source(text: str) -> str:
    article = Article(
        article_id="a",
        source_id="s",
        title=text,
        publisher=text,
        published=None,
        date_basis=text,
        language="en",
        spans=(MarkedSpan(SpanKind.APPEAL, Span(0, len(text))),),
        dates=(DateCandidate(date(2022, 1, 2), text, text),),
        date_warning=text,
        url=f"https://example.org/{text}",
    )
    held = Source(text, text, text * 3, "0", "text/plain")
    middle = Mark(1, Span(len(text), 2 * len(text)))
    others = Related((article,), (article,), (article,))
    return source_html(held, [article], "a", middle, [Mark(2, Span(0, len(text)))], others)


def listed(text: str) -> str:
    entry = CatalogueEntry(text, text, text, text, text, None, text, (), text)
    article = Article(text, text, text, text, None, text, "en", ())
    held, whole = Source(text, text, text, "0", "text/plain"), Span(0, len(text))
    excerpt = Excerpt(whole, (whole,))
    found = FoundArticle(article, held, 1.0, (whole,), (excerpt,), 1)
    untitled = CatalogueEntry(text, text, text, None, None, None, text, (), None)
    rows = [Row(entry, text, (text,), 2, True, True, found), Row(untitled, "")]
    return found_html(rows, 3, 4, {text})


def facets(text: str) -> str:
    counted = {text: 3} | {str(number): number for number in range(9)}
    return facets_html([Facet.of("publishers", "Publishers", counted, [text])])


def openapi(text: str) -> str:
    field = {"type": text, "format": text, "description": text}
    operation = {
        "description": text,
        "parameters": [{"name": text, "in": text, "schema": field}],
        "requestBody": {"content": {text: {"schema": field}}},
        "responses": {text: {"description": text, "content": {text: {"schema": field}}}},
    }
    return docs_html(
        {
            "info": {"title": text, "version": text, "description": text},
            "paths": {text: {"get": operation}},
            "components": {"schemas": {text: {"description": text, "properties": {text: field}}}},
        }
    )


RENDERERS: dict[str, Callable[[str], str]] = {
    "facets": facets,
    "found": listed,
    "head of the library": lambda text: head_html(
        Holdings({text: Holding(text, date(2020, 8, 10), text)})
    ),
    "conversation": lambda text: conversation_html(turns(text)),
    "docs": openapi,
    "document": lambda text: answer_document(response(text)),
    "document of a refusal": lambda text: answer_document(refusal(text)),
    "folders": lambda text: folders_html([(text, 2)], manage=True),
    "foot": lambda text: rendered("foot", working=text, parts=[text], version=text),
    "ledger": lambda text: ledger_html([LedgerEntry("root", text, text)], "root"),
    "placeholder": lambda text: placeholder_html(text, text),
    "report": lambda text: report_html(text),
    "report of refusals": lambda text: report_html(
        RootReport("root"), TakenIn(refused=[Refused(text, text)], same=[(text, text)])
    ),
    "source": source,
    "welcome": lambda text: rendered("welcome", articles=1, examples=[(text, text)]),
    "working": lambda text: rendered("working", words=text),
}
PERCENT_ENCODED = re.compile(r"[\w.,~%-]*", re.ASCII)


def _without_blanks(text: str) -> str:
    """Without blanks, which a line of text may have fewer of."""
    return "".join(text.split())


def _without_words(address: str) -> tuple[str, str]:
    """An address, and the words at which a browser opens it."""
    page, opens, words = address.partition(":~:text=")
    return page.removesuffix("#") if opens else page, words


# Kept as JSON, checked below; a label may be shortened.
REWRITTEN = {"data-turn", "aria-label"}


@pytest.mark.parametrize("name", RENDERERS)
@settings(max_examples=25)  # of each; the example below holds everything at once
@given(text=TEXTS)
@example(text="".join(HOSTILE))
def test_whatever_a_text_holds_it_is_shown_and_nothing_else_happens(name: str, text: str) -> None:
    harmless = MARK * len(text)  # as long, because some elements give places in the text
    found, expected = (Events(RENDERERS[name](shown)) for shown in (text, harmless))

    shown = [between.replace(harmless, text) for between in expected.texts]
    if name == "source":  # its places count characters
        assert found.texts == shown
    assert list(map(_without_blanks, found.texts)) == list(map(_without_blanks, shown))
    assert [tag for tag, _ in found.elements] == [tag for tag, _ in expected.elements]
    for (_, here), (_, there) in zip(found.elements, expected.elements, strict=True):
        assert [key for key, _ in here] == [key for key, _ in there]
        for (key, value), (_, other) in zip(here, there, strict=True):
            if key not in REWRITTEN and other:
                value, words = _without_words(value or "")
                other, _ = _without_words(other)
                allowed = [other.replace(harmless, one) for one in (text, label(text))]
                if words:  # an address that ends in # says so once
                    allowed = [one.removesuffix("#") for one in allowed]
                assert _without_blanks(value) in map(_without_blanks, allowed)
                assert PERCENT_ENCODED.fullmatch(words)


@given(TEXTS)
def test_what_is_kept_is_the_turn(text: str) -> None:
    asked = turns(text)
    kept = [
        value
        for tag, attributes in Events(conversation_html(asked)).elements
        for key, value in attributes
        if key == "data-turn" and value
    ]

    assert [TurnView.model_validate_json(value) for value in kept] == asked[:3]


@pytest.mark.parametrize(
    "render",
    [
        lambda text: conversation_html([TurnView(question=text, problem="It is no text.")]),
        lambda text: ledger_html([LedgerEntry("root", text, text)], "root"),
        lambda text: report_html(
            RootReport("root"), TakenIn(refused=[Refused(text, text)], same=[(text, text)])
        ),
    ],
    ids=["what was typed", "a file's name", "what was uploaded"],
)
def test_half_a_surrogate_pair_is_no_character(render: Callable[[str], str]) -> None:
    shown = render("a\ud800b")

    assert "a\ufffdb" in "".join(Events(shown).texts)
    assert shown.encode("utf-8")


@settings(max_examples=25)
@given(TEXTS)
def test_nothing_is_left_for_the_template_languages_of_the_page(text: str) -> None:
    for name, render in RENDERERS.items():
        if name != "docs":  # a page of its own, with a style sheet
            assert not set("`${}\\") & set(render(text))


def test_what_is_html_already_is_not_escaped_again() -> None:
    once = escape("a < b")

    assert escape(once) == once
    assert isinstance(once, str)
