"""The formats of the trade and of archives: what is an article in them, and what is not."""

import gzip
import json
from datetime import date

import pytest

from index.articles.cleaning import clean
from index.errors import UnreadableFileError
from index.readers import nitf
from index.readers.files import read_data
from tests.helpers import one_story as story


def refusal(data: bytes, name: str) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        read_data(data, name)
    return caught.value.user_message


def test_what_an_agency_took_back_is_no_article() -> None:
    kept = story.as_newsml()
    assert "It was never lit" not in read_data(kept, "a.xml")[0].text
    taken_back = kept.replace(b"stat:usable", b"stat:canceled")
    assert refusal(taken_back, "a.xml") == "its sender has marked it as canceled"
    item = json.loads(story.as_ninjs()) | {"pubstatus": "canceled"}
    assert refusal(json.dumps(item).encode(), "a.json")


def test_a_message_without_text_is_refused() -> None:
    picture = (
        b"<newsItem><itemMeta/><contentSet><remoteContent href='a.jpg'/></contentSet></newsItem>"
    )
    assert "pictures" in refusal(picture, "a.xml")
    assert "no news item" in refusal(b"<NewsML><NewsItem/></NewsML>", "a.xml")
    assert refusal(b"<nitf><body><body.content/></body></nitf>", "a.xml")


def test_newsml_with_nitf_in_it_is_read() -> None:
    inner = story.as_nitf().split(b"?>", 1)[1].split(b">", 1)[1].decode()
    data = (
        "<newsItem><itemMeta><edNote>CORRECTS the cost in the third paragraph</edNote></itemMeta>"
        f"<contentSet><inlineXML>{inner}</inlineXML></contentSet></newsItem>"
    )
    source, metadata = read_data(data.encode(), "a.xml")
    assert metadata.title == story.TITLE
    assert "CORRECTS the cost" in source.text
    assert source.text.endswith(story.PARAGRAPHS[-1])


def test_plain_text_within_newsml_keeps_its_paragraphs() -> None:
    data = (
        f"<newsItem><contentMeta><headline>{story.TITLE}</headline></contentMeta><contentSet>"
        f"<inlineData>{story.BODY}</inlineData></contentSet></newsItem>"
    )
    assert read_data(data.encode(), "a.xml")[0].text == f"{story.TITLE}\n\n{story.BODY}"


def test_a_later_version_is_dated_as_modified() -> None:
    data = story.as_newsml().replace(b"2023-10-14T09:00", b"2023-10-16T09:00")
    source, metadata = read_data(data, "a.xml")
    (article,) = clean(source, metadata)
    assert article.published == story.DATE
    assert (date(2023, 10, 16), "modified") in [(date.value, date.role) for date in article.dates]


def test_the_second_generation_of_ninjs_is_read() -> None:
    item = {
        "uri": "urn:1",
        "standard": {"name": "ninjs", "version": "2.0"},
        "firstCreated": f"{story.DATE}T07:30:00Z",
        "headlines": [{"role": "main", "value": story.TITLE}],
        "bodies": [{"contentType": "text/plain", "value": story.BODY}],
        "infoSources": [{"role": "provider", "name": story.PUBLISHER}],
        "associations": [{"uri": "urn:2", "firstCreated": "2020", "body_text": "Another story."}],
    }
    source, metadata = read_data(json.dumps([item]).encode(), "a.json")
    found = (metadata.title, metadata.publisher, metadata.published, source.text)
    assert found == (
        story.TITLE, story.PUBLISHER, story.DATE, f"{story.TITLE}\n\n{story.BODY}",
    )  # fmt: skip


def test_a_packed_archive_of_pages_gives_each_its_address() -> None:
    other = story.as_warc().replace(b"quarn-lighthouse", b"quarn-lighthous2")
    source, metadata = read_data(gzip.compress(story.as_warc() + other), "crawl.warc.gz")
    articles = clean(source, metadata)
    assert len(articles) == 2
    assert {article.url for article in articles} == {story.URL, story.URL[:-1] + "2"}
    assert source.media_type == "application/warc"


def test_an_archive_without_a_page_is_refused() -> None:
    head = b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 2\r\n\r\nab\r\n\r\n"
    assert "no page" in refusal(head, "a.warc")
    assert refusal(b"WARC/9 nothing of the kind", "a.warc")


@pytest.mark.parametrize("head", ["<nitf>", "<newsItem>"])
def test_entities_are_refused(head: str) -> None:
    trap = '<!DOCTYPE x [<!ENTITY a "ha"> <!ENTITY b "&a;&a;">]>'
    assert "entities" in refusal(f"<?xml version='1.0'?>{trap}{head}&b;".encode(), "a.xml")
    with pytest.raises(UnreadableFileError, match="entities"):
        nitf.read(f"{trap}{head}&b;".encode(), "a.xml")
