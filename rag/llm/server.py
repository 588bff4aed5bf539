"""Get to know one OpenAI-compatible server: the address of its API and what it refuses.

If a request fails over its form, we make it again in another. If it fails over an address or a
name, the error explains that, with the models that the server lists.
"""

import asyncio
import difflib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from index.errors import LanguageModelError, ModelConfigurationError, ModelReplyError
from index.saying import Said, phrase, sentences
from rag.llm.addresses import Endpoint
from rag.llm.errors import clean, reason_of, refusal_of, status_of, translated
from rag.llm.parameters import Dialect

_MODEL = re.compile(r"\b(?:models?|deployments?)\b")
_LIST_S = 3.0
_MAX_LIST_BYTES = 2_000_000
_SHOWN_MODELS = 6
_MAX_NAME_CHARS = 80
_NOT_THERE = frozenset({404, 405})


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a request: its dialect, and the choice among the endpoint's addresses."""

    dialect: Dialect = field(default_factory=Dialect)
    at: int = 0


class Server:
    """What is known about the server behind an endpoint.

    Args:
        endpoint: its address.
        model: the name of the configured model.
        client: for questions beside the chat.
    """

    def __init__(self, endpoint: Endpoint, model: str, client: httpx.AsyncClient) -> None:
        self.endpoint, self.model = endpoint, model
        self.form = Form()
        self._client = client

    @property
    def base_url(self) -> str:
        """The apparent address of its API."""
        return self.endpoint.base_urls[self.form.at]

    def adapts(self, error: Exception, form: Form, *, streamed: bool) -> bool:
        """Whether to make the same request again in another form, which holds from now on.

        It leaves each form for good, so it says yes only a few times.

        Args:
            error: the request's outcome.
            form: of that request; another request may have changed ours meanwhile.
            streamed: whether it asked for pieces.
        """
        if form != self.form:
            return True
        refusal = refusal_of(error)
        if refusal and (better := form.dialect.after(refusal, streamed=streamed)):
            self.form = replace(form, dialect=better)
            return True
        if not self._lies_elsewhere(error):
            return False
        other = (form.at + 1) % len(self.endpoint.base_urls)
        self.form = replace(form, at=other)
        return other > 0

    def _lies_elsewhere(self, error: Exception) -> bool:
        """Whether the reply came from something other than the API."""
        status = status_of(error)
        if status is None:
            return type(translated(error)) is ModelReplyError
        return status in _NOT_THERE and not _names_model(error)

    async def explained(self, error: Exception) -> LanguageModelError:
        """Turn an error into one of ours, and ask the server for its models if that may help."""
        status = status_of(error)
        if status in _NOT_THERE or (status == 400 and _names_model(error)):
            listed = await self.models()
            if status in _NOT_THERE or (listed and not self._has(listed)):
                return ModelConfigurationError(self._not_found(error, listed))
        return translated(error, self.endpoint)

    async def models(self) -> list[str]:
        """Ask the server for its models; none if it does not answer."""
        body = bytearray()
        try:
            async with (
                asyncio.timeout(_LIST_S),
                self._client.stream("GET", f"{self.base_url}/models") as response,
            ):
                if response.status_code != httpx.codes.OK:
                    return []
                async for piece in response.aiter_bytes():
                    body += piece
                    if len(body) > _MAX_LIST_BYTES:
                        return []
            return _names(json.loads(body))
        except (httpx.HTTPError, TimeoutError, ValueError, RecursionError):
            return []

    def _has(self, listed: Sequence[str]) -> bool:
        return self.model in listed or f"{self.model}:latest" in listed

    def _not_found(self, error: Exception, listed: Sequence[str]) -> Said:
        place, reason = self.endpoint.place, reason_of(error, self.endpoint)
        model = f"“{clean(self.model, _MAX_NAME_CHARS)}”"
        if listed and not self._has(listed):
            return phrase(
                "%(place)s has no model %(model)s. Set PRESSMARK_LLM_MODEL to one that it lists: "
                "%(listed)s.",
                place=place,
                model=model,
                listed=self._shown(listed),
            )
        if _names_model(error):
            lacking = phrase(
                "%(place)s has no model %(model)s. Set PRESSMARK_LLM_MODEL to one it has.",
                place=place,
                model=model,
            )
            return sentences(lacking, reason)
        if listed:
            mute = phrase(
                "%(place)s lists the model %(model)s, but takes no chat completions.",
                place=place,
                model=model,
            )
            return sentences(mute, reason)
        variable = self.endpoint.variable or "PRESSMARK_LLM_BASE_URL"
        nothing = phrase(
            "Nothing at %(place)s answers to OpenAI's chat completions below that path. "
            "Correct %(variable)s; it usually ends in /v1.",
            place=place,
            variable=variable,
        )
        return sentences(nothing, reason)

    def _shown(self, listed: Sequence[str]) -> str:
        """Name the likeliest few, and how many more there are."""
        alike = difflib.get_close_matches(self.model, listed, n=_SHOWN_MODELS, cutoff=0.5)
        shown = list(dict.fromkeys([*alike, *listed]))[:_SHOWN_MODELS]
        more = len(set(listed)) - len(shown)
        names = ", ".join(shown)
        return phrase("%(names)s and %(more)s more", names=names, more=more) if more else names


def _names_model(error: Exception) -> bool:
    refusal = refusal_of(error)
    return refusal is not None and bool(_MODEL.search(refusal.said))


def _names(listed: Any) -> list[str]:
    """Read the names in a list of models, in the shapes that servers use."""
    if isinstance(listed, dict):
        listed = listed.get("data") or listed.get("models")
    if not isinstance(listed, list):
        return []
    entries = (one.get("id") or one.get("name") for one in listed if isinstance(one, dict))
    names = (clean(name, _MAX_NAME_CHARS) for name in entries if isinstance(name, str))
    return [name for name in names if name]
