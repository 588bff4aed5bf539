"""Learn what a server accepts from what it refuses, one parameter at a time.

Servers that speak OpenAI's protocol differ in what they take. If one names what it refuses, we
repeat the request without it, and leave it out of every later one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

SYSTEM, STREAM = "system", "stream"
"""What servers refuse beside parameters: a system message, and answering in pieces."""
_LIMIT, _NEWER_LIMIT = "max_tokens", "max_completion_tokens"
_NAMED = re.compile(r"(?<![\w-])(?:max_tokens|max_completion_tokens|temperature|stream_options)\b")
_ROLE = re.compile(
    r"\bsystem\b.{0,40}?\b(?:role|message|prompt|instruction)|\broles?\b.{0,60}?\bsystem\b"
    r"|\bonly user and assistant\b|\broles must alternate\b|\bdeveloper instruction",
    re.DOTALL,
)
_REFUSES = frozenset({400, 422, 501})
_TEMPLATE_FAILS = frozenset({500})
"""A chat template without a system message fails as a server's error."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a server said about a request that it refused.

    Attributes:
        status: of HTTP.
        named: the parameter, if the reply has a field for it.
        said: everything it said, in lower case.
    """

    status: int
    named: str
    said: str


@dataclass(frozen=True, slots=True)
class Dialect:
    """What to leave out of requests to one server.

    Attributes:
        without: names of parameters, `SYSTEM` or `STREAM`.
    """

    without: frozenset[str] = frozenset()

    @property
    def has_system(self) -> bool:
        """Whether instructions may come as a system message."""
        return SYSTEM not in self.without

    @property
    def streams(self) -> bool:
        """Whether an answer may come in pieces."""
        return STREAM not in self.without

    def applied(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Put the parameters into this server's form."""
        kept = {name: value for name, value in parameters.items() if name not in self.without}
        limit = parameters.get(_LIMIT)
        if limit is not None and _LIMIT in self.without and _NEWER_LIMIT not in self.without:
            kept.setdefault(_NEWER_LIMIT, limit)
        return kept

    def after(self, refusal: Refusal, *, streamed: bool) -> "Dialect | None":
        """Choose another dialect. Return None if the server names nothing that we sent.

        Args:
            refusal: of a request in this dialect.
            streamed: whether the request asked for pieces.
        """
        name = self._refused(refusal, streamed)
        if name is None or name in self.without:
            return None
        return replace(self, without=self.without | {name})

    def _refused(self, refusal: Refusal, streamed: bool) -> str | None:
        if refusal.status in _REFUSES | _TEMPLATE_FAILS and _ROLE.search(refusal.said):
            return SYSTEM
        if refusal.status not in _REFUSES:
            return None
        if refusal.named == STREAM:
            return STREAM if streamed else None
        if refusal.named.endswith("role"):
            return SYSTEM
        names = [refusal.named, *_NAMED.findall(refusal.said)]
        return next((name for name in names if name in self._sent(streamed)), None)

    def _sent(self, streamed: bool) -> set[str]:
        limit = _NEWER_LIMIT if _LIMIT in self.without else _LIMIT
        sent = {limit, "temperature"} | ({"stream_options"} if streamed else set())
        return sent - self.without
