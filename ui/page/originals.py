"""The file behind a source, as it lies on the disk, for readers to keep or compare."""

import hashlib
import unicodedata
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from index.article import Source
from index.errors import UnreadableFileError
from index.readers.archives import bytes_at
from rag.pressmark import Pressmark

PATH = "/originals/{source_id}"


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


def original_response(pressmark: Pressmark, request: Request) -> Response:
    """Send the file as a download: a browser never shows it, so nothing in it can run."""
    source = pressmark.library.source(request.path_params["source_id"])
    if source is None:
        return PlainTextResponse("There is no source with this id.", 404)
    name = "".join(c for c in source.name.split("/")[-1] if unicodedata.category(c)[0] != "C")
    ascii_name = "".join(c for c in name if c.isascii() and (c.isalnum() or c in "._- "))
    headers = {
        "Content-Disposition": f'attachment; filename="{ascii_name or "article.txt"}"; '
        f"filename*=UTF-8''{quote(name, safe='')}",
        "Cache-Control": "no-store",
    }
    content = original_bytes(pressmark, source)
    return Response(content, media_type="application/octet-stream", headers=headers)
