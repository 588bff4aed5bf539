"""An article's notices about itself differ from news about corrections and withdrawals."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from index.article import Source, Span
from index.articles.cleaning import clean
from index.articles.notices import find_notices
from index.articles.passages import cut_article
from index.library.rows import article_of, article_row
from index.readers.metadata import SourceMetadata
from rag.contract import citation_model
from rag.reading.corrections import put_right, void_numbers
from rag.reading.reader import ReadSentence
from rag.types import Evidence
from rag.verification.verifier import prove

BODY = "The mill at Torv lost 90 million crowns in a fraud, papers showed on Monday."


def kinds(paragraph: str, headline: str | None = None) -> list[str]:
    found = find_notices(paragraph, headline, [Span(0, len(paragraph))])
    return [notice.kind for notice in found]


@pytest.mark.parametrize(
    ("paragraph", "kind"),
    [
        ("Editor's note: This story has been withdrawn. We could not verify it.", "withdrawn"),
        ("This article was retracted on 5 May.", "withdrawn"),
        ("WITHDRAWN: the mill at Torv.", "withdrawn"),
        ("Эта статья отозвана редакцией.", "withdrawn"),
        ("Dieser Artikel wurde von der Redaktion zurückgezogen.", "withdrawn"),
        ("Editors: Please kill the story that the mill burned.", "killed"),
        ("Eds: Members are asked to kill the story MILL FIRE.", "killed"),
        ("BC-TORV-MILL, KILL (mandatory)", "killed"),
        ("АННУЛИРОВАНО. Просим не использовать сообщение о мельнице.", "killed"),
        ("Sperrfrist: 4. März 2022, 6 Uhr", "embargoed"),
        ("EMBARGOED UNTIL 0600 GMT, MARCH 4, 2022", "embargoed"),
        ("Эмбарго до 10:00 4 марта", "embargoed"),
        ("BC-TORV-MILL, 2nd Ld-Writethru", "updated"),
        ("Correction, 11 June: The figure is 61.", "corrected"),
        ("(Corrects death toll to 16 from 17)", "corrected"),
        ("An earlier version of this article said 71.", "corrected"),
        ("В более ранней версии говорилось о 71 проценте.", "corrected"),
        ("Korrektur: Es waren 61 Prozent.", "corrected"),
        ("Editor's note: In an earlier version of this story the name was wrong.", "corrected"),
        ("EMBARGOED until 6 May, 10:00", "embargoed"),
        ("UPDATE 2: adds quotes", "updated"),
        ("Correção: uma versão anterior dizia 71 por cento.", "corrected"),
        ("Sprostowanie: we wcześniejszej wersji podano 71 procent.", "corrected"),
        ("Düzeltme: Haberin önceki sürümünde yüzde 71 yazıyordu.", "corrected"),
        ("تصحيح: ورد في نسخة سابقة من هذا الخبر 71 في المئة.", "corrected"),
        ("更正：本文早前版本称为百分之七十一。", "corrected"),
        ("ВЫПРАЎЛЕННЕ: у папярэдняй версіі быў 71 працэнт.", "corrected"),
        ("Bu haber geri çekilmiştir.", "withdrawn"),
        ("سُحب هذا الخبر.", "withdrawn"),
        ("此稿已撤回。", "withdrawn"),
        ("Матэрыял адкліканы рэдакцыяй.", "withdrawn"),
        ("Embargado hasta el 5 de marzo a las 12:00", "embargoed"),
        ("Embargado até 12h00 de 5 de março", "embargoed"),
        ("Embargo do godz. 12 w piątek", "embargoed"),
    ],
)
def test_said_of_itself(paragraph: str, kind: str) -> None:
    assert kinds(paragraph) == [kind]


@pytest.mark.parametrize(
    "paragraph",
    [
        "Corrections officers said the prison was quiet.",
        "The minister has withdrawn the bill.",
        "The court had the ship under embargo on Monday.",
        "Kill Bill returns to the cinemas.",
        "The newspaper said it had withdrawn an article about the mill.",
        "He sent an update on the talks.",
        "The embargo was lifted in May.",
        "Embargo until 2030 agreed in Torv",
        "Эмбарго до конца года",
        "Tekst umowy wycofany z sejmu po sporze.",
        "Haber ajansı binadan geri çekildi.",
        "更正式的会谈将在周一举行。",
        "Embargo do 2030 uchwalone",
        "The study on which this article is based has been retracted.",
    ],
)
def test_news_of_others(paragraph: str) -> None:
    assert kinds(paragraph) == []


@pytest.mark.parametrize("headline", ["UPDATE 2-Quake hits Mirova", "CORRECTED-Quake hits Mirova"])
def test_a_mark_of_the_headline(headline: str) -> None:
    assert kinds(headline, headline) == ["updated" if "UPDATE" in headline else "corrected"]


@pytest.mark.parametrize("headline", ["Corrections officers quit", "Update on the talks"])
def test_a_headline_about_corrections(headline: str) -> None:
    assert kinds(headline, headline) == []


@pytest.mark.parametrize(
    "note",
    [
        "KILL\nEds: Members are asked to kill the story MILL FIRE. It was wrong.",
        "(Corrects to 3 million from 30 million in paragraph 2)",
        "Nota del editor: este artículo ha sido retirado.",
        "EMBARGOED UNTIL 0600 GMT, MARCH 4, 2022",
    ],
)
def test_a_notice_above_is_no_headline_and_dates_nothing(note: str) -> None:
    text = f"{note}\n\nMill lost it all, papers show\n\n{BODY}"
    (article,) = clean(Source("src_0", "a.txt", text, "", "text/plain"), SourceMetadata())
    assert (article.title, article.published) == ("Mill lost it all, papers show", None)
    assert article.notices


def evidence(text: str) -> Evidence:
    source = Source("src_0", "a.txt", text, "", "text/plain")
    (article,) = clean(source, SourceMetadata())
    return Evidence(1, cut_article(article, source)[0], article, source, 1.0)


def test_the_notice_travels_with_every_citation() -> None:
    note = "Editor's note: This article has been withdrawn. Nobody could verify it."
    item = evidence(f"Mill lost it all, papers show\n\n4 May 2021\n\n{note}\n\n{BODY}")
    start = item.source.text.index(BODY)
    cited = citation_model(prove(item, Span(start, start + len(BODY)), 1))
    assert cited.notice is not None
    assert (cited.notice.kind, cited.notice.text) == ("withdrawn", note)


def test_a_number_taken_back_is_no_answer() -> None:
    note = (
        "Correction: An earlier version of this article said it lost 90 million. It lost 9 million."
    )
    item = evidence(f"Mill lost it all, papers show\n\n4 May 2021\n\n{BODY}\n\n{note}")
    assert void_numbers(item) == {"90000000"}
    read = [ReadSentence(4.0, None), ReadSentence(2.0, None), ReadSentence(-1.0, None)]
    assert put_right(item, read) == [(2, ReadSentence(4.0, None))]
    untouched = replace(item, article=replace(item.article, notices=()))
    assert put_right(untouched, read) == list(enumerate(read))


@pytest.mark.parametrize(
    ("note", "wrong"),
    [
        ("Correction: It lost 9 million, not 90 million.", {"90000000"}),
        ("Correction: It was not 90 but 9 percent.", {"90"}),
        ("(Corrects to 3 million from 30 million in paragraph 2)", {"30000000"}),
        ("Korrektur: Es waren 9, nicht 90 Prozent.", {"90"}),
        ("Rectificatif : elle a perdu 9 millions, et non 90.", {"90"}),
        ("Исправление: потеряно 9 млн, а не 90 млн.", {"90000000"}),
        ("Sprostowanie: stracił 9 mln, a nie 90 mln.", {"90000000"}),
        ("Correction: No 90 bus was on the bridge.", set()),
    ],
)
def test_numbers_that_a_correction_denies(note: str, wrong: set[str]) -> None:
    item = evidence(f"Mill lost it all, papers show\n\n4 May 2021\n\n{BODY}\n\n{note}")
    assert void_numbers(item) == wrong


def test_the_library_keeps_notices_and_reads_rows_without_them() -> None:
    item = evidence(f"Mill lost it all, papers show\n\n4 May 2021\n\n{BODY}\n\nCorrection: 9.")
    assert item.article.notices
    row = article_row(item.article, 0)
    assert article_of(SimpleNamespace(**row)) == item.article
    row["spans"] = article_row(replace(item.article, notices=()), 0)["spans"]
    assert article_of(SimpleNamespace(**row)).notices == ()
