"""``pressmark ask --batch``: a file of questions becomes a file of answers, line by line.

What was written stays: asked again, it goes on where it stopped. Only lines that failed, and those
whose question has changed, are asked again.
"""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from index.errors import InputError
from rag.pressmark import Pressmark
from rag.settings import Settings
from ui.cli.asking import STANDARD_INPUT, require_articles
from ui.cli.upgrading import tell_upgrade
from ui.http.batch import Asking, BatchAnswer, BatchLine, batch_lines

Write = Callable[[bytes], None]


def ask_batch(settings: Settings, questions: Path, out: Path | None) -> int:
    """Answer every question of a file that has no answer yet.

    Args:
        settings: of the library that is asked.
        questions: JSON Lines, each as the body of ``POST /v1/answer`` with an ``id``; ``-`` for
            standard input.
        out: where the answers go; None for standard output.

    Returns:
        how many lines failed.

    Raises:
        InputError: a file cannot be read or written, or holds something else.
    """
    lines = list(batch_lines(_read(questions)))
    if not lines:
        raise InputError(f"--batch {questions}: there are no questions in it.")
    with Pressmark.open(
        settings, purpose="answering questions", upgrading=tell_upgrade
    ) as pressmark:
        require_articles(pressmark)
        before = _answered_before(out, lines) if out else set()
        waiting = [line for line in lines if line.id not in before]
        with _writer(out) as write:
            became = Counter(_ask_all(pressmark, waiting, write))
    _say(len(lines), len(before), became)
    return became["failed"]


def _read(questions: Path) -> bytes:
    if str(questions) == STANDARD_INPUT:
        return sys.stdin.buffer.read()
    try:
        return questions.read_bytes()
    except OSError as error:
        raise InputError(f"--batch {questions}: {error.strerror}") from error


def _answered_before(out: Path, lines: Sequence[BatchLine]) -> set[str]:
    """The ids of the lines that have their answer; takes what must be asked again out of the file.

    Raises:
        InputError: the file holds something else than answers, and is left as it is.
    """
    try:
        former = out.read_bytes()
    except FileNotFoundError:
        return set()
    except OSError as error:
        raise InputError(f"--out {out}: {error.strerror}") from error
    asked = {line.id: line.asked.text if line.asked else None for line in lines}
    kept: dict[str, bytes] = {}
    *whole, torn = former.split(b"\n")
    for raw in whole:
        try:
            found = BatchAnswer.model_validate_json(raw)
        except ValidationError as error:
            raise InputError(
                f"--out {out} holds something else than answers; name another file."
            ) from error
        if found.answer is not None and asked.get(found.id, found.question) == found.question:
            kept[found.id] = raw
    if torn or len(kept) < len(whole):  # the last line was cut off, or some are asked again
        draft = out.with_name(f"{out.name}.tmp")
        draft.write_bytes(b"".join(raw + b"\n" for raw in kept.values()))
        os.replace(draft, out)
    return kept.keys() & asked.keys()


@contextmanager
def _writer(out: Path | None) -> Iterator[Write]:
    """Writes a line so that it is there whatever happens next."""
    if out is None:
        yield lambda line: typer.echo(line, nl=False)
        return
    try:
        file: BinaryIO = out.open("ab")
    except OSError as error:
        raise InputError(f"--out {out}: {error.strerror}") from error

    def write(line: bytes) -> None:
        file.write(line)
        file.flush()

    with file:
        yield write


def _ask_all(pressmark: Pressmark, lines: Sequence[BatchLine], write: Write) -> Iterator[str]:
    """Ask each line, write what comes back, and say in a word what became of it."""
    console = Console(stderr=True)
    asking = Asking(pressmark)
    with ExitStack() as stack:
        bar = Progress(
            TextColumn("Answering", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("questions", markup=False),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        task = bar.add_task("", total=len(lines))
        stack.enter_context(bar)
        for line in lines:
            answer = asking.answer(line)
            if answer is None:
                return
            write(answer.as_line())
            bar.advance(task)
            yield answer.answer.status if answer.answer else "failed"


def _say(lines: int, before: int, became: Counter[str]) -> None:
    words = [f"{became['answered']} answered", f"{became['abstained']} not said in the articles"]
    if before:
        words.append(f"{before} answered before")
    if became["failed"]:
        words.append(f"{became['failed']} failed, see their error")
    typer.echo(f"{lines} question{'' if lines == 1 else 's'}: {', '.join(words)}.", err=True)
