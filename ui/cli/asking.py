"""``pressmark ask``: one question, from the command line or from standard input."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import InputError
from ui.cli.support import Shared
from ui.cli.upgrading import tell_upgrade

if TYPE_CHECKING:
    from collections.abc import Callable

    from rag.contract import AnswerRequest, AnswerResponse
    from rag.pressmark import Pressmark

STANDARD_INPUT = "-"


def answer(
    shared: Shared, request: "AnswerRequest", show: "Callable[[AnswerResponse], None]"
) -> None:
    """Answer a question and show the answer.

    Args:
        shared: the options that stand before the command.
        request: what is asked.
        show: shows the answer, see `ui.cli.exporting.showing`.

    Raises:
        InputError: nothing is indexed.
    """
    from rag.contract import answer_response
    from rag.pressmark import Pressmark

    with Pressmark.open(
        shared.settings(), purpose="answering a question", upgrading=tell_upgrade
    ) as pressmark:
        require_articles(pressmark)
        response = answer_response(pressmark.answer(request.to_question()))
    show(response)


def require_articles(pressmark: "Pressmark") -> None:
    """Say what to do where there is nothing to ask.

    Raises:
        InputError: nothing is indexed.
    """
    if not pressmark.library.counts().articles:
        raise InputError(
            f"There are no articles in {pressmark.settings.home} yet. Index some first: "
            "pressmark index FOLDER"
        )


def request_of(asked: dict[str, object]) -> "AnswerRequest":
    """What was asked, checked exactly as the API checks it.

    Raises:
        InputError: it cannot be asked; the message names the option.
    """
    from pydantic import ValidationError

    from rag.contract import AnswerRequest
    from ui.http.inbound import field_errors

    try:
        return AnswerRequest.model_validate(asked)
    except ValidationError as error:
        raise InputError("; ".join(map(_as_option, field_errors(error.errors())))) from error


def _as_option(error: object) -> str:
    """A field's name as the user typed it."""
    text = str(error)
    for field, option in (
        ("as_of", "--as-of"),
        ("filters.published_from", "--from"),
        ("filters.published_to", "--to"),
        ("filters.publishers", "--publisher"),
        ("history", "--history"),
        ("question", "The question"),
    ):
        if text.startswith(field):
            return option + text.removeprefix(field)
    return text


def question_of(typed: str | None) -> str:
    """The question: as typed, or ``-`` for standard input.

    Raises:
        InputError: none was typed, or standard input is no text.
    """
    if typed is None:
        raise InputError('Type a question: pressmark ask "…"; or - to read standard input.')
    if typed != STANDARD_INPUT:
        return typed
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("Standard input is not text in UTF-8.") from error


def history_of(path: Path | None) -> object:
    """The earlier exchanges of a file.

    Raises:
        InputError: it cannot be read, or is no JSON.
    """
    if path is None:
        return []
    from ui.http.inbound import MalformedJsonError, parse_json

    try:
        return parse_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"--history {path}: {error.strerror}") from error
    except MalformedJsonError as error:
        raise InputError(f"--history {path}: {error}") from error
