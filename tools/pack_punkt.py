"""Pack NLTK's Punkt tables as Pressmark reads them: one small file a language.

``python tools/pack_punkt.py PUNKT_TAB`` reads an unpacked ``punkt_tab.zip`` of nltk_data. Only the
standard library is used.
"""

from __future__ import annotations

import json
import lzma
import sys
from collections import defaultdict
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "index" / "language" / "data" / "punkt"


def main(tables: Path) -> int:
    """Pack the tables of every language in a folder.

    Returns:
        The exit status: 1 if the folder holds no tables, else 0.
    """
    folders = [folder for folder in sorted(tables.iterdir()) if folder.is_dir()]
    for folder in folders:
        packed = lzma.compress(packable(folder), preset=9 | lzma.PRESET_EXTREME)
        (TARGET / f"{folder.name}.json.xz").write_bytes(packed)
        print(f"{folder.name}: {len(packed):,} bytes")
    return 0 if folders else 1


def packable(folder: Path) -> bytes:
    """Give the tables of one language as JSON, sorted so that they compress well."""

    def lines(name: str) -> list[str]:
        with (folder / name).open(encoding="utf-8") as file:
            return sorted(line.removesuffix("\n") for line in file)

    cases: dict[int, list[str]] = defaultdict(list)
    for line in lines("ortho_context.tab"):
        word, flags = line.split("\t")
        cases[int(flags)].append(word)
    tables = {
        "abbreviations": lines("abbrev_types.txt"),
        "collocations": [line.split("\t") for line in lines("collocations.tab")],
        "starters": lines("sent_starters.txt"),
        "cases": dict(sorted(cases.items())),
    }
    return json.dumps(tables, ensure_ascii=False, separators=(",", ":")).encode()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
