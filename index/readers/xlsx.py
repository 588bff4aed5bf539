"""Excel, by openpyxl: each sheet is a table of articles whose first row names the fields."""

import io
from collections.abc import Iterator, Mapping

from openpyxl import load_workbook

from index.readers.base import Read
from index.readers.packages import opened
from index.readers.records import read_records

_MAX_COLUMNS = 200


def read(data: bytes, name: str, fields: Mapping[str, str] | None = None) -> Read:
    """Read the articles of a workbook."""
    with opened(data, "Excel") as package:
        # openpyxl unpacks whatever it gets; this checks that the size is bearable.
        for part in ("xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"):
            if package.has(part):
                package.xml(part)
    return read_records(_rows(data), "Excel", "utf-8", fields)


def _rows(data: bytes) -> Iterator[Mapping[str, object]]:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    for sheet in book.worksheets:
        rows = sheet.iter_rows(max_col=_MAX_COLUMNS, values_only=True)
        header = [str(cell).strip() if cell is not None else "" for cell in next(rows, ())]
        for row in rows:
            yield {name: value for name, value in zip(header, row, strict=False) if name}
