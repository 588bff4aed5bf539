"""Files of every sort are read exactly, or refused with a reason that a user understands."""

import os
import socket
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.days import MonthDay
from index.errors import UnreadableFileError
from index.readers import disk
from index.readers.encodings import decode
from index.readers.files import read_file
from index.readers.metadata import SourceMetadata, merge_metadata
from index.readers.sidecar import read_sidecar

RUSSIAN = (
    "Президент Белоруссии Александр Лукашенко заявил, что переговоры об освобождении заключённых "
    "ведутся только с США. Об этом сообщило агентство.\r\n\r\nОн подчеркнул, что беглая оппозиция "
    "в переговорах не участвует и участвовать не будет.\r\n"
)
FRENCH = "Le président a déclaré hier à Genève que l'été avait été très chaud, été après été.\n" * 4


def write(folder: Path, data: bytes, name: str = "a.txt") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        read_file(path)
    return caught.value.user_message


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1251", "koi8-r"],
)
def test_russian_is_read_in_any_usual_encoding(tmp_path: Path, encoding: str) -> None:
    source, _ = read_file(write(tmp_path, RUSSIAN.encode(encoding)))
    assert source.text == RUSSIAN


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_western_text_is_read(tmp_path: Path, encoding: str) -> None:
    source, _ = read_file(write(tmp_path, FRENCH.encode(encoding)))
    assert source.text == FRENCH


WRITTEN = {
    "Порт у Веле закрыюць на дзевяць тыдняў, сказаў уладальнік Іван Ольха ў аўторак.": ["cp1251"],
    "Порт у Велі закриють на дев'ять тижнів, сказав власник її Іван Ольха.": ["cp1251", "koi8-u"],
    "Пристанището ще бъде затворено за девет седмици, каза собственикът.": ["cp1251"],
    "Το λιμάνι θα μείνει κλειστό εννέα εβδομάδες, είπε ο ιδιοκτήτης.": ["cp1253", "iso8859-7"],
    "הנמל ייסגר לתשעה שבועות, אמר בעליו לעיתון ביום שני.": ["cp1255"],
    "A kikötőt kilenc hétre lezárják, mondta tulajdonosa, Őrsi Gyűrű.": ["cp1250", "iso8859-2"],
    "Uosta devynias savaites bus uždarytas, sakė savininkas Šarūnas Žukas.": ["cp1257"],
    "Přístav bude devět týdnů zavřený, řekl majitel Jiří Dvořák.": ["cp1250", "iso8859-2"],
    "Порт в Веле закроют на девять недель, сказал его владелец.": ["cp866", "mac-cyrillic"],
    "Nabrzeże będzie zamknięte przez dziewięć tygodni, powiedział właściciel Łukasz Ślęzak, że "
    "później także wróci.": ["cp1250", "iso8859-2"],
    "Rıhtım dokuz hafta kapalı olacak, dedi liman sahibi Ayşe Güneş gazeteye, çünkü eğri.": [
        "cp1254", "iso8859-9",
    ],
    "سيغلق الرصيف ابتداء من يوم الاثنين لمدة تسعة أسابيع كما قال مالك الميناء للصحيفة": [
        "cp1256", "iso8859-6",
    ],
    "码头将从星期一起关闭九周，港口业主对报纸说。两百艘船将离开，春天回来。": ["gbk", "gb18030"],
    "碼頭將從星期一起關閉九週，港口業主對報紙說。兩百艘船將離開，明年春天才能回來。": ["big5"],
    "岸壁は月曜日から九週間閉鎖されると、港の所有者が新聞に語った。二百隻の船が去るという。": [
        "shift_jis", "euc_jp", "iso2022_jp",
    ],
    "부두가 월요일부터 9주 동안 폐쇄된다고 항구 소유주가 신문에 말했다. 배 이백 척이 떠난다.": [
        "euc_kr", "cp949",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "encoding"), [(text, name) for text, names in WRITTEN.items() for name in names]
)
def test_code_pages_of_many_languages_are_read_and_called_guesses(
    tmp_path: Path, text: str, encoding: str
) -> None:
    source, _ = read_file(write(tmp_path, f"{text}\n\n{text}\n".encode(encoding)))
    assert source.text == f"{text}\n\n{text}\n"
    assert source.encoding.endswith("(guessed)")


def test_line_endings_are_not_rewritten(tmp_path: Path) -> None:
    text = "one\r\ntwo\rthree\n\u2028four\n\r"
    source, _ = read_file(write(tmp_path, text.encode()))
    assert source.text == text


def test_a_copy_is_the_same_source(tmp_path: Path) -> None:
    one, _ = read_file(write(tmp_path, b"The same text.", "one.txt"))
    two, _ = read_file(write(tmp_path, b"The same text.", "two.md"), name="folder/two.md")
    assert one.source_id == two.source_id
    assert (one.name, two.name) == ("one.txt", "folder/two.md")
    assert (one.media_type, two.media_type) == ("text/plain", "text/markdown")


@pytest.mark.parametrize("name", ["plain", "a.TXT", "a.text", "a.asc", "a.Markdown"])
def test_extensions_that_are_read(tmp_path: Path, name: str) -> None:
    assert read_file(write(tmp_path, b"Some words.", name))[0].text == "Some words."


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("a.pdf", "PDF"),
        ("a.HTML", "HTML"),
        ("a.docx", "Word"),
        ("a.warc", "WARC"),
        ("a.xyz", "xyz"),
    ],
)
def test_other_formats_are_named(tmp_path: Path, name: str, word: str) -> None:
    assert word in refusal(write(tmp_path, b"Some words.", name))


@pytest.mark.parametrize("data", [b"", b" \r\n\t ", b"\xef\xbb\xbf\n", b"\xff\xfe"])
def test_empty_files_are_refused(tmp_path: Path, data: bytes) -> None:
    assert "empty" in refusal(write(tmp_path, data))


@pytest.mark.parametrize(
    "data",
    [b"text\x00text", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 20, bytes(5000)],
)
def test_binary_files_are_refused(tmp_path: Path, data: bytes) -> None:
    assert "binary" in refusal(write(tmp_path, data))


def test_a_false_byte_order_mark_is_refused(tmp_path: Path) -> None:
    assert "claims" in refusal(write(tmp_path, b"\xef\xbb\xbf\xff\xff words"))


def test_size_is_checked_before_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "MAX_FILE_BYTES", 10)
    assert "larger" in refusal(write(tmp_path, b"eleven byte"))
    assert read_file(write(tmp_path, b"ten bytes!"))[0].text == "ten bytes!"


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    folder, fifo, missing = tmp_path / "folder", tmp_path / "fifo", tmp_path / "missing"
    folder.mkdir()
    os.mkfifo(fifo)
    assert "regular" in refusal(folder)
    assert "regular" in refusal(fifo)
    assert "exist" in refusal(missing)


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no Unix sockets here")
def test_a_device_is_refused() -> None:
    assert "regular" in refusal(Path("/dev/null"))


def test_no_permission_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, b"Some words.")

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    assert "permission" in refusal(path)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_utf_8_is_decoded_exactly(text: str) -> None:
    try:
        decoded, encoding = decode(text.encode())
    except UnreadableFileError:
        # Refused for its control characters, or for what its first bytes claim.
        return
    assert encoding == "utf-8"
    assert decoded == text.lstrip("\ufeff")


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        text, _ = decode(data)
    except UnreadableFileError:
        return
    assert "\x00" not in text
    assert not text.startswith("\ufeff")
    text.encode("utf-8")


def test_front_matter_gives_metadata(tmp_path: Path) -> None:
    text = (
        "---\ntitle: 'A Headline'\ndate: 2020-08-06T10:00:00Z\nauthor: Somebody\n"
        "publisher: A Paper\nsource: https://example.org/a\n---\n\n# A Headline\n\nText.\n"
    )
    source, metadata = read_file(write(tmp_path, text.encode(), "a.md"))
    assert source.text == text
    assert metadata.title == "A Headline"
    assert metadata.published == date(2020, 8, 6)
    assert metadata.publisher == "A Paper"
    assert metadata.url == source.url == "https://example.org/a"
    assert set(metadata.basis.values()) == {"front matter"}


def test_an_ambiguous_date_in_front_matter_is_not_guessed(tmp_path: Path) -> None:
    _, metadata = read_file(write(tmp_path, b"---\ndate: 03/04/2024\n---\nText.\n", "a.md"))
    assert metadata.published is None


def test_a_day_without_year_in_front_matter_is_kept_but_is_no_date(tmp_path: Path) -> None:
    _, metadata = read_file(write(tmp_path, b"---\ndate: 22 August\n---\nText.\n", "a.md"))
    assert metadata.published is None
    assert [found.value for found in metadata.other_dates] == [MonthDay(8, 22)]


def test_a_word_in_front_matter_hides_no_date(tmp_path: Path) -> None:
    text = b"---\npublished: true\ndate: 2020-08-06\n---\nText.\n"
    _, metadata = read_file(write(tmp_path, text, "a.md"))
    assert metadata.published == date(2020, 8, 6)


def test_plain_text_has_no_front_matter(tmp_path: Path) -> None:
    _, metadata = read_file(write(tmp_path, b"---\ntitle: No\n---\nText.\n"))
    assert metadata == SourceMetadata()


def test_a_sidecar_is_read(tmp_path: Path) -> None:
    sidecar = (
        '["a.txt"]\ntitle = { value = "T", basis = "b" }\n'
        'published_at = { value = 2020-08-06, basis = "the stamp" }\nnote = "Mind the date."\n'
    )
    write(tmp_path, sidecar.encode(), "articles.toml")
    metadata = read_sidecar(tmp_path)["a.txt"]
    assert (metadata.title, metadata.published) == ("T", date(2020, 8, 6))
    assert metadata.basis["published"] == "the stamp"
    assert metadata.date_note == "Mind the date."


def test_a_folder_without_sidecar_is_no_error(tmp_path: Path) -> None:
    assert read_sidecar(tmp_path) == {}


@pytest.mark.parametrize(
    ("sidecar", "place"),
    [
        ("not toml", "TOML"),
        ("a = 1", "'a'"),
        ('["a.txt"]\ntitle = "T"', "title"),
        ('["a.txt"]\ntitle = { value = "T" }', "title"),
        ('["a.txt"]\ntitle = { value = 1, basis = "b" }', "value"),
        ('["a.txt"]\ntitle = { value = "T", basis = " " }', "basis"),
        ('["a.txt"]\nsplit = { value = "T", basis = "b" }', "split"),
        ('["a.txt"]\npublished_at = { value = "6.8.2020", basis = "b" }', "6.8.2020"),
        ('["a.txt"]\nlanguage = { value = "English", basis = "b" }', "English"),
        ('["a.txt"]\nnote = 1', "note"),
        ('["a.csv"]\nfields = "Volltext"', "fields"),
        ('["a.csv".fields]\nbody = "Volltext"', "body"),
        ('["a.csv".fields]\ntext = 7', "fields.text"),
    ],
)
def test_a_malformed_sidecar_names_the_place(tmp_path: Path, sidecar: str, place: str) -> None:
    write(tmp_path, sidecar.encode(), "articles.toml")
    with pytest.raises(UnreadableFileError) as caught:
        read_sidecar(tmp_path)
    assert place in caught.value.user_message


def test_merged_metadata_keeps_an_overruled_date() -> None:
    preferred = SourceMetadata(published=date(2020, 8, 6), basis={"published": "the stamp"})
    other = SourceMetadata("T", published=date(2020, 8, 7), basis={"published": "front matter"})
    merged = merge_metadata(preferred, other)
    assert (merged.title, merged.published) == ("T", date(2020, 8, 6))
    assert [found.value for found in merged.other_dates] == [date(2020, 8, 7)]


@pytest.mark.parametrize(
    "text",
    [
        "The firm Arden & Sons paid €70 million – a record – for the pier, the port’s owner said.",
        "“It is theirs,” Zoë Lindström said of the café: the judge awarded her £9,300 on Friday.",
    ],
)
def test_short_western_text_of_windows_is_read_as_typed(tmp_path: Path, text: str) -> None:
    source, _ = read_file(write(tmp_path, text.encode("cp1252")))
    assert (source.text, source.encoding) == (text, "cp1252 (guessed)")
    assert "guessed" in (source.caution or "")


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866"])
def test_short_cyrillic_text_is_read_as_typed(tmp_path: Path, encoding: str) -> None:
    text = "Паром через Ольму остановлен до 3 июня. Ремонт обойдётся в 12 миллионов рублей."
    assert read_file(write(tmp_path, text.encode(encoding)))[0].text == text


def test_a_damaged_byte_changes_one_character_only(tmp_path: Path) -> None:
    text = "Åse Lindvær paid €40 million – a record – for the café at Norøy."
    data = text.encode().replace(b"million", b"mill\xe2ion")
    source, _ = read_file(write(tmp_path, data))
    assert source.text == text.replace("million", "mill\ufffdion")
    assert source.encoding == "utf-8 (damaged)"
    assert "damaged" in (source.caution or "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_the_bytes_say_themselves_is_no_guess(tmp_path: Path, encoding: str) -> None:
    assert read_file(write(tmp_path, RUSSIAN.encode(encoding)))[0].caution is None


@given(
    text=st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=40), at=st.integers(0)
)
def test_a_bad_byte_leaves_every_other_character(text: str, at: int) -> None:
    text = "Åse–Øst €5: " + text.replace("\ufeff", "").replace("\ufffd", "")
    at %= len(text) + 1
    data = text[:at].encode() + b"\xff" + text[at:].encode()
    assert decode(data) == (text[:at] + "\ufffd" + text[at:], "utf-8 (damaged)")
