"""What a language model was used, and what that costs where the prices are known."""

import logging
from contextlib import suppress
from datetime import UTC, datetime

from index.errors import PressmarkError
from index.library.notes import DayUsage, Notes
from rag.llm.client import DEFAULT_MODEL
from rag.settings import Settings
from rag.types import Usage

_MILLION = 1_000_000


def has_prices(settings: Settings) -> bool:
    """Whether a price is set."""
    return settings.llm_prompt_price is not None or settings.llm_completion_price is not None


def cost_of(usage: Usage, settings: Settings) -> float | None:
    """What tokens cost, in the currency of the prices; None if no price is set or none was used."""
    if not has_prices(settings) or usage == Usage():
        return None
    read = usage.prompt_tokens * (settings.llm_prompt_price or 0)
    return (read + usage.completion_tokens * (settings.llm_completion_price or 0)) / _MILLION


def usage_words(read: int, written: int, cost: float | None) -> str:
    """Tokens and their cost in words; empty if no model was used.

    Args:
        read: tokens of prompts.
        written: tokens of replies.
        cost: of both; None if it is not known.
    """
    if not read and not written:
        return ""
    words = f"{read:,} tokens read, {written:,} written"
    return words if cost is None else f"{words}, cost {cost:.4f}"


def count(usage: Usage, settings: Settings, notes: Notes) -> None:
    """Add an answer's use of the model to the account of today, by UTC.

    An answer is worth more than its account, so a library that cannot be written to stops nothing.

    Args:
        usage: of the answer; nothing is counted if it is none.
        settings: name the model and its prices.
        notes: keep the account.
    """
    if usage == Usage():
        return
    cost = cost_of(usage, settings) or 0.0
    spent = DayUsage(
        _today(), _counted_as(settings), 1, usage.prompt_tokens, usage.completion_tokens, cost
    )
    try:
        notes.add_usage(spent)
    except PressmarkError as error:
        logging.getLogger(__name__).warning("A use of the model is not counted: %s", error)


def spent_today(settings: Settings, notes: Notes) -> list[str]:
    """Say what each model was used today, by UTC; nothing if none was.

    Args:
        settings: name the model whose prices are known.
        notes: keep the account.
    """
    with suppress(PressmarkError):
        return [_words(spent, settings) for spent in notes.usage(_today())]
    return []


def _words(spent: DayUsage, settings: Settings) -> str:
    is_priced = spent.cost > 0 or (has_prices(settings) and spent.model == _counted_as(settings))
    answers = "1 answer" if spent.answers == 1 else f"{spent.answers:,} answers"
    used = usage_words(
        spent.prompt_tokens, spent.completion_tokens, spent.cost if is_priced else None
    )
    return f"Today, {spent.model}: {answers}, {used}"


def _counted_as(settings: Settings) -> str:
    """The model's name in the account; never a class's arguments, which may hold keys."""
    if settings.llm:
        return settings.llm_shown
    return (settings.llm_model or "").strip() or DEFAULT_MODEL


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
