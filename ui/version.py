"""Which version of Pressmark this is."""

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version


def version() -> str:
    """The installed version, or ``unknown`` in a bare checkout."""
    try:
        return installed_version("pressmark")
    except PackageNotFoundError:
        return "unknown"
