"""Fields at the head of a text: front matter, and lines such as "Author: Lida Kern".

They say what the article is called, who published it and when. Its author is no publisher.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

import yaml

from index.article import DateCandidate, Span
from index.days import Day
from index.language.layout import LINE, front_matter
from index.language.printed_dates import read_date
from index.readers.metadata import SourceMetadata, said
from index.readers.values import language_code, one_line, stated_day, web_address

FACT_OF: Final[Mapping[str, str]] = {
    name: field
    for field, names in {
        "title": "title headline subject заголовок название тема titel überschrift betreff titre"
        " objet título asunto titolo oggetto tytuł temat",
        "published": "published_at date published pubdate sent дата отправлено datum gesendet"
        " envoyé fecha enviado data inviato",
        "publisher": "publisher publication newspaper outlet издание видання zeitung journal"
        " periódico testata gazeta",
        "source": "source источник джерело quelle fuente fonte źródło",
        "language": "language lang язык мова sprache langue idioma lingua język",
        "url": "url link canonical permalink",
        "author": "author authors byline by автор авторы autor auteur autore",
        "": "tags categories category section keywords slug description summary рубрика теги"
        " from to cc von an de à para от кому копия da",
    }.items()
    for name in names.split()
}
_LINE: Final = re.compile(r"(?P<name>[^\W\d_]{1,20})\s*[:=]\s*(?P<value>\S.*?)\s*$")
# Above a message that was passed on: "---------- Forwarded message ---------".
_FORWARDED: Final = re.compile(r"\s*-{3,}[^\n-]{3,60}-{3,}\s*\n")
_LEAST, _MOST = 2, 12
_BASIS: Final = "front matter"
_FACTS: Final = ("title", "publisher", "published", "language", "url")


def front_matter_fields(text: str) -> SourceMetadata:
    """What the front matter of a Markdown text states."""
    block = front_matter(text)
    if block is None:
        return SourceMetadata()
    lines = text[block.start : block.end].splitlines()
    return _stated(_parsed(lines[0].strip(), "\n".join(lines[1:-1])).items())


def head_fields(text: str) -> SourceMetadata | None:
    """What lines of fields at the head of a text state; None if there are none.

    At least two must follow each other from the first line on, one of them the title or the date,
    and each must be known: "Minsk: no comment" is no field.
    """
    found: list[tuple[str, str]] = []
    end = 0
    forwarded = _FORWARDED.match(text)
    begin = forwarded.end() if forwarded else 0
    for _, line in zip(range(_MOST), LINE.finditer(text, begin, 4_000), strict=False):
        match = _LINE.fullmatch(line[0].strip("\ufeff \t\r"))
        if match is None or match["name"].casefold() not in FACT_OF:
            break
        found.append((match["name"], match["value"]))
        end = line.start() + len(line[0].rstrip())
    known = {FACT_OF[name.casefold()] for name, _ in found}
    if len(found) < _LEAST or not known & {"title", "published"} or not text[end:].strip():
        return None
    return replace(_stated(found), furniture=(Span(0, end),))


def _parsed(fence: str, inside: str) -> Mapping[str, Any]:
    """The fields between two fences; line by line where they are no proper YAML or TOML."""
    found: object
    try:
        found = tomllib.loads(inside) if fence == "+++" else yaml.safe_load(inside)
    except (tomllib.TOMLDecodeError, yaml.YAMLError, ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return {str(name): value for name, value in found.items()}
    matches = (_LINE.fullmatch(line.strip()) for line in inside.splitlines())
    return {match["name"]: match["value"].strip("\"'") for match in matches if match}


def _stated(fields: Iterable[tuple[str, Any]]) -> SourceMetadata:
    """Metadata of named values; of several for one fact, that which is named like the fact."""
    found: dict[str, str] = {}
    days: list[Day] = []
    for name, value in fields:
        key = name.strip().casefold().replace("-", "_")
        fact = _fact_of(key, value)
        if fact == "published":
            day = read_date(value) if isinstance(value, str) else stated_day(value)
            days += [] if day is None else [day]
        elif fact and (text := _text(fact, value)) and (fact not in found or key == fact):
            found[fact] = text
    facts = said(
        _BASIS,
        title=found.get("title"),
        publisher=found.get("publisher"),
        published=next((day for day in days if isinstance(day, date)), None),
        language=found.get("language"),
        url=found.get("url"),
    )
    if facts.published:
        return facts
    return replace(facts, other_dates=tuple(DateCandidate(day, _BASIS) for day in days))


def _fact_of(key: str, value: object) -> str | None:
    """The fact that a name stands for; a source is an address or the name of a paper."""
    fact = FACT_OF.get(key)
    if fact == "source":
        return "url" if web_address(value) else "publisher"
    return fact if fact in _FACTS else None


def _text(fact: str, value: object) -> str | None:
    match fact:
        case "url":
            return web_address(value)
        case "language":
            return language_code(value)
    return one_line(value)
