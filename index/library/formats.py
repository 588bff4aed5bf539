"""Which formats of a library this version reads, and what to do with others."""

from index.errors import LibraryFormatError
from index.library.tables import OLDEST_VERSION, SCHEMA_VERSION


def check_format(place: str, version: str) -> None:
    """Check that a library is of the format that this version reads.

    Args:
        place: where the library is, for the message.
        version: as it stands in the library.

    Raises:
        LibraryFormatError: it is of another format.
    """
    if version != str(SCHEMA_VERSION):
        raise LibraryFormatError(
            f"The library {place} is of format {version}, and this Pressmark "
            f"reads format {SCHEMA_VERSION}. {_advice(version)}"
        )


def _advice(version: str) -> str:
    if version.isdecimal() and int(version) > SCHEMA_VERSION:
        return "A newer Pressmark made it: use that one."
    if version.isdecimal() and int(version) >= OLDEST_VERSION:
        return "To bring it over: pressmark doctor"
    return "It is too old to bring over: move it away and index the folders again."
