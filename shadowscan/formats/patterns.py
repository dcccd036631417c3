"""What can be told from the text of an RE2 pattern without searching for it."""

import re
from functools import lru_cache

_GAP = "\0"
"""Stands for whatever isn't plain text."""
_AWAY = 0xE000
"""Escaped punctuation is moved into Unicode's private area, so that it isn't taken for syntax."""
_PUNCTUATION = re.compile(r"\\([^\w\s])")
_ESCAPE = re.compile(r"\\x[0-9A-Fa-f]{2}|\\.")
_CLASS = re.compile(r"\[\^?\]?[^\]]*\]")
_GROUP = re.compile(r"\([^()]*\)")
_OPTIONAL = re.compile(r".(?:[*?]|\{[^}]*\})[?+]?", re.DOTALL)
_REPEATED = re.compile(r"\+[?+]?")
_ANCHOR = re.compile(r"[.^$]")
_UNSURE = re.compile(r"\(\?[a-zA-Z]*i|\\[pPQ]|\[\[:")


@lru_cache(maxsize=4096)
def needed_text(pattern: str) -> str:
    """Return the longest text that everything the pattern matches holds; "" if there is none, or none that is sure."""
    if _UNSURE.search(pattern):
        return ""
    text = _PUNCTUATION.sub(lambda match: chr(_AWAY + ord(match[1])), pattern)
    text = _CLASS.sub(_GAP, _ESCAPE.sub(_GAP, text))
    while (shorter := _GROUP.sub(_GAP, text)) != text:
        text = shorter
    if set("|()[]") & set(text):
        return ""
    for syntax in (_OPTIONAL, _REPEATED, _ANCHOR):
        text = syntax.sub(_GAP, text)
    return "".join(
        chr(ord(char) - _AWAY) if _AWAY <= ord(char) < _AWAY + 0x100 else char
        for char in max(text.split(_GAP), key=len)
    )
