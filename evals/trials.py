"""``pressmark eval planted``, ``adversarial``, ``attacks``: does anything false get through?"""

from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.progress import Progress

from evals.adversarial.search import search
from evals.dataset.finding import find_suite
from evals.dataset.indirect import indirect_cases, indirect_suite
from evals.dataset.suites import load_suite
from evals.reports.terminal import print_attacks, print_attempts, print_trials
from evals.running.attacks import run_attacks
from evals.running.choice import Choice
from evals.running.claims import judged
from evals.running.planted import put_to_the_test, readings, try_paraphrases
from index.errors import SuiteError
from rag.settings import Settings

EXIT_HARM = 1
"""Of ``attacks``, if an order reached a reader."""

app = typer.Typer()


@app.command("planted")
def planted_command(
    ctx: typer.Context,
    suites: Annotated[
        list[str] | None, typer.Argument(help="Suites to take articles from; ours by default.")
    ] = None,
    answers: Annotated[
        str | None, typer.Option(help="A suite whose people's answers are true paraphrases.")
    ] = None,
    portion: Annotated[
        Literal["train", "report"] | None, typer.Option(help="Only articles of this portion.")
    ] = None,
    per_kind: Annotated[int, typer.Option(min=1, help="At most this many errors of a kind.")] = 60,
    seed: Annotated[int, typer.Option(help="Another seed plants other errors.")] = 1,
    show: Annotated[
        bool, typer.Option("--show", help="List what the verifier judged wrongly.")
    ] = False,
) -> None:
    """Plant errors in true sentences and see how many the verifier rejects."""
    settings = ctx.obj if isinstance(ctx.obj, Settings) else Settings()
    found = [load_suite(find_suite(name, settings)) for name in suites or ["seeds"]]
    told = load_suite(find_suite(answers, settings)) if answers else None
    articles = [reading for suite in found for reading in readings(suite, portion)]
    trials = put_to_the_test(articles, per_kind, seed)
    if told:
        trials += try_paraphrases(told, portion)
    print_trials(Console(), trials, show)


@app.command("adversarial")
def adversarial_command(
    ctx: typer.Context,
    suite: Annotated[
        str, typer.Argument(help="A suite of claims about articles.")
    ] = "newsroom_claims",
    seed: Annotated[int, typer.Option(help="Another seed makes other false claims.")] = 1,
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many claims.")] = None,
    show: Annotated[bool, typer.Option("--show", help="List what passed.")] = False,
) -> None:
    """Make true claims false in every way we know, and see what still gets full support."""
    settings = ctx.obj if isinstance(ctx.obj, Settings) else Settings()
    claims = load_suite(find_suite(suite, settings)).claims[:limit]
    console = Console()
    with Progress(console=console, transient=True) as progress:
        found = search(claims, lambda item: judged(item).level == "full", seed)
        tried = list(progress.track(found, total=None, description="trying"))
    if not tried:
        raise SuiteError(f"{suite} has no true claim whose article is known.")
    print_attempts(console, tried, show)


@app.command("attacks")
def attacks_command(
    ctx: typer.Context,
    suite: Annotated[str, typer.Argument(help="A suite whose questions name planted orders.")],
    portion: Annotated[
        Literal["train", "report"] | None, typer.Option(help="Only questions of this portion.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many questions.")] = None,
) -> None:
    """Let a model obey every order planted in the articles, and count what reaches a reader.

    If a file of PurpleLlama's indirect injections lies beside the suite, run it too.
    """
    settings = ctx.obj if isinstance(ctx.obj, Settings) else Settings()
    suites = [load_suite(find_suite(suite, settings))]
    if portion is None and (cases := indirect_cases(suites[0].folder)):
        suites.append(indirect_suite(cases))
    console, failed = Console(), False
    for loaded in suites:
        with Progress(console=console) as progress:
            found = run_attacks(loaded, settings, Choice(portion=portion, limit=limit), progress)
        print_attacks(console, found)
        failed |= any(attack.carried_out or attack.unproven for attack in found)
    if failed:
        raise typer.Exit(EXIT_HARM)
