from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.days import MonthDay
from index.readers.head_fields import front_matter_fields, head_fields

TEXT = "The lamps on the bridge in Obersk burn again.\n"


def test_fields_at_the_head_are_read_and_marked() -> None:
    head = "Title: Obersk bridge lit again\nAuthor: Lida Kern\nDate: 07.12.2023\nSource: The Post"
    facts = head_fields(f"{head}\n\n{TEXT}")
    assert facts is not None
    assert (facts.title, facts.publisher) == ("Obersk bridge lit again", "The Post")
    assert facts.published == date(2023, 12, 7)
    assert [(span.start, span.end) for span in facts.furniture] == [(0, len(head))]


def test_fields_of_other_languages_are_read() -> None:
    facts = head_fields(f"Заголовок: Мост\nИсточник: Вестник\nДата: 7 декабря 2023\n\n{TEXT}")
    assert facts is not None
    assert (facts.title, facts.publisher) == ("Мост", "Вестник")
    assert facts.published == date(2023, 12, 7)


@pytest.mark.parametrize(
    "head",
    [
        "From: Lida Kern <l@p.example>\nTo: desk@p.example\nDate: Thu, 7 Dec 2023 09:10:00 +0100"
        "\nSubject: Bridge lit",
        "---------- Forwarded message ---------\nFrom: Lida Kern\nDate: Thu, 7 Dec 2023 at 09:10"
        "\nSubject: Bridge lit\nTo: <desk@p.example>",
        "Von: Lida Kern\nGesendet: Donnerstag, 7. Dezember 2023 09:10\nAn: Alle"
        "\nBetreff: Bridge lit",
        "От: Лида Керн\nОтправлено: 7 декабря 2023 г. 9:10\nКому: Редакция\nТема: Bridge lit",
        "De : Lida Kern\nEnvoyé : jeudi 7 décembre 2023 09:10\nÀ : Tous\nObjet : Bridge lit",
    ],
)
def test_a_message_saved_as_text_has_its_subject_and_its_day(head: str) -> None:
    facts = head_fields(f"{head}\n\n{TEXT}")
    assert facts is not None
    assert (facts.title, facts.published) == ("Bridge lit", date(2023, 12, 7))
    assert facts.publisher is None
    assert [(span.start, span.end) for span in facts.furniture] == [(0, len(head))]


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "Title: alone\n\n" + TEXT,
        "Minsk: no comment\nMoscow: no comment either\n\n" + TEXT,
        "Author: Lida Kern\nTags: bridge\n\n" + TEXT,
        "Title: nothing follows\nDate: 7.12.2023\n",
        "",
    ],
)
def test_what_is_text_is_no_field(text: str) -> None:
    assert head_fields(text) is None


@pytest.mark.parametrize(
    ("inside", "title", "publisher", "url"),
    [
        ("title: Wool\nauthor: Lida Kern", "Wool", None, None),
        ("title: Silk\nsource: The Sundby Courier", "Silk", "The Sundby Courier", None),
        ("source: https://example.org/a", None, None, "https://example.org/a"),
        ("title: >-\n  Linen maker\n  leaves\npublisher: Post", "Linen maker leaves", "Post", None),
        ("title: Fire: the story\nauthor: [A, B]", "Fire: the story", None, None),
        ("title: [1, 2]\nauthor: {a: b}", None, None, None),
    ],
)  # fmt: skip
def test_front_matter(
    inside: str, title: str | None, publisher: str | None, url: str | None
) -> None:
    facts = front_matter_fields(f"---\n{inside}\n---\n\n{TEXT}")
    assert (facts.title, facts.publisher, facts.url) == (title, publisher, url)


def test_a_day_without_its_year_is_kept_as_such() -> None:
    facts = front_matter_fields(f"---\ntitle: A\ndate: 4 May\n---\n{TEXT}")
    assert facts.published is None
    assert [found.value for found in facts.other_dates] == [MonthDay(5, 4)]


def test_toml_is_read() -> None:
    facts = front_matter_fields(f'+++\ntitle = "A"\ndate = 2023-05-04\n+++\n{TEXT}')
    assert (facts.title, facts.published) == ("A", date(2023, 5, 4))


@given(st.text(max_size=200))
def test_any_text_is_read_to_its_end(text: str) -> None:
    head_fields(text)
    front_matter_fields(f"---\n{text}\n---\n")
