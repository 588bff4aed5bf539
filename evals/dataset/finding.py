"""Find suites: ours, those of ``PRESSMARK_EVALS_DATA``, and any other by its path."""

from pathlib import Path

from index.errors import SuiteError
from rag.settings import Settings

SUITES = Path(__file__).parents[1] / "suites"


def find_suite(name: str, settings: Settings) -> Path:
    """Find a suite by name, ours before those of ``PRESSMARK_EVALS_DATA``, or by path."""
    places = [SUITES, *([settings.evals_data] if settings.evals_data else [])]
    for place in places:
        if (place / name).is_dir() and "/" not in name and name not in ("", ".", ".."):
            return place / name
    return Path(name).expanduser()


def all_suites(settings: Settings) -> list[Path]:
    """List every folder that may be a suite, ours first.

    Raises:
        SuiteError: ``PRESSMARK_EVALS_DATA`` is not a folder.
    """
    found = _folders(SUITES)
    data = settings.evals_data
    if data is None:
        return found
    if not data.is_dir():
        raise SuiteError(f"PRESSMARK_EVALS_DATA: {data} is not a folder.")
    return found + _folders(data)


def _folders(place: Path) -> list[Path]:
    """List the folders in a folder, without hidden ones (``.git``)."""
    return sorted(p for p in place.iterdir() if p.is_dir() and not p.name.startswith("."))
