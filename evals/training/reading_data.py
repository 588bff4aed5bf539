"""The reader's examples: questions beside passages, with the words that answer or none."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.training.mining import Mined
from evals.training.passages import any_extent, crop, extent, header, occurrences, window
from evals.training.sources import Row, Sources, Span
from evals.training.spoiling import spoil_question
from evals.training.translations import cross_language

LIMIT = 780
"""Characters of a passage; about what the reader takes in with a question."""
DENSE_LIMIT = 260
"""The same in scripts whose characters are syllables or words."""
DENSE = ("ja", "zh")
JOINED = 900

# Each set, with how many of its questions to take, and the share to add beside a passage of another
# question, which does not answer.
SETS: tuple[tuple[str, int, float], ...] = (
    ("qed_nq", 8396, 0.3),
    ("squad2_halfdev", 5343, 0),
    ("norquad", 4745, 0.1),
    ("timeqa_human_train", 1597, 0),
    ("selqa_dev_test", 3000, 0),
    ("qadiscourse_passage", 4000, 0),
    ("squad_it_test", 3000, 0.1),
    ("jaquad", 900, 0.1),
    ("jsquad", 600, 0),
    ("cmrc2018", 1200, 0.1),
    ("arcd", 1389, 0.1),
    ("fairytaleqa", 2200, 0),
    ("covidqa_0423", 700, 0),
)
SUITES = ("clapnq", "timeqa", "xquad_en", "xquad_ru")
TRANSLATED = 8000
JOINED_COUNT = 4000
FOUND = 0.9
"""How often a question also comes with a passage that the search finds and that does not answer."""
SPOILT = 0.9
"""How often a question that names somebody is asked about somebody else, too."""


@dataclass(frozen=True, slots=True)
class ReadingExample:
    """A question and a passage.

    Attributes:
        header: title, publisher and date of the passage; may be empty.
        spans: characters of the words that answer, any of them; none if nothing does.
    """

    question: str
    header: str
    passage: str
    spans: tuple[Span, ...]


def news_reading(articles: Sequence[Row], mined: Mined, rng: random.Random) -> list[ReadingExample]:
    """Make one pass over the questions about news, in freshly drawn windows.

    A question comes with the sentences that answer it, sometimes also with others of the same
    article, and mostly with a passage that the search would have found for it, too.
    """
    by_id = {article["id"]: article for article in articles}
    made: list[ReadingExample] = []
    for article in articles:
        count = len(article["sentences"])
        for place, asked in enumerate(article["questions"]):
            question = asked["q"]
            wrong = mined[article["id"], place]
            if wrong and rng.random() < FOUND:
                run = rng.choice(wrong)
                between, length = (run.first, run.after), run.after - run.first
                made.append(_unanswered(question, by_id[run.article], between, (length,) * 2, rng))
            if asked["kind"] == "none" or not asked["a"]:
                made.append(_unanswered(question, article, (0, count), (2, 7), rng))
                continue
            must = [number - 1 for number in asked["s"]]
            spans = answer_spans(article, must, asked["a"])
            if not spans:
                continue
            made.append(_answered(question, article, must, spans, rng))
            other = rng.choice(articles)
            if rng.random() < SPOILT and other["lang"] == asked["lang"] == article["lang"]:
                made += _spoilt(question, article, other, must, rng)
            rest = [(0, min(must)), (max(must) + 1, count)]
            rest = [(low, high) for low, high in rest if high > low]
            if rest and rng.random() < 0.4:
                made.append(_unanswered(question, article, rng.choice(rest), (1, 6), rng))
    return made


def answer_spans(article: Row, must: Sequence[int], answer: str) -> list[Span]:
    """Find the words in the sentences named, or else across them."""
    text, sentences = article["text"], article["sentences"]
    found = [span for s in must for span in occurrences(text, answer, tuple(sentences[s]))]
    if found:
        return found
    across = (sentences[min(must)][0], sentences[max(must)][1])
    return occurrences(text, answer, across)[:1]


def _answered(
    question: str, article: Row, must: Sequence[int], spans: Sequence[Span], rng: random.Random
) -> ReadingExample:
    first, after = window(len(article["sentences"]), must, 2, 7, rng)
    start, end = extent(article, first, after)
    inside = tuple((x - start, y - start) for x, y in spans if x >= start and y <= end)
    return ReadingExample(question, header(article, rng), article["text"][start:end], inside)


def _spoilt(
    question: str, article: Row, other: Row, must: Sequence[int], rng: random.Random
) -> list[ReadingExample]:
    """Ask about somebody else, beside the sentences that answer the question as it was."""
    changed = spoil_question(question, article["text"], other["text"], rng)
    if changed is None:
        return []
    start, end = extent(article, *window(len(article["sentences"]), must, 2, 7, rng))
    return [ReadingExample(changed, header(article, rng), article["text"][start:end], ())]


def _unanswered(
    question: str,
    article: Row,
    between: tuple[int, int],
    lengths: tuple[int, int],
    rng: random.Random,
) -> ReadingExample:
    start, end = any_extent(article, *between, lengths, rng)
    return ReadingExample(question, header(article, rng), article["text"][start:end], ())


def general_reading(sources: Sources, rng: random.Random) -> list[ReadingExample]:
    """Gather everything that is not news, once."""
    made: list[ReadingExample] = []
    for name, count, negatives in SETS:
        found = from_set(sources.reading(name), count, negatives, rng)
        sources.note(f"reading/{name}", found)
        made += found
    for name in SUITES:
        found = from_suite(name, *sources.suite(name), rng)
        sources.note(f"{name} (train portion)", found)
        made += found
    crossed = translated(sources, rng)
    sources.note("xquad across languages (train portion)", crossed)
    joined = joined_sentences(sources.reading("qamr_dev_test"), JOINED_COUNT, rng)
    sources.note("reading/qamr_dev_test", joined)
    return made + crossed + joined


def translated(sources: Sources, rng: random.Random) -> list[ReadingExample]:
    """Gather questions in one language on a paragraph in another."""
    return [
        ReadingExample(question, "", passage, spans)
        for question, passage, spans in cross_language(sources, TRANSLATED, _limit, rng)
    ]


def _limit(language: str) -> int:
    return DENSE_LIMIT if language in DENSE else LIMIT


def from_set(
    rows: list[Row], count: int, negatives: float, rng: random.Random
) -> list[ReadingExample]:
    """Gather questions of a set, some of them beside a passage of another question.

    Args:
        rows: of the set; this shuffles them.
        count: how many to take.
        negatives: how many of the others to add, as a share of those taken.
        rng: source of chance.
    """
    rng.shuffle(rows)
    made = []
    for row in rows[:count]:
        found = [(a["start"], a["start"] + len(a["text"]), a["text"]) for a in row["answers"]]
        spans = [(x, y) for x, y, words in found if row["context"][x:y] == words]
        if row["answers"] and not spans:
            continue
        passage, kept = crop(row["context"], spans, _limit(row["lang"]), rng)
        if kept or not spans:
            made.append(ReadingExample(row["question"], "", passage, tuple(kept)))
    for _ in range(int(negatives * len(made))):
        one, other = rng.sample(made, 2)
        if one.passage != other.passage:
            made.append(ReadingExample(one.question, "", other.passage, ()))
    return made


def from_suite(
    name: str, corpus: Mapping[str, str], queries: Sequence[Row], rng: random.Random
) -> list[ReadingExample]:
    """Gather questions of a suite's train portion."""
    made = []
    for query in queries:
        if query["answerable"] is None:
            continue
        if not query["answerable"]:
            for doc_id in query.get("context") or [query.get("passage")]:
                if doc_id in corpus:
                    passage, _ = crop(corpus[doc_id], [], LIMIT, rng)
                    made.append(ReadingExample(query["question"], "", passage, ()))
            continue
        if not query["gold"]:
            continue
        text = corpus[query["gold"][0]["doc_id"]]
        spans = _gold_spans(text, query, whole_quotes=name == "clapnq")
        if not spans:
            continue
        passage, kept = crop(text, spans, LIMIT, rng)
        if kept:
            made.append(ReadingExample(query["question"], "", passage, tuple(kept)))
    return made


def _gold_spans(text: str, query: Row, *, whole_quotes: bool) -> list[Span]:
    """Accepted answers in the first gold quote, or else the quotes if those are the answer."""
    quote = query["gold"][0]["quote"]
    at = text.find(quote)
    if at < 0:
        return []
    end = at + len(quote)
    places = [(text.find(answer, at, end), answer) for answer in query["answers"]]
    spans = [(x, x + len(answer)) for x, answer in places if x >= 0]
    if spans or not whole_quotes:
        return spans
    quotes = [(text.find(gold["quote"]), gold["quote"]) for gold in query["gold"]]
    return [(x, x + len(words)) for x, words in quotes if x >= 0]


def joined_sentences(rows: Sequence[Row], count: int, rng: random.Random) -> list[ReadingExample]:
    """Gather questions on single sentences, each put among sentences of others."""
    # In order of first appearance: a set's order changes from run to run, and so would the draws.
    contexts = list(dict.fromkeys(row["context"] for row in rows))
    made = []
    for row in rng.sample(list(rows), count):
        if len(row["question"].split()) < 4 or not row["answers"]:
            continue
        others = [c for c in rng.sample(contexts, 3) if c != row["context"]]
        at = rng.randint(0, len(others))
        start = sum(len(context) + 1 for context in others[:at]) + row["answers"][0]["start"]
        others.insert(at, row["context"])
        end = start + len(row["answers"][0]["text"])
        spans = ((start, end),) if end <= JOINED else ()
        made.append(ReadingExample(row["question"], "", " ".join(others)[:JOINED], spans))
    return made
