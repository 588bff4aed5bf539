"""What stands between a headline and its text: dates, names, standfirsts; and around the page."""

from __future__ import annotations

from datetime import date

import pytest

from index.article import Article, Source, SpanKind
from index.articles.cleaning import clean
from index.days import MonthDay
from index.readers.metadata import SourceMetadata

TITLE = "Old mill at Torv to become a hotel"
BODY = "The old mill at Torv will become a hotel, owner Kaj Brink said on Saturday."
MORE = "The town council agreed by nine votes to four, and building begins in the next spring."
MAY = date(2023, 5, 4)


def articles(*paragraphs: str, name: str = "a.txt") -> tuple[Article, ...]:
    text = "\n\n".join(part for part in paragraphs if part)
    return clean(Source("src", name, text, "", "text/plain"), SourceMetadata())


def only(*paragraphs: str, name: str = "a.txt") -> Article:
    (found,) = articles(*paragraphs, name=name)
    return found


@pytest.mark.parametrize(
    "line",
    [
        "4 May 2023",
        "(4 May 2023)",
        "**4 May 2023**",
        "By Ria Moss | May 4, 2023",
        "Ria Moss · May 4, 2023 · 4 min read",
        "The Torv Gazette | May 4, 2023 | Ria Moss",
        "Von Hans Meier, 4. Mai 2023, 18:30 Uhr",
        "Par Hélène Faubert, le 4 mai 2023",
        "Opublikowano: 4 maja 2023 r., 18:30",
        "نُشر في: ٤ مايو ٢٠٢٣",
        "来源：新华社 2023年05月04日 18:30",
        "Ria Moss | posted May 4, 2023 9:12 am | last changed May 6, 2023 4:40 pm",
    ],
)
def test_a_date_beside_other_words_is_read(line: str) -> None:
    article = only(TITLE, line, BODY, MORE)
    assert (article.title, article.published) == (TITLE, MAY)


@pytest.mark.parametrize(
    "line",
    ["In May 2023 it was still a ruin", "Rooms for 4 to 12 guests", "4 May", "03/04/2023"],
)
def test_what_names_no_certain_day_dates_nothing(line: str) -> None:
    assert only(TITLE, line, BODY, MORE).published is None


def test_a_date_below_a_standfirst_is_read() -> None:
    standfirst = "Sixty rooms are planned, and a swimming pool under the wheel."
    assert only(TITLE, standfirst, "4 May 2023", BODY, MORE).published == MAY


def test_dates_between_all_paragraphs_are_of_a_log() -> None:
    assert only(TITLE, BODY, "4 May 2023", MORE, "5 May 2023", BODY).published is None


def test_a_date_without_its_year_is_told_and_left_open() -> None:
    article = only(TITLE, "4 May", BODY, MORE)
    assert article.published is None
    assert [found.value for found in article.dates] == [MonthDay(5, 4)]
    assert "names no year" in (article.date_warning or "")


def test_a_date_in_the_future_is_doubted() -> None:
    article = only(TITLE, "4 May 2099", BODY, MORE)
    assert article.published is None
    assert "future" in (article.date_warning or "")


def test_the_name_of_the_file_dates_where_nothing_else_does() -> None:
    name = "2023-05-04-torv-mill.txt"
    assert only(TITLE, BODY, MORE, name=name).published == MAY
    assert only(TITLE, "5 May 2023", BODY, name=name).published == date(2023, 5, 5)
    assert only(TITLE, BODY, MORE, name="torv 20230504 and 20230505.txt").published is None


@pytest.mark.parametrize(
    ("line", "paper"),
    [
        ("*Shetland Post*, 4 May 2023", "Shetland Post"),
        ("_The Torv Gazette_ · **4 May 2023**", "The Torv Gazette"),
        ("The Torv Gazette, 4 May 2023", "The Torv Gazette"),
        ("Ria Moss, 4 May 2023", None),
        ("By Ria Moss, 4 May 2023", None),
    ],
)
def test_a_paper_is_told_from_an_author(line: str, paper: str | None) -> None:
    assert only(TITLE, line, BODY, MORE).publisher == paper


def test_beside_a_by_line_the_other_name_is_the_paper() -> None:
    assert only(TITLE, "Torv Herald, 4 May 2023", "By Ria Moss", BODY).publisher == "Torv Herald"


@pytest.mark.parametrize(
    ("opening", "day"),
    [
        ("КИЕВ, 4 мая 2023 г. Порт Ольшаны примет первые суда.", MAY),
        ("TORV, 4. Mai 2023 (dpa) - Die alte Mühle wird ein Hotel.", MAY),
        ("TORV, 4 mai 2023 (AFP) - Le vieux moulin deviendra un hôtel.", MAY),
        ("Torv, 4 May 2023. The old mill will become a hotel.", None),
    ],
)
def test_datelines_of_other_languages(opening: str, day: date | None) -> None:
    assert only(TITLE, f"{opening} {MORE}").published == day


def test_articles_with_standfirsts_are_told_apart() -> None:
    found = articles(
        TITLE, "Sixty rooms are planned, and a pool under the wheel.", "4 May 2023", BODY,
        "---",
        "Ferry to Norby is sold", "The owner keeps all eleven of the crew, he says.", "5 May 2023",
        "The ferry to Norby was sold on Tuesday, harbour master Inga Tait said.",
    )  # fmt: skip
    assert [article.published for article in found] == [MAY, date(2023, 5, 5)]


def test_a_headline_of_a_few_words_is_one() -> None:
    assert only("Mill sold", BODY, MORE).title == "Mill sold"
    assert only("Fire", "4 May 2023", BODY).title == "Fire"
    assert only("and so on", BODY, MORE).title is None


def test_the_headline_below_a_notice_to_the_reader_is_found() -> None:
    notice = "You have read 2 of 3 free articles this month, and one is left."
    article = only(notice, TITLE, "4 May 2023", BODY, MORE)
    assert (article.title, article.published) == (TITLE, MAY)
    assert article.spans[0].kind is SpanKind.NAVIGATION


MENU = [f"Section {word}" for word in "one two three four five six seven eight nine ten".split()]
TEASERS = [f"Something happened in {town}" for town in "Aldun Berka Ciren Dorma Elmet".split()]


def body(article: Article, text: str) -> str:
    return "\n".join(text[span.start : span.end] for span in article.body)


def test_the_frame_of_a_copied_page_is_marked() -> None:
    lines = [*MENU, *MENU, TITLE, "4 May 2023", BODY, MORE, BODY, *TEASERS, *MENU]
    text = "\n\n".join(lines)
    article = only(*lines)
    assert article.title == TITLE
    assert BODY in body(article, text)
    assert not any(line in body(article, text) for line in (*TEASERS, *MENU[3:]))


def test_a_list_of_figures_is_no_frame() -> None:
    results = [f"{place}. Runner of club {place} {30 + place} min" for place in range(1, 30)]
    lines = [TITLE, "4 May 2023", BODY, MORE, *results]
    assert results[-1] in body(only(*lines), "\n\n".join(lines))


@pytest.mark.parametrize(
    "line",
    [
        "Die Markthalle am Sonntag brannte neun Stunden. Foto: dpa",
        "Рынок в воскресенье горел девять часов. Фото: ТАСС",
        "Firefighters at the hall in Ostrel on Sunday. (AP Photo/Bo Adler)",
        "Zdjęcie: PAP",
        "图片来源：新华社",
        "Lire aussi : Le maire démissionne",
    ],
)
def test_captions_and_pointers_of_many_languages_are_marked(line: str) -> None:
    text = "\n\n".join([TITLE, "4 May 2023", BODY, line, MORE])
    assert body(only(text), text) == f"{BODY}\n{MORE}"


@pytest.mark.parametrize(
    "line",
    [
        "The mayor had seen the photo. The photo was old and nobody knew who had taken it.",
        "The fire was put out in the night. Reuters reported it first on Monday.",
        "Das Bild war neu und teuer. Bild und Ton kamen später, sagte er.",
    ],
)
def test_a_sentence_about_a_picture_stays(line: str) -> None:
    text = "\n\n".join([TITLE, "4 May 2023", BODY, line, MORE])
    assert line in body(only(text), text)


@pytest.mark.parametrize("head", ["Meistgelesen", "Les plus lus", "Lo más leído", "相关阅读"])
def test_the_headlines_below_such_a_line_are_marked(head: str) -> None:
    lines = [TITLE, "4 May 2023", BODY, MORE, head, "Flood closes the old hospital", "Mayor quits"]
    text = "\n\n".join(lines)
    assert body(only(text), text) == f"{BODY}\n\n{MORE}"


@pytest.mark.parametrize(
    "above",
    [
        "BC-MILL-HOTEL, 2nd Ld-Writethru",
        "BC-TR--Old Mill, 1st Ld-Writethru,0420",
        "TORV-MILL/HOTEL (UPDATE 3, PIX, TV)",
        "Mühle/Hotel/",
        "Torv-moulin-hôtel-tourisme",
        "URGENT",
        "СРОЧНО",
        "dpa0432 4 pl 231  dpa 0511",
        "(Zusammenfassung 1530 - Neu: Stadtrat)",
        "Eds: UPDATES with comment of the mayor",
        "ATTENTION - ADDS quotes ///",
        "BC-MILL-HOTEL, 2nd Ld-Writethru\nEds: UPDATES with comment of the mayor",
        "a0123\nrwzcbi\n^BC-TR--Old Mill, 1st Ld-Writethru,0420",
    ],
)
def test_what_a_wire_sets_above_the_headline_is_neither_headline_nor_text(above: str) -> None:
    source = f"{above}\n\n{TITLE}\n\nTORV (AP) - {BODY}\n\n{MORE}"
    (article,) = clean(Source("src", "a.txt", source, "", "text/plain"), SourceMetadata())
    assert article.title == TITLE
    assert source[article.body[0].start :].startswith(BODY)


@pytest.mark.parametrize(
    "title",
    [
        "Corrections & Clarifications: Archive",
        "Covid-hit mill to reopen",
        "Torv-Vik ferry stops",
        "US-China, what now",
        "COVID-19",
    ],
)
def test_a_headline_with_a_hyphen_is_no_slug(title: str) -> None:
    assert only(title, "4 May 2023", BODY, MORE).title == title


def test_marks_for_the_typesetter_are_no_part_of_a_headline() -> None:
    article = only(f"^{TITLE}<", "^By RIA MOSS=", f"TORV (AP) _ {BODY}", MORE)
    assert (article.title, article.publisher) == (TITLE, "AP")
    assert [span.kind for span in article.spans][1] is SpanKind.CREDIT


@pytest.mark.parametrize(
    "between",
    ["Photo: Ria Moss / Gazette", "Foto: Ria Moss/dpa", "4 May",
     "The mill in the evening light. (Photo by Ria Moss)"],
)  # fmt: skip
def test_a_short_headline_above_a_credit_or_a_date(between: str) -> None:
    article = only("Mill sold", between, BODY, MORE)
    assert article.title == "Mill sold"


@pytest.mark.parametrize(
    "line",
    ["Рия Мосс, «Вестник Торва», 4 мая 2023 г.", "Ria Moss, Torv, 4 maja 2023 r.",
     "Рія Мосс, «Вісник», 4 травня 2023 р."],
)  # fmt: skip
def test_a_date_that_ends_in_an_abbreviation_ends_no_sentence(line: str) -> None:
    assert only("Старая мельница", line, BODY, MORE).published == MAY
    assert only("Старая мельница", "Мельница сгорела в Торве 4 мая 2023 г.", MORE).published is None


@pytest.mark.parametrize("by", ["*By Ria Moss*", "*Von Ria Moss*", "_Par Ria Moss_"])
def test_an_author_in_emphasis_is_no_paper(by: str) -> None:
    assert only(TITLE, f"{by} — **4 May 2023**", BODY, MORE).publisher is None


@pytest.mark.parametrize(
    ("dateline", "agency"),
    [
        ("Lisboa, 4 mai 2023 (Lusa) – ", None),
        ("Warszawa, 04.05.2023 (PAP) - ", None),
        ("Torv, 4 may 2023 (EFE).- ", "EFE"),
        ("(ANSA) - ROMA, 4 MAG 2023 - ", "ANSA"),
        ("TORV, 4 May 2023 (AP) _ ", "AP"),
    ],
)
def test_datelines_of_many_agencies(dateline: str, agency: str | None) -> None:
    article = only(TITLE, dateline + BODY, MORE)
    assert (article.published, article.publisher) == (MAY, agency)
    assert article.body[0].start == len(f"{TITLE}\n\n{dateline}")


def test_a_dateline_without_blanks() -> None:
    text = "新华社北京5月4日电（记者林德）托尔夫的旧磨坊将改建为酒店，市长周六表示。"
    article = only("旧磨坊将改建为酒店", text)
    assert article.publisher == "Xinhua"
    assert article.body[0].start == len("旧磨坊将改建为酒店\n\n新华社北京5月4日电（记者林德）")


@pytest.mark.parametrize(
    "text",
    [
        "Karl Lind, born on 4 May 1960 (Monday) - he never knew the hour - left Torv early.",
        "He came in May 2023 (again) - and left.",
    ],
)
def test_a_sentence_with_brackets_and_a_dash_has_no_dateline(text: str) -> None:
    assert only(TITLE, "4 May 2023", text, MORE).body[0].start == len(f"{TITLE}\n\n4 May 2023\n\n")


@pytest.mark.parametrize(
    "foot",
    ["(Reporting by Ria Moss; Editing by Kaj Brink)", "((ria@moss.example; +47 12 34 56))",
     "Keywords: MILL TORV/"],
)  # fmt: skip
def test_the_foot_of_a_wire_is_no_text(foot: str) -> None:
    article = only(TITLE, "4 May 2023", BODY, MORE, foot)
    assert article.spans[-1].kind in (SpanKind.CREDIT, SpanKind.NAVIGATION)
