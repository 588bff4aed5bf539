"""The list of articles, folders and refused files as HTML: pure functions, no Gradio."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import PurePath

from index.ingest.run import IngestReport, RootReport
from index.library.catalogue import CatalogueEntry
from index.library.tables import LedgerEntry
from ui.page.html.answers import date_doubt
from ui.page.html.markup import rendered, shortened
from ui.page.uploads import Refused

_SHOWN_REFUSED = 50
_OPENING_CHARS = 90


def articles_html(
    found: Sequence[CatalogueEntry],
    total: int,
    openings: Mapping[str, str],
    removable: Collection[str],
) -> str:
    """Render what a search among the articles found.

    Args:
        found: everything it found, in order.
        total: how many articles there are.
        openings: first words of those to show, by id of the article.
        removable: ids of the sources that can be removed one by one.
    """
    rows = [
        {
            "entry": entry,
            "title": entry.title
            or shortened(openings[entry.article_id], _OPENING_CHARS)
            or entry.name,
            "doubt": date_doubt(entry.published, entry.date_warning),
            "removable": entry.source_id in removable,
        }
        for entry in found
        if entry.article_id in openings
    ]
    return rendered("articles", rows=rows, found=len(found), total=total)


def folders_html(folders: Iterable[tuple[str, int]], manage: bool) -> str:
    """Render the indexed folders, each with its number of files.

    Args:
        folders: path and files of each.
        manage: whether the reader may update and remove them here.
    """
    held = [
        {"path": path, "name": PurePath(path).name or path, "files": files}
        for path, files in folders
    ]
    return rendered("folders", folders=held, manage=manage)


def ledger_html(refused: Sequence[LedgerEntry], uploads: str | None) -> str:
    """Render the files that Pressmark refused, each with the reason.

    Args:
        refused: entries of the library's ledger.
        uploads: the folder of uploaded files, which readers may remove; None if nobody may.
    """
    more = len(refused) - _SHOWN_REFUSED
    return rendered("ledger", shown=refused[:_SHOWN_REFUSED], more=max(0, more), uploads=uploads)


def report_html(report: IngestReport | RootReport | str, refused: Sequence[Refused] = ()) -> str:
    """Render the outcome of a run, in words.

    Args:
        report: of the run, or why it failed.
        refused: files that were not even stored.
    """
    if isinstance(report, str):
        return rendered("failure", words=report)
    roots = report.roots if isinstance(report, IngestReport) else (report,)
    counts = [
        (sum(root.added + root.renamed for root in roots), "added"),
        (sum(root.changed for root in roots), "changed"),
        (sum(root.removed for root in roots), "removed"),
    ]
    reasons = [*refused, *(Refused(e.relpath, e.reason) for root in roots for e in root.refused)]
    said = [f"{count} {what}" for count, what in counts if count]
    if reasons:
        said.append(f"{len(reasons)} not indexed")
    return rendered("report", said=said, reasons=reasons[:_SHOWN_REFUSED])
