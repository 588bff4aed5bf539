"""A vendor's error as one of ours.

Any LlamaIndex LLM may raise errors of its own, so they are read by their shape (a status code, a
response with headers) and not by their class. Messages are our own words alone: a vendor's may
repeat the key.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import openai

from index.errors import (
    LanguageModelError,
    ModelConfigurationError,
    ModelContextError,
    ModelReplyError,
    ModelUnavailableError,
)

MAX_RETRY_AFTER_S = 24 * 3600.0
UNEXPECTED_FORM = (
    "The language model's reply has an unexpected form. "
    "Is PRESSMARK_LLM_BASE_URL right? It usually ends in /v1."
)
_KEY = (
    "The language model refused the key. Set OPENAI_API_KEY (or PRESSMARK_LLM_API_KEY) "
    "to one that is valid there."
)
_ADDRESS = (
    "The language model's address or name is unknown there. "
    "Set PRESSMARK_LLM_BASE_URL (it usually ends in /v1) and PRESSMARK_LLM_MODEL."
)
_TOO_LONG = (
    "context_length", "context length", "context size", "context window", "exceed_context",
    "maximum context", "too many tokens", "prompt is too long", "input is too long",
)  # fmt: skip
_NO_CREDIT = ("insufficient_quota", "billing")


def translated(error: Exception) -> LanguageModelError:
    """The error as one of ours; what is not known counts as a reply that cannot be used."""
    status = _status(error)
    said = _said(error)
    if any(words in said for words in _TOO_LONG) or status == 413:
        return ModelContextError("The question and its passages are too long for the model.")
    if status is not None:
        return _by_status(status, said, _headers(error))
    if isinstance(error, openai.APITimeoutError | httpx.TimeoutException | TimeoutError):
        return ModelUnavailableError("The language model took too long.")
    if isinstance(error, openai.APIConnectionError | httpx.ConnectError):
        return ModelUnavailableError("The language model cannot be reached.")
    if isinstance(error, httpx.TransportError | OSError):
        return ModelUnavailableError("The connection to the language model broke.")
    if type(error) is openai.APIError:  # reported in the middle of a stream
        return ModelUnavailableError("The language model's server failed while it wrote.")
    return ModelReplyError(UNEXPECTED_FORM)


def _by_status(status: int, said: str, headers: Mapping[str, str]) -> LanguageModelError:
    if status in (401, 403):
        return ModelConfigurationError(_KEY)
    if status == 404:
        return ModelConfigurationError(_ADDRESS)
    if status == 402 or any(words in said for words in _NO_CREDIT):
        return ModelConfigurationError(
            "The language model's account has no credit left. Top it up, or set another key."
        )
    if 300 <= status < 400:
        return ModelConfigurationError(
            "The language model's address redirects to another, which is not followed. "
            "Set PRESSMARK_LLM_BASE_URL to the final address."
        )
    if status == 429:
        return ModelUnavailableError(
            "The language model has too many requests at the moment.", retry_after(headers)
        )
    if status in (408, 409, 425) or status >= 500:
        return ModelUnavailableError(
            f"The language model's server failed (HTTP {status}).", retry_after(headers)
        )
    return ModelReplyError(f"The language model's server refused the request (HTTP {status}).")


def _status(error: Exception) -> int | None:
    for holder in (error, getattr(error, "response", None)):
        status = getattr(holder, "status_code", None)
        if isinstance(status, int) and status >= 300:
            return status
    return None


def _headers(error: Exception) -> Mapping[str, str]:
    headers = getattr(getattr(error, "response", None), "headers", None)
    return headers if isinstance(headers, Mapping) else {}


def _said(error: Exception) -> str:
    """What the vendor says, for looking into only; never shown."""
    body: Any = getattr(error, "body", None)
    return f"{getattr(error, 'code', '')} {body if body else error}"[:4_000].casefold()


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds that a server asks to wait: `Retry-After` in seconds or as a date."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return min(milliseconds / 1000, MAX_RETRY_AFTER_S)
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is None and value:
        try:
            date = parsedate_to_datetime(value)
        except ValueError:
            return None
        date = date if date.tzinfo else date.replace(tzinfo=UTC)
        seconds = max(0.0, (date - (now or datetime.now(UTC))).total_seconds())
    return None if seconds is None else min(seconds, MAX_RETRY_AFTER_S)


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None
