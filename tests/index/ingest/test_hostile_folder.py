"""A folder of files made to do harm is indexed to the end, and each refusal explained."""

import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import one_story as story
from tests.index.readers.test_hostile import LAUGHS

GOOD = "Bridge at Orm opens\n\nThe bridge at Orm was opened on Friday by its mayor, Ada Lund.\n"
INDEXING = """
import json, resource, sys
from pathlib import Path
from index.ingest.run import index_roots
from tests.helpers.doubles import HashEmbedding
from tests.index.ingest.test_run import prepared


def peak():
    # What getrusage tells counts the memory of whoever started this process, too.
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


library = prepared(Path(sys.argv[2]))
(root,) = index_roots(library, [Path(sys.argv[1])], HashEmbedding(dimension=4)).roots
print(json.dumps({
    "refused": {entry.relpath: entry.reason for entry in root.refused},
    "texts": {s.name: s.text[:200] for s in library.library.sources(
        a.source_id for a in library.library.articles().values()).values()},
    "files": root.files, "added": root.added, "problems": library.library.verify(),
    "own": peak(),
    "readers": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,
}))
"""


def tar_of_tricks() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, kind in (("../../outside.txt", tarfile.REGTYPE), ("link.txt", tarfile.SYMTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            info.size = len(GOOD) if kind == tarfile.REGTYPE else 0
            archive.addfile(info, io.BytesIO(GOOD.encode()))
    return out.getvalue()


def hostile_files() -> Mapping[str, bytes]:
    """Twelve kinds but for the sparse file, which is made in its place."""
    soup = "<script>if (a < b) { document.write('<p>No.</p>') </script><style>p{" * 20_000
    return {
        "bomb.zip": story.zipped({"zeros.txt": bytes(2**25), "b.zip": story.zipped({"a": b"0"})}),
        "nested.json": b'[{"text":' + b"[" * 500_000,
        "laughs.xml": LAUGHS.encode() + b"<rss><channel><title>&a8;</title></channel></rss>",
        "loop.pdf": b"%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 1 0 R /Kids [1 0 R] >> endobj\n"
        b"trailer << /Root 1 0 R /Prev 9 >>\nstartxref\n9\n%%EOF",
        "encoding.txt": b"\xff\xfe" + b"\x00\xd8" * 99,
        "tricks.tar": tar_of_tricks(),
        "bidi.txt": GOOD.replace("Friday", "\u202eFri\u200bday\u2066").encode(),
        "nuls.txt": GOOD.encode().replace(b" ", b"\0") * 50,
        "surrogate.json": b'{"title": "Half \\ud800", "text": "The mayor of Orm spoke \\udfff."}',
        "line.txt": GOOD.encode() + b"x" * 10_000_000,
        "soup.html": f"<html><body>{soup}</body></html>".encode(),
        "good.txt": GOOD.replace("Friday", "Monday").encode(),
    }


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    base = tmp_path_factory.mktemp("hostile")
    folder = base / "news"
    folder.mkdir()
    for name, data in hostile_files().items():
        (folder / name).write_bytes(data)
    with (folder / "sparse.txt").open("wb") as sparse:
        sparse.truncate(2 * 2**30)
    done = subprocess.run(
        [sys.executable, "-c", INDEXING, str(folder), str(base / "home")],
        capture_output=True, check=False, timeout=500,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return dict(json.loads(done.stdout))


def test_what_can_be_read_is_read(found: dict[str, Any]) -> None:
    nested = "bomb.zip/b.zip/a"
    read = {"good.txt", "bidi.txt", "surrogate.json", "line.txt", nested}
    assert found["texts"].keys() == read
    assert "\ud800" not in found["texts"]["surrogate.json"]
    assert "\u202e" in found["texts"]["bidi.txt"]  # marked where it is shown, never edited
    assert found["problems"] == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("bomb.zip/zeros.txt", "larger than 20 MiB"),
        ("nested.json", "nested too deeply"),
        ("laughs.xml", "entities"),
        ("loop.pdf", "PDF"),
        ("encoding.txt", "utf-16"),
        ("tricks.tar/outside.txt", "leads out"),
        ("tricks.tar/link.txt", "a link"),
        ("nuls.txt", "binary"),
        ("soup.html", "no text"),
        ("sparse.txt", "larger than 20 MiB"),
    ],
)
def test_every_refusal_is_explained(found: dict[str, Any], name: str, reason: str) -> None:
    assert reason in found["refused"][name]


def test_every_file_is_counted(found: dict[str, Any]) -> None:
    assert found["files"] == len(found["refused"]) + found["added"]


def test_memory_stays_within_a_gibibyte(found: dict[str, Any]) -> None:
    unit = 1 if sys.platform == "darwin" else 1024
    assert found["readers"] * unit <= 2**30
    assert found["own"] * unit <= 2**30
