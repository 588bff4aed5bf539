"""Read, clean and cut one file at a time; whatever is wrong with it becomes a reason."""

import logging
from dataclasses import dataclass

from index.article import Source
from index.articles.cleaning import clean
from index.articles.passages import PIPELINE_VERSION, cut_article
from index.articles.printed import has_columns
from index.embedding.local import passage_text
from index.errors import UnreadableFileError
from index.ingest.scan import SeenFile
from index.library.rows import text_key
from index.library.tables import FileRecord
from index.library.writes import CutArticle
from index.readers.archives import archived
from index.readers.files import NO_FIELDS, read_data, read_file
from index.readers.metadata import SourceMetadata, merge_metadata

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file as read, or the reason why not (`record.reason`)."""

    record: FileRecord
    source: Source | None = None
    metadata: SourceMetadata | None = None


def read_seen(seen: SeenFile) -> ReadFile:
    """Read a file that the scan found; whatever is wrong with it becomes a reason."""
    if seen.problem is not None:
        return ReadFile(_refusal(seen, seen.problem, for_good=False))
    try:
        source, metadata = _read(seen)
    except UnreadableFileError as error:
        # The file system may grant tomorrow what it refuses today, with no trace on the file.
        for_good = not isinstance(error.__cause__, OSError)
        return ReadFile(_refusal(seen, error.user_message, for_good))
    except Exception as error:
        _log.exception("reading %s", seen.path)
        return ReadFile(_refusal(seen, _unexpected(error), for_good=False))
    if seen.metadata is not None:
        metadata = merge_metadata(seen.metadata, metadata)
    return ReadFile(_record(seen, source), source, metadata)


def _read(seen: SeenFile) -> tuple[Source, SourceMetadata]:
    fields = seen.metadata.fields if seen.metadata else NO_FIELDS
    if seen.member is None:
        return read_file(seen.path, seen.relpath, fields)
    member = (archived(seen.path) or {}).get(seen.member)
    if member is None:
        raise UnreadableFileError("it is not in the archive any more; index again")
    return read_data(member.data, seen.relpath, fields)


def cut_source(read: ReadFile) -> tuple[tuple[CutArticle, ...], dict[bytes, str]]:
    """Clean and cut a source.

    Returns:
        its articles, and by text key all texts to embed.

    Raises:
        UnreadableFileError: there is no article in it, or it breaks our code.
    """
    if read.source is None or read.metadata is None:
        raise UnreadableFileError("the file was not read")
    texts: dict[bytes, str] = {}
    cut = []
    try:
        for article in clean(read.source, read.metadata):
            passages = tuple(cut_article(article, read.source))
            embedded = [passage_text(article.title, passage.text) for passage in passages]
            keys = tuple(map(text_key, embedded))
            texts.update(zip(keys, embedded, strict=True))
            cut.append(CutArticle(article, passages, keys))
    except Exception as error:
        _log.exception("cleaning %s", read.source.name)
        raise UnreadableFileError(_unexpected(error)) from error
    if not any(item.passages for item in cut):
        if has_columns(read.source.text):
            raise UnreadableFileError(
                "its text stands in columns side by side; save it as text that runs on"
            )
        raise UnreadableFileError("no article text was found in it")
    return tuple(cut), texts


def _record(seen: SeenFile, source: Source) -> FileRecord:
    return FileRecord(
        relpath=seen.relpath,
        size=seen.size,
        mtime_ns=seen.mtime_ns,
        sha256=source.sha256,
        metadata_sha=seen.metadata_sha,
        pipeline=str(PIPELINE_VERSION),
        status="indexed",
        source_id=source.source_id,
    )


def _refusal(seen: SeenFile, reason: str, for_good: bool) -> FileRecord:
    return FileRecord(
        relpath=seen.relpath,
        size=seen.size if for_good else -1,
        mtime_ns=seen.mtime_ns if for_good else -1,
        sha256=None,
        metadata_sha=seen.metadata_sha,
        pipeline=str(PIPELINE_VERSION),
        status="refused",
        reason=reason,
    )


def _unexpected(error: Exception) -> str:
    return f"Pressmark failed on it ({type(error).__name__}: {error}); please report this"
