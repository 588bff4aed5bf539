"""Sentences are exact, complete, in order and of bearable size."""

import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.article import Span
from index.language.sentences import HARD_LIMIT, split_sentences

WORDS = st.sampled_from(
    ["Minsk", "U.S.", "said.", "“Why?”", "he", "Aug.", "9", "3.5", "...", "J.", "»", "«Да!»", "—",
     "No.", "(left.)", "т.д.", "end", "The", "A", "[12]", "?", "!", ".", "文。", "x" * 90, "\n",
     "\n\n", "\r\n"]
)  # fmt: skip


def split(text: str, language: str | None = "en") -> list[str]:
    return [text[s.start : s.end] for s in split_sentences(text, 0, len(text), language)]


def check(text: str, start: int, end: int, spans: list[Span]) -> None:
    at = start
    for span in spans:
        assert at <= span.start < span.end <= end
        assert not text[at : span.start].strip()
        piece = text[span.start : span.end]
        assert piece == piece.strip()
        assert len(piece) <= HARD_LIMIT
        at = span.end
    assert not text[at:end].strip()


@given(st.lists(WORDS, max_size=60), st.sampled_from(["en", "ru", "xx", None]))
@settings(max_examples=200, deadline=None)
def test_sentences_tile_news_like_text(words: list[str], language: str | None) -> None:
    text = " ".join(words)
    check(text, 0, len(text), split_sentences(text, 0, len(text), language))


@given(st.text(max_size=400), st.data())
@settings(max_examples=200, deadline=None)
def test_sentences_tile_any_stretch_of_any_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    check(text, start, end, split_sentences(text, start, end))


@pytest.mark.parametrize("word", ["a", "a ", "a, ", "a; ", "A. ", "文", "!", '"'])
def test_no_sentence_is_monstrous(word: str) -> None:
    text = word * 10_000
    check(text, 0, len(text), split_sentences(text, 0, len(text)))


@pytest.mark.parametrize(
    "sentences",
    [
        ["U.S. President Donald Trump met Gov. Kathy Hochul on Aug. 9 in St. Paul.", "He left."],
        ["He left the U.S.", "The end came soon."],
        ["J. K. Rowling wrote No. 5 at 3.5 percent.", "He paid $2.5 million.", "See p. 5."],
        ["Mr. Smith and Dr. Jones spoke at 5 p.m. Friday.", "Nobody came."],
        ["“Why not?” he asked.", "“We can.”", "She left."],
        ["“Why not?” Lukashenko said.", '"Who?" Peskov told reporters.'],
        ["«They missed their plane,» he said.", "«They had tickets to Istanbul.»"],
        ["It was 1994.[12]", "The war ended.[3][4]", "He said so."],
        ["But…", "He left... and then came."],
        ["Frame was born at St . Helens Hospital in 1924 .", "She grew up there ."],
        ["1. First thing.", "2. Second thing."],
        ["A stopover <…> on their way.", "It ended."],
    ],
)
def test_english_sentences(sentences: list[str]) -> None:
    assert split(" ".join(sentences)) == sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["Он живёт на ул. Ленина, д. 5, г. Минск.", "В 2020 г. Лукашенко заявил об этом."],
        ["Реки, озёра и т.д. занимают всю страну.", "Он ушёл."],
        ["А. С. Пушкин родился в 1799 г. в Москве.", "Это было давно."],
        ["«Кто?» — спросил он.", "«Да!»", "Она ушла."],
    ],
)
def test_russian_sentences(sentences: list[str]) -> None:
    assert split(" ".join(sentences), "ru") == sentences


def test_scripts_without_spaces_are_split() -> None:
    assert split("这是一句。「好。」另一句！") == ["这是一句。", "「好。」", "另一句！"]


def test_a_line_break_ends_a_sentence() -> None:
    assert split("A heading\nThe text of it\r\nand more") == [
        "A heading",
        "The text of it",
        "and more",
    ]


def test_lines_wrapped_at_a_width_do_not() -> None:
    text = (
        "The minister said on Friday that the talks in the old town\n"
        "would go on for another week, although nobody had expected\n"
        "the delegations to agree. Then they did agree on something."
    )
    assert len(split(text)) == 2


def test_nothing_is_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    from index.language import model_tokens as tokens
    from index.language import sentences

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    sentences._tokenizer.cache_clear()
    tokens.encoding.cache_clear()
    assert split("One. Two.") == ["One.", "Two."]
    assert tokens.count_tokens(["One. Two."]) == [4]


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("de", ["Der Vertrag vom 3. Mai ist ca. 4 Mio. Euro wert.", "Die Fa. Müller lehnte ab."]),
        ("de", ["„Wir warten.", "Jetzt ist er da!“, rief er.", "Er ging."]),
        ("de", ["„Wann?“ fragte sie.", "»Nie.«", "Er kam am 3. 4. 1970 in St. Veit an."]),
        ("zh", ["他问：“火车什么时候来？”", "没有人回答。"]),
        ("zh", ["他问：「什么时候？」", "她走了。"]),
        ("fr", ["Il dit : « Enfin ! »", "Elle rit."]),
        ("fr", ["Mme. Durand vit av. Foch.", "« Enfin ! » a crié une passante.", "Elle rit."]),
        ("es", ["La Sra. Ruiz vive en EE. UU. con D. Juan.", "¿Quién pagó?", "¡Nadie!"]),
        ("it", ["Il dott. Neri pagò ca. 4 mln. di euro.", "«Basta!», disse."]),
        ("pt", ["A Dra. Costa mora na Av. Paulista.", "«Sim», disse."]),
        ("pl", ["Kowalski mieszka na ul. Długiej 4.", "„Tak”, powiedział."]),
        ("tr", ["Prof. Dr. Ahmet Yılmaz konuştu.", "Bu iyi."]),
        ("ru", ["В 2024 г. А. П. Громов был в г. Сосновка и т. д.", "Далее он уехал."]),
        ("uk", ["У 2023 р. м. Київ отримало 3 млн грн.", "Про це повідомив О. В. Шевченко."]),
        ("zh", ["青石镇玻璃厂将于五月关闭。", "“约有180名工人将失业。”他说。", "工厂建于1958年！"]),
        ("ja", ["「無理です。」と彼は言った。", "工場は閉鎖される。"]),
        ("ar", ["أغلق المصنع أبوابه يوم الاثنين.", "هل يعود العمال؟", "انتهى الأمر."]),
        ("el", ["Ο κ. Παπαδόπουλος ήρθε.", "Γιατί;", "Δεν ξέρω."]),
        (
            "en",
            ["Brig. Gen. Amy Holt met Lt. Col. J. R. Pell.", "The Army said no.", "Mr. T. left."],
        ),
    ],
)
def test_sentences_of_many_languages(language: str, sentences: list[str]) -> None:
    text = ("" if language in ("zh", "ja") else " ").join(sentences)
    found = split_sentences(text, 0, len(text), language)
    assert [text[span.start : span.end] for span in found] == sentences
