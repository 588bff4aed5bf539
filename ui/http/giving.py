"""Articles that are given to the API.

Files and texts become files of the home folder, which is indexed as any other is, in one ledger.
"""

import json
import shutil
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from index.errors import InputError, LibraryError
from index.ingest.scan import root_label
from index.library.tables import FileRecord
from rag.contract import Text
from rag.pressmark import Pressmark
from ui.http.models import AddedFileModel, AddedResponse, RemovedResponse
from ui.http.problems import ProblemError
from ui.http.uploads import MAX_FILES, TakenIn, Uploads, safe_name

_STATED = ("title", "publisher", "published_at", "language", "url")


class TextModel(BaseModel):
    """One article as text, with what is known of it."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[Text, Field(min_length=1)]
    name: Annotated[Text, Field(max_length=150)] | None = Field(
        default=None, description="What to call it; its title where this is left out."
    )
    title: Annotated[Text, Field(max_length=1_000)] | None = None
    publisher: Annotated[Text, Field(max_length=300)] | None = None
    published_at: date | None = None
    language: Annotated[str, Field(pattern="^[a-z]{2,3}$")] | None = None
    url: Annotated[Text, Field(max_length=2_000, pattern="^https?://")] | None = None

    def as_file(self) -> tuple[str, bytes]:
        """A file that our readers read as this article, and its name."""
        stem = (self.name or self.title or "article")[:100]
        stated = {name: getattr(self, name) for name in _STATED if getattr(self, name)}
        if not stated:
            return f"{Path(stem).stem}.txt", self.text.encode("utf-8")
        values = {name: str(value) for name, value in stated.items()}
        content = json.dumps({**values, "text": self.text}, ensure_ascii=False, indent=1)
        return f"{Path(stem).stem}.json", content.encode("utf-8")


class TextsModel(BaseModel):
    """The body of ``POST /v1/articles`` where it is JSON."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "articles": [
                        {
                            "title": "A bridge is opened",
                            "text": "The mayor opened the bridge on Monday.",
                            "publisher": "The Daily Bridge",
                            "published_at": "2020-08-10",
                        }
                    ]
                }
            ]
        },
    )

    articles: Annotated[list[TextModel], Field(min_length=1, max_length=MAX_FILES)]


@dataclass(frozen=True, slots=True)
class Given:
    """A file that was sent."""

    name: str
    content: bytes


class Giving:
    """Adds and removes articles of an open library; each call is one run of indexing.

    Args:
        pressmark: opened for writing.
    """

    def __init__(self, pressmark: Pressmark) -> None:
        self._pressmark = pressmark
        self._uploads = Uploads(pressmark.settings.home)
        self._root = root_label(self._uploads.folder)

    def add(self, files: Sequence[Given]) -> AddedResponse:
        """Store files and index them.

        Raises:
            InputError: nothing was sent.
            LibraryError: they cannot be stored.
        """
        if not files:
            raise InputError("Nothing was sent: send one file or more, in parts named file.")
        before = self._known()
        with self._sent(files) as paths:
            taken = self._uploads.take_in(paths)
        self._pressmark.index([self._uploads.folder])
        library = self._pressmark.library
        return AddedResponse(
            index_version=library.index_version,
            total=library.counts().articles,
            files=list(self._became(taken, before)),
        )

    def remove(self, article_id: str, *, whole_file: bool) -> RemovedResponse:
        """Take an article and the file it was given in out of the library.

        Args:
            article_id: of the article.
            whole_file: whether the other articles of its file may go with it.

        Raises:
            ProblemError: 404, there is none; 409, its file lies in a folder of the user's, or
                holds other articles.
        """
        library = self._pressmark.library
        article = library.article(article_id)
        if article is None:
            raise ProblemError(404, "There is no article of this id; /v1/articles names them.")
        places = library.places(article.source_id)
        if any(root != self._root for root, _ in places):
            raise ProblemError(
                409,
                "This article lies in a folder that was indexed, and would come back with it. "
                "Remove the file there and index again: pressmark index",
            )
        together = [a.article_id for a in library.source_articles(article.source_id)]
        if len(together) > 1 and not whole_file:
            raise ProblemError(
                409,
                f"Its file holds {len(together)} articles, which can be removed together only: "
                "add whole_file=true to the address.",
            )
        for _, name in places:
            self._uploads.remove(name)
        self._pressmark.index([self._uploads.folder])
        return RemovedResponse(
            index_version=library.index_version,
            total=library.counts().articles,
            removed=together,
        )

    def _known(self) -> dict[str, FileRecord]:
        library = self._pressmark.library
        known = {root.path for root in library.roots()}
        return library.files(self._root) if self._root in known else {}

    @contextmanager
    def _sent(self, files: Iterable[Given]) -> Iterator[list[str]]:
        """The files on the disk, each in a folder of its own, for names may be the same."""
        folder = self._uploads.in_transit / uuid.uuid4().hex
        paths: list[str] = []
        try:
            for number, file in enumerate(files):
                path = folder / str(number) / safe_name(file.name)
                path.parent.mkdir(mode=0o700, parents=True)
                path.write_bytes(file.content)
                paths.append(str(path))
            yield paths
        except OSError as error:
            raise LibraryError(f"Files cannot be stored: {error.strerror}.") from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _became(self, taken: TakenIn, before: dict[str, FileRecord]) -> Iterator[AddedFileModel]:
        records = self._known()
        for name, stored in taken.present:
            yield self._file(name, stored, records.get(stored), stored in before)
        for refused in taken.refused:
            yield AddedFileModel(
                name=refused.name, stored=None, status="refused", reason=refused.reason, articles=[]
            )

    def _file(
        self, name: str, stored: str, record: FileRecord | None, was_there: bool
    ) -> AddedFileModel:
        library = self._pressmark.library
        if record is None or record.source_id is None:
            reason = record.reason if record else "it was removed while it was indexed"
            return AddedFileModel(
                name=name, stored=stored, status="refused", reason=reason, articles=[]
            )
        is_copy = len(library.places(record.source_id)) > 1
        return AddedFileModel(
            name=name,
            stored=stored,
            status="unchanged" if was_there else "copy" if is_copy else "added",
            reason=None,
            articles=[a.article_id for a in library.source_articles(record.source_id)],
        )
