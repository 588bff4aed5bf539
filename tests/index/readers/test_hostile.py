"""A hostile file costs one line of the ledger: the process that reads it ends, not ours."""

import json
import resource
import signal
import time
from pathlib import Path

import pytest

from index.errors import UnreadableFileError
from index.readers import worker, working
from index.readers.files import read_data
from tests.helpers import one_story as story

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9)).replace("&a0;", "&a;")
    + "]>"
)


def refusal(data: bytes, name: str) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        read_data(data, name)
    return caught.value.user_message


def is_well() -> bool:
    return story.TITLE in read_data(story.as_json(), "a.json")[0].text


@pytest.mark.parametrize("name", ["a.docx", "a.odt", "a.rss"])
def test_entities_are_refused(name: str) -> None:
    body = LAUGHS.encode() + b"<rss><channel><item><title>&a8;</title></item></channel></rss>"
    data = {
        "a.docx": story.zipped({"word/document.xml": body}),
        "a.odt": story.zipped(
            {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": body}
        ),
        "a.rss": body,
    }[name]
    assert "entities" in refusal(data, name)
    assert is_well()


def test_a_part_that_swells_is_refused() -> None:
    parts = {"word/document.xml": b"<a>" + b" " * (65 * 2**20) + b"</a>"}
    assert "unpacks to more" in refusal(story.zipped(parts), "a.docx")
    assert is_well()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.json", b'[{"text":' + b"[" * 200_000),
        ("a.rtf", rb"{\rtf1 " + b"{" * 200_000),
        ("a.docx", story.zipped({"word/document.xml": b"<a>" * 200_000})),
        ("a.docx", story.zipped({"word/document.xml": b"<a>" * 90_000 + b"</a>" * 90_000})),
        ("a.pdf", b"%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 1 0 R /Kids [1 0 R] >> endobj\n"
         b"trailer << /Root 1 0 R /Prev 9 >>\nstartxref\n9\n%%EOF"),
        ("a.pdf", b"%PDF-1.4\n" + b"[" * 300_000),
    ],
)  # fmt: skip
def test_nesting_and_loops_are_refused(name: str, data: bytes) -> None:
    began = time.monotonic()
    assert refusal(data, name)
    assert time.monotonic() - began < working.SECONDS
    assert is_well()


def test_a_line_of_ten_megabytes_is_read() -> None:
    line = "The mayor of Orm said it again. " * 330_000
    source, _ = read_data(json.dumps({"title": "A", "text": line}).encode(), "a.jsonl")
    assert len(source.text) > 10_000_000


def test_what_is_no_character_is_left_out() -> None:
    source, _ = read_data(b'{"title": "A\\u0000", "text": "One \\ud800 two\\u0000."}', "a.json")
    assert source.text == "A\n\nOne \ufffd two."


def test_a_reader_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_well()
    process = working._process
    assert process is not None
    # It reads on for ever, as far as anybody outside can tell.
    process._process.send_signal(signal.SIGSTOP)
    monkeypatch.setattr(working, "SECONDS", 0.1)
    assert "seconds" in refusal(story.as_json(), "a.json")
    monkeypatch.undo()
    assert is_well()


def test_a_reader_that_dies_costs_one_file() -> None:
    assert is_well()
    process = working._process
    assert process is not None
    process._process.kill()
    process._process.wait()
    assert "broke down" in refusal(story.as_json(), "a.json")
    assert is_well()


def test_the_process_has_limits_and_none_of_our_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    working.end_reading()
    assert is_well()
    process = working._process
    assert process is not None
    pid = process._process.pid
    assert b"secret" not in Path(f"/proc/{pid}/environ").read_bytes()
    assert resource.prlimit(pid, resource.RLIMIT_AS)[0] == worker.MEMORY_BYTES
    assert resource.prlimit(pid, resource.RLIMIT_FSIZE)[0] == 0
    working.end_reading()


def test_readers_may_not_write_connect_or_start_programs() -> None:
    for event in ("socket.connect", "subprocess.Popen", "os.system"):
        with pytest.raises(PermissionError):
            worker._refuse(event, ())
    with pytest.raises(PermissionError):
        worker._refuse("open", ("a", "w", 0))
    worker._refuse("open", ("a", "rb", 0))


def test_a_reason_is_answered_for_whatever_a_parser_raises(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(data: bytes, name: str) -> None:
        raise KeyError(name)

    monkeypatch.setattr(worker, "reader_of", lambda _: broken)
    monkeypatch.setattr(worker, "forbid", lambda: None)
    monkeypatch.setattr(worker, "limit_processor_time", lambda: None)
    reply = working.Reply.model_validate_json(worker.answer("application/pdf", b"", "a.pdf"))
    assert "PDF file is damaged" in str(reply.refused)
