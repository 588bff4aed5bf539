"""Progress of bringing over an older library, on stderr."""

import sys

import typer


def tell_upgrade(done: int, total: int) -> None:
    """Rewrite one line on a terminal; elsewhere print the beginning and the end.

    Args:
        done: passages with their new vector.
        total: passages of the library.
    """
    watched = sys.stderr.isatty()
    if watched or done in (0, total):
        words = f"Bringing the library over to the new format: {done} of {total} passages"
        typer.echo(words, err=True, nl=not watched or done == total)
    if watched and done < total:
        typer.echo("\r", err=True, nl=False)
