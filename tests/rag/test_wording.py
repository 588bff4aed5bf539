"""What Pressmark says in an answer goes through JSON and comes back."""

from datetime import date

from index.days import MonthDay
from index.saying import Said, ToldDay, counted_phrase, phrase, sentences
from rag.attribution import day_words
from rag.wording import WordingModel, wordings


def everything() -> Said:
    count = counted_phrase("%(count)s article", "%(count)s articles", 3)
    first, last = day_words(date(2020, 8, 6)), day_words(MonthDay(8, 9))
    days = phrase("%(first)s to %(last)s", first=first, last=last)
    return sentences(
        phrase("The articles do not say."),
        phrase("%(said)s by %(names)s, %(days)s", said=count, names="A {1} %(x)s", days=days),
    )


def test_a_text_comes_back_from_json_with_all_that_it_is_made_of() -> None:
    said = everything()
    (one,) = wordings(["not ours", said, said])

    back = WordingModel.model_validate_json(one.model_dump_json()).said()

    assert back == said == one.text
    assert back.patterns == said.patterns
    values = dict(back.patterns[1].values)
    inner = values["days"]
    assert isinstance(inner, Said)
    first = inner.patterns[0].values["first"]
    assert isinstance(first, ToldDay)
    assert first.day == date(2020, 8, 6)
    assert isinstance(values["said"], Said)


def test_a_number_stays_a_number_and_digits_stay_a_text() -> None:
    (one,) = wordings([phrase("%(count)s of %(name)s", count=3, name="4")])

    values = WordingModel.model_validate_json(one.model_dump_json()).said().patterns[0].values

    assert dict(values) == {"count": 3, "name": "4"}
