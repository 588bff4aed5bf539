"""NITF, the older XML of the news agencies: one article a document."""

from xml.etree.ElementTree import Element

from index.errors import UnreadableFileError
from index.readers import news_xml
from index.readers.base import NO_TEXT, Read, Story, compose
from index.readers.metadata import said, with_version
from index.readers.packages import local, parse_xml
from index.readers.values import one_line, stated_day

_BASIS = "markup"
_ISSUED = ("date.issue", "story.date")
_SILENT = frozenset({"media", "bibliography", "tagline", "style", "script", "nitf-col"})


def read(data: bytes, name: str) -> Read:
    """Read an article."""
    root = parse_xml(data, "NITF")
    if local(root) != "nitf":
        raise UnreadableFileError("the NITF file is damaged; save it again")
    story = story_of(root)
    if not story.paragraphs:
        raise UnreadableFileError(NO_TEXT)
    return compose([story])


def story_of(root: Element) -> Story:
    """The article of a ``nitf`` element, which may stand in another format."""
    publications = list(news_xml.elements(root, "pubdata"))
    days = [element.get("date.publication") for element in publications]
    days += [e.get("norm") for name in _ISSUED for e in news_xml.elements(root, name)]
    releases = (element.get("norm") for element in news_xml.elements(root, "date.release"))
    head = next(news_xml.elements(root, "body.head"), None)
    headlines = [] if head is None else list(news_xml.elements(head, "hl1"))
    facts = said(
        _BASIS,
        title=news_xml.first(map(news_xml.text_of, headlines))
        or news_xml.text_of(next(news_xml.elements(root, "title"), None)),
        publisher=news_xml.first(one_line(element.get("name")) for element in publications),
        published=news_xml.first(map(stated_day, days)),
        language=news_xml.language_of(root),
    )
    metadata = with_version(facts, news_xml.first(map(stated_day, releases)))
    notes = (news_xml.text_of(e) for e in news_xml.elements(root, "ed-msg"))
    told = [note for note in notes if note]
    bodies = news_xml.elements(root, "body.content")
    text = [line for body in bodies for line in news_xml.paragraphs(body, _SILENT)]
    return Story((*told, *text) if text else (), metadata)
