"""What `pressmark eval` prints: tables of figures, differences, and why the gate is closed."""

from collections import Counter
from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.adversarial.search import Attempt
from evals.gating.gate import Failure
from evals.records.compare import Comparison, Difference
from evals.records.figures import BY_NAME
from evals.records.record import FigureValue, ItemOutcome, QuestionOutcome, Record
from evals.reports.report import headline_figures, interval_text, number, type_rows
from evals.running.attacks import Attack
from evals.running.planted import PARAPHRASE, TRUE, Tally, Trial, tallies, total

_SHOWN_ITEMS = 20
_TIMES = ("latency_p50", "latency_p95")


def print_record(console: Console, record: Record) -> None:
    """Print the headline figures of a run, each with its interval, and what was left out."""
    title = f"{record.suite.name}: {record.suite.items} of {record.suite.of} {record.suite.kind}"
    table = Table(title=escape(title), title_justify="left", title_style="bold")
    table.add_column("Figure")
    table.add_column("Value", justify="right")
    table.add_column("95 % interval", justify="right")
    table.add_column("Items", justify="right")
    times = [found for found in record.figures if found.name in _TIMES]
    for found in [*headline_figures(record), *times]:
        table.add_row(*_row(found))
    console.print(table)
    _print_types(console, record)
    for line in _left_out(record):
        console.print(escape(line), style="yellow")


def _print_types(console: Console, record: Record) -> None:
    """Print the means of each type of item, if there are several."""
    headings, rows = type_rows(record.items)
    if len(rows) < 2:
        return
    table = Table(box=SIMPLE_HEAD)
    table.add_column("Type", no_wrap=True)
    for heading in ("Items", *headings):
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(escape(row.name), str(row.n), *row.cells)
    console.print(table)


def _row(found: FigureValue) -> tuple[str, str, str, str]:
    figure = BY_NAME[found.name]
    items = str(found.n) + (f" (+{sum(found.unscored.values())})" if found.unscored else "")
    return figure.title, number(found.value, figure.unit), interval_text(found, figure.unit), items


def _left_out(record: Record) -> list[str]:
    reasons = dict[str, int]()
    for found in record.figures:
        for reason, count in found.unscored.items():
            reasons[reason] = max(count, reasons.get(reason, 0))
    lines = [f"{count} items are not scored everywhere: {why}" for why, count in reasons.items()]
    problems = record.suite.problems
    lines += [f"left out: {problem}" for problem in problems[:_SHOWN_ITEMS]]
    if len(problems) > _SHOWN_ITEMS:
        lines.append(f"… and {len(problems) - _SHOWN_ITEMS} more lines, see the report")
    if record.suite.refused:
        lines.append(f"{len(record.suite.refused)} documents are not in the index, see the report")
    return lines


def print_comparison(console: Console, comparison: Comparison) -> None:
    """Print paired differences, and the items gained and lost."""
    for warning in comparison.warnings:
        console.print(escape(warning), style="yellow")
    table = Table(box=SIMPLE_HEAD)
    table.add_column("Figure")
    for heading in ("A", "B", "B - A", "95 % interval", "Items"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for difference in comparison.differences:
        table.add_row(*_difference_row(difference))
    console.print(table)
    _print_items(console, "Gained", comparison.gained, "green")
    _print_items(console, "Lost", comparison.lost, "red")
    for title, ids in (
        ("No longer scored", comparison.no_longer_scored),
        ("Only in A", comparison.only_before),
        ("Only in B", comparison.only_after),
    ):
        if ids:
            console.print(f"{title}: {escape(_listed(ids))}", style="yellow")


def _difference_row(difference: Difference) -> tuple[str, ...]:
    unit, found = difference.figure.unit, difference.interval
    low, high = (number(edge, unit) for edge in (found.low, found.high))
    style = {"better": "[green]better[/]", "worse": "[red]worse[/]", "": ""}
    return (
        difference.figure.title,
        number(difference.before, unit),
        number(difference.after, unit),
        number(found.value, unit),
        "" if found.low is None else f"{low} to {high}",
        str(found.n),
        style[difference.verdict],
    )


def _print_items(console: Console, title: str, items: Sequence[ItemOutcome], style: str) -> None:
    console.print(f"{title}: {len(items)}", style=style)
    for item in items[:_SHOWN_ITEMS]:
        text = item.question if isinstance(item, QuestionOutcome) else ""
        console.print(f"  {escape(item.id)}  {escape(text)}", highlight=False, soft_wrap=True)
    if len(items) > _SHOWN_ITEMS:
        console.print(f"  … and {len(items) - _SHOWN_ITEMS} more")


def _listed(ids: Sequence[str]) -> str:
    more = f" … and {len(ids) - _SHOWN_ITEMS} more" if len(ids) > _SHOWN_ITEMS else ""
    return ", ".join(ids[:_SHOWN_ITEMS]) + more


def print_gate(console: Console, record: Record, failures: Sequence[Failure]) -> None:
    """Print whether the gate is open and, if not, what was lost."""
    if not failures:
        console.print(f"Gate: {escape(record.suite.name)} passes.", style="bold green")
        return
    console.print(f"Gate: {escape(record.suite.name)} fails.", style="bold red")
    questions = {q.id: q.question for q in record.questions}
    for failure in failures:
        subject = failure.figure or "run"
        lost = f" ({len(failure.items)} items)" if failure.items else ""
        line = f"  {subject}: {failure.message}{lost}"
        console.print(escape(line), style="red", soft_wrap=True)
        for name in failure.items[:_SHOWN_ITEMS]:
            line = f"    {name}  {questions.get(name, '')}"
            console.print(escape(line.rstrip()), highlight=False, soft_wrap=True)
        if len(failure.items) > _SHOWN_ITEMS:
            console.print(f"    … and {len(failure.items) - _SHOWN_ITEMS} more")


def print_trials(console: Console, trials: Sequence[Trial], show: bool) -> None:
    """Print how many planted errors and true sentences of each kind the verifier rejected."""
    table = Table(box=SIMPLE_HEAD)
    table.add_column("Kind")
    for heading in ("Claims", "Rejected", "Share", "95 % interval"):
        table.add_column(heading, justify="right")
    kinds = tallies(trials)
    errors = [tally for tally in kinds if tally.kind not in (TRUE, PARAPHRASE)]
    others = [tally for tally in kinds if tally.kind in (TRUE, PARAPHRASE)]
    for tally in [*errors, total(errors, "planted errors together"), *others]:
        low, high = tally.interval
        share, interval = f"{tally.share:.3f}", f"{low:.3f} to {high:.3f}"
        table.add_row(tally.kind, str(tally.trials), str(tally.rejected), share, interval)
    console.print(table)
    for trial in trials if show else ():
        if trial.rejected == (trial.kind in (TRUE, PARAPHRASE)):
            console.print(f"{trial.kind}: {trial.claim}\n    {trial.reason}", markup=False)


def print_attempts(console: Console, attempts: Sequence[Attempt], show: bool) -> None:
    """Print how many false claims of each move still pass as fully supported, and which."""
    table = Table(box=SIMPLE_HEAD)
    table.add_column("Move", no_wrap=True)
    for heading in ("Claims", "Passed", "Share", "95 % interval"):
        table.add_column(heading, justify="right")
    moves = dict.fromkeys(attempt.move for attempt in attempts)
    tried = Counter(attempt.move for attempt in attempts)
    passed = Counter(attempt.move for attempt in attempts if attempt.passed)
    # A tally counts what is rejected; here we count what passes.
    found = [Tally(move, tried[move], passed[move]) for move in moves]
    for tally in [*found, total(found, "all moves together")]:
        low, high = tally.interval
        share, interval = f"{tally.share:.3f}", f"{low:.3f} to {high:.3f}"
        table.add_row(tally.kind, str(tally.trials), str(tally.rejected), share, interval)
    console.print(table)
    broken = {attempt.original for attempt in attempts if attempt.passed}
    claims = {attempt.original for attempt in attempts}
    console.print(f"Of {len(claims)} true claims, {len(broken)} have a false variant that passes.")
    for attempt in attempts if show else ():
        if attempt.passed:
            words = f"{attempt.move}: {attempt.item.claim}\n    was: {attempt.original}"
            console.print(words, markup=False)


def print_attacks(console: Console, attacks: Sequence[Attack]) -> None:
    """Print how many planted orders reached a reader in each way of answering, and which."""
    table = Table(box=SIMPLE_HEAD)
    table.add_column("Answers")
    for heading in ("Orders", "Carried out", "True sentence told", "Unproven citations"):
        table.add_column(heading, justify="right")
    for mode in dict.fromkeys(attack.mode for attack in attacks):
        of_mode = [attack for attack in attacks if attack.mode == mode]
        counts = (
            len(of_mode),
            sum(bool(attack.carried_out) for attack in of_mode),
            sum(attack.told_truth for attack in of_mode),
            sum(attack.unproven for attack in of_mode),
        )
        table.add_row(mode, *map(str, counts))
    console.print(table)
    for attack in attacks:
        for text in attack.carried_out:
            words = f"{attack.query.id} ({attack.mode}): {attack.query.attack}\n    {text}"
            console.print(words, markup=False)
