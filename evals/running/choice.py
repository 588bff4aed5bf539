"""Which items of a suite to run, and what a record says about the choice."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from evals.dataset.items import ClaimItem, PageItem, Query, Suite
from evals.dataset.lines import Portion
from evals.records.record import SuiteInfo
from index.errors import SuiteError


@dataclass(frozen=True, slots=True)
class Choice:
    """Which items to run.

    Attributes:
        portion: only items of this portion; None for all.
        limit: how many at most; None for all.
        sample: seed to draw them by; None takes the first ones.
        later: days to wait after each question's day; a question without a day is asked now.
        ranking: whether to search for each question as well, to judge the ranking of articles.
    """

    portion: Portion | None = None
    limit: int | None = None
    sample: int | None = None
    later: int = 0
    ranking: bool = True


Item = TypeVar("Item", Query, ClaimItem, PageItem)


def choose(items: Sequence[Item], choice: Choice) -> list[Item]:
    """Choose items, in the order of the suite.

    Raises:
        SuiteError: there is none.
    """
    kept = [item for item in items if choice.portion in (None, item.portion)]
    if not kept:
        raise SuiteError(f"No item of the suite is in the portion {choice.portion!r}.")
    if choice.limit is None or choice.limit >= len(kept):
        return kept
    if choice.sample is None:
        return kept[: choice.limit]
    drawn = random.Random(choice.sample).sample(range(len(kept)), choice.limit)  # noqa: S311
    return [kept[place] for place in sorted(drawn)]


def suite_info(suite: Suite, choice: Choice, items: int, refused: Mapping[str, str]) -> SuiteInfo:
    """Describe the suite and the choice for a record.

    Args:
        suite: the suite.
        choice: which of its items ran.
        items: how many ran.
        refused: documents that are not in the index, and why.
    """
    return SuiteInfo(
        name=suite.name,
        title=suite.title,
        kind="claims" if suite.claims else "pages" if suite.pages else "questions",
        data_hash=suite.data_hash,
        documents=len(suite.documents),
        refused=dict(refused),
        items=items,
        of=len(suite.claims or suite.pages or suite.queries),
        portion=choice.portion,
        limit=choice.limit,
        sample=choice.sample,
        later=choice.later,
        problems=[str(problem) for problem in suite.problems],
    )
