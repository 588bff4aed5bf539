"""How long an answer without a language model takes, by stage, and how many a second."""

import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Final

from evals.benchmarks.libraries import library_of, texts
from evals.benchmarks.made_up import questions
from evals.benchmarks.values import Measured, Plan, Row, at_most
from rag.types import Question

TITLE: Final = "How long does an answer take, and where does the time go?"
CLIENTS: Final = 8
WARM_UP: Final = 5
_DAY: Final = date(2025, 6, 1)


def measure(plan: Plan) -> Measured:
    """Ask a library one question after another, then eight at a time."""
    size = plan.served
    asked = [
        Question(text, as_of=_DAY)
        for text in questions(plan.questions + WARM_UP, texts(plan), seed=2)
    ]
    more = [Question(text, as_of=_DAY) for text in questions(plan.questions, texts(plan), seed=3)]
    walls, processor, stages = list[float](), list[float](), defaultdict[str, list[float]](list)
    with library_of(plan, size) as pressmark:
        for number, question in enumerate(asked):
            began, cpu = time.perf_counter(), time.process_time()
            answer = pressmark.answer(question)
            if number < WARM_UP:
                continue
            walls.append((time.perf_counter() - began) * 1000)
            processor.append((time.process_time() - cpu) * 1000)
            for stage, milliseconds in answer.timings_ms.items():
                if stage != "total":
                    stages[stage].append(milliseconds)
        began = time.perf_counter()
        with ThreadPoolExecutor(CLIENTS) as clients:
            list(clients.map(pressmark.answer, more))
        rate = len(more) / (time.perf_counter() - began)
    answer_row = at_most(f"an answer among {size:,} passages, median", "ms", walls, 120.0)
    rows = (
        answer_row,
        at_most("the same, 95th percentile", "ms", [answer_row.p95], 250.0),
        Row("processor time, all threads", "ms", tuple(processor)),
        *(Row(f"stage: {stage}", "ms", tuple(found)) for stage, found in stages.items()),
        Row(f"answers a second, {CLIENTS} at a time", "answers/s", (rate,)),
    )
    said = f"{plan.questions} questions, once each, after {WARM_UP} that are not counted"
    return Measured("answering", TITLE, rows, circumstances=said)
