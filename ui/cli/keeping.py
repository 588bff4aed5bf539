"""``pressmark backup``, ``restore`` and ``doctor --repair``: keep a library, and get it back."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.support import shared_of
from ui.cli.upgrading import tell_upgrade

if TYPE_CHECKING:
    from rag.settings import Settings

_NAMED = 10


def add_keeping(app: typer.Typer) -> None:
    """Add the commands.

    Args:
        app: where to.
    """
    app.command("backup", epilog="Example: pressmark backup ~/backups/monday.pressmark")(backup)
    app.command("restore", epilog="Example: pressmark restore ~/backups/monday.pressmark")(restore)


def backup(
    ctx: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(help="The file to write; by default pressmark-DATE.backup, here."),
    ] = None,
) -> None:
    """Copy the library and the uploaded files into one file, while the server runs."""
    from index.ingest.report import counted
    from index.library.backup import back_up, home_of

    target = file or Path(f"pressmark-{date.today().isoformat()}.backup")
    settings = shared_of(ctx).settings()
    kept = back_up(home_of(settings.home, settings.library_at), target.expanduser())
    typer.echo(
        f"{kept.path}: {counted(kept.articles, 'article')} and {counted(kept.files, 'file')} that "
        f"lie nowhere else, {kept.bytes / 1e6:.1f} MB. Checked; `pressmark restore` puts it back."
    )


def restore(
    ctx: typer.Context, file: Annotated[Path, typer.Argument(help="What backup has written.")]
) -> None:
    """Put a backup in the place of the library; the former library is kept beside it."""
    from index.ingest.report import counted
    from index.library.backup import home_of
    from index.library.backup import restore as put_back

    settings = shared_of(ctx).settings()
    home = home_of(settings.home, settings.library_at)
    kept, former = put_back(home, file.expanduser())
    typer.echo(f"Restored: {counted(kept.articles, 'article')}.")
    if former is not None:
        typer.echo(f"The former library is now {former}; delete it once you do not need it.")


def repair_library(settings: "Settings") -> None:
    """Do what ``doctor --repair`` does before the doctor looks.

    Args:
        settings: of the library.
    """
    from index.errors import LibraryFormatError
    from index.ingest.report import counted
    from index.library.backup import home_of
    from index.library.library import LIBRARY_NAME, Library
    from index.library.repair import repair
    from index.library.seal import Seal
    from rag.pressmark import Pressmark
    from ui.cli.format import plain
    from ui.cli.indexing import index_with_progress

    if not (home_of(settings.home, settings.library_at) / LIBRARY_NAME).exists():
        typer.echo("Nothing to repair: there is no library yet.")
        return
    try:
        Seal(settings.home).check()
        with Library.open(settings.home) as library:
            if not library.verify():
                typer.echo("Nothing to repair: the library is whole.")
                return
    except LibraryFormatError as error:
        typer.echo(plain(error.user_message))
    done = repair(settings.home)
    typer.echo(f"The damaged file is now {done.former}. Saved: {counted(done.articles, 'article')}")
    for name in done.lost[:_NAMED]:
        typer.echo(f"  not whole: {plain(name)}")
    if len(done.lost) > _NAMED:
        typer.echo(f"  and {len(done.lost) - _NAMED} more")
    there = [Path(folder) for folder in done.folders if Path(folder).exists()]
    if not there:
        typer.echo("No folder of it is there to read again: pressmark index FOLDER")
        return
    with Pressmark.open(
        settings, write=True, purpose="reading the folders again", upgrading=tell_upgrade
    ) as pressmark:
        index_with_progress(pressmark, there)
