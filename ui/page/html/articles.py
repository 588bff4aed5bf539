"""Folders, refused files and reports of runs as HTML: pure functions, no Gradio."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath

from index.ingest.report import Duplicate, IngestReport, RootReport
from index.library.tables import LedgerEntry
from ui.http.uploads import Refused, TakenIn
from ui.page.html.markup import rendered
from ui.page.wording.catalogues import _, ngettext
from ui.page.wording.days import number
from ui.page.wording.from_elsewhere import told

_SHOWN_REFUSED = 50


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


def report_html(report: IngestReport | RootReport | str, sent: TakenIn | None = None) -> str:
    """Render the outcome of a run, in words.

    Args:
        report: of the run, or why it failed.
        sent: files that were added through the page, if the run is for them: only what became of
            these is told.
    """
    if isinstance(report, str):
        return rendered("failure", words=report)
    roots = report.roots if isinstance(report, IngestReport) else (report,)
    if sent is not None:
        roots = tuple(_of_sent(root, sent) for root in roots)
    refused = [Refused(entry.relpath, entry.reason) for root in roots for entry in root.refused]
    same = [
        Refused(one.relpath, _("a duplicate of %(name)s") % {"name": one.same_as})
        for root in roots
        for one in root.duplicates
    ]
    reasons = [*refused, *(same if len(same) > 1 else [])]
    return rendered("report", said=_in_words(roots), reasons=reasons[:_SHOWN_REFUSED])


def _in_words(roots: Sequence[RootReport]) -> str:
    """What `index.ingest.report.in_words` says, in the reader's language."""
    duplicates = [one for root in roots for one in root.duplicates]
    said = [*_taken(roots)]
    if len(duplicates) == 1:
        said.append(_("1 duplicate of %(name)s") % {"name": duplicates[0].same_as})
    elif duplicates:
        said.append(_("%(count)s duplicates") % {"count": number(len(duplicates))})
    if refused := sum(len(root.refused) for root in roots):
        said.append(_("%(count)s refused") % {"count": number(refused)})
    files = sum(root.files for root in roots)
    held = ngettext("%(count)s file", "%(count)s files", files) % {"count": number(files)}
    found = [f"{held}: {', '.join(said)}"] if files else []
    if removed := sum(root.removed for root in roots):
        found.append(_("%(count)s removed") % {"count": number(removed)})
    for root in roots:
        if root.kept:
            name = f"{PurePath(root.path).name}: " if len(roots) > 1 else ""
            found.append(name + told(root.kept))
    return "; ".join(found)


def _taken(roots: Sequence[RootReport]) -> Iterator[str]:
    """What was taken, of each kind."""
    added, articles = sum(root.added for root in roots), sum(root.articles for root in roots)
    held = ngettext("%(count)s article", "%(count)s articles", articles)
    held %= {"count": number(articles)}
    if added and articles == added:
        yield _("%(articles)s added") % {"articles": held}
    elif added:
        yield _("%(files)s added (%(articles)s)") % {"files": number(added), "articles": held}
    for words, count in (
        (_("%(count)s changed"), sum(root.changed for root in roots)),
        (_("%(count)s renamed"), sum(root.renamed for root in roots)),
        (_("%(count)s unchanged"), sum(root.unchanged for root in roots)),
    ):
        if count:
            yield words % {"count": number(count)}


def _of_sent(root: RootReport, sent: TakenIn) -> RootReport:
    """What became of the files that were just sent, of all that lie in their folder."""
    stored = {name for _, name in sent.stored}
    never_read = [LedgerEntry(root.path, one.name, one.reason) for one in sent.refused]
    there_already = [Duplicate(name, other) for name, other in sent.same]
    return RootReport(
        root.path,
        added=root.added,
        renamed=root.renamed,
        refused=(*never_read, *(entry for entry in root.refused if entry.relpath in stored)),
        duplicates=(*there_already, *(one for one in root.duplicates if one.relpath in stored)),
        articles=root.articles,
    )
