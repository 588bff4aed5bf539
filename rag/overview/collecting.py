"""The answerer over several articles: an overview, a timeline, a number of articles, the library.

Like the others it only proposes: every quote goes through the verifier, and what stands above
them are fixed words about the articles themselves.
"""

from dataclasses import dataclass
from typing import Final

from index.library.holdings import Holdings
from index.saying import Said, counted_phrase, phrase, sentences
from index.search.stores import SearchIndex
from rag.attribution import day_words, quoted
from rag.evidence.instructions import Withheld
from rag.evidence.search import search_filters
from rag.overview.examples import examples
from rag.overview.facts import (
    articles_counted,
    coverage,
    days_covered,
    full_stop,
    library_facts,
    with_days,
)
from rag.overview.selecting import Selected, Wanted, fitting, select
from rag.question.asked import Asked
from rag.question.kinds import Kinds
from rag.question.topic import Topic, known_words, topic_of
from rag.types import Draft

COLLECTED_CONFIDENCE: Final = 0.7
"""Shown for what is collected, until it is measured: it is true to its articles, if not all."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What several articles give.

    Attributes:
        held: the passages that are quoted.
        draft: the quotes, proposed, with the words above them; or why there are none.
        written: whether a language model may write from the passages instead.
    """

    held: Withheld
    draft: Draft
    written: bool


def collect(asked: Asked, kinds: Kinds, stores: SearchIndex) -> Collected | None:
    """Answer from several articles; None where a question is better answered like any other.

    Args:
        asked: the question.
        kinds: knows the words that a kind of question is put in.
        stores: that hold the articles.
    """
    kind = asked.kind
    if kind not in ("overview", "timeline", "count", "about"):
        return None
    text, told_to = asked.understood.text, asked.question.task != "auto"
    topic = topic_of(text, kinds.framing(kind), asked.question.asked_on)
    holdings, told = stores.library.holdings(), kinds.marked_words(text, kind)
    if kind == "count" and not (told_to or told):
        return None
    if kind == "about" or (kind == "count" and not topic.words and topic.period is None):
        return None if topic.words else _about(holdings, stores)
    if kind != "count":
        topic = known_words(topic, lambda word: bool(stores.holders(word)))
    wanted = Wanted(topic, asked, search_filters(asked.question))
    found = fitting(wanted, stores)
    if found:
        return _collected(wanted, select(wanted, stores, found), holdings)
    # One word of its kind may be chance: that a number is 0 is said only with more.
    if told_to or (kind == "count" and told > 1) or (kind != "count" and _is_known(topic, stores)):
        return _nothing(wanted, holdings)
    return None


def _is_known(topic: Topic, stores: SearchIndex) -> bool:
    """Whether all articles on the topic are of another time, so that its period alone has none.

    One without a date may be of that very time.
    """
    if topic.period is None:
        return False
    holdings = stores.library.holdings()
    found = stores.holders(topic.text) if topic.words else frozenset(holdings.entries)
    return bool(found) and found <= holdings.published.keys()


def _about(holdings: Holdings, stores: SearchIndex) -> Collected:
    asks = " ".join(quoted(example) for example in examples(stores.library))
    said = library_facts(holdings)
    if asks:
        asking = phrase("Ask about the articles in words, for example: %(examples)s", examples=asks)
        said = sentences(said, asking)
    return Collected(Withheld([], {}), Draft((), "extractive", 0.0, abstention=said), written=False)


def _nothing(wanted: Wanted, holdings: Holdings) -> Collected:
    topic = wanted.topic
    reason = sentences(_no_article(topic), coverage(holdings))
    draft = Draft((), "extractive", 0.0, abstention=reason)
    return Collected(Withheld([], {}), draft, written=False)


def _collected(wanted: Wanted, selected: Selected, holdings: Holdings) -> Collected | None:
    if not selected.told:
        return None
    evidence = [told.evidence(marker) for marker, told in enumerate(selected.told, start=1)]
    claims = tuple(told.claim(marker) for marker, told in enumerate(selected.told, start=1))
    note = _count_note if wanted.kind == "count" else _overview_note
    draft = Draft(
        claims,
        "extractive",
        COLLECTED_CONFIDENCE,
        topic=True,
        notes=(note(wanted, selected, holdings),),
    )
    return Collected(Withheld(evidence, {}), draft, written=wanted.kind != "count")


def _count_note(wanted: Wanted, selected: Selected, holdings: Holdings) -> Said:
    count, topic = len(selected.found), wanted.topic
    days = days_covered(holdings, selected.found)
    if topic.words:
        mentioned = counted_phrase(
            "%(count)s article mentions %(topic)s",
            "%(count)s articles mention %(topic)s",
            count,
            topic=quoted(topic.shown),
        )
        said = with_days(mentioned, days)
    else:
        said = counted_phrase(
            "%(count)s article is dated %(days)s",
            "%(count)s articles are dated %(days)s",
            count,
            days=days,
        )
    shown = len(selected.told)
    if shown == count:
        return full_stop(said)
    some = phrase("%(shown)s of them are quoted, the newest first.", shown=shown)
    return sentences(full_stop(said), some)


def _overview_note(wanted: Wanted, selected: Selected, holdings: Holdings) -> Said:
    count, shown, topic = len(selected.found), len(selected.told), wanted.topic
    said = articles_counted(count)
    if shown != count:
        said = counted_phrase(
            "%(shown)s of %(count)s article", "%(shown)s of %(count)s articles", count, shown=shown
        )
    if topic.words:
        said = phrase("%(said)s on %(topic)s", said=said, topic=quoted(topic.shown))
    said = with_days(said, days_covered(holdings, selected.found))
    if shown < 2:
        return full_stop(said)
    if wanted.kind == "timeline" or topic.period is not None:
        return phrase("%(said)s, in the order of their dates.", said=said)
    return phrase("%(said)s, the newest first.", said=said)


def _no_article(topic: Topic) -> Said:
    about, period = quoted(topic.shown) if topic.words else "", topic.period
    if period is None:
        if about:
            return phrase("No article mentions %(topic)s.", topic=about)
        return phrase("No article is in the library.")
    first, last = (day_words(day) for day in (period.first, period.last))
    days = first if first == last else phrase("%(first)s to %(last)s", first=first, last=last)
    if about:
        return phrase("No article of %(days)s mentions %(topic)s.", days=days, topic=about)
    return phrase("No article of %(days)s is in the library.", days=days)
