"""Every rule with good and bad twins, and the reading of numbers and dates beneath them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.language.moments import missing_moments, moments, told_as
from index.language.quantities import quantities, unreadable
from rag.verification.beside import Beside
from rag.verification.retelling import in_their_words
from rag.verification.rules import Rule, apply_rules, copied, dates, links, names, numbers
from rag.verification.rules import quotations as quoting

SATURDAY = date(2020, 8, 1)


def beside(claim: str, text: str, before: str = "", *, foreign: bool = False) -> Beside:
    return Beside(claim, ((text, SATURDAY),), before, ("TASS",), text, foreign)


TWINS: list[tuple[Rule, str, str, str]] = [
    (numbers.check, "31 men left Minsk.", "Thirty-one men left.", "Forty-one men left."),
    (numbers.check, "It cost 1,500,000 euros.", "It cost 1.5 million euros.", "It cost 17 euros."),
    (numbers.check, "It cost $3 million.", "It cost 3 million dollars.",
     "It cost 3 million euros."),
    (numbers.check, "The road is 40 km long.", "It is 40 kilometres long.", "It is 40 miles long."),
    (numbers.check, "Цены выросли на 25 процентов.", "Цены выросли на 25 %.", "На 36 %."),
    # What follows from the numbers of the text is not vetoed: the judge may still reject it.
    (numbers.check, "It fell from 50 to 27 boats.", "There are 23 fewer boats.", "81 boats fewer."),
    (numbers.check, "They lost 2,140 samples.", "About two thousand samples were lost.",
     "About nine thousand samples were lost."),
    (numbers.check, "It is version 2.10.4.", "Version 2.10.4 it is.", "Version 2.10.5 it is."),
    (dates.check, "They met on July 29, 2020.", "They met on 29 July 2020.",
     "Met on 29 June 2020."),
    (dates.check, "They met on Friday.", "They met on 31 July.", "They met on 30 July."),
    (dates.check, "They met on Friday.", "They met on Friday.", "They met on Monday."),
    (dates.check, "Четверть групп закрыта.", "Закрыта четверть групп.", "Закрыта в пятницу."),
    (names.check, "Tikhanovskaya left Minsk.", "Tsikhanouskaya left Minsk.",
     "The activist Ilse Brandt left."),
    (names.check, "Russia's president spoke.", "The Russian president spoke.",
     "The president of Poland spoke."),
    (names.check, "The Federal Bureau of Investigation searched it.", "The FBI searched it.",
     "The CIA searched it."),
    (names.check, "Борис Джонсон приїхав до Києва.", "Boris Johnson went to Kyiv.",
     "Emmanuel Macron went to Kyiv."),
    (quoting.check, "She said: “We will stay in Minsk.”", 'She said: "We will stay".',
     'She said: "We will leave".'),
    (quoting.check, "Ими владеет «Ярсталь».", "Акции у «Ярстали».",
     "«Мы их не продадим», — сказал он."),
    (links.check, "See https://tass.ru/1 for more.", "It is at https://tass.ru/1.",
     "It is at https://evil.example/1."),
    (copied.check, "The court did not convict her of fraud.",
     "The court did not convict her of fraud on Monday.", "The court did convict her of fraud."),
    (copied.check, "Anna Berg beat Carl Dahl by 12 points.",
     "Anna Berg beat Carl Dahl by 12 points.",
     "Carl Dahl beat Anna Berg by 12 points."),
    (copied.check, "Pool prices in Lund rose by 31 percent in May.",
     "Pool prices in Lund rose by 31 percent in May.",
     "Pool prices in Lund rose by 45 percent in May."),
    (copied.check, "Pool prices in Lund rose by 31 percent in May.",
     "Pool prices in Lund rose by 31 percent in May.",
     "Pool prices in Oslo rose by 31 percent in May."),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "text", "good", "bad"), TWINS)
def test_twins(rule: Rule, text: str, good: str, bad: str) -> None:
    assert not rule(beside(good, text)).vetoes
    assert rule(beside(bad, text)).vetoes


def test_every_rule_has_twins() -> None:
    from rag.verification.rules import RULES

    assert {rule for rule, _, _, _ in TWINS} == set(RULES)


def test_a_first_name_that_is_not_there_leaves_the_claim_open() -> None:
    found = names.check(beside("On Monday Karl Dusik spoke.", "Dusik spoke."))
    assert not found.vetoes
    assert "Karl" in found.open_points[0]
    # The first capital of a sentence is not a first name.
    assert not names.check(beside("Yesterday Dusik spoke.", "Dusik spoke.")).open_points


def test_what_the_sentence_leans_on_may_name_it() -> None:
    assert not names.check(beside("The mayor Dusik left.", "He left.", "Dusik spoke.")).vetoes
    assert names.check(beside("The mayor Dusik left.", "He left.", "Berg spoke.")).vetoes


def test_the_label_may_name_it() -> None:
    assert not names.check(beside("TASS reported a fire.", "A fire broke out.")).vetoes


def test_between_languages_only_digits_are_certain() -> None:
    text = "Die Preise stiegen um 31 Prozent, sagte der Ministerpräsident."
    good, bad = "Prices rose by 31 percent in Germany.", "Prices rose by 57 percent in Germany."
    assert not apply_rules(beside(good, text, foreign=True)).vetoes
    assert apply_rules(beside(bad, text, foreign=True)).vetoes


WORDED = st.text(min_size=1).filter(lambda text: any(char.isalnum() for char in text))
SENTENCES = (
    "The Kremlin on Friday asked Belarus to release 33 Russian men detained in Minsk.",
    "Prices rose by 50 percent to $1.5 million in the first half of 2020.",
    "Some deputies may support the bill, but Lukashenko did not sign it.",
)


@given(st.sampled_from(SENTENCES) | WORDED)
def test_no_rule_vetoes_a_sentence_beside_itself(sentence: str) -> None:
    assert not apply_rules(beside(sentence, sentence)).vetoes


@given(st.text(max_size=80), st.text(max_size=200), st.text(max_size=80), st.booleans())
def test_no_text_breaks_the_rules(claim: str, text: str, before: str, foreign: bool) -> None:
    apply_rules(beside(claim, text, before, foreign=foreign))
    in_their_words(claim, [(text, SATURDAY)])


@given(st.sampled_from(SENTENCES[:2]), st.integers(3_000, 10**9))
def test_a_number_put_in_the_place_of_another_is_vetoed(sentence: str, number: int) -> None:
    for quantity in quantities(sentence):
        follows = number in (750_000, 1_500_000, 3_000_000)
        if quantity.value not in (33, 2020) and not follows:
            claim = sentence[: quantity.start] + f"{number}" + sentence[quantity.end :]
            assert apply_rules(beside(claim, sentence)).vetoes


@pytest.mark.parametrize(
    ("claim", "text", "told"),
    [
        ("Thirty-one men left.", "31 men left.", "31 men left."),
        ("50 % of the fleet sank.", "Half of the fleet sank.", "Half of the fleet sank."),
        ("Forty men left.", "31 men left.", "Forty men left."),
        ("It happened on 31 July.", "It happened on Friday.", "It happened on Friday."),
        ("It happened on 30 July.", "It happened on Friday.", "It happened on 30 July."),
        ("It cost 31 euros.", "31 men left.", "It cost 31 euros."),
    ],
)
def test_numbers_and_days_are_retold_only_where_they_are_the_same(
    claim: str, text: str, told: str
) -> None:
    assert in_their_words(claim, [(text, SATURDAY)]) == told


@pytest.mark.parametrize(
    ("claim", "known"),
    [
        ("The Kremlin asked on July 31, 2020.", True),
        ("The Kremlin asked on 31 July.", True),
        ("The Kremlin asked on July 30, 2020.", False),
        ("The Kremlin asked in July 2020.", True),
        ("The Kremlin asked on August 1, 2020.", False),
        ("The Kremlin asked yesterday.", False),
    ],
)
def test_on_friday_is_a_day_if_the_article_has_one(claim: str, known: bool) -> None:
    sentence = "The Kremlin asked on Friday."
    assert (not missing_moments(claim, [(sentence, SATURDAY)])) == known
    assert missing_moments(claim, [(sentence, None)])
    (wanted,) = moments("on 31 July")
    assert told_as(wanted, sentence, None) is None


def test_a_date_without_a_year_takes_the_nearest_one() -> None:
    january = date(2021, 1, 5)
    assert not missing_moments("on 29 December 2020", [("on December 29", january)])
    assert not missing_moments("on Saturday", [("because of Saturday's marathon", january)])
    assert not missing_moments("on Friday’s order", [("since Friday", january)])
    assert missing_moments("on 29 December 2021", [("on December 29", january)])


def test_the_verb_may_is_no_month() -> None:
    assert not moments("He may go and march.")
    assert moments("in May")[0].month == 5


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("two hundred and five men", 205, None),
        ("a hundred men", 100, None),
        ("$5bn", 5_000_000_000, "dollar"),
        ("5 млн рублей", 5_000_000, "rouble"),
        ("тридцать один человек", 31, None),
        ("1.000.000 men", 1_000_000, None),
        ("5½ sacks", 5.5, None),
        ("three-quarters of them", 0.75, "percent"),
        ("5 per cent", 0.05, "percent"),
        ("33-year-old", 33, "year"),
    ],
)
def test_quantities(text: str, value: float, unit: str | None) -> None:
    (found,) = quantities(text)
    assert (float(found.value), found.unit) == (value, unit)


def test_both_ends_of_a_range_have_its_unit() -> None:
    assert [q.unit for q in quantities("between 20 and 30 percent")] == ["percent", "percent"]


def test_digits_that_are_no_number_are_told_apart() -> None:
    assert unreadable("China has 677,323,934,1 people in 2020.") == ((10, 23),)
