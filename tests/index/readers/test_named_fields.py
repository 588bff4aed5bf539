"""A person may say in articles.toml which field of a table or of JSON holds what."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from index.articles.cleaning import clean
from index.ingest.preparing import read_seen
from index.ingest.scan import scan_root

TEXT = "The quay at Vell will be closed for nine weeks from Monday, the port’s owner said."
RECORD = {
    "Blatt": "The Vell Times", "Tag": "14. März 2022", "Zeile 1": "Quay to close for nine weeks",
    "Volltext": TEXT, "Kurz": "Vell: Quay", "title": "Row 7", "text": "for the archive",
}  # fmt: skip
FIELDS = {"title": "Zeile 1", "text": "Volltext", "published_at": "tag", "publisher": "Blatt"}


def as_csv() -> bytes:
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerows([RECORD.keys(), RECORD.values()])
    return table.getvalue().encode()


def as_xlsx() -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(list(RECORD.keys()))
    book.active.append(list(RECORD.values()))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def files() -> Mapping[str, bytes]:
    return {
        "a.csv": as_csv(),
        "a.xlsx": as_xlsx(),
        "a.json": json.dumps([RECORD]).encode(),
        "a.jsonl": json.dumps(RECORD).encode() + b"\n",
    }


def sidecar(name: str, fields: Mapping[str, str]) -> str:
    lines = (f"{key} = {json.dumps(value)}" for key, value in fields.items())
    return f'["{name}".fields]\n' + "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", files())
def test_fields_by_the_names_that_a_person_gives(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(files()[name])
    (tmp_path / "articles.toml").write_text(sidecar(name, FIELDS), "utf-8")
    (seen,) = scan_root(tmp_path, tmp_path / "home").files
    read = read_seen(seen)
    assert read.source is not None
    assert read.metadata is not None
    (article,) = clean(read.source, read.metadata)
    assert (article.title, article.publisher) == ("Quay to close for nine weeks", "The Vell Times")
    assert article.published == date(2022, 3, 14)
    assert [read.source.text[s.start : s.end] for s in article.body] == [TEXT]


def test_a_dot_leads_into_a_record_within_a_record(tmp_path: Path) -> None:
    inner = {"id": 1, "content": {"main": {"copy": TEXT}}}
    (tmp_path / "a.json").write_text(json.dumps({"hits": [inner]}), "utf-8")
    (tmp_path / "articles.toml").write_text(
        sidecar("a.json", {"text": "content.main.copy"}), "utf-8"
    )
    (seen,) = scan_root(tmp_path, tmp_path / "home").files
    read = read_seen(seen)
    assert read.source is not None
    assert read.source.text == TEXT


def test_a_name_that_is_not_there_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(as_csv())
    (tmp_path / "articles.toml").write_text(sidecar("a.csv", {"text": "Fulltext"}), "utf-8")
    (seen,) = scan_root(tmp_path, tmp_path / "home").files
    reason = read_seen(seen).record.reason or ""
    assert "no record of this CSV file has a text in 'Fulltext'" in reason
    assert "Volltext" in reason


def test_other_formats_have_no_fields(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"Quay to close for nine weeks\n\n{TEXT}\n", "utf-8")
    (tmp_path / "articles.toml").write_text(sidecar("a.txt", FIELDS), "utf-8")
    (seen,) = scan_root(tmp_path, tmp_path / "home").files
    assert read_seen(seen).source is not None
