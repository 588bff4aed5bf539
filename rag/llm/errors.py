"""Turn a vendor's error into one of ours.

Any LlamaIndex LLM may raise errors of its own, so we read them by their shape (a status code, a
response with headers) and not by their class. Messages are our own words. If the server is known,
they add its reason, in quotation marks, short, on one line, and without anything like a key.
"""

import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import openai

from index.errors import (
    LanguageModelError,
    ModelConfigurationError,
    ModelContextError,
    ModelCutOffError,
    ModelReplyError,
    ModelUnavailableError,
)
from index.saying import Said, phrase, sentences
from rag.llm.addresses import Endpoint
from rag.llm.parameters import Refusal

MAX_RETRY_AFTER_S = 24 * 3600.0
MAX_REASON_CHARS = 200
UNEXPECTED_FORM = phrase(
    "The language model's reply has an unexpected form. "
    "Is PRESSMARK_LLM_BASE_URL right? It usually ends in /v1."
)
_KEY = phrase(
    "The language model refused the key. Set OPENAI_API_KEY (or PRESSMARK_LLM_API_KEY) "
    "to one that is valid there."
)
_ADDRESS = phrase(
    "The language model's address or name is unknown there. "
    "Set PRESSMARK_LLM_BASE_URL (it usually ends in /v1) and PRESSMARK_LLM_MODEL."
)
_TOO_LONG = (
    "context_length", "context length", "context size", "context window", "exceed_context",
    "maximum context", "too many tokens", "prompt is too long", "input is too long",
)  # fmt: skip
_CUT_OFF = "could not finish the message"
"""What OpenAI says, with status 400, if a model has thought away all its tokens."""
_NO_CREDIT = ("insufficient_quota", "billing")
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"})
"""What OpenSSL says if a server answers a TLS handshake in plain HTTP."""
_WANTS_TLS = re.compile(r"http request (?:was sent )?to (?:an )?https (?:port|server)")
_NO_HTTP = "illegal request line"
"""What h11 says if the reply begins with a byte foreign to HTTP, as a TLS alert does."""
_SECRET = re.compile(
    r"\bbearer\s+\S+|\b(?:sk|pk|rk|gsk|hf|xai|key|api|tok)[-_][\w*.-]{6,}"
    r"|\b[a-z][a-z0-9+.-]*://[^\s/@]*@|\beyJ[\w.-]{16,}|\b(?=\w*\d)(?=\w*[a-z])\w{28,}\b",
    re.IGNORECASE,
)


class ToldError(Exception):
    """An error that a server tells in the body of a reply whose status says that all is well.

    Attributes:
        body: of the error.
        status_code: as the error names it; None if it does not.
    """

    def __init__(self, body: Any) -> None:
        super().__init__("a reply that holds an error")
        self.body = body
        code = str(body.get("code")) if isinstance(body, Mapping) else ""
        number = int(code[:4]) if code.isdecimal() else 0
        self.status_code = number if 400 <= number < 600 else None


def translated(error: Exception, endpoint: Endpoint | None = None) -> LanguageModelError:
    """Turn an error into one of ours; an unknown one counts as an unusable reply.

    Args:
        error: whatever a LlamaIndex LLM raised.
        endpoint: the request's destination, if that is known.
    """
    status = status_of(error)
    said = _said(error)
    if room := _by_room(status, said):
        return room
    if status is not None:
        return _by_status(status, error, endpoint)
    if isinstance(error, openai.APITimeoutError | httpx.TimeoutException | TimeoutError):
        return ModelUnavailableError(phrase("The language model took too long."))
    if isinstance(error, openai.APIConnectionError | httpx.TransportError | OSError):
        return _by_cause(list(_causes(error)), endpoint)
    if type(error) is openai.APIError:  # the server said so in the middle of a stream
        failed = phrase("The language model's server failed while it wrote.")
        return ModelUnavailableError(sentences(failed, reason_of(error, endpoint)))
    if isinstance(error, ToldError):
        refused = phrase("The language model's server refused the request.")
        return ModelReplyError(sentences(refused, reason_of(error, endpoint)))
    return ModelReplyError(UNEXPECTED_FORM)


def _by_room(status: int | None, said: str) -> LanguageModelError | None:
    """Say that the model has too little room to read or to write; None if that is not why."""
    if _CUT_OFF in said:
        return ModelCutOffError(cut_off("length"))
    if status == 413 or any(words in said for words in _TOO_LONG):
        return ModelContextError(
            phrase("The question and its passages are too long for the model.")
        )
    return None


def cut_off(why: str) -> Said:
    """Say that a text reached the limit of tokens, and what to do.

    Args:
        why: it ended, in the server's word.
    """
    return phrase(
        "The language model stopped before the end (%(why)s). Let it write more: "
        "PRESSMARK_LLM_ANSWER_TOKENS, thinking included.",
        why=why[:40],
    )


def refusal_of(error: Exception) -> Refusal | None:
    """What a server says about a request that it refused; None for any other failure."""
    status = status_of(error)
    said = _said(error)
    if status is None or any(words in said for words in (*_TOO_LONG, _CUT_OFF)):
        return None
    return Refusal(status, _named(getattr(error, "body", None)), said)


def status_of(error: Exception) -> int | None:
    """The HTTP status of a reply that says no, from 300 on."""
    for holder in (error, getattr(error, "response", None)):
        status = getattr(holder, "status_code", None)
        if isinstance(status, int) and status >= 300:
            return status
    return None


def clean(text: str, longest: int, secret: str | None = None) -> str:
    """Make a server's words fit to show: one line, printable, short, without keys."""
    if secret:
        text = text.replace(secret, "…")
    text = _SECRET.sub("…", "".join(char if char.isprintable() else " " for char in text))
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _by_status(status: int, error: Exception, endpoint: Endpoint | None) -> LanguageModelError:
    if to_set := _set_wrongly(status, error, endpoint):
        return ModelConfigurationError(to_set)
    reason, headers = reason_of(error, endpoint), _headers(error)
    if status == 429:
        busy = phrase("The language model has too many requests at the moment.")
        return ModelUnavailableError(sentences(busy, reason), retry_after(headers))
    if status in (408, 409, 425) or status >= 500:
        failed = phrase("The language model's server failed (HTTP %(status)s).", status=str(status))
        if proxy := _proxy(endpoint):
            failed = phrase(
                "The language model's server failed (HTTP %(status)s), or the proxy %(proxy)s did.",
                status=str(status),
                proxy=proxy,
            )
        return ModelUnavailableError(sentences(failed, reason), retry_after(headers))
    refused = phrase(
        "The language model's server refused the request (HTTP %(status)s).", status=str(status)
    )
    return ModelReplyError(sentences(refused, reason))


def _set_wrongly(status: int, error: Exception, endpoint: Endpoint | None) -> Said | None:
    """Say what the user must set or pay, if the status asks for it."""
    said = _said(error)
    messages = {
        401: _refused_key(endpoint),
        403: _refused_key(endpoint),
        404: sentences(_ADDRESS, reason_of(error, endpoint)),
        407: _proxy_refuses(endpoint),
    }
    if status in messages:
        return messages[status]
    if status == 402 or any(words in said for words in _NO_CREDIT):
        return phrase(
            "The language model's account has no credit left. Top it up, or set another key."
        )
    if status < 400:
        return phrase(
            "The language model's address redirects to another, which Pressmark does not follow. "
            "Set %(variable)s to the final address.",
            variable=_variable(endpoint),
        )
    return _wants_https(endpoint) if status == 400 and _WANTS_TLS.search(said) else None


def _refused_key(endpoint: Endpoint | None) -> Said:
    if endpoint is None or endpoint.is_openai:
        return _KEY
    if endpoint.withheld and not endpoint.key:
        return phrase(
            "%(place)s wants a key. %(withheld)s goes to OpenAI's own address only: "
            "set PRESSMARK_LLM_API_KEY to the key for %(place)s.",
            place=endpoint.place,
            withheld=endpoint.withheld,
        )
    if endpoint.key:
        return phrase(
            "%(place)s refused the key. Set PRESSMARK_LLM_API_KEY to one that is valid there.",
            place=endpoint.place,
        )
    return phrase(
        "%(place)s wants a key. Set PRESSMARK_LLM_API_KEY to one that is valid there.",
        place=endpoint.place,
    )


def _by_cause(causes: list[BaseException], endpoint: Endpoint | None) -> LanguageModelError:
    """Say why there was no reply at all: a wrong setting, or something that may pass."""
    tls = next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None)
    if tls is not None:
        return ModelConfigurationError(_tls_failed(tls, endpoint))
    if endpoint and not endpoint.is_tls and any(_NO_HTTP in str(cause) for cause in causes):
        return ModelConfigurationError(_wants_https(endpoint))
    if any(isinstance(cause, httpx.ProxyError) for cause in causes):
        return ModelUnavailableError(_proxy_refuses(endpoint))
    if not any(isinstance(cause, httpx.ConnectError) for cause in causes):
        return ModelUnavailableError(phrase("The connection to the language model broke."))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return ModelUnavailableError(
            phrase(
                "The language model cannot be reached: the network knows no host %(host)s.",
                host=_target(endpoint),
            )
        )
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return ModelUnavailableError(
            phrase(
                "The language model cannot be reached: nothing listens at %(place)s.",
                place=_target(endpoint),
            )
        )
    return ModelUnavailableError(phrase("The language model cannot be reached."))


def _tls_failed(error: ssl.SSLError, endpoint: Endpoint | None) -> Said:
    at = endpoint.place if endpoint else phrase("the language model's server")
    if isinstance(error, ssl.SSLCertVerificationError):
        why = clean(getattr(error, "verify_message", "") or "it is not trusted", 120)
        return phrase(
            "The certificate of %(place)s is not trusted: %(why)s. If an authority of your own "
            "issued it, set SSL_CERT_FILE to the file with that authority's certificate.",
            place=at,
            why=why,
        )
    found = getattr(error, "reason", None) or ""  # set by OpenSSL's own errors only
    if found.upper() in _NO_TLS:
        return phrase(
            "%(place)s does not speak TLS, though the address begins with https:. "
            "Set %(variable)s to the same address with http:.",
            place=at,
            variable=_variable(endpoint),
        )
    reason = clean((found or "no reason given").replace("_", " ").lower(), 80)
    return phrase("There is no TLS connection to %(place)s: %(why)s.", place=at, why=reason)


def _wants_https(endpoint: Endpoint | None) -> Said:
    at = endpoint.place if endpoint else phrase("The language model's server")
    return phrase(
        "%(place)s does not speak plain HTTP, and the address begins with http:. "
        "If it speaks TLS, set %(variable)s to the same address with https:.",
        place=at,
        variable=_variable(endpoint),
    )


def _proxy_refuses(endpoint: Endpoint | None) -> Said:
    if endpoint is None or endpoint.proxy is None:
        return phrase("A proxy did not let the request to the language model through.")
    return phrase(
        "The proxy %(proxy)s did not let the request through. Correct %(variable)s, or name "
        "%(host)s in NO_PROXY.",
        proxy=endpoint.proxy.shown,
        variable=endpoint.proxy.variable,
        host=endpoint.host,
    )


def _proxy(endpoint: Endpoint | None) -> str:
    return endpoint.proxy.shown if endpoint and endpoint.proxy else ""


def _target(endpoint: Endpoint | None) -> str:
    """Name the other end of a connection: the proxy, if there is one."""
    if _proxy(endpoint):
        return phrase("%(proxy)s, the proxy", proxy=_proxy(endpoint))
    return endpoint.place if endpoint else phrase("its address")


def _variable(endpoint: Endpoint | None) -> str:
    return (endpoint.variable if endpoint else "") or "PRESSMARK_LLM_BASE_URL"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """List an error and its causes."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _headers(error: Exception) -> Mapping[str, str]:
    headers = getattr(getattr(error, "response", None), "headers", None)
    return headers if isinstance(headers, Mapping) else {}


def _said(error: Exception) -> str:
    """What the vendor says, for us to look into; nobody else sees it."""
    body: Any = getattr(error, "body", None)
    return f"{getattr(error, 'code', '')} {body if body else error}"[:4_000].casefold()


def reason_of(error: Exception, endpoint: Endpoint | None) -> Said:
    """Quote the server's reason if we know its key and can keep it out; otherwise nothing."""
    if endpoint is None:
        return Said(())
    message = _message(getattr(error, "body", None))
    cleaned = clean(message[:4_000], MAX_REASON_CHARS, endpoint.key)
    return phrase("It says: “%(words)s”", words=cleaned) if cleaned else Said(())


def _message(body: Any) -> str:
    """Find the sentence in an error's body, in the shapes that servers use."""
    if isinstance(body, str):
        return "" if "<" in body else body
    if isinstance(body, list):  # FastAPI names each field that it refuses
        return "; ".join(filter(None, map(_message, body[:3])))
    if not isinstance(body, Mapping):
        return ""
    where = body.get("loc")
    field = f"{where[-1]}: " if isinstance(where, list) and where else ""
    told = (_message(body.get(name)) for name in ("message", "msg", "detail", "error"))
    found = next(filter(None, told), "")
    # A gateway says that another server failed, and keeps that one's reason apart.
    inner = body.get("metadata")
    raw = inner.get("raw") if isinstance(inner, Mapping) else None
    return field + ": ".join(filter(None, [found, raw if isinstance(raw, str) else ""]))


def _named(body: Any) -> str:
    """Find the field of a request that an error names, in the shapes that servers use."""
    if isinstance(body, list):
        return next(filter(None, map(_named, body)), "")
    if not isinstance(body, Mapping):
        return ""
    if isinstance(param := body.get("param"), str):
        return param.casefold()
    if isinstance(where := body.get("loc"), list) and where:
        return str(where[-1]).casefold()
    return next(filter(None, (_named(body.get(name)) for name in ("error", "detail"))), "")


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Read the seconds that a server asks to wait: `Retry-After` in seconds or as a date."""
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
