"""What a web page's markup says about its article: JSON-LD, then OpenGraph, then ``<time>``."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from lxml import html

from index.readers.metadata import SourceMetadata, said, with_version
from index.readers.values import language_code, one_line, stated_day, web_address

_ARTICLE = "article"
_OTHER_ARTICLES = ("blogposting", "report", "liveblogposting")
_BASIS = "markup"
_MAX_OBJECTS = 2_000
_PUBLISHED = (
    "article:published_time", "og:article:published_time", "datePublished", "parsely-pub-date",
    "sailthru.date", "dc.date.issued", "dcterms.issued", "dc.date", "date",
)  # fmt: skip
_MODIFIED = ("article:modified_time", "og:updated_time", "dateModified")


def page_facts(page: html.HtmlElement) -> SourceMetadata:
    """Gather what the page states about its article."""
    meta = _meta(page)
    linked = next(_articles(page), {})
    published = (
        stated_day(linked.get("datePublished"))
        or _first_date(meta, _PUBLISHED)
        or _time_element(page)
    )
    modified = stated_day(linked.get("dateModified")) or _first_date(meta, _MODIFIED)
    facts = said(
        _BASIS,
        title=one_line(linked.get("headline")) or one_line(meta.get("og:title")),
        publisher=_name(linked.get("publisher")) or one_line(meta.get("og:site_name")),
        published=published,
        language=language_code(linked.get("inLanguage")) or language_code(page.get("lang")),
        url=_address(page, meta, linked),
    )
    return with_version(facts, modified)


def _meta(page: html.HtmlElement) -> dict[str, str]:
    """Gather the page's statements by name; the first of several is the page's own."""
    found: dict[str, str] = {}
    for element in page.iter("meta"):
        key = element.get("property") or element.get("name") or element.get("itemprop")
        content = element.get("content")
        if key and content:
            found.setdefault(key.strip().lower(), content)
    return found


def _first_date(meta: Mapping[str, str], names: tuple[str, ...]) -> date | None:
    days = (stated_day(meta.get(name.lower())) for name in names)
    return next((day for day in days if day), None)


def _articles(page: html.HtmlElement) -> Iterator[Mapping[str, Any]]:
    """Find the articles in the page's JSON-LD, the most particular kind first."""
    found = []
    for script in page.iter("script"):
        if (script.get("type") or "").strip().lower() == "application/ld+json":
            try:
                found.extend(_objects(json.loads(script.text_content(), strict=False)))
            except (ValueError, RecursionError):
                continue
    kinds = [(item, _kinds(item)) for item in found]
    yield from (item for item, kind in kinds if any(k.endswith("newsarticle") for k in kind))
    yield from (
        item
        for item, kind in kinds
        if any(k.endswith(_ARTICLE) or k in _OTHER_ARTICLES for k in kind)
    )


def _objects(value: object) -> list[Mapping[str, Any]]:
    """Find every object, wherever it stands, outer ones first."""
    found: list[Mapping[str, Any]] = []
    waiting = [value]
    while waiting and len(found) < _MAX_OBJECTS:
        item = waiting.pop(0)
        if isinstance(item, list):
            waiting.extend(item[:_MAX_OBJECTS])
        elif isinstance(item, dict):
            found.append(item)
            waiting.extend(item[key] for key in ("@graph", "mainEntity") if key in item)
    return found


def _kinds(item: Mapping[str, Any]) -> list[str]:
    kinds = item.get("@type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return [kind.lower() for kind in listed if isinstance(kind, str)]


def _name(value: object) -> str | None:
    if isinstance(value, list):
        return next((name for item in value if (name := _name(item))), None)
    return one_line(value.get("name")) if isinstance(value, dict) else one_line(value)


def _address(
    page: html.HtmlElement, meta: Mapping[str, str], linked: Mapping[str, Any]
) -> str | None:
    for element in page.iter("link"):
        if (element.get("rel") or "").lower() == "canonical":
            return web_address(element.get("href"))
    return web_address(meta.get("og:url")) or web_address(linked.get("url"))


def _time_element(page: html.HtmlElement) -> date | None:
    """Read the date of the page's ``<time>``, unless several disagree and none is marked."""
    times = [element for element in page.iter("time") if element.get("datetime")]
    for element in times:
        if element.get("pubdate") is not None or element.get("itemprop") == "datePublished":
            return stated_day(element.get("datetime"))
    days = {day for element in times if (day := stated_day(element.get("datetime")))}
    return days.pop() if len(days) == 1 else None
