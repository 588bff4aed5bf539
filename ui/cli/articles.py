"""``pressmark articles``: what is in the library, what was refused, what to take out."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.support import AsJson, OneLineErrors, echo_json, shared_of
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
def main(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the indexed articles and refused files, or remove a folder."""
    if ctx.invoked_subcommand is None:
        list_articles(ctx, as_json)


@articles_app.command("list", epilog="Example: pressmark articles list")
def list_articles(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the articles: title, publisher, date and its basis, file, warnings."""
    from index.ingest.report import counted
    from rag.pressmark import Pressmark
    from ui.cli.format import article_lines, plain
    from ui.http.models import article_model, files_model

    with Pressmark.open(
        shared_of(ctx).settings(), purpose="listing articles", upgrading=tell_upgrade
    ) as pressmark:
        library = pressmark.library
        if as_json:
            echo_json(_listed(library))
            return
        articles = library.articles()
        for article in articles.values():
            source = library.sources([article.source_id])[article.source_id]
            passages = len(library.article_passages(article.article_id))
            model = article_model(article, source, passages)
            for line in article_lines(model, _opening(article, source.text)):
                typer.echo(line)
        counts = library.counts()
        files = files_model(counts)
        typer.echo(
            f"{counted(len(articles), 'article')} in {counted(files.taken, 'file')}, "
            f"{counted(files.duplicates, 'file')} the same as another, "
            f"{counted(files.refused, 'file')} refused"
        )
        for root in library.roots():
            typer.echo(f"  in {plain(root.path)}")
        if not articles:
            typer.echo("Index some: pressmark index FOLDER")
        if counts.refused:
            typer.echo("Why files were refused: pressmark articles ledger")


@articles_app.command(epilog="Example: pressmark articles ledger")
def ledger(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List every file that was not indexed, and why."""
    from rag.pressmark import Pressmark
    from ui.cli.format import plain

    with Pressmark.open(
        shared_of(ctx).settings(), purpose="listing articles", upgrading=tell_upgrade
    ) as pressmark:
        entries = pressmark.library.ledger()
    if as_json:
        echo_json([asdict(entry) for entry in entries])
        return
    for entry in entries:
        typer.echo(f"{plain(entry.root)}: {plain(entry.relpath)}: {plain(entry.reason)}")
    typer.echo(f"{len(entries)} files refused")


@articles_app.command(epilog="Example: pressmark articles remove ~/articles")
def remove(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(help="An indexed folder.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
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
            typer.confirm(question, abort=True, err=as_json)
        pressmark.remove(path)
        left = pressmark.library.counts().articles
    gone = before - left
    if as_json:
        echo_json({"removed": {"files": files, "articles": gone}, "articles": left})
        return
    typer.echo(f"Removed: {gone} articles. The files themselves are untouched.")


def _listed(library: "Library") -> dict[str, object]:
    """The list as the API gives it, with the folders."""
    from ui.http.articles import article_models

    found = article_models(library, list(library.articles()))
    return {
        "index_version": library.index_version,
        "total": len(found),
        "folders": [root.path for root in library.roots()],
        "articles": [article.model_dump(mode="json") for article in found],
        "refused": [asdict(entry) for entry in library.ledger()],
    }


def _files_within(library: "Library", path: Path) -> int:
    """Count the files of a root.

    Raises:
        RootError: it is not indexed.
    """
    from index.ingest.scan import root_label

    return len(library.files(root_label(path)))


def _opening(article: "Article", text: str) -> str:
    return text[article.body[0].start : article.body[0].end] if article.body else ""
