"""NewsML-G2, the XML of the news agencies: a message holds items, each text item is an article."""

from datetime import date
from xml.etree.ElementTree import Element

from index.errors import UnreadableFileError
from index.readers import news_xml, nitf
from index.readers.base import NO_TEXT, Read, Story, compose, paragraphs_of
from index.readers.markup import html_paragraphs, looks_like_html
from index.readers.metadata import SourceMetadata, merge_metadata, said, with_version
from index.readers.packages import local, parse_xml
from index.readers.values import one_line, stated_day, web_address

_BASIS = "markup"
_SILENT = frozenset({"head", "title", "script", "style", "figure", "media", "nav", "form"})
_TAKEN_BACK = frozenset({"canceled", "cancelled", "withheld"})


def read(data: bytes, name: str) -> Read:
    """Read the text items of a message, or a single item."""
    root = parse_xml(data, "NewsML-G2")
    items = [element for element in root.iter() if local(element) == "newsItem"]
    if not items:
        raise UnreadableFileError(
            "it is NewsML of the first kind, or holds no news item; save its articles as "
            "NewsML-G2, HTML or text"
        )
    taken_back = {status for item in items if (status := _status(item)) in _TAKEN_BACK}
    kept = [item for item in items if _status(item) not in _TAKEN_BACK]
    stories = [story for story in map(_story, kept) if story.paragraphs]
    if not stories and taken_back:
        raise UnreadableFileError(f"its sender has marked it as {min(taken_back)}")
    if not stories:
        raise UnreadableFileError(f"{NO_TEXT}; pictures and other media are not read")
    return compose(stories)


def _status(item: Element) -> str:
    """What the sender says may be done with an item: ``usable``, ``canceled``, ``withheld``."""
    found = next(news_xml.elements(item, "pubStatus"), None)
    return "" if found is None else found.get("qcode", "").rpartition(":")[2].lower()


def _story(item: Element) -> Story:
    text = _content(item)
    if text is None:
        return Story(())
    facts = merge_metadata(_facts(item), said(_BASIS, title=text.metadata.title))
    notes = (news_xml.text_of(element) for element in news_xml.elements(item, "edNote"))
    return Story((*(note for note in notes if note), *text.paragraphs), facts)


def _facts(item: Element) -> SourceMetadata:
    """What an item says of itself outside its text."""
    meta = [element for element in item if local(element) in ("itemMeta", "contentMeta")]

    def every(name: str) -> list[Element]:
        return [found for part in meta for found in news_xml.elements(part, name)]

    def day(name: str) -> date | None:
        return news_xml.first(stated_day(news_xml.text_of(element)) for element in every(name))

    version = day("versionCreated")
    tags = [element.get("tag") for element in every("language")]
    links = [element.get("href") for element in item.iter() if local(element) == "link"]
    facts = said(
        _BASIS,
        title=news_xml.first(map(news_xml.text_of, every("headline"))),
        publisher=news_xml.first(map(_party, [*every("provider"), *every("infoSource")])),
        published=day("firstCreated") or version,
        language=news_xml.first([*tags, news_xml.language_of(item)]),
        url=news_xml.first(map(web_address, links)),
    )
    return with_version(facts, version)


def _party(element: Element) -> str | None:
    """The name of a provider; a code of a list that only the trade knows is none."""
    name = news_xml.text_of(news_xml.child(element, "name"))
    return name or one_line(element.get("literal"))


def _content(item: Element) -> Story | None:
    """The text of an item: NITF, XHTML, or a value; None if it has none."""
    for content in news_xml.elements(item, "contentSet"):
        for part in content:
            if local(part) == "inlineXML":
                inner = next(iter(part), None)
                if inner is None:
                    continue
                if local(inner) == "nitf":
                    return nitf.story_of(inner)
                return Story(news_xml.paragraphs(inner, _SILENT))
            if local(part) == "inlineData" and part.text:
                is_html = looks_like_html(part.text)
                return Story(html_paragraphs(part.text) if is_html else paragraphs_of(part.text))
    return None
