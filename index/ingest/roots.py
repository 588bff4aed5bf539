"""Which of the roots of a run are there; what becomes of one that is away, or suddenly empty.

A share that is not mounted looks like an empty folder, a stick that is not plugged in like none. If
the caller wants, the articles of such a root stay, and the report says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.errors import RootError
from index.ingest.report import RootReport, counted
from index.ingest.scan import Scan, root_label, scan_root
from index.library.library import Library


@dataclass(frozen=True, slots=True)
class Keep:
    """Whose articles stay though the files are not there.

    Attributes:
        away: of a root that was indexed before and cannot be found now.
        emptied: of a root all of whose files are gone.
    """

    away: bool = False
    emptied: bool = False


NOTHING = Keep()
WHAT_IS_AWAY = Keep(away=True, emptied=True)


def scan_roots(
    library: Library, home: Path, paths: Sequence[Path], keep: Keep
) -> tuple[list[Scan], list[RootReport]]:
    """List the files of roots.

    Args:
        library: that knows which roots were indexed before.
        home: where it lives, which is never entered.
        paths: folders or files.
        keep: whose articles stay.

    Returns:
        the roots to bring in line, and what to report of those whose articles stay as they are.

    Raises:
        RootError: a root is missing, and was never indexed or is not to be kept; or all are.
    """
    known = {root.path for root in library.roots()}
    scans: list[Scan] = []
    kept: list[RootReport] = []
    missing: RootError | None = None
    for label, path in {root_label(path): path for path in paths}.items():
        try:
            scan = scan_root(path, home)
        except RootError as error:
            if not keep.away or label not in known:
                raise
            missing = missing or error
            kept.append(RootReport(label, kept="it is not there; its articles stay"))
            continue
        held = _held(library, label) if label in known and not scan.files else 0
        if held and keep.emptied:
            kept.append(RootReport(label, kept=_emptied(held)))
        else:
            scans.append(scan)
    if missing and not scans:
        raise missing
    return scans, kept


def _held(library: Library, label: str) -> int:
    return sum(1 for file in library.files(label).values() if file.status == "indexed")


def _emptied(held: int) -> str:
    gone = "its only file is" if held == 1 else f"all of its {counted(held, 'file')} are"
    return f"{gone} gone, as if it were not mounted; the articles stay"
