"""Who says what: by a name of the article where that is sure, and otherwise by none."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Span
from index.language.languages import LANGUAGES
from index.language.speakers import speaker_of

PESKOV = "Kremlin spokesman Dmitry Peskov met reporters in Moscow."
BERG = "Anna Berg is the mayor of Velmont."
INTERVIEW = f"{BERG}\n\nQ: Will you run?\n\nA: I will run again.\n\nQ: When?\n\nA: In May."

RUSSIAN_INTERVIEW = (
    "Мэр города — Анна Берг.\n\nВопрос: Идёте?\n\nОтвет: Снова.\n\nВопрос: Да?\n\nОтвет: Да."
)


def who(text: str, words: str, language: str | None = "en") -> str | None:
    start = text.index(words)
    return speaker_of(text, [Span(0, len(text))], Span(start, start + len(words)), language)


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        # Beside the words
        ("“We did not ask,” said Dmitry Peskov.", "We did not ask", "Dmitry Peskov"),
        ("“We did not ask,” Peskov told reporters.", "We did not", "Peskov"),
        ("“We did not ask,” Peskov said, “and will not.”", "will not", "Peskov"),
        ("Peskov, asked in Moscow. Later Peskov said: “We did not.”", "We did not", "Peskov"),
        ("Town leader Olga Lind said that it was over.", "over", "Olga Lind"),
        ("Jonas Ek, the yard's spokesman, said that nobody asked.", "nobody", "Jonas Ek"),
        ("The yard's chief executive, Jonas Ek, said that it burns.", "it burns", "Jonas Ek"),
        ("“It burns,” said the yard's chief executive, Jonas Ek.", "It burns", "Jonas Ek"),
        ("“It burns,” said Berg's manager, Jonas Ek, who left.", "It burns", "Jonas Ek"),
        ("According to Jonas Ek, 38 people were hurt.", "38", "Jonas Ek"),
        ("But Jonas Ek also said that 38 people were hurt.", "38", "Jonas Ek"),
        # Somebody without a name
        ("At least 38 people were hurt, officials said.", "38", "officials"),
        ("The health ministry said that 38 people were hurt.", "38", "The health ministry"),
        ("The mayor of Port Aster said the ferry was safe.", "safe", "The mayor of Port Aster"),
        ("Rain fell in the south, said the weather service.", "Rain", "the weather service"),
        # Whom a word means
        (f"{PESKOV} “We did not ask,” he said.", "We did not", "Dmitry Peskov"),
        (f"{PESKOV} He added that nobody had asked.", "nobody", "Dmitry Peskov"),
        (f"{PESKOV} “No,” said Peskov. “Nobody asked,” he added.", "Nobody", "Dmitry Peskov"),
        ("Dmitry Peskov denied it. Then Peskov said that he slept.", "slept", "Dmitry Peskov"),
        ("Minister Jonas Ek came. “It rains,” the minister added.", "rains", "Minister Jonas Ek"),
        # A quotation that runs on
        ("“We go. We do not stop,” Anna Berg said. “Never.”", "We go", "Anna Berg"),
        ("“We go. We do not stop,” Anna Berg said. “Never.”", "Never", "Anna Berg"),
        ("Anna Berg said on Friday:\n\n“We do not stop.”", "We do not", "Anna Berg"),
        # Interviews
        (INTERVIEW, "I will run", "Anna Berg"),
        (INTERVIEW, "In May", "Anna Berg"),
        (INTERVIEW.replace("Q:", "Courier:").replace("A:", "Berg:"), "In May", "Anna Berg"),
    ],
)  # fmt: skip
def test_english_speakers(text: str, words: str, speaker: str) -> None:
    assert who(text, words) == speaker


@pytest.mark.parametrize(
    ("text", "words"),
    [
        # The article's own
        ("The ferry sank and 38 people died.", "38"),
        ("Lukashenko, who called the vote “fair”, won 80 percent.", "80"),
        ("The company added 300 jobs.", "300"),
        ("38 people were hurt, according to the plan.", "38"),
        ("Anna Berg was told that the ferry had sunk.", "ferry"),
        ("Anna Berg did not say that the ferry had sunk.", "ferry"),
        ("Since Minsk said it would act, traders have left Minsk.", "traders"),
        ("The ferry sank. “It was dark,” Anna Berg said.", "The ferry sank. “It was dark"),
        ("Correction: the mill lost 9 million.", "9"),
        # Several people's
        ("Holst was away, a spokesman said; Anna Lindahl said that he was there.", "Holst"),
        ("“Yes,” Anna Berg said. “No,” Jonas Ek said.", "Yes,” Anna Berg said. “No"),
        # Not sure whose
        ("Alexander Lukashenko met Vladimir Putin. He said that it was over.", "over"),
        ("Anna Berg met Jonas Ek. She left. “It is over,” he said.", "It is over"),
        ("Talks were held in New York. He said that it was over.", "over"),
        (f"{PESKOV} Anna Berg came with Jonas Ek. He said it was all over.", "over"),
        ("“Nobody can stop us.”", "Nobody"),
        ("Anna Berg sat down.\n\n“Nobody can stop us.”", "Nobody"),
        ("Both said that it was over.", "over"),
        ("On Friday they said that it was over.", "over"),
        ("Ragna Petrescu asked why it burned, and Okeke said that it had not.", "asked"),
        ("Ivan Ivashov, 48, denies the charge.", "charge"),
        # Nobody states it
        ("Did Peskov say that it was over?", "over"),
        (INTERVIEW, "Will you run"),
        (f"Jonas Ek met her. {INTERVIEW}", "I will run"),
    ],
)
def test_nobody_is_named_where_it_is_not_sure(text: str, words: str) -> None:
    assert who(text, words) is None


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        ("«Нет», — сказал пресс-секретарь президента РФ Юнас Эк.", "Нет", "Юнас Эк"),
        ("Дмитрий Песков ждал в Москве. «Мы не просили», — заявил он.", "Мы", "Дмитрий Песков"),
        ("Дмитрий Песков сообщил, что никто не просил.", "никто", "Дмитрий Песков"),
        ("— Мы не просили, — сказал Песков.", "Мы не", "Песков"),
        ("Министр Юнас Эк согласен. «Верно», — добавил министр.", "Верно", "Министр Юнас Эк"),
        (RUSSIAN_INTERVIEW, "Снова", "Анна Берг"),
        (RUSSIAN_INTERVIEW, "Идёте", None),
        ("Встретились Александр Лукашенко и Владимир Путин. Он сказал, что всё.", "всё", None),
        ("Паром затонул, погибли 38 человек.", "38", None),
        ("По данным на утро, погибли 38 человек.", "38", None),
    ],
)  # fmt: skip
def test_russian_speakers(text: str, words: str, speaker: str | None) -> None:
    assert who(text, words, "ru") == speaker


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        ("«Ми не просили», — сказав Дмитро Кулеба.", "Ми не", "Дмитро Кулеба"),
        ("Дмитро Кулеба чекав у Києві. «Ми не просили», — додав він.", "Ми", "Дмитро Кулеба"),
        ("Дмитро Кулеба заявив, що ніхто не просив.", "ніхто", "Дмитро Кулеба"),
        ("Кулеба заявив, що ніхто не просив. У Києві чекали Кулебу.", "ніхто", "Кулеба"),
        ("Обидва заявили, що ніхто не просив.", "ніхто", None),
        ("Пором затонув, загинули 38 людей.", "38", None),
    ],
)  # fmt: skip
def test_ukrainian_speakers(text: str, words: str, speaker: str | None) -> None:
    assert who(text, words, "uk") == speaker


def test_a_language_that_is_not_known_has_no_speakers() -> None:
    assert who("„Wir haben nicht gefragt“, sagte Anna Berg.", "Wir", "de") is None
    assert who("“We did not ask,” said Anna Berg.", "We", None) is None


def test_only_the_body_is_looked_at() -> None:
    text = f"{PESKOV}\n\n“We did not ask,” he said."
    second = Span(text.index("“"), len(text))
    assert speaker_of(text, [second], second, "en") is None
    assert speaker_of(text, [Span(0, len(PESKOV)), second], second, "en") == "Dmitry Peskov"


PIECES = [
    *(
        "“",
        "”",
        "«",
        "»",
        "„",
        '"',
        "said",
        "he said",
        "Dmitry Peskov",
        "Peskov",
        "Q:",
        "A:",
        "\n\n",
    ),
    *("according to", "the minister", ",", ".", ":", "—", "сказал", "он", "Песков", "что", "that"),
    *("\u202e", "\u200b", "\x00", "\ud800", "😀", "<b>", "?", ";", "38"),
]


@given(
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=40),
    st.sampled_from([*LANGUAGES, None]),
    st.data(),
)
def test_a_speaker_is_always_a_stretch_of_the_body(
    pieces: list[str], language: str | None, data: st.DataObject
) -> None:
    text = " ".join(pieces)
    cut = data.draw(st.integers(0, len(text)))
    start = data.draw(st.integers(0, cut))
    end = data.draw(st.integers(start, cut))
    speaker = speaker_of(text, [Span(0, cut)], Span(start, end), language)
    if speaker is not None:
        assert speaker in text[:cut]
        assert speaker.strip()
        assert not re.search(r"\n\n|[“”«»„\"]", speaker)


def test_a_long_chain_of_pronouns_is_borne() -> None:
    chain = f"{PESKOV} " + "He said that it was so, and, he said, it rained. " * 100
    start = chain.rindex("He said")
    assert speaker_of(chain, [Span(0, len(chain))], Span(start, len(chain)), "en") in (
        "Dmitry Peskov",
        None,
    )
    plain = f"{PESKOV} " + "He said that it was so. " * 200
    start = plain.rindex("He said")
    assert (
        speaker_of(plain, [Span(0, len(plain))], Span(start, len(plain)), "en") == "Dmitry Peskov"
    )


@pytest.mark.parametrize("text", ["said " * 3_000, "“" * 5_000, "A: " * 3_000, "Dmitry " * 3_000])
def test_odd_articles_are_borne(text: str) -> None:
    assert speaker_of(text, [Span(0, len(text))], Span(0, 50), "en") is None
