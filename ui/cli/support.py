"""What every command shares: settings, quiet, and errors that are one line on stderr."""

import gc
import json
import logging
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from index.errors import InputError, PressmarkError

if TYPE_CHECKING:
    from rag.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]
Publishers = Annotated[
    list[str] | None,
    typer.Option("--publisher", help="Only this publisher's articles; may be repeated."),
]
From = Annotated[
    str | None, typer.Option("--from", metavar="DATE", help="Published on this day or later.")
]
To = Annotated[
    str | None, typer.Option("--to", metavar="DATE", help="Published on this day or earlier.")
]
EXIT_INPUT = 2
EXIT_FAILED = 3
_OURS = frozenset({"evals", "index", "rag", "ui"})


@dataclass(frozen=True, slots=True)
class Shared:
    """The options that stand before the command."""

    home: Path | None
    verbose: bool

    def settings(self, **changes: Any) -> "Settings":
        """Read the settings, and put those of the command line on top.

        Args:
            changes: settings by name; None leaves the setting as it is.

        Raises:
            InputError: a setting of the environment or ``.env`` is invalid.
        """
        from pydantic import ValidationError

        from rag.settings import Settings
        from ui.http.inbound import field_errors

        given = {name: value for name, value in changes.items() if value is not None}
        if self.home is not None:
            given["home"] = self.home.expanduser().absolute()
        try:
            return Settings(**given)
        except ValidationError as error:
            found = "; ".join(map(str, field_errors(error.errors())))
            raise InputError(
                f"A setting is invalid: {found}. Pressmark reads settings from PRESSMARK_… "
                "variables and from .env."
            ) from error


class OneLineErrors(TyperGroup):
    """Prints an expected error as one line and exits with its status."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except InputError as error:
            _fail(error.user_message, EXIT_INPUT, error)
        except PressmarkError as error:
            _fail(error.user_message, EXIT_FAILED, error)
        except BrokenPipeError:
            raise  # typer ends quietly: whoever read our output has gone
        except OSError as error:
            _fail(str(error), EXIT_FAILED, error)


def _fail(message: str, status: int, error: Exception) -> NoReturn:
    from ui.cli.format import plain  # imports pydantic, which `pressmark --help` does not need

    typer.secho(f"Error: {plain(message)}", fg=typer.colors.RED, err=True)
    raise typer.Exit(status) from error


def shared_of(ctx: typer.Context) -> Shared:
    """The options that stand before the command."""
    found = ctx.find_object(Shared)
    return found or Shared(home=None, verbose=False)


def echo_json(value: object) -> None:
    """Print a value as JSON: in UTF-8, whatever the terminal is."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    typer.echo(text.encode("utf-8", "replace"))


def set_up_process() -> None:
    """Save processor time in this process, which is ours alone.

    An answer makes tens of thousands of small values that hold no cycles. Python looks for cycles
    after every 700, finds none, and takes a tenth of the time.
    """
    gc.set_threshold(50_000)


def set_up_output(verbose: bool) -> None:
    """Make dependencies quiet, and let any terminal print any text.

    Args:
        verbose: show warnings and logs of dependencies instead.
    """
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="backslashreplace")
    if not verbose and not sys.warnoptions:
        warnings.simplefilter("ignore")
    handler = logging.StreamHandler()
    handler.addFilter(lambda record: verbose or record.name.partition(".")[0] in _OURS)
    level = logging.INFO if verbose else logging.ERROR
    logging.basicConfig(level=level, handlers=[handler], format="%(levelname)s %(message)s")
