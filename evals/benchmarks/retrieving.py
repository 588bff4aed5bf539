"""How long a search takes, and how that grows with the library."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from evals.benchmarks.libraries import library_of, settings_of, texts
from evals.benchmarks.made_up import PUBLISHERS, articles, questions
from evals.benchmarks.values import Curve, Measured, Plan, Row, at_most
from index.article import SearchFilters
from rag.pressmark import Pressmark
from rag.types import Question

TITLE: Final = "How does a search grow with the library?"
LIMITS: Final = {20_000: 8.0, 100_000: 12.0, 1_000_000: 25.0}
FILTERED: Final = SearchFilters(
    publishers=PUBLISHERS[:2], published_from=date(2018, 1, 1), published_to=date(2021, 12, 31)
)
_DAY: Final = date(2025, 6, 1)


def measure(plan: Plan) -> Measured:
    """Search libraries of each size, with filters and without, and add an article to each."""
    rows, medians, adding = [], [], []
    asked = [Question(text, as_of=_DAY) for text in questions(plan.questions, texts(plan))]
    narrowed = [replace(question, filters=FILTERED) for question in asked]
    for size in plan.sizes:
        with library_of(plan, size) as pressmark:
            plain, filtered = _timed(pressmark, asked), _timed(pressmark, narrowed)
        free = _row(f"search among {size:,} passages", plain, LIMITS.get(size))
        rows += [free, _row("the same with filters on", filtered, None)]
        rows.append(at_most("95th percentile over the median", "×", [free.p95 / free.median], 3.0))
        cost = rows[-2].median / free.median
        rows.append(at_most("filters on over filters off", "×", [cost], 2.0))
        medians.append((float(size), free.median))
        added = _add_one(plan, size)
        rows.append(at_most("adding one article", "ms", [added], 300.0))
        adding.append((float(size), added))
    growth = Curve("Search, median", "passages", "ms", tuple(medians))
    if growth.exponent is not None:
        rows.append(at_most("growth of the median: exponent", "", [growth.exponent], 0.3))
    said = (
        f"{plan.questions} questions a size, once each, after ten that are not counted; from the "
        "question to loaded evidence. Vectors are synthetic, and cost next to nothing"
    )
    curves = (growth, Curve("Adding one article", "passages", "ms", tuple(adding)))
    return Measured("retrieving", TITLE, tuple(rows), curves, said)


def _row(what: str, values: Sequence[float], limit: float | None) -> Row:
    return at_most(what, "ms", values, limit) if limit else Row(what, "ms", tuple(values))


def _timed(pressmark: Pressmark, asked: Sequence[Question]) -> list[float]:
    """Milliseconds of each search, up to the loaded evidence; vectors cost nothing here."""
    for question in asked[:10]:
        pressmark.evidence(question)
    return [_milliseconds(lambda one=question: pressmark.evidence(one)) for question in asked]


def _milliseconds(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000


def _add_one(plan: Plan, size: int) -> float:
    """Milliseconds to add an article to a library of this size, and to bring both indexes along."""
    folder = plan.folder / f"one-more-{size}"
    folder.mkdir(exist_ok=True)
    text = next(articles(1, texts(plan), seed=time.time_ns()))
    (folder / "one.txt").write_text(text, encoding="utf-8")
    with Pressmark.open(settings_of(plan, size), write=True) as pressmark:
        return _milliseconds(lambda: pressmark.index([folder]))
