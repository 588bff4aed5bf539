"""The page stores uploaded files harmlessly."""

from pathlib import Path

from tests.helpers import one_story
from ui.http.uploads import Uploads


def test_the_files_of_an_archive_are_stored_one_by_one(tmp_path: Path) -> None:
    sent = tmp_path / "week.zip"
    sent.write_bytes(one_story.zipped({"a.txt": "Words.", "in/b.txt": "More.", "../c.txt": "Out."}))
    uploads = Uploads(tmp_path / "home")
    (refused,) = uploads.take_in([str(sent)]).refused
    assert "leads out" in refused.reason
    stored = sorted(path.name for path in uploads.folder.iterdir())
    assert stored == ["week - a.txt", "week - in_b.txt"]
    assert not sent.exists()
