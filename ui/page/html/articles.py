"""The list of articles, folders and refused files as HTML: pure functions, no Gradio."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import PurePath

from index.ingest.run import IngestReport, RootReport
from index.library.catalogue import CatalogueEntry
from index.library.tables import LedgerEntry
from rag.contract import DateModel
from ui.page.html.markup import (
    attribute,
    date_doubt,
    escape,
    isolated,
    published_words,
    shortened,
    warning_html,
)
from ui.page.uploads import Refused

_SHOWN_REFUSED = 50
_OPENING_CHARS = 90


def articles_html(
    found: Sequence[CatalogueEntry],
    total: int,
    openings: Mapping[str, str],
    removable: Collection[str],
) -> str:
    """What a search among the articles found.

    Args:
        found: all that it found, in order.
        total: how many articles there are at all.
        openings: first words of those to show, by id of the article.
        removable: ids of the sources that can be removed one by one.
    """
    if not total:
        return '<p class="pm-hint">There are no articles yet. Drop some files above.</p>'
    if not found:
        return '<p class="pm-hint">No article matches. Search for fewer words.</p>'
    count = (
        f"{total:,} articles" if len(found) == total else f"{len(found):,} of {total:,} articles"
    )
    shown = [entry for entry in found if entry.article_id in openings]
    rows = "".join(
        _article_html(entry, openings[entry.article_id], entry.source_id in removable)
        for entry in shown
    )
    more = ""
    if len(found) > len(shown):
        more = '<button type="button" class="pm-more" data-act="more">Show more</button>'
    return f'<p class="pm-hint" role="status">{count}</p><ul class="pm-list">{rows}</ul>{more}'


def _article_html(entry: CatalogueEntry, opening: str, removable: bool) -> str:
    dates = [DateModel(value=d.value, basis=d.basis, role=d.role) for d in entry.dates]
    when = escape(published_words(entry.published_at, dates))
    title = entry.title or shortened(opening, _OPENING_CHARS) or entry.name
    doubt = date_doubt(entry.published_at, entry.date_warning)
    publisher = f"{isolated(entry.publisher)} · " if entry.publisher else ""
    remove = _button("remove", entry.source_id, "Remove", f"Remove {title}") if removable else ""
    return (
        f'<li><button type="button" class="pm-article" data-act="open" dir="auto" '
        f'data-id="{attribute(entry.article_id)}">'
        f"{escape(title)}</button>"
        f'<p class="pm-foot">{publisher}<time title="{attribute(f"date: {entry.date_basis}")}">'
        f'{when}</time>{warning_html(doubt)}<span class="pm-file">'
        f"{isolated(entry.name)}</span>{remove}</p></li>"
    )


def folders_html(folders: Iterable[tuple[str, int]], manage: bool) -> str:
    """The folders that are indexed, with the number of files that each holds.

    Args:
        folders: path and files of each.
        manage: whether they can be updated and removed here.
    """
    rows = ""
    for path, files in folders:
        count = "1 file" if files == 1 else f"{files:,} files"
        buttons = ""
        if manage:
            name = PurePath(path).name or path
            buttons = _button("update", path, "Look again", f"Look again for articles in {name}")
            buttons += _button("forget", path, "Remove", f"Remove the folder {name}")
        rows += f"<li>{isolated(path)} <span>{count}</span>{buttons}</li>"
    return _section("Folders", rows)


def ledger_html(refused: Sequence[LedgerEntry], uploads: str | None) -> str:
    """Files that are not articles for Pressmark, each with the reason.

    Args:
        refused: as the library's ledger has them.
        uploads: the folder of uploaded files, from which they can be removed; None for nobody.
    """
    rows = "".join(
        f"<li>{isolated(entry.relpath)} <span>{isolated(entry.reason)}</span>"
        + (
            _button("discard", entry.relpath, "Remove", f"Remove {entry.relpath}")
            if entry.root == uploads
            else ""
        )
        + "</li>"
        for entry in refused[:_SHOWN_REFUSED]
    )
    if len(refused) > _SHOWN_REFUSED:
        rows += f"<li>and {len(refused) - _SHOWN_REFUSED:,} more</li>"
    return _section("Not indexed, and why", rows)


def report_html(report: IngestReport | RootReport | str, refused: Sequence[Refused] = ()) -> str:
    """What came of a run, in words.

    Args:
        report: of the run, or why it failed.
        refused: files that were not even taken in.
    """
    if isinstance(report, str):
        return f'<p class="pm-notice" role="alert">{isolated(report)}</p>'
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
    items = "".join(
        f"<li>{isolated(one.name)} <span>{isolated(one.reason)}</span></li>"
        for one in reasons[:_SHOWN_REFUSED]
    )
    words = f"Done: {', '.join(said)}." if said else "Done: nothing changed."
    return f'<p class="pm-hint" role="status">{words}</p><ul class="pm-reasons">{items}</ul>'


def _section(title: str, rows: str) -> str:
    if not rows:
        return ""
    return f'<h3 class="pm-label">{title}</h3><ul class="pm-reasons">{rows}</ul>'


def _button(act: str, ident: str, words: str, label: str) -> str:
    return (
        f'<button type="button" data-act="{act}" data-id="{attribute(ident)}" '
        f'aria-label="{attribute(label)}">{words}</button>'
    )
