"""Run a suite of claims: does the support check see what the cited texts support?"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime

from rich.progress import Progress

from evals.dataset.items import ClaimItem, Suite
from evals.records.figures import compute_all
from evals.records.provenance import Effort, provenance
from evals.records.record import ClaimOutcome, Record
from evals.running.choice import Choice, choose, suite_info
from rag.settings import Settings
from rag.verification.cited import Cited
from rag.verification.judge import open_judge
from rag.verification.support import SupportCheck, align, check_support


def run_claims(suite: Suite, settings: Settings, choice: Choice, progress: Progress) -> Record:
    """Check every chosen claim against its references; see `evals.running.run.run_suite`."""
    started, clock = datetime.now(UTC), time.perf_counter()
    chosen = choose(suite.claims, choice)
    outcomes = [
        _check(item) for item in progress.track(chosen, description=f"{suite.name}: checking")
    ]
    effort = Effort(started, time.perf_counter() - clock)
    return Record(
        suite=suite_info(suite, choice, len(outcomes), {}),
        made=provenance(settings, effort),
        figures=compute_all(outcomes),
        claims=outcomes,
    )


def supports(claim: str, references: Sequence[str]) -> bool:
    """Judge for ALCE's metrics, with the system's own support check, strictly."""
    return check_support(claim, references, open_judge()).level == "full"


def judged(item: ClaimItem) -> SupportCheck:
    """Ask the verifier about a claim; nothing else in the evals does.

    References of a known article are its sentences. The verifier gets them as it would in an
    answer: with the sentence before them, the article's date, and its title and publisher.
    """
    origin = item.origin
    if origin is None:
        return check_support(item.claim, item.references, open_judge())
    cited = Cited(
        tuple(item.references),
        origin.published,
        origin.title,
        origin.publisher,
        origin.before or "",
    )
    return align(item.claim, [cited], open_judge()).check


def _check(item: ClaimItem) -> ClaimOutcome:
    wall, cpu = time.perf_counter(), time.process_time()
    found = judged(item)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    decided = found.level == "full"
    return ClaimOutcome(
        id=item.id,
        type=item.type,
        portion=item.portion,
        scores={
            "label": float(item.supported),
            "decided": float(decided),
            "rejected": float(found.level == "none"),
            "correct": float(decided == item.supported),
            "support_score": found.score,
            "latency_ms": wall * 1000,
            "cpu_ms": cpu * 1000,
        },
        unscored={},
        claim=item.claim,
        references=list(item.references),
        supported=item.supported,
        level=found.level,
        reasons=list(found.reasons),
    )
