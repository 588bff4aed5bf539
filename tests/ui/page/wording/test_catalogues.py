"""Everything that the page says can be said in each of its languages."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
import wording
from babel.messages.catalog import Catalog, Message
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, nodes

import index
import rag
from index.days import MonthDay
from index.saying import counted_phrase, either, phrase, sentences
from rag.attribution import day_words
from rag.wording import wordings
from ui import exports, http
from ui.page.wording.catalogues import (
    ENGLISH,
    LANGUAGES,
    _,
    catalogue,
    ngettext,
    speaking,
    words_for_scripts,
)
from ui.page.wording.from_elsewhere import WORDS, teller, told

FOREIGN = [language for language in LANGUAGES if language != ENGLISH]
NAMED = re.compile(r"%\((\w+)\)s")
SAID = wording.said()

# Questions about English articles, made of their own words.
IN_THE_ARTICLES_LANGUAGE = {"examples.py"}


def key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def forms(message: Message) -> list[str]:
    said = message.string or ""
    return [said] if isinstance(said, str) else list(said)


def whole(of: Catalog) -> Iterator[Message]:
    yield from (message for message in of if message.id)


@pytest.mark.parametrize("language", FOREIGN)
def test_a_catalogue_has_all_that_is_said_and_nothing_else(language: str) -> None:
    there = catalogue(language)

    assert {key(m) for m in whole(there)} == {key(m) for m in whole(SAID)}
    assert not [key(m) for m in whole(there) if not all(forms(m)) or m.fuzzy]


@pytest.mark.parametrize("language", FOREIGN)
def test_every_form_has_the_values_of_the_english_words(language: str) -> None:
    there = catalogue(language)
    for message in whole(there):
        english = message.id if isinstance(message.id, str) else message.id[1]
        said = forms(message)
        assert len(said) == (there.num_plurals if message.pluralizable else 1)
        for form in said:
            assert set(NAMED.findall(form)) == set(NAMED.findall(english)), key(message)


@pytest.mark.parametrize("language", FOREIGN)
def test_a_catalogue_is_as_the_tool_writes_it(language: str) -> None:
    path = wording.CATALOGUES / f"{language}.po"

    assert path.read_bytes() == wording.written(wording.brought_in_line(catalogue(language)))


@pytest.mark.parametrize("language", FOREIGN)
def test_words_in_a_template_cannot_bring_html_along(language: str) -> None:
    assert not [f for m in whole(catalogue(language)) for f in forms(m) if set(f) & set("<>`${}\\")]


# What is said without being marked


class Unmarked(HTMLParser):
    """The texts, and the attributes that people read or hear, of a template's own letters."""

    READ = frozenset(("title", "aria-label", "placeholder", "alt"))

    def __init__(self, template: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._as_it_is = ""
        self.feed(template)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._as_it_is = tag if tag in ("style", "script", "kbd", "code", "pre") else ""
        for name, value in attrs:
            if name in self.READ:
                self.note(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._as_it_is = ""

    def handle_data(self, data: str) -> None:
        if not self._as_it_is:
            self.note(data)

    def note(self, text: str) -> None:
        text = re.sub(r"https?://\S*", "", text).replace("Pressmark", "")
        if re.search(r"[^\W\d_]{2}", text):
            self.found.append(" ".join(text.split()))


def unmarked_in_template(path: Path) -> list[str]:
    """What a template says without asking for the words: in its HTML, and in its expressions."""
    tree = Environment(autoescape=True).parse(path.read_text("utf-8"))
    own = [
        piece.data if isinstance(piece, nodes.TemplateData) else "\0"
        for output in tree.find_all(nodes.Output)
        for piece in output.nodes
    ]
    marked = {
        id(argument)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in ("_", "ngettext")
        for argument in call.args
    }
    sentences = [
        constant.value
        for constant in tree.find_all(nodes.Const)
        if id(constant) not in marked and is_prose(constant.value)
    ]
    return Unmarked("".join(own)).found + sentences


def is_prose(value: object) -> bool:
    """Whether a string reads like words to somebody: a capital and a blank, or a full stop."""
    return isinstance(value, str) and bool(
        re.match(r"[A-ZА-Я][\w’'-]*,? .*[a-z]{2}", value) and not value.startswith("HTTP")
    )


def unmarked_in_module(path: Path) -> list[str]:
    """Strings of a module that read like words to somebody, outside of what marks them."""
    tree = ast.parse(path.read_text("utf-8"))
    passed: set[int] = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):  # docstrings, and those below an attribute
            passed |= {id(one.value) for one in body if isinstance(one, ast.Expr)}
        if isinstance(node, ast.Call) and _marks(node.func):
            passed |= {id(inner) for argument in node.args for inner in ast.walk(argument)}
    found = []
    for node in ast.walk(tree):
        if id(node) in passed:
            continue
        words: object = None
        if isinstance(node, ast.JoinedStr):
            pieces = [getattr(piece, "value", "") for piece in node.values]
            words = "".join(piece if isinstance(piece, str) else "x" for piece in pieces)
        elif isinstance(node, ast.Constant):
            words = node.value
        if is_prose(words):
            found.append(str(words))
    return found


def _marks(function: ast.expr) -> bool:
    """Whether a call takes words for a reader, or words that no reader sees."""
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    owner = getattr(getattr(function, "value", None), "id", "")
    return name in ("_", "later", "ngettext", "ValueError", "TypeError") or owner == "log"


def unmarked_in_script(path: Path) -> list[str]:
    """Strings of a script that read like words to somebody, outside of ``_`` and ``counted``."""
    found: list[str] = []
    depth, marked_at, before = 0, 0, ""
    for token in SCRIPT.findall(path.read_text("utf-8")):
        if token in ("(", ")"):
            depth += 1 if token == "(" else -1
            if token == "(" and before in ("_", "counted") and not marked_at:
                marked_at = depth
            elif marked_at and depth < marked_at:
                marked_at = 0
        if token[0] in "\"'`" and not marked_at and is_prose(token[1:-1]):
            found.append(token)
        if not token.startswith(("//", "/*")):
            before = token
    return found


# Comments, strings, words and brackets.
SCRIPT = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`|\w+|[()]""", re.S
)
FINDERS = {".jinja": unmarked_in_template, ".py": unmarked_in_module, ".js": unmarked_in_script}
FILES = [path for path, _method in wording.files()]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_is_said_in_english_alone(path: Path) -> None:
    found = FINDERS[path.suffix](path)

    if path.name in IN_THE_ARTICLES_LANGUAGE:
        assert found
    else:
        assert not found


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("one.html.jinja", "<p>Read on</p>"),
        ("one.html.jinja", '<p title="Read on">{{ x }}</p>'),
        ("one.html.jinja", '{{ "Read on" if x else "Read the whole" }}'),
        ("one.py", 'SAID = "Read on, please"'),
        ("one.py", 'def f():\n    return f"Read {x} on"'),
        ("one.js", 'notify(near, "Read on");'),
        ("one.js", "notify(near, `Read the ${x}`);"),
    ],
)
def test_words_that_are_not_marked_are_found(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")

    assert FINDERS[path.suffix](path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("one.html.jinja", '<p title="{{ _("Read on") }}">{{ _("Read on") }} {{ x }}</p>'),
        ("one.html.jinja", "<kbd>Enter</kbd><h1>Pressmark</h1>"),
        ("one.py", '"""Words of a module."""\nSAID = later("Read on, please")'),
        ("one.py", 'raise ValueError("The caller is wrong")'),
        ("one.js", 'notify(near, _("Read on, " + "please")); x.type = "button";'),
    ],
)
def test_words_that_are_marked_are_none(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")

    assert not FINDERS[path.suffix](path)


# Saying it


def test_a_reader_hears_his_language_and_others_theirs() -> None:
    with speaking("ru"):
        assert _("Publishers") == "Издания"
        with speaking("uk"):
            assert _("Publishers") == "Видання"
        assert ngettext("%(count)s article", "%(count)s articles", 5) == "%(count)s статей"
        assert ngettext("%(count)s article", "%(count)s articles", 2) == "%(count)s статьи"
    assert _("Publishers") == "Publishers"
    assert ngettext("%(count)s article", "%(count)s articles", 2) == "%(count)s articles"
    with speaking("xx"):
        assert _("Publishers") == "Publishers"
    assert _("") == ""


def test_scripts_get_their_own_words_only() -> None:
    assert words_for_scripts() == {"language": "en", "words": {}}
    with speaking("uk"):
        said = words_for_scripts()
    words = said["words"]
    assert isinstance(words, dict)
    assert words["Copied"] == "Скопійовано"
    assert "Only" not in words


def test_what_the_layers_below_say_is_still_said_there() -> None:
    rooms = [Path(next(iter(room.__path__))) for room in (index, rag, exports, http)]
    code = " ".join(
        re.sub(r'"\s+"', "", path.read_text("utf-8"))
        for room in rooms
        for path in room.rglob("*.py")
    )
    for words in WORDS:
        assert words[1:].rstrip(".") in code, words


# Words with values, said by the layers below


def plain(words: str) -> str:
    """The words with plain blanks; dates have some that do not break."""
    return " ".join(words.split())


def test_words_of_the_layers_below_are_said_from_their_patterns() -> None:
    count = counted_phrase("%(count)s article mentions %(topic)s",
                           "%(count)s articles mention %(topic)s", 5, topic="“bridge”")  # fmt: skip
    days = phrase(
        "%(first)s to %(last)s",
        first=day_words(date(2020, 8, 6)),
        last=day_words(MonthDay(8, 9)),
    )
    said = phrase("%(said)s.", said=phrase("%(said)s, dated %(days)s", said=count, days=days))

    assert said == (
        "5 articles mention “bridge”, dated 6 August 2020 to 9 August, year not stated."
    )
    assert told(said) == said
    with speaking("ru"):
        assert plain(told(said)) == (
            "“bridge” упоминают 5 статей, даты: 6 августа 2020 г. — 9 августа, год не указан."
        )
    with speaking("uk"):
        assert plain(told(said)) == (
            "“bridge” згадують 5 статей, дати: 6 серпня 2020 р. — 9 серпня, рік не вказано."
        )


def test_an_answers_own_words_are_said_from_what_it_carries() -> None:
    reason = sentences(
        phrase("The articles do not say."),
        phrase("The closest article does not mention %(names)s.", names=either(["A", "B"])),
    )
    say = teller(wordings([reason]))

    with speaking("ru"):
        assert say(str(reason)) == ("В статьях этого нет. Ближайшая статья не упоминает: A или B.")
        assert say("Something else.") == "Something else."
    assert say(str(reason)) == str(reason)


@pytest.mark.parametrize(
    ("stored", "russian"),
    [
        (
            "The articles do not say. The closest passages do not say when.",
            "В статьях этого нет. В ближайших отрывках не сказано когда.",
        ),
        ("A sentence that nobody knows.", "A sentence that nobody knows."),
        (
            "the dateline says 2020-08-06, the sidecar 2020-08-07",
            "даты расходятся: 6 августа 2020 г. (строка с датой) и 7 августа 2020 г. "
            "(файл данных)",
        ),
        (
            "the page is stamped 2020-08-06, but it holds 3 articles; the stamp does not say "
            "which it dates; the dateline names no year",
            "на странице стоит дата 6 августа 2020 г., но статей на ней несколько (3); какую из "
            "них она датирует, не сказано; год не назван (строка с датой)",
        ),
        ("Ask the desk. only the date of a later change is known",
         "Ask the desk. известна только дата более поздней правки"),
    ],
)  # fmt: skip
def test_words_that_lay_in_the_library_are_recognised(stored: str, russian: str) -> None:
    with speaking("ru"):
        assert plain(told(stored)) == russian
    assert told(stored) == stored


@given(st.text())
def test_what_is_not_ours_stays_as_it_is_whatever_it_holds(text: str) -> None:
    with speaking("uk"):
        assert told(f"¤{text}¤") == f"¤{text}¤"


def literal_words() -> Iterator[tuple[Path, ast.Call]]:
    for path in wording.files_below():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in wording.BELOW:
                yield path, node


def test_patterns_of_the_layers_below_are_written_out_with_the_values_that_they_name() -> None:
    found = list(literal_words())
    assert len(found) > 80
    for path, call in found:
        counted = getattr(call.func, "id", "") == "counted_phrase"
        patterns = call.args[: 2 if counted else 1]
        named = {keyword.arg for keyword in call.keywords} | ({"count"} if counted else set())
        for pattern in patterns:
            place = f"{path.name}:{call.lineno}"
            assert isinstance(pattern, ast.Constant), f"{place} is no words that can be collected"
            assert set(NAMED.findall(str(pattern.value))) == named, place
