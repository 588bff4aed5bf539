"""Leave out of a model's text what nobody should read: thoughts, code, scripts, comments.

Models think aloud in marks of their own: ``<think>`` and its kin, ``[THINK]``, channels
(``<|channel|>analysis``), or a closing mark alone if the opening one was part of the prompt.
"""

import re
from dataclasses import dataclass

_THOUGHTS = r"think(?:ing)?|thoughts?|reasoning|reflection|scratchpad|seed:think"
_THOUGHT_ENDS = (
    rf"</(?:{_THOUGHTS})>|\[/THINK\]|◁/think▷|<\|END_THINKING\|>|<\|end_of_thought\|>|<channel\|>"
)
_MARK = re.compile(
    rf"(?P<lone>{_THOUGHT_ENDS})"
    rf"|(?P<thought><(?:{_THOUGHTS})>|\[THINK\]|◁think▷|<\|START_THINKING\|>"
    r"|<\|begin_of_thought\|>|<\|channel>)"
    r"|(?P<channel><\|channel\|>)|(?P<start><\|start\|>)"
    r"|(?P<fence>```|~~~)|(?P<comment><!--)"
    r"|<(?P<tag>script|style|pre|code|svg|iframe|object|template)(?=[\s>/])",
    re.IGNORECASE,
)
_PARTIAL_MARK = re.compile(r"(?:<[^<>\s]{0,20}|\[/?[a-z]{0,5}|◁/?[a-z]{0,5}|`{1,2}|~{1,2})\Z", re.I)
_THOUGHT_END = re.compile(_THOUGHT_ENDS, re.IGNORECASE)
_MESSAGE = re.compile(r"<\|message\|>")
_START_ENDS = re.compile(r"<\|message\|>|(?=<\|channel\|>)")
_CHANNEL_ENDS = re.compile(r"<\|(?:end|return|call)\|>|(?=<\|(?:start|channel)\|>)")
_FINAL = re.compile(r"\s*final\b")
_BARE_CHANNEL, _BARE_FINAL = ("analysis", "commentary"), "assistantfinal"
"""Channels whose marks a server has removed, leaving the words."""
_INFO = re.compile(r"\A[ \t]*[\w+-]{0,20}[ \t]*\n")
_LONGEST_END = 20
_HEAD = 16
_KEPT = 2_000
"""Characters of a hidden block to keep, in case nothing ever closes it."""
_KEPT_FENCED = 20_000


@dataclass(frozen=True, slots=True)
class _Block:
    """A block that hides: its opening, and its end."""

    kind: str
    end: re.Pattern[str]


class HiddenBlocks:
    """A filter over a stream of text. A block that nothing closes hides the rest.

    Attributes:
        unclosed: at the end, the beginning of what such a block hid; empty otherwise.
        fenced: what stood in code fences, without the fences.
    """

    def __init__(self) -> None:
        self.unclosed = ""
        self.fenced = ""
        self._held = ""
        self._inside = ""
        self._block: _Block | None = None
        self._head = ""
        self._took_back = False

    def feed(self, piece: str) -> str:
        """Take a piece; give the text that has become visible since the last call."""
        text, visible = self._held + piece, ""
        while True:
            if self._block is not None:
                end = self._block.end.search(text)
                if end is None:
                    self._hide(text, _KEPT_FENCED if self._block.kind == "fence" else _KEPT)
                    return visible
                self._inside += text[: end.start()]
                text = text[end.end() :]
                visible = "" if self._leave(self._block) else f"{visible} "
                continue
            mark = self._next_mark(text)
            cut = mark.start() if mark else self._settled(text)
            visible += self._shown(text[:cut])
            if mark is None:
                self._held = text[cut:]
                return visible
            text, self._block = text[mark.end() :], _opened(mark)
            if self._block is None:
                visible = self._take_back()

    def finish(self) -> str:
        """Give what the filter held back, at the end of the text."""
        held, self._held = self._held, ""
        if self._block is None:
            return held
        self.unclosed = (self._inside + held)[:_KEPT].strip()
        return ""

    def took_back(self) -> bool:
        """Whether everything given turned out to be thoughts, since the last call."""
        taken, self._took_back = self._took_back, False
        return taken

    def _take_back(self) -> str:
        self._took_back, self.fenced = True, ""
        return ""

    def _next_mark(self, text: str) -> re.Match[str] | None:
        mark = _MARK.search(text)
        if self._begins_bare(text) and (bare := re.search(_BARE_FINAL, text)):
            return bare if mark is None or bare.start() < mark.start() else mark
        return mark

    def _begins_bare(self, text: str) -> bool:
        return (self._head + text).lstrip().startswith(_BARE_CHANNEL)

    def _settled(self, text: str) -> int:
        """Find the beginning of a possible mark at the end of a text."""
        partial = _PARTIAL_MARK.search(text)
        settled = partial.start() if partial else len(text)
        if self._begins_bare(text):
            ends = (n for n in range(len(_BARE_FINAL), 0, -1) if text.endswith(_BARE_FINAL[:n]))
            settled = min(settled, len(text) - next(ends, 0))
        return settled

    def _hide(self, text: str, kept: int) -> None:
        """Keep all of a block except a possible beginning of its end."""
        room = max(0, kept - len(self._inside))
        self._inside += text[:-_LONGEST_END][:room]
        self._held = text[-_LONGEST_END:]

    def _shown(self, text: str) -> str:
        if len(self._head) < _HEAD:
            self._head = (self._head + text).lstrip()[:_HEAD]
        return text

    def _leave(self, block: _Block) -> bool:
        """Go on after the end of a block; return whether this takes back everything visible."""
        inside, self._inside, self._block = self._inside, "", None
        if block.kind == "fence":
            self.fenced += _INFO.sub("", inside)[:_KEPT_FENCED] + "\n"
        elif block.kind == "channel":
            if _FINAL.match(inside):
                self._take_back()
                return True
            self._block = _Block("thought", _CHANNEL_ENDS)
        return False


def _opened(mark: re.Match[str]) -> _Block | None:
    """Make the block that a mark opens; None if the mark ends thoughts that nothing opened."""
    found = mark.groupdict()
    if not any(found.values()) or found["lone"]:
        return None
    if found["thought"]:
        return _Block("thought", _THOUGHT_END)
    if found["channel"]:
        return _Block("channel", _MESSAGE)
    if found["start"]:
        return _Block("start", _START_ENDS)
    if found["fence"]:
        return _Block("fence", re.compile(found["fence"]))
    if found["comment"]:
        return _Block("comment", re.compile("-->"))
    return _Block("markup", re.compile(rf"</{found['tag']}\s*>", re.IGNORECASE))
