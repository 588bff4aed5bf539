"""What a run of indexing found, as lines for a terminal: pure functions."""

import os
import shlex
from collections.abc import Iterator, Sequence

from index.ingest.report import IngestReport, RootReport, counted, in_words
from ui.cli.format import plain

_SHOWN = 20
_APART = 10
_COUNTED = ("added", "changed", "renamed", "unchanged", "removed")


def report_lines(report: IngestReport) -> Iterator[str]:
    """What a run found and did, in words.

    Args:
        report: of a run that is finished.
    """
    yield from roots_lines(report.roots)
    if report.texts_embedded:
        yield f"{report.texts_embedded} texts embedded in {report.seconds:.1f} s."
    else:
        yield "Nothing embedded." if report.changed else "Nothing changed: nothing embedded."
    yield f"The library holds {counted(report.articles, 'article')} now."
    if not report.articles:
        yield "Nothing can be asked yet: no file held an article."


def report_json(report: IngestReport) -> dict[str, object]:
    """What a run found and did, as JSON; see docs/cli.md.

    Args:
        report: of a run that is finished.
    """
    return {
        "folders": roots_json(report.roots),
        "articles": report.articles,
        "passages": report.passages,
        "texts_embedded": report.texts_embedded,
        "seconds": round(report.seconds, 3),
        "changed": report.changed,
    }


def roots_json(roots: Sequence[RootReport]) -> list[dict[str, object]]:
    """What was found, folder by folder, every file counted once.

    Args:
        roots: what a run found, or would find.
    """
    return [
        {
            "path": os.fspath(root.path),
            "files": root.files,
            **{name: getattr(root, name) for name in _COUNTED},
            "new_articles": root.articles,
            "refused": [{"file": one.relpath, "reason": one.reason} for one in root.refused],
            "duplicates": [
                {"file": one.relpath, "same_as": one.same_as} for one in root.duplicates
            ],
        }
        for root in roots
    ]


def roots_lines(roots: Sequence[RootReport]) -> Iterator[str]:
    """What was found, every file counted once; of many roots, as of a list of files, the sums.

    Args:
        roots: what a run found, or would find.
    """
    if len(roots) > _APART:
        yield plain(in_words(roots)) or "no files"
        yield from _details(roots)
        return
    for root in roots:
        yield f"{plain(os.fspath(root.path))}: {plain(in_words([root])) or 'no files'}"
        yield from _details([root])


def _hint(root: RootReport) -> str | None:
    """What to do about a root whose articles stay though its files are not there."""
    if root.kept is None:
        return None
    path = plain(shlex.quote(os.fspath(root.path)))
    return f"to take them out: pressmark articles remove {path}"


def _details(roots: Sequence[RootReport]) -> Iterator[str]:
    said = [f"  {hint}" for root in roots if (hint := _hint(root))]
    said += [
        f"  refused {plain(entry.relpath)}: {plain(entry.reason)}"
        for root in roots
        for entry in root.refused
    ]
    same = [one for root in roots for one in root.duplicates]
    if len(same) > 1:
        said += [f"  the same text as {plain(one.same_as)}: {plain(one.relpath)}" for one in same]
    yield from said[:_SHOWN]
    if len(said) > _SHOWN:
        yield f"  and {len(said) - _SHOWN} more; files refused: pressmark articles ledger"
