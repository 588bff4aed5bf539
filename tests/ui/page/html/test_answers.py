import re
from datetime import date
from html import unescape
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article, DateCandidate, MarkedSpan, Source, Span, SpanKind
from index.days import MonthDay
from rag.contract import (
    AbstentionModel,
    AnswerResponse,
    DateModel,
    RejectedModel,
    SourceModel,
)
from tests.helpers.answers import HOSTILE, Tags, citation, claim, response
from ui.page.html.answers import TurnView, conversation_html, more_html, turn_html
from ui.page.html.copies import answer_document
from ui.page.html.markup import escape, label, shortened
from ui.page.html.sources import Mark, source_html, text_html
from ui.page.wording.catalogues import speaking


def shown(answer: AnswerResponse) -> str:
    return turn_html(TurnView(question="How many?", response=answer))


def visible(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", " ", html))


# Answers


def test_a_sentence_carries_a_button_for_each_citation() -> None:
    html = shown(response())

    chips = re.findall(r"<button[^>]*pm-chip[^>]*>(\d+)</button>", html)
    assert chips == ["1"]
    assert 'title="TASS, 6 August 2020"' in html
    assert 'aria-label="Citation 1, TASS, 6 August 2020: 33 men were held."' in html
    assert 'data-start="3" data-end="20" data-answer="3,5"' in html


def test_the_origin_names_headline_publisher_and_date() -> None:
    words = visible(shown(response(citations=[citation(title="Minsk holds 33 men")])))
    unknown = visible(shown(response(citations=[citation(title="A title", publisher=None)])))

    assert "TASS , Minsk holds 33 men · 6 August 2020" in " ".join(words.split())
    assert unknown.count("A title") == 1


def test_the_origin_stands_once_below_sentences_that_share_it() -> None:
    claims = [claim("One.", 1), claim("Two.", 1), claim("Three.", 2)]
    html = shown(response(claims=claims, citations=[citation(1), citation(2, publisher="RBC")]))
    words = visible(html)

    assert html.count('class="pm-foot"') == 2
    assert words.index("Two.") < words.index("TASS") < words.index("Three.")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"published_at": None}, "undated"),
        (
            {
                "published_at": None,
                "dates": [DateModel(value=MonthDay(8, 22), basis="b", role="published")],
            },
            "22 August, year not stated",
        ),
        (
            {
                "published_at": None,
                "dates": [DateModel(value=MonthDay(8, 22), basis="b", role="page")],
            },
            "undated",
        ),
        ({"publisher": None, "title": "A headline"}, "“A headline”"),
        ({"publisher": None}, "file.txt"),
        ({"speaker": "Dmitry Peskov"}, "Dmitry Peskov , quoted by"),
        ({"copies": ["x", "y"]}, "same story in 2 more"),
        ({"superseded_by": ["x"]}, "there is a later version"),
    ],
)
def test_attribution_says_what_is_known(changes: dict[str, Any], words: str) -> None:
    html = shown(response(citations=[citation(**changes)]))

    assert words in " ".join(visible(html).split())


def test_a_period_says_how_many_undated_articles_it_leaves_out() -> None:
    words = "The period leaves out {} whose date is not known."
    assert words.format("2 articles") in shown(response(undated_left_out=2))
    assert words.format("1 article") in shown(response(undated_left_out=1))
    assert "leaves out" not in shown(response())


def test_doubtful_dates_carry_a_mark_that_says_why() -> None:
    html = shown(response(citations=[citation(date_warning="stamp and text differ")]))

    assert 'aria-label="Mind the date: stamp and text differ">⚠' in html
    assert "⚠" in shown(response(citations=[citation(published_at=None)]))
    assert "⚠" not in shown(response())


def test_support_is_said_in_words() -> None:
    partly = claim("It was so.", 1, support="partial", reasons=["the quote does not say when"])

    assert "Quoted word for word" in shown(response())
    assert "Supported by the quote" in shown(response(mode="generative"))
    assert "Partly supported: the quote does not say when" in " ".join(
        visible(shown(response(claims=[partly]))).replace(" :", ":").split()
    )


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0.96, "Found a sentence that answers"),
        (0.6, "Found a sentence that probably answers"),
        (0.4, "The nearest wording; it may not answer"),
        (0.0, "The nearest wording; it may not answer"),
    ],
)
def test_confidence_is_a_phrase_with_the_number_on_hover(number: float, words: str) -> None:
    html = shown(response(confidence=number))

    assert words in visible(html)
    assert f"an estimated {number:.0%} are right" in html


def test_no_words_are_marked_where_it_is_not_sure_that_they_answer() -> None:
    sure, doubtful = (shown(response(confidence=number)) for number in (0.6, 0.4))

    assert '<strong class="pm-answers">33</strong> men were held.' in sure
    assert 'data-answer="3,5"' in sure
    assert "pm-answers" not in doubtful
    assert "data-answer" not in doubtful


def test_words_are_marked_in_a_quote_and_not_in_what_a_model_wrote() -> None:
    html = shown(response(mode="generative", claims=[claim("Some 33 men were held.", 1)]))

    assert "pm-answers" not in html
    assert "Each sentence checked against its quotes" in visible(html)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"task": "timeline"}, "Quoted from several articles"),
        ({"task": "search"}, "The nearest passages"),
        ({"mode": "generative"}, "Each sentence checked against its quotes"),
    ],
)
def test_no_probability_is_told_of_what_none_was_measured_for(
    changes: dict[str, object], words: str
) -> None:
    html = shown(response(**changes))

    assert words in visible(html)
    assert "an estimated" not in html
    assert "a sentence that answers" not in html


def collected(task: str, **changes: object) -> str:
    claims = [claim("Bridge shut.", 1), claim("Bridge open.", 2)]
    citations = [
        citation(1, title="Shut", quote="Bridge shut.", answer_span=None),
        citation(2, title="Open", quote="Bridge open.", published_at=None, answer_span=None),
    ]
    return shown(response(task=task, claims=claims, citations=citations, **changes))


def test_a_timeline_has_its_dates_in_the_margin() -> None:
    html = collected("timeline", superseded=[1])
    words = visible(html)

    assert html.count('<p class="pm-when">') == 2
    assert words.index("6 August 2020") < words.index("Bridge shut.") < words.index("undated")
    assert words.count("6 August 2020") == 1
    assert html.count('class="pm-superseded"') == words.count("later articles say otherwise") == 1


@pytest.mark.parametrize("task", ["overview", "count"])
def test_an_overview_has_the_headline_of_each_article(task: str) -> None:
    html = collected(task)
    words = visible(html)

    assert re.findall(r'<h4 class="pm-headline" dir="auto">(\w+)</h4>', html) == ["Shut", "Open"]
    assert words.index("Shut") < words.index("Bridge shut.") < words.index("6 August 2020")


def test_a_headline_does_not_stand_twice_where_no_publisher_is_known() -> None:
    first = citation(1, title="Shut", publisher=None, quote="Bridge shut.", speaker="Anna Berg")
    html = shown(response(task="overview", claims=[claim("Bridge shut.", 1)], citations=[first]))

    assert visible(re.sub(r"<button.*?</button>", "", html)).count("Shut") == 1
    assert re.search(r"Anna Berg\s+·\s+6 August 2020", visible(html))


def test_what_a_model_wrote_of_several_articles_is_read_as_it_was_written() -> None:
    html = collected("timeline", mode="generative")

    assert "pm-timeline" not in html
    assert html.count('class="pm-claim"') == 2


def test_a_long_question_is_folded_and_a_short_one_is_not() -> None:
    long = "How many ships? " * 60
    html = turn_html(TurnView(question=long, response=response()))

    assert "The whole question: 960 characters" in visible(html)
    heading = re.search(r"<h3[^>]*>(.*?)</h3>", html)
    assert heading
    assert len(heading[1]) < 300
    assert long in unescape(html)
    assert "pm-whole" not in shown(response())


def test_the_other_ways_to_ask_are_not_the_way_it_was_asked() -> None:
    ways = {
        task: set(re.findall(r'data-again="(\w+)"', collected(task)))
        for task in ("answer", "timeline", "search")
    }

    assert ways["answer"] == {"overview", "timeline", "search", "reword"}
    assert ways["timeline"] == {"answer", "overview", "search", "reword"}
    assert ways["search"] == {"answer", "overview", "timeline", "reword"}


def test_what_was_understood_can_be_asked_as_typed() -> None:
    html = shown(response(question_understood="And when? (the fire)"))

    assert 'data-again="typed"' in html
    assert "typed" not in shown(response())


def test_an_answer_is_read_in_the_language_of_its_reader() -> None:
    turn = TurnView(question="How many?", response=response(claims=[claim("33 men were held.", 1)]))
    with speaking("uk"):
        words = visible(turn_html(turn))

    assert "6 серпня 2020" in words
    assert "Знайдено речення з відповіддю" in words
    assert "Процитовано дослівно" in words


def test_more_quotes_carry_on_the_numbers_and_say_that_they_may_not_answer() -> None:
    html = more_html([citation(4), citation(5)])

    assert re.findall(r"<button[^>]*pm-chip[^>]*>(\d+)</button>", html) == ["4", "5"]
    assert "they may not answer" in visible(html)
    assert "no further quotes" in visible(more_html([]))


def test_a_refusal_gives_its_reason_and_the_closest_passages_as_reading() -> None:
    abstention = AbstentionModel(reason="The articles do not say.", closest=[citation()])
    html = shown(response(status="abstained", claims=[], citations=[], abstention=abstention))

    assert "The articles do not say." in visible(html)
    assert "Closest passages, not an answer" in visible(html)
    assert "<blockquote" in html
    assert "confidence" not in visible(html)


def test_rejected_sentences_fallback_and_understanding_are_shown() -> None:
    html = shown(
        response(
            rejected=[RejectedModel(text="They fled.", reason="no quote says so")],
            fallback="The model is down.",
            question_understood="How many men were held in Minsk?",
        )
    )

    assert "<details" in html
    assert "They fled." in visible(html)
    assert "no quote says so" in visible(html)
    assert "The model is down." in visible(html)
    assert "How many men were held in Minsk?" in visible(html)


def test_sources_that_differ_stand_side_by_side() -> None:
    two = citation(2, quote="31 men were held.", published_at=date(2020, 8, 9))
    html = shown(response(citations=[citation(1), two], conflicts=[[1, 2]]))

    assert "The sources differ" in visible(html)
    assert html.count("<blockquote") == 2
    assert '<strong class="pm-answers">33</strong> men' in html
    assert '<strong class="pm-answers">31</strong> men' in html
    assert html.count("the latest") == 1
    assert visible(html).index("9 August 2020") < visible(html).index("the latest")


@pytest.mark.parametrize("dates", [(date(2020, 8, 6), date(2020, 8, 6)), (date(2020, 8, 6), None)])
def test_no_source_is_the_latest_where_dates_do_not_tell(dates: tuple[date, date | None]) -> None:
    pair = [citation(n, published_at=day) for n, day in enumerate(dates, 1)]

    assert "the latest" not in shown(response(citations=pair, conflicts=[[1, 2]]))


def test_hostile_text_becomes_text() -> None:
    bad = citation(
        article_id=HOSTILE,
        source=SourceModel(id=HOSTILE, name=HOSTILE, sha256="0"),
        publisher=HOSTILE,
        quote=HOSTILE,
        date_basis=HOSTILE,
        date_warning=HOSTILE,
        speaker=HOSTILE,
    )
    answer = response(
        claims=[claim(HOSTILE, 1, support="partial", reasons=[HOSTILE])],
        citations=[bad],
        rejected=[RejectedModel(text=HOSTILE, reason=HOSTILE)],
        fallback=HOSTILE,
        question_understood=HOSTILE,
    )
    html = conversation_html(
        [
            TurnView(question=HOSTILE, response=answer),
            TurnView(question=HOSTILE, problem=HOSTILE),
            TurnView(question=HOSTILE),
        ]
    )

    tags = Tags(html)
    assert not tags.names & {"script", "img", "svg", "a", "iframe", "style"}
    assert not {name for name in tags.attributes if name.startswith("on")}
    assert not set("`$\\") & set(html)
    assert "{{" not in html


@given(st.text())
def test_escaped_text_reads_as_itself_and_is_inert(text: str) -> None:
    escaped = escape(text)

    assert unescape(escaped) == text
    assert not set("<>\"'`${}\\") & set(escaped)


def test_attributes_hold_no_control_characters() -> None:
    assert label("a\u202eb\u2066c\nd") == "a b c d"


def test_a_short_label_is_cut_between_words() -> None:
    assert shortened("one two three", 9) == "one two…"
    assert shortened("one  two", 9) == "one two"


def test_html_has_a_note_for_each_citation_and_does_nothing() -> None:
    html = answer_document(
        response(claims=[claim(HOSTILE, 1)], citations=[citation(quote=HOSTILE)])
    )

    assert "<sup>[1]</sup>" in html
    assert '<li value="1">TASS, 6 August 2020: ' in html
    assert "(file.txt, characters 3 to 20)</li>" in html
    assert Tags(html).names == {"p", "sup", "ol", "li", "q"}
    assert Tags(html).attributes == {"value"}


def test_a_refusal_is_taken_along_as_its_reason() -> None:
    refused = response(
        claims=[], citations=[], abstention=AbstentionModel(reason="Not said.", closest=[])
    )

    assert answer_document(refused) == "<p>Not said.</p>\n"


# Sources


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def quoted(html: str) -> str:
    """The text of every focused mark, what stands between its pieces left out."""
    pieces = []
    for found in re.finditer(r'<mark class="pm-quote"[^>]*>', html):
        depth, at = 1, found.end()
        while depth:
            tag = re.compile(r"<(/?)mark[^>]*>").search(html, at)
            assert tag
            depth += -1 if tag[1] else 1
            at = tag.end()
        pieces.append(plain(html[found.end() : at]))
    return "".join(pieces)


TEXTS = st.text(
    st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\n\t <>&\"'`${}\\"),
    min_size=1,
    max_size=80,
)


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, list[MarkedSpan], Mark, list[Mark]]:
    text = draw(TEXTS)
    place = st.integers(0, len(text))
    cuts = sorted(set(draw(st.lists(place, max_size=8))))
    kinds = st.sampled_from(list(SpanKind))
    spans = [
        MarkedSpan(draw(kinds), Span(start, end))
        for start, end in pairwise(cuts)
        if draw(st.booleans())
    ]

    def span() -> Span:
        start = draw(st.integers(0, len(text) - 1))
        return Span(start, draw(st.integers(start + 1, len(text))))

    focus = span()
    inner = draw(st.booleans())
    answer = Span(focus.start, draw(st.integers(focus.start + 1, focus.end))) if inner else None
    others = [Mark(number, span()) for number in range(2, 2 + draw(st.integers(0, 3)))]
    return text, spans, Mark(1, focus, answer), others


@given(marked_texts())
def test_the_text_is_the_source_and_the_mark_is_the_quote(
    case: tuple[str, list[MarkedSpan], Mark, list[Mark]],
) -> None:
    text, spans, focus, others = case
    html = text_html(text, spans, focus, others)

    assert plain(html) == text
    assert quoted(html) == text[focus.span.start : focus.span.end]
    assert html.count('id="pm-quote"') == 1
    if focus.answer:
        answers = re.findall(r'<strong class="pm-answers">(.*?)</strong>', html, re.DOTALL)
        assert "".join(map(plain, answers)) == text[focus.answer.start : focus.answer.end]


def make(text: str, *spans: tuple[SpanKind, int, int], **changes: Any) -> str:
    source = Source("s", changes.pop("name", "file.txt"), text, "0", "text/plain")
    article = Article(
        article_id="a",
        source_id="s",
        title=changes.get("title"),
        publisher="TASS",
        published=date(2020, 8, 6),
        date_basis="page stamp",
        language="en",
        spans=tuple(MarkedSpan(kind, Span(start, end)) for kind, start, end in spans),
        dates=(
            DateCandidate(date(2020, 8, 6), "page stamp"),
            DateCandidate(date(2022, 1, 2), "markup"),
        ),
        date_warning=changes.get("warning"),
        url=changes.get("url"),
    )
    return source_html(source, [article], "a", Mark(1, Span(0, 3)))


def test_the_header_says_publisher_date_basis_warning_and_file() -> None:
    words = visible(make("One two.", (SpanKind.BODY, 0, 8), warning="the year is in doubt"))

    for expected in ("TASS", "6 August 2020", "page stamp", "the year is in doubt", "file.txt"):
        assert expected in words
    assert "2 January 2022 (markup, published)" in words


def test_furniture_is_dimmed_and_labelled_once_without_adding_text() -> None:
    text = "Body.\n\nPlease give.\n\nNow."
    kinds = [(SpanKind.BODY, 0, 5), (SpanKind.APPEAL, 7, 19), (SpanKind.APPEAL, 21, 25)]
    html = text_html(text, [MarkedSpan(kind, Span(a, b)) for kind, a, b in kinds])

    assert html.count('data-label="Appeal to readers"') == 1
    assert plain(html) == text


def test_only_web_addresses_become_links() -> None:
    assert 'href="https://tass.com/1#:~:text=One"' in make("One two.", url="https://tass.com/1")
    assert "javascript" not in make("One two.", url="javascript:alert(1)")


def test_a_hostile_source_is_text() -> None:
    html = make(HOSTILE, (SpanKind.BODY, 0, len(HOSTILE)), title=HOSTILE, name=HOSTILE)

    assert not Tags(html).names & {"script", "img", "svg"}
    assert not set("`$\\") & set(html)
