"""Bring the page's catalogues in line with what the page says: make wording.

Words that are new come in without a translation, in the order of the files that say them; words
that nothing says any longer go. What is there stays as it is. A test fails while anything is
missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "ui" / "page"
CATALOGUES = PAGE / "wording"
KEYWORDS = {"_": None, "later": None, "ngettext": (1, 2), "counted": (1, 2)}
BELOW = {"phrase": None, "counted_phrase": (1, 2)}
"""What marks the words of the layers below the page; see `index.saying`."""
OPTIONS = {"encoding": "utf-8"}
# Copies of answers and the API's own documentation, which are in English like the API.
NOT_THE_PAGE = frozenset({"docs.html.jinja", "document.html.jinja", "export.html.jinja"})
_METHODS = {
    "*.py": "python",
    "html/templates/*.jinja": "jinja2.ext:babel_extract",
    "static/*.js": "javascript",
}


def files() -> Iterator[tuple[Path, str]]:
    """Every file of the page that says something, and how Babel reads it."""
    for pattern, method in _METHODS.items():
        found = PAGE.rglob(pattern) if pattern == "*.py" else PAGE.glob(pattern)
        yield from ((path, method) for path in sorted(found) if path.name not in NOT_THE_PAGE)


def files_below() -> Iterator[Path]:
    """Every module of the layers below that says something to readers."""
    for room in ("index", "rag"):
        yield from sorted((ROOT / room).rglob("*.py"))


def said() -> Catalog:
    """Everything that the page says, without translations."""
    catalog = Catalog()
    for path, method in files():
        _collect(path, method, KEYWORDS, catalog)
    for path in files_below():
        _collect(path, "python", BELOW, catalog)
    return catalog


def _collect(path: Path, method: str, keywords: dict[str, Any], catalog: Catalog) -> None:
    with path.open("rb") as file:
        for _, words, _, _ in extract(method, file, keywords, options=OPTIONS):
            catalog.add(words, locations=[(path.relative_to(ROOT).as_posix(), 0)])


def brought_in_line(catalog: Catalog) -> Catalog:
    """A catalogue with everything that the page says and nothing else."""
    fresh = Catalog(
        locale=catalog.locale, charset="utf-8", fuzzy=False, header_comment=catalog.header_comment
    )
    for message in said():
        if not message.id:
            continue
        key = message.id if isinstance(message.id, str) else message.id[0]
        known = catalog.get(key)
        fresh.add(
            message.id,
            known.string if known and _is_same_kind(known, message) else "",
            locations=sorted(set(message.locations)),
            flags=message.flags,
        )
    return fresh


def _is_same_kind(one: Message, other: Message) -> bool:
    return bool(one.pluralizable) == bool(other.pluralizable)


def written(catalog: Catalog) -> bytes:
    """A catalogue as its file."""
    made = BytesIO()
    write_po(made, catalog, include_lineno=False, width=100, omit_header=True)
    name = Locale.parse(catalog.locale_identifier).english_name
    header = (
        f"# What the page says, in {name}; the key is English.\n"
        'msgid ""\nmsgstr ""\n'
        f'"Language: {catalog.locale_identifier}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    )
    return header.encode() + made.getvalue()


def main() -> None:
    """Rewrite every catalogue, and say what is missing."""
    for path in sorted(CATALOGUES.glob("*.po")):
        with path.open("rb") as file:
            catalog = brought_in_line(read_po(file, locale=path.stem))
        path.write_bytes(written(catalog))
        missing = [message.id for message in catalog if message.id and not _is_whole(message)]
        print(f"{path.name}: {len(catalog)} to be said, {len(missing)} of them missing")


def _is_whole(message: Message) -> bool:
    said = message.string or ""
    return all([said] if isinstance(said, str) else said)


if __name__ == "__main__":
    main()
