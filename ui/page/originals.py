"""The file behind a source, as it lies on the disk, for readers to keep or compare."""

import hashlib
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from index.article import Source
from index.errors import UnreadableFileError
from index.readers.archives import bytes_at
from rag.pressmark import Pressmark
from ui.http.downloads import attachment, inline
from ui.page.wording.catalogues import _

PATH = "/originals/{source_id}"
_PDF = "application/pdf"
_VIEW = "view"
_ENDS = 6


def original_bytes(pressmark: Pressmark, source: Source) -> bytes:
    """Get the bytes behind a source, or its text in UTF-8 if they are gone or changed."""
    for root, relpath in pressmark.library.places(source.source_id):
        place = Path(root)
        file = place.parent / relpath if place.is_file() else place / relpath
        try:
            found = bytes_at(file)
        except (OSError, ValueError, UnreadableFileError):
            continue
        if hashlib.sha256(found).hexdigest() == source.sha256:
            return found
    return source.text.encode("utf-8", "replace")


def opened_at(source: Source, page: int | None) -> str | None:
    """The address at which a browser opens the file itself at a page; None if it shows none."""
    if source.media_type != _PDF or page is None:
        return None
    return f"{PATH.format(source_id=quote(source.source_id, safe=''))}?{_VIEW}#page={page}"


def opened_at_words(url: str, words: str) -> str:
    """The address at which a browser opens a web page at these words and marks them there.

    That is a text fragment; of a long quote its beginning and its end.
    """
    pieces = words.split()
    ends = [pieces] if len(pieces) <= 2 * _ENDS else [pieces[:_ENDS], pieces[-_ENDS:]]
    text = ",".join(quote(" ".join(end), safe="").replace("-", "%2D") for end in ends)
    page, _sign, place = url.partition("#")
    return f"{page}#{place.partition(':~:')[0]}:~:text={text}" if text else url


def original_response(pressmark: Pressmark, request: Request) -> Response:
    """The file as a download: a browser never shows it, so nothing in it can run.

    Only a PDF is shown on request: browsers read it in a viewer apart from this site.
    """
    source = pressmark.library.source(request.path_params["source_id"])
    if source is None:
        return PlainTextResponse(_("There is no source with this id."), 404)
    name, content = source.name.split("/")[-1], original_bytes(pressmark, source)
    shown = _VIEW in request.query_params and source.media_type == _PDF
    shown = shown and content.startswith(b"%PDF-")
    headers = {
        "Content-Disposition": inline(name) if shown else attachment(name),
        "Cache-Control": "no-store",
    }
    media_type = _PDF if shown else "application/octet-stream"
    return Response(content, media_type=media_type, headers=headers)
