"""Scans are read where the programs for it are installed, and marked as such."""

import stat
from pathlib import Path

import pytest

from index.articles.cleaning import clean
from index.errors import UnreadableFileError
from index.readers import limited, ocr
from index.readers.files import read_data
from tests.helpers import one_story as story

# A page that holds nothing but a drawing.
SCAN = story.pdf_file([b"10 10 100 100 re f", b"20 20 100 100 re f"])
DRAWS = """#!/bin/sh
while [ "$1" != -f ]; do shift; done
[ "$2" -le 2 ] || exit 99
echo "picture $2" > page.png
"""
READS = """#!/bin/sh
if [ "$1" = --list-langs ]; then printf 'List of languages:\\neng\\nosd\\nrus\\n'; exit; fi
[ "$4" = eng+rus ] || exit 1
if grep -q 'picture 1' "$1"; then
    printf 'Bridge at Orm opens\\n\\nThe bridge at Orm was opened on Friday\\nand cost\\n'
else
    printf 'some 40 million crowns, the council said on Mon-\\nday.\\n\\f'
fi
"""


def installed(folder: Path, monkeypatch: pytest.MonkeyPatch, **programs: str) -> None:
    for name, script in programs.items():
        path = folder / name
        path.write_text(script)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def refusal() -> UnreadableFileError:
    with pytest.raises(UnreadableFileError) as caught:
        read_data(SCAN, "scan.pdf")
    return caught.value


def test_a_scan_is_read_page_by_page_and_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path, monkeypatch, pdftoppm=DRAWS, tesseract=READS)
    source, metadata = read_data(SCAN, "scan.pdf")
    (article,) = clean(source, metadata)
    assert article.title == "Bridge at Orm opens"
    assert "and cost some 40 million crowns, the council said on Monday." in source.text
    assert source.encoding == "ocr eng+rus"
    assert "OCR" in (source.caution or "")
    assert article.page_at(source.text.index("The bridge")) == 1
    assert article.page_at(source.text.index("some 40")) == 2


def test_a_short_line_is_one_of_its_own() -> None:
    page = (
        "Bridge at Orm opens\n14 October 2023\n"
        + "The bridge at Orm was opened on Friday by\nits mayor."
    )
    assert ocr._paragraphs(page) == [
        "Bridge at Orm opens", "14 October 2023",
        "The bridge at Orm was opened on Friday by\nits mayor.",
    ]  # fmt: skip
    assert ocr._paragraphs("A long line of a narrow column is here\nand-\nThen it goes on") == [
        "A long line of a narrow column is here\nand-\nThen it goes on"
    ]


def test_without_the_programs_the_ledger_says_how_to_get_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    error = refusal()
    assert "2 pages" in error.user_message
    assert "apt-get install" in error.user_message
    assert isinstance(error.__cause__, OSError)  # the next run tries again


@pytest.mark.parametrize(
    ("reads", "reason"),
    [
        (READS.replace("Bridge", "").split("if grep")[0] + "exit 1", "tesseract fails"),
        (READS.split("if grep")[0] + "printf '\\f'", "no text"),
        (READS.split("if grep")[0] + "sleep 5", "seconds"),
    ],
)
def test_a_scan_that_cannot_be_read_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reads: str, reason: str
) -> None:
    installed(tmp_path, monkeypatch, pdftoppm=DRAWS, tesseract=reads)
    monkeypatch.setattr(ocr, "SECONDS", 1)
    assert reason in refusal().user_message


def test_the_programs_have_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shows = '#!/bin/sh\necho "$(ulimit -v) $(ulimit -c) $OPENAI_API_KEY"'
    installed(tmp_path, monkeypatch, pdftoppm=DRAWS, tesseract=shows)
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    shown = ocr._run(tmp_path, "tesseract").decode()
    assert shown.split() == [str(limited.MEMORY_BYTES // 1024), "0"]
