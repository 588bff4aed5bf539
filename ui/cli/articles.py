"""``pressmark articles``: what is in the library, what was refused, what to take out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.support import OneLineErrors, shared_of
from ui.cli.upgrading import tell_upgrade

if TYPE_CHECKING:
    from index.article import Article
    from index.library.library import Library

articles_app = typer.Typer(
    cls=OneLineErrors,
    invoke_without_command=True,
    help="List the indexed articles and refused files, or remove a folder.",
    epilog="Example: pressmark articles",
)


@articles_app.callback()
def main(ctx: typer.Context) -> None:
    """List the indexed articles and refused files, or remove a folder."""
    if ctx.invoked_subcommand is None:
        list_articles(ctx)


@articles_app.command("list", epilog="Example: pressmark articles list")
def list_articles(ctx: typer.Context) -> None:
    """List the articles: title, publisher, date and its basis, file, warnings."""
    from rag.pressmark import Pressmark
    from ui.cli.format import article_lines, plain
    from ui.http.models import article_model

    with Pressmark.open(
        shared_of(ctx).settings(), purpose="listing articles", upgrading=tell_upgrade
    ) as pressmark:
        library = pressmark.library
        articles = library.articles()
        for article in articles.values():
            source = library.sources([article.source_id])[article.source_id]
            passages = len(library.article_passages(article.article_id))
            model = article_model(article, source, passages)
            for line in article_lines(model, _opening(article, source.text)):
                typer.echo(line)
        counts = library.counts()
        typer.echo(f"{len(articles)} articles, {counts.refused} files refused")
        for root in library.roots():
            typer.echo(f"  in {plain(root.path)}")
        if not articles:
            typer.echo("Index some: pressmark index FOLDER")
        if counts.refused:
            typer.echo("Why files were refused: pressmark articles ledger")


@articles_app.command(epilog="Example: pressmark articles ledger")
def ledger(ctx: typer.Context) -> None:
    """List every file that was not indexed, and why."""
    from rag.pressmark import Pressmark
    from ui.cli.format import plain

    with Pressmark.open(
        shared_of(ctx).settings(), purpose="listing articles", upgrading=tell_upgrade
    ) as pressmark:
        entries = pressmark.library.ledger()
    for entry in entries:
        typer.echo(f"{plain(entry.root)}: {plain(entry.relpath)}: {plain(entry.reason)}")
    typer.echo(f"{len(entries)} files refused")


@articles_app.command(epilog="Example: pressmark articles remove ~/articles")
def remove(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(help="An indexed folder.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Take a folder out of the library; its files stay in place."""
    from rag.pressmark import Pressmark
    from ui.cli.format import plain

    settings = shared_of(ctx).settings()
    with Pressmark.open(
        settings, write=True, purpose="removing a folder", upgrading=tell_upgrade
    ) as pressmark:
        before = pressmark.library.counts().articles
        files = _files_within(pressmark.library, path)
        if not yes:
            question = f"Take {plain(str(path))} ({files} files) out of the library?"
            typer.confirm(question, abort=True)
        pressmark.remove(path)
        gone = before - pressmark.library.counts().articles
    typer.echo(f"Removed: {gone} articles. The files themselves are untouched.")


def _files_within(library: "Library", path: Path) -> int:
    """Count the files of a root.

    Raises:
        RootError: it is not indexed.
    """
    from index.ingest.scan import root_label

    return len(library.files(root_label(path)))


def _opening(article: "Article", text: str) -> str:
    return text[article.body[0].start : article.body[0].end] if article.body else ""
