"""A folder with the one story in every format that is read, and in each kind of archive."""

import gzip
import io
import tarfile
from collections.abc import Callable, Mapping
from typing import Final

from tests.helpers import one_story as story

PLAIN: Final = f"{story.TITLE}\n\n{story.WRITTEN_DATE}\n\n{story.BODY}\n"
LEXIS_NEXIS: Final = f"""
                              1 of 1 DOCUMENT

                              {story.PUBLISHER}

                          October 14, 2023 Saturday

{story.TITLE}

LENGTH: 110 words

{story.BODY}

LOAD-DATE: October 14, 2023
LANGUAGE: ENGLISH
"""
NEXIS: Final = f"""{story.TITLE}
{story.PUBLISHER}
October 14, 2023 Saturday

Copyright 2023 {story.PUBLISHER} All Rights Reserved
Section: NEWS; Pg. 4
Length: 110 words
Body

{story.BODY}

Load-Date: October 14, 2023

End of Document
"""
FACTIVA: Final = f"""{story.TITLE}
110 words
14 October 2023
{story.PUBLISHER}
QUARNG
4
English
(c) 2023 {story.PUBLISHER}

{story.BODY}

Document QUARNG0020231014ejae00001
"""
PROQUEST: Final = f"""Document 1 of 1

{story.TITLE}

Publication info: {story.PUBLISHER}; Quarn [Quarn]14 Oct 2023: A4.

Full text: {story.BODY}

Publication title: {story.PUBLISHER}
Publication date: Oct 14, 2023
Database: News
"""
INTEGRUM: Final = f"""Документ 1 из 1
Источник: {story.PUBLISHER}
Дата выпуска: 14.10.2023
Заглавие: {story.TITLE}

{story.BODY}
"""


def _tarred(text: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        info = tarfile.TarInfo("desk/story.txt")
        info.size = len(text.encode())
        archive.addfile(info, io.BytesIO(text.encode()))
    return out.getvalue()


# What these say of a story in fields of their own; the others say it in their text, if at all.
WITH_PUBLISHER: Final[Mapping[str, Callable[[], bytes]]] = {
    "html": story.as_html, "mhtml": story.as_mhtml, "json": story.as_json,
    "jsonl": story.as_json_lines, "csv": story.as_csv, "rss": story.as_rss,
    "atom": story.as_atom, "epub": story.as_epub, "xlsx": story.as_xlsx,
    "nitf": story.as_nitf, "xml": story.as_newsml, "ninjs.json": story.as_ninjs,
    "warc": story.as_warc,
}  # fmt: skip
WITHOUT_PUBLISHER: Final[Mapping[str, Callable[[], bytes]]] = {
    "pdf": story.as_pdf, "docx": story.as_docx, "odt": story.as_odt, "rtf": story.as_rtf,
    "eml": story.as_eml, "msg": story.as_msg,
}  # fmt: skip
_AS_TEXT: Final = {
    "lexisnexis.txt": LEXIS_NEXIS, "nexis.txt": NEXIS, "factiva.txt": FACTIVA,
    "proquest.txt": PROQUEST, "integrum.txt": INTEGRUM,
}  # fmt: skip


def every_format() -> dict[str, bytes]:
    """The files of the folder, by name. Line ends at the end keep copies of the text apart."""
    made = [*WITH_PUBLISHER.items(), *WITHOUT_PUBLISHER.items()]
    return {
        **{f"story.{suffix}": make() for suffix, make in made},
        **{name: text.encode() for name, text in _AS_TEXT.items()},
        "story.txt": PLAIN.encode(),
        "story.md": f"# {PLAIN}".encode(),
        "packed.txt.gz": gzip.compress(f"{PLAIN}\n".encode(), mtime=0),
        "packed.warc.gz": gzip.compress(story.as_warc() + b"\r\n", mtime=0),
        "packed.zip": story.zipped({"desk/story.txt": f"{PLAIN}\n\n"}),
        "packed.tar.gz": _tarred(f"{PLAIN}\n\n\n"),
    }


def says_publisher(name: str) -> bool:
    """Whether a file of the folder names the paper."""
    return name in _AS_TEXT or name in {f"story.{suffix}" for suffix in WITH_PUBLISHER} | {
        "packed.warc.gz"
    }
