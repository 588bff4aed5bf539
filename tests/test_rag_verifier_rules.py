"""Every rule of the support check with its good and its bad twin."""

from datetime import date

import pytest
from evidence import make_evidence
from hypothesis import given
from hypothesis import strategies as st

from rag.alignment import Cited
from rag.answer import Draft, DraftClaim, ProposedCitation
from rag.citations import verify
from rag.moments import missing_moments, moments
from rag.quantities import quantities
from rag.support import align, check_support

SENTENCES = (
    "The Kremlin on Friday asked Belarus to release 33 Russian men detained in Minsk.",
    "Dmitry Peskov said the men missed their plane to Istanbul.",
    "Prices rose by 50 percent to $1.5 million in the first half of 2020.",
    "Some deputies may support the bill, but Lukashenko did not sign it.",
    "Ukraine allegedly asked Belarus to extradite up to 28 fighters.",
    "The talks were held before the vote, and the opposition won.",
)


WORDED = st.text(min_size=1).filter(lambda text: any(char.isalnum() for char in text))


@pytest.mark.parametrize(
    ("cited", "good", "bad", "reason"),
    [
        ("31 men left Minsk.", "Thirty-one men left Minsk.", "Forty-one men left Minsk.", "Forty"),
        ("It cost 1,500,000 euros.", "It cost 1.5 million euros.", "It cost 1.5 euros.", "1.5"),
        ("It cost $3 million.", "It cost 3 million dollars.", "It cost 3 million euros.", "$3"),
        ("Half of the fleet sank.", "50 % of the fleet sank.", "15 % of the fleet sank.", "15 %"),
        ("Fifty ships of the fleet sank.", "50 ships of the fleet sank.",
         "50 percent of the fleet sank.", "50 percent"),
        ("The road is 40 km long.", "The road is 40 kilometres long.",
         "The road is 40 miles long.", "40 miles"),
        ("They met on July 29, 2020.", "They met on 29 July 2020.", "They met on 29 June 2020.",
         "29 June"),
        ("They met on 2020-07-29 in Minsk.", "They met in Minsk on July 29.",
         "They met in Minsk on July 28.", "July 28"),
        ("Tikhanovskaya left Minsk.", "Tsikhanouskaya left Minsk.", "Statkevich left Minsk.",
         "Statkevich"),
        ("The Russian president spoke in Minsk.", "Russia's president spoke in Minsk.",
         "Poland's president spoke in Minsk.", "Poland"),
        ("The Federal Bureau of Investigation searched the house.",
         "The FBI searched the house.", "The CIA searched the house.", "CIA"),
        ("The minister said: “We will stay in Minsk.”", "The minister said: \"We will stay\".",
         "The minister said: \"We will leave\".", "quotation"),
        ("The court did not convict her of fraud.", "The court didn't convict her of fraud.",
         "The court convicted her of fraud.", "not"),
        ("The court convicted her of fraud.", "The court convicted her of fraud.",
         "The court did not convict her of fraud.", "not"),
        ("The minister denied the report.", "The minister denied the report.",
         "The minister did not deny the report.", "not"),
        ("Minsk may extradite the detainees.", "Minsk might extradite the detainees.",
         "Minsk extradited the detainees.", "may"),
        ("Minsk extradited the detainees.", "The detainees Minsk extradited.",
         "Minsk may extradite the detainees.", "may"),
        ("They allegedly planned a riot in Minsk.", "They reportedly planned a riot in Minsk.",
         "They planned a riot in Minsk.", "allegedly"),
        ("Minsk plans to extradite the men.", "Minsk will extradite the men.",
         "Minsk extradited the men.", "plans"),
        ("Some deputies voted against the bill.", "Some deputies voted against the bill.",
         "All deputies voted against the bill.", "All"),
        ("Minsk is a city in Belarus.", "Minsk is a city in Belarus.",
         "Minsk is the only city in Belarus.", "only"),
        ("It was the last meeting of the council.", "It was the final meeting of the council.",
         "It was the first meeting of the council.", "first"),
        ("At least 40 people died in the fire.", "At least 40 people died in the fire.",
         "Up to 40 people died in the fire.", "most"),
        ("Exports of steel rose in the spring.", "Exports of steel increased in the spring.",
         "Exports of steel fell in the spring.", "rose"),
        ("They met before the vote in Minsk.", "They met in Minsk before the vote.",
         "They met in Minsk after the vote.", "before"),
        ("Ukraine extradited Petrov to Belarus.", "Petrov was extradited by Ukraine to Belarus.",
         "Belarus extradited Petrov to Ukraine.", "Belarus"),
        ("Peskov said the men missed their plane.", "The men missed their plane, said Peskov.",
         "Kuleba said the men missed their plane.", "Kuleba"),
        ("The harvest was good in the south, officials said.",
         "Officials said the harvest was good in the south.",
         "According to Lukashenko the harvest was good in the south.", "Lukashenko"),
        ("Минск не выдал 33 россиян.", "Минск не выдал 33 россиян.",
         "Минск выдал 33 россиян.", "не"),
        ("Цены выросли на 5 процентов.", "Цены выросли на 5 %.", "Цены выросли на 6 %.", "6 %"),
        ("Україна може видати 28 бійців.", "Україна може видати 28 бійців.",
         "Україна може видати 29 бійців.", "29"),
    ],
)  # fmt: skip
def test_twins(cited: str, good: str, bad: str, reason: str) -> None:
    assert check_support(good, [cited]).level == "full", check_support(good, [cited])
    check = check_support(bad, [cited])
    assert check.level == "none"
    assert reason in "; ".join(check.reasons)


def test_words_of_somebody_told_as_a_fact_are_partly_supported() -> None:
    cited = "Peskov said the men had missed their plane to Istanbul."
    check = check_support("The men had missed their plane to Istanbul.", [cited])
    assert check.level == "partial"
    assert "words of Peskov" in check.reasons[0]


def test_a_dropped_some_is_partly_supported() -> None:
    check = check_support("Deputies left the hall.", ["Some deputies left the hall."])
    assert check.level == "partial"


def test_he_said_is_looked_up_in_the_sentence_before() -> None:
    passage = Cited(("Peskov spoke on Friday.", "He said the men had missed their plane."))
    good = align("Peskov said the men had missed their plane.", [passage])
    assert good.check.level == "full"
    assert len(good.places) == 2
    assert align("Kuleba said the men had missed their plane.", [passage]).check.level == "none"


@pytest.mark.parametrize(
    ("claim", "supported"),
    [
        ("The Kremlin asked on July 31, 2020.", True),
        ("The Kremlin asked on 31 July.", True),
        ("The Kremlin asked on July 30, 2020.", False),
        ("The Kremlin asked in July 2020.", True),
        ("The Kremlin asked on August 1, 2020.", False),
        ("The Kremlin asked yesterday.", False),
    ],
)
def test_on_friday_is_a_day_where_the_article_has_one(claim: str, supported: bool) -> None:
    sentence = "The Kremlin asked on Friday."
    saturday = date(2020, 8, 1)
    assert (not missing_moments(claim, [(sentence, saturday)])) == supported
    evidence = make_evidence(sentence, published_at="2020-08-01")
    draft = Draft((DraftClaim(claim, (ProposedCitation(1),)),), "generative", 0.5)
    assert bool(verify(draft, [evidence]).claims) == supported
    undated = make_evidence(sentence, published_at=None)
    assert not verify(draft, [undated]).claims


def test_a_date_without_a_year_takes_the_nearest_one() -> None:
    january = date(2021, 1, 5)
    assert not missing_moments("on 29 December 2020", [("on December 29", january)])
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


@given(st.sampled_from(SENTENCES))
def test_a_sentence_fully_supports_itself(sentence: str) -> None:
    assert check_support(sentence, [sentence]).level == "full"
    assert check_support(sentence, [" ".join(SENTENCES)]).level == "full"


@given(WORDED)
def test_any_text_fully_supports_itself(text: str) -> None:
    assert check_support(text, [text]).level == "full"


@given(st.lists(WORDED, min_size=1, max_size=6), st.data())
def test_any_sentence_of_a_passage_is_fully_supported_by_it(
    sentences: list[str], data: st.DataObject
) -> None:
    sentence = data.draw(st.sampled_from(sentences))
    assert align(sentence, [Cited(tuple(sentences))]).check.level == "full"


@pytest.mark.parametrize("sentence", ["12. Anna Berg left [3].", "• Not so.", "It is what it was."])
def test_what_looks_like_a_list_is_supported_by_itself(sentence: str) -> None:
    passage = Cited(("One thing.", "That was that.", "It was.", "Was it?", sentence))
    assert align(sentence, [passage]).places[0].sentence == 4


@given(st.sampled_from(SENTENCES), st.integers(100, 10**9), st.sampled_from(("{}", "about {:,}")))
def test_a_number_that_is_nowhere_is_never_supported(sentence: str, number: int, form: str) -> None:
    known = {q.value for text in SENTENCES for q in quantities(text)}
    if number in known:
        return
    claim = f"{sentence.rstrip('.')} and {form.format(number)} others."
    evidence = make_evidence(*SENTENCES)
    draft = Draft((DraftClaim(claim, (ProposedCitation(1),)),), "generative", 0.5)
    assert check_support(claim, SENTENCES).level == "none"
    assert not verify(draft, [evidence]).claims


@given(st.text(max_size=80), st.text(max_size=200))
def test_no_text_breaks_the_check(claim: str, cited: str) -> None:
    assert 0.0 <= check_support(claim, [cited]).score <= 1.0


def test_a_number_that_cannot_be_read_must_stand_there_as_it_is() -> None:
    cited = "China has 1,439,323,776 people, and the file is version 2.10.4 of 6 August 2020."
    spoilt = check_support("China has 677,323,934,1 people.", [cited])
    assert spoilt.level == "none"
    assert "677,323,934,1" in spoilt.reasons[0]
    assert check_support("The file is version 2.10.4.", [cited]).level == "full"
    assert check_support("The file is of 06.08.2020.", [cited]).level != "none"


@pytest.mark.parametrize(
    ("claim", "cited"),
    [
        ("Lech Walesa led the union.", "Lech Wałęsa led the union."),
        ("Boris Johnson met the envoy.", "Борис Джонсон met the envoy."),
        ("Zelensky met the envoy in Kyiv.", "Zelenskyy met the envoy in Kiev."),
        ("Борис Джонсон приехал в Киев.", "Борис Джонсон приїхав до Києва."),
        ("Belarus President Lukashenka spoke.", "Belarus President Lukashenko spoke."),
    ],
)
def test_a_name_in_another_spelling_or_alphabet_is_that_name(claim: str, cited: str) -> None:
    assert check_support(claim, [cited]).level == "full", check_support(claim, [cited])
