"""ninjs, the JSON of the news agencies; of all its versions (IPTC ninjs 1 to 3).

An item that stands in another, as its picture or as a story it belongs to, is not an article here.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from index.readers.base import Story, paragraphs_of
from index.readers.markup import html_paragraphs, looks_like_html
from index.readers.metadata import SourceMetadata, said, with_version
from index.readers.values import one_line, stated_day

_BASIS = "markup"
_BODIES = ("body_xhtml", "body_html", "body_text")
_TAKEN_BACK = frozenset({"canceled", "cancelled", "withheld"})
_STATED = frozenset({"versioncreated", "firstcreated", "pubstatus", "representationtype"})


def is_item(record: Mapping[str, Any]) -> bool:
    """Whether an object is an item of ninjs, going by the fields that the standard asks for."""
    names = {str(name).lower() for name in record}
    has_text = names.intersection(_BODIES) or isinstance(record.get("bodies"), list)
    return "uri" in names and bool(has_text) and bool(names & _STATED)


def story_of(record: Mapping[str, Any]) -> Story | None:
    """The article of an item; None if it has no text, or its sender took it back."""
    item = {str(name).lower(): value for name, value in record.items()}
    if str(item.get("pubstatus", "")).lower() in _TAKEN_BACK:
        return None
    text = _body(item)
    if not text:
        return None
    note = one_line(item.get("ednote"))
    return Story((note, *text) if note else text, _facts(item))


def _body(item: Mapping[str, Any]) -> tuple[str, ...]:
    texts = [item.get(name) for name in _BODIES]
    texts += [body.get("value") for body in _objects(item.get("bodies"))]
    text = next((text for text in texts if isinstance(text, str) and text.strip()), "")
    return html_paragraphs(text) if looks_like_html(text) else paragraphs_of(text)


def _facts(item: Mapping[str, Any]) -> SourceMetadata:
    headlines = [item.get("headline"), *(h.get("value") for h in _objects(item.get("headlines")))]
    sources = [*_objects(item.get("infosources")), *_objects(item.get("infosource"))]
    named = [item.get("source"), *(source.get("name") for source in sources)]
    version = stated_day(item.get("versioncreated"))
    facts = said(
        _BASIS,
        title=_first(headlines),
        publisher=_first([*named, item.get("copyrightholder")]),
        published=stated_day(item.get("firstcreated")) or version,
        language=item.get("language"),
        url=item.get("uri"),
    )
    return with_version(facts, version)


def _first(values: Sequence[object]) -> str | None:
    return next((line for value in values if (line := one_line(value))), None)


def _objects(value: object) -> Iterator[Mapping[str, Any]]:
    listed = value if isinstance(value, list) else [value]
    return (item for item in listed if isinstance(item, dict))
