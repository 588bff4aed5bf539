"""Reports of runs say what the command line says, in the reader's language."""

import pytest

from index.ingest.report import Duplicate, RootReport, in_words
from index.library.tables import LedgerEntry
from ui.page.html.articles import report_html
from ui.page.wording.catalogues import speaking

REFUSED = (
    LedgerEntry("r", "a.png", "a picture"),
    LedgerEntry("r", "b.pdf", "the archive is empty"),
)
REPORTS = [
    RootReport("r", removed=2),
    RootReport("r", added=1, articles=1, kept="nothing of it is there"),
    RootReport("r", added=4, articles=4, duplicates=(Duplicate("b.txt", "bridge.txt"),)),
    RootReport("r", added=1, articles=9, changed=1, renamed=2, unchanged=3, refused=REFUSED),
    RootReport("r", duplicates=(Duplicate("a", "c"), Duplicate("b", "c")), removed=1),
]


@pytest.mark.parametrize("report", REPORTS)
def test_english_words_are_those_of_the_command_line(report: RootReport) -> None:
    assert f"<bdi>{in_words([report])}</bdi>" in report_html(report)


def test_a_report_follows_its_reader() -> None:
    with speaking("ru"):
        many, none = report_html(REPORTS[3]), report_html(RootReport("r"))
        failed = report_html("Something went wrong inside Pressmark; its log has the details.")

    assert (
        "9 файлов: добавлено: 1 (9 статей), изменено: 1, переименовано: 2, без изменений: 3, "
        "отклонено: 2"
    ) in many
    assert "архив пуст" in many
    assert "a picture" in many
    assert "ничего не изменилось" in none
    assert "Внутри Pressmark произошла ошибка" in failed
