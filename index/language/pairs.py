"""Whether quotation marks stand in whole pairs, as any language sets them.

The same mark opens in one language and closes in another: “ in English and in German, « in French
and in German. What stands beside a mark tells which it does.
"""

from typing import Final

from index.visible import visible_text

_CLOSERS: Final = {
    "„": "“”", "“": "”", "‟": "”", "«": "»", "»": "«", "”": "”", "「": "」", "『": "』", "《": "》",
    "〈": "〉", "〝": "〞〟",
}  # fmt: skip
_OPEN_ONLY: Final = frozenset("„‟「『《〈〝")
_CLOSE_ONLY: Final = frozenset("」』》〉〞〟")
_STRAIGHT: Final = frozenset('"″＂')
_MARKS: Final = frozenset(_CLOSERS) | _CLOSE_ONLY | _STRAIGHT


def in_pairs(text: str) -> bool:
    """Whether every quotation mark of a text has its partner in it; single marks do not count."""
    shown = visible_text(text)
    if not any(char in _MARKS for char in shown):
        return True
    waiting: list[str] = []
    for at, char in enumerate(shown):
        if char not in _MARKS:
            continue
        if waiting and char in _closers(waiting[-1]) and not _must_open(shown, at):
            waiting.pop()
        elif char in _STRAIGHT and shown[at - 1 : at].isdigit():
            continue  # inches
        elif char in _CLOSE_ONLY or _must_close(shown, at):
            return False
        else:
            waiting.append(char)
    return not waiting


def _closers(opened: str) -> str:
    return opened if opened in _STRAIGHT else _CLOSERS[opened]


def _must_open(text: str, at: int) -> bool:
    """Whether a mark can only open: a blank stands before it and a letter behind it."""
    if text[at] in _OPEN_ONLY:
        return True
    if text[at] in "”":
        return False
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return (not before or before.isspace()) and after.isalnum()


def _must_close(text: str, at: int) -> bool:
    """Whether a mark can only close: a letter or a sign stands before it, and no letter behind."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if not before or after.isalnum():
        return False
    if before.isspace():
        # French sets blanks inside: "oui », dit-il".
        return text[at] == "»" and not after.isspace()
    return before.isalnum() or before in ".,;:!?…-–—)]%"
