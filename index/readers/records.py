"""Articles kept as records: a database export whose fields have names.

We guess which field is which by the usual names; there is no standard to ask.
"""

import re
from collections.abc import Iterable, Mapping

from index.errors import UnreadableFileError
from index.readers import ninjs
from index.readers.base import Read, Story, compose, paragraphs_of
from index.readers.markup import html_paragraphs, looks_like_html
from index.readers.metadata import said
from index.readers.values import one_line

MAX_RECORDS = 50_000
_BASIS = "file"
_NAMES = {
    "title": "headline title head heading header hl subject name заголовок название заголовак",
    "body": "body text content articlebody article_body body_text bodytext body_html fulltext "
    "full_text article story maintext main_text plaintext текст содержание тело текст_статьи",
    "lead": "lead lede standfirst description summary abstract teaser snippet лид анонс",
    "published": "date published published_at publishedat datepublished date_published pubdate "
    "publication_date publicationdate pub_date publish_date versioncreated firstcreated created_at "
    "created timestamp дата дата_публикации",
    "publisher": "publisher newspaper outlet publication medium media source "
    "source_name sourcename site sitename site_name provider source_title издание источник сми",
    "language": "language lang inlanguage язык",
    "url": "url link canonical_url permalink href web_url weburl uri source_url ссылка",
}
_STATED = {"body": "text", "published": "published_at"}
"""What the fields are called that bear another name in ``articles.toml``."""
_FIELDS = {field: names.split() for field, names in _NAMES.items()}


def read_records(
    records: Iterable[Mapping[str, object]],
    what: str,
    encoding: str,
    fields: Mapping[str, str] | None = None,
) -> Read:
    """Make an article of each record.

    Args:
        records: names and values.
        what: the user's name for the format.
        encoding: of the bytes.
        fields: the names that a person gives for some of them.

    Raises:
        UnreadableFileError: no record has a text, or there are too many.
    """
    stories: list[Story] = []
    names: set[str] = set()
    for number, record in enumerate(records):
        if number >= MAX_RECORDS:
            raise UnreadableFileError(
                f"it holds more than {MAX_RECORDS:,} articles; split it into several files"
            )
        if len(names) < 40:
            names |= {str(name) for name in record}
        if story := _story(record, fields or {}):
            stories.append(story)
    if not stories:
        listed = ", ".join(sorted(filter(None, names))[:12]) or "none"
        if fields and "text" in fields:
            raise UnreadableFileError(
                f"no record of this {what} file has a text in {fields['text']!r}, as articles.toml "
                f"says (fields: {listed})"
            )
        raise UnreadableFileError(
            f"no field of this {what} file is known to hold an article's text; name it in "
            f"articles.toml, or call it text (fields: {listed})"
        )
    return compose(stories, encoding)


def _story(record: Mapping[str, object], fields: Mapping[str, str]) -> Story | None:
    """Make an article of a record. Return None if it has no text."""
    if not fields and ninjs.is_item(record):
        return ninjs.story_of(record)
    folded = {_folded(str(name)): value for name, value in record.items()}

    def value(field: str) -> object:
        named = fields.get(_STATED.get(field, field))
        if named is not None:
            return _within(record, named)
        return next((folded[n] for n in _FIELDS[field] if folded.get(n) not in (None, "")), None)

    paragraphs = _paragraphs(value("body"))
    if not paragraphs and "text" not in fields:
        paragraphs = _paragraphs(value("lead"))
    if not paragraphs:
        return None
    facts = said(
        _BASIS,
        title=value("title"),
        publisher=_publisher(value("publisher")),
        published=value("published"),
        language=value("language"),
        url=value("url"),
    )
    return Story(paragraphs, facts)


def _folded(name: str) -> str:
    return re.sub(r"[\s.:-]+", "_", name.strip().lower())


def _within(record: Mapping[str, object], name: str) -> object:
    """The value of a field that a person names; a dot leads into a record within the record."""
    folded = {_folded(str(key)): value for key, value in record.items()}
    if (found := folded.get(_folded(name))) is not None:
        return found
    outer, dot, inner = name.partition(".")
    value = folded.get(_folded(outer)) if dot else None
    return _within(value, inner) if isinstance(value, dict) else None


def _paragraphs(value: object) -> tuple[str, ...]:
    """List the paragraphs of a value, or of a list of values."""
    if isinstance(value, list):
        return tuple(text for item in value[:10_000] for text in _paragraphs(item))
    if not isinstance(value, str):
        return ()
    return html_paragraphs(value) if looks_like_html(value) else paragraphs_of(value)


def _publisher(value: object) -> str | None:
    """Get the name of a publisher; an address is not one."""
    if isinstance(value, dict):
        value = value.get("name") or value.get("title")
    name = one_line(value)
    return None if name and re.match(r"https?://|www\.", name) else name
