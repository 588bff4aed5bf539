"""Text that breaks programs, made from the tables of Unicode and from what parsers trip over."""

from __future__ import annotations

import sys
import unicodedata

from hypothesis import strategies as st

_CATEGORIES = ("Cc", "Cf", "Co", "Cn", "Mn", "Me", "Zl", "Zp", "Zs", "Sk", "Lm", "No")


def _some_of_each_category() -> list[str]:
    found: dict[str, list[str]] = {name: [] for name in _CATEGORIES}
    for code in range(0, sys.maxunicode + 1, 7):
        character = chr(code)
        here = found.get(unicodedata.category(character))
        if here is not None and len(here) < 40:
            here.append(character)
    return ["".join(characters) for characters in found.values()]


_PIECES = [
    *_some_of_each_category(),
    *("'", '"', "`", "\\", "%", "%00", "%s%n", "{}", "{0}", "{{7*7}}", "${7*7}", "#{7*7}"),
    *("--", ";", "' OR '1'='1", "*/", "/*", "\r\n", "\n.\n", "\t", "\x1b[31m", "\x08\x7f"),
    *("../", "..\\", "/dev/null", "C:\\", "CON", "NUL.txt", "file:///", "\\\\host\\share", "~"),
    *("<b>", "</script><script>", "<svg onload=", "<!--", "-->", "]]>", "<![CDATA[", "&#0;", "&lt"),
    *("javascript:", "data:text/html,", "http://[::1", "//example.invalid", "@", "mailto:"),
    *(
        "NaN",
        "Infinity",
        "-0",
        "1e999",
        "0x7f",
        "９９",
        "½",
        "٣",
        "true",
        "null",
        "undefined",
        "[]",
    ),
    *("AND (", "a:b", "*", "?", "~2", "[1 TO 2]", "^9", "(", ")", "+", "-", "\\u0000"),
    *("\u202etxt.exe", "\u200b", "\ufeff", "e\u0301" * 30, "\U0001f469\u200d\U0001f52c", "ﷺ" * 20),
    *("=cmd|' /C calc'!A0", "@import", "{{constructor}}", "%(name)s", "$(id)", "`id`", "|| id"),
    "a" * 300,
]


def naughty_text(most: int = 200) -> st.SearchStrategy[str]:
    """Text of such pieces and of anything else.

    Args:
        most: characters at most.
    """
    mixed = st.lists(st.sampled_from(_PIECES) | st.text(max_size=20), min_size=1, max_size=6)
    return mixed.map(lambda pieces: "".join(pieces)[:most])
