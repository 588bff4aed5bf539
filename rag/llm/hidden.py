"""Leaves out of a model's text what is not meant to be read: thoughts, code, scripts, comments."""

import re

_OPENER = re.compile(
    r"(?P<think><think(?:ing)?>)|(?P<fence>```|~~~)|(?P<comment><!--)"
    r"|<(?P<tag>script|style|pre|code|svg|iframe|object|template)(?=[\s>/])",
    re.IGNORECASE,
)
_PARTIAL_OPENER = re.compile(r"(?:<(?:!-?|[a-z]{0,9})|`{1,2}|~{1,2})\Z", re.IGNORECASE)
_LONGEST_CLOSER = 16
_KEPT = 2_000
"""Characters of a hidden block that are kept, for the case that it is never closed."""


class HiddenBlocks:
    """A filter over a stream of text. A block that is never closed hides the rest.

    Attributes:
        unclosed: at the end, the beginning of what such a block has hidden; empty otherwise.
    """

    def __init__(self) -> None:
        self.unclosed = ""
        self._held = ""
        self._inside = ""
        self._closer: re.Pattern[str] | None = None

    def feed(self, piece: str) -> str:
        """Take a piece; give what is visible of the text so far and was not given before."""
        text, visible = self._held + piece, ""
        while True:
            if self._closer is not None:
                end = self._closer.search(text)
                if end is None:
                    # All but what may be the beginning of the closing mark.
                    self._inside += text[:-_LONGEST_CLOSER][: _KEPT - len(self._inside)]
                    self._held = text[-_LONGEST_CLOSER:]
                    return visible
                text, self._closer, self._inside = text[end.end() :], None, ""
                visible += " "
            start = _OPENER.search(text)
            if start is None:
                partial = _PARTIAL_OPENER.search(text)
                cut = partial.start() if partial else len(text)
                self._held = text[cut:]
                return visible + text[:cut]
            visible += text[: start.start()]
            text, self._closer = text[start.end() :], _closer(start)

    def finish(self) -> str:
        """Give what was held back, at the end of the text."""
        held, self._held = self._held, ""
        if self._closer is None:
            return held
        self.unclosed = (self._inside + held)[:_KEPT].strip()
        return ""


def _closer(opener: re.Match[str]) -> re.Pattern[str]:
    if opener["think"]:
        return re.compile(r"</think(?:ing)?>", re.IGNORECASE)
    if opener["fence"]:
        return re.compile(opener["fence"])
    if opener["comment"]:
        return re.compile("-->")
    return re.compile(rf"</{opener['tag']}\s*>", re.IGNORECASE)
