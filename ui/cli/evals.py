"""``pressmark eval``: hands its arguments to `evals.command`."""

import typer

from ui.cli.support import shared_of


def add_eval(app: typer.Typer) -> None:
    """Add the command.

    Args:
        app: to add it to.
    """
    app.command(
        "eval",
        context_settings={
            "allow_extra_args": True,
            "ignore_unknown_options": True,
            "help_option_names": [],  # evals.command knows its own options
        },
        epilog="Example: pressmark eval evals/suites/seeds",
    )(evaluate)


def evaluate(ctx: typer.Context) -> None:
    """Ask a suite's questions, score the answers and write a report."""
    from evals.command import run

    raise typer.Exit(run(ctx.args, shared_of(ctx).settings()))
