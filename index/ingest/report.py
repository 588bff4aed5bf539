"""What became of each file of a run: every file that was seen is counted exactly once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from index.library.tables import FileRecord, LedgerEntry

Places = Mapping[tuple[str, str], str]
"""By root and relative path, the source that a file holds."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A file that holds the same bytes as another one.

    Attributes:
        relpath: the file.
        same_as: the other one; with its root, where that is another.
        is_new: whether the file was not there before.
    """

    relpath: str
    same_as: str
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class RootReport:
    """What a run found in one root, in files.

    Attributes:
        path: the root.
        added: new ones.
        changed: those that hold something else, or of which the sidecar says something else.
        renamed: those that have another name now.
        removed: those that are gone, of the ones that were indexed.
        unchanged: those that are as they were.
        refused: those that cannot be indexed, with the reason.
        duplicates: those that hold the same as another file, whose articles are that one's.
        articles: how many articles the new ones hold.
        kept: why none of its files was looked at, so that its articles are as they were; None if
            they were.
    """

    path: str
    added: int = 0
    changed: int = 0
    renamed: int = 0
    removed: int = 0
    unchanged: int = 0
    refused: tuple[LedgerEntry, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    articles: int = 0
    kept: str | None = None

    @property
    def files(self) -> int:
        """How many files were seen: those taken, refused, and the same as others."""
        taken = self.added + self.changed + self.renamed + self.unchanged
        return taken + len(self.refused) + len(self.duplicates)


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What a run did.

    Attributes:
        roots: what it found, root by root.
        articles: how many the library holds now.
        passages: how many the library holds now.
        texts_embedded: passages that were embedded.
        seconds: how long it took.
        changed: whether anything that can be found or shown is different now.
    """

    roots: tuple[RootReport, ...]
    articles: int
    passages: int
    texts_embedded: int
    seconds: float
    changed: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """A root after its files were looked at.

    Attributes:
        root: its path.
        known: what was known of its files before.
        records: what is known now.
        gone: names of files that are not there any more.
    """

    root: str
    known: Mapping[str, FileRecord]
    records: Mapping[str, FileRecord] = field(default_factory=dict)
    gone: Sequence[str] = ()


def reports(
    looked: Iterable[Looked], before: Places, after: Places, articles: Mapping[str, int]
) -> Iterator[RootReport]:
    """Count what became of the files of each root.

    Args:
        looked: the roots.
        before: every file of the library, before the run.
        after: every file of the library, after it.
        articles: how many articles each source holds.
    """
    keeper: dict[str, tuple[str, str]] = {}
    # Of files that hold the same, the one that was there before counts, or else the first.
    for place in sorted(after, key=lambda place: (before.get(place) != after[place], place)):
        keeper.setdefault(after[place], place)
    for root in looked:
        yield _report(root, keeper, articles)


def in_words(roots: Iterable[RootReport]) -> str:
    """``5 files: 4 articles added, 1 duplicate of bridge.txt``; empty if there was nothing."""
    every = tuple(roots)
    files, duplicates = sum(root.files for root in every), [d for r in every for d in r.duplicates]
    added, articles = sum(root.added for root in every), sum(root.articles for root in every)
    said = []
    if added and articles == added:
        said.append(f"{counted(added, 'article')} added")
    elif added:
        said.append(f"{added} added ({counted(articles, 'article')})")
    others = {
        "changed": sum(root.changed for root in every),
        "renamed": sum(root.renamed for root in every),
        "unchanged": sum(root.unchanged for root in every),
    }
    said.extend(f"{number} {what}" for what, number in others.items() if number)
    if len(duplicates) == 1:
        said.append(f"1 duplicate of {duplicates[0].same_as}")
    elif duplicates:
        said.append(f"{len(duplicates)} duplicates")
    if refused := sum(len(root.refused) for root in every):
        said.append(f"{refused} refused")
    found = [f"{counted(files, 'file')}: {', '.join(said)}"] if files else []
    if removed := sum(root.removed for root in every):
        found.append(f"{removed} removed")
    for root in every:
        if root.kept and len(every) > 1:
            found.append(f"{PurePath(root.path).name}: {root.kept}")
        elif root.kept:
            found.append(root.kept)
    return "; ".join(found)


def counted(number: int, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _report(
    root: Looked, keeper: Mapping[str, tuple[str, str]], articles: Mapping[str, int]
) -> RootReport:
    left = Counter(root.known[n].sha256 for n in root.gone if root.known[n].status == "indexed")
    found = Counter[str]()
    refused: list[LedgerEntry] = []
    duplicates: list[Duplicate] = []
    new_articles = 0
    for name, record in root.records.items():
        old = root.known.get(name)
        if record.status == "refused" or record.source_id is None:
            refused.append(LedgerEntry(root.root, name, record.reason or ""))
            continue
        first = keeper.get(record.source_id, (root.root, name))
        is_moved = old is None and left[record.sha256] > 0
        if is_moved:
            left[record.sha256] -= 1
        if first != (root.root, name):
            same_as = first[1] if first[0] == root.root else str(PurePath(*first))
            duplicates.append(Duplicate(name, same_as, old is None and not is_moved))
        elif old is not None:
            found["unchanged" if _content(old) == _content(record) else "changed"] += 1
        elif is_moved:
            found["renamed"] += 1
        else:
            found["added"] += 1
            new_articles += articles.get(record.source_id, 0)
    return RootReport(
        root.root,
        added=found["added"],
        changed=found["changed"],
        renamed=found["renamed"],
        unchanged=found["unchanged"],
        removed=left.total(),
        refused=tuple(refused),
        duplicates=tuple(duplicates),
        articles=new_articles,
    )


def _content(record: FileRecord) -> tuple[str | None, str, str, str]:
    return record.sha256, record.metadata_sha, record.pipeline, record.status
