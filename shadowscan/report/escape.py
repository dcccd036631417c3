r"""Harmless text: names of hosts, users and files are written by strangers and shown to reviewers.

Every renderer passes every string of the document through here; JSON keeps the strings and escapes them
by its own rules.
"""

import re
import unicodedata

_CATEGORIES = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Control, format (with bidirectional overrides), private use, surrogates, line and paragraph separators."""
_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_NOT_PLAIN = re.compile(r"[^\x20-\x7e]")
_FORMULA = "=+\\-@\uff1d\uff0b\uff0d\uff20"
"""Characters that begin a formula; the last four are full-width forms, which some spreadsheets accept."""
_STARTS_FORMULA = re.compile(rf"\s*[{_FORMULA}]|[\t\r\n]")
_FORMULA_AFTER_SEPARATOR = re.compile(rf"(;\s*)(?=[{_FORMULA}])")


def is_unsafe(character: str) -> bool:
    """Whether a character can steer a terminal, reorder text or hide in it.

    Variation selectors count too: they are invisible, carry hidden text, and no two terminals agree on
    the width of what they follow.
    """
    point = ord(character)
    if 0xFE00 <= point <= 0xFE0F or 0xE0100 <= point <= 0xE01EF:
        return True
    return unicodedata.category(character) in _CATEGORIES


def safe_text(value: object) -> str:
    r"""Text in which every unsafe character is shown as an escape such as ``\x1b`` or ``\u202e``."""
    return _NOT_PLAIN.sub(_shown, str(value))


def _shown(match: re.Match[str]) -> str:
    character = match.group()
    if not is_unsafe(character):
        return character
    return _SHORT.get(character) or character.encode("unicode_escape", "backslashreplace").decode("ascii")


def safe_cell(value: object) -> str:
    """``safe_text`` that no spreadsheet takes for a formula: a leading apostrophe where one would start.

    After a semicolon as well, where a spreadsheet of another language may begin the next cell. Source:
    OWASP, "CSV Injection", https://owasp.org/www-community/attacks/CSV_Injection
    """
    text = str(value)
    guarded = _FORMULA_AFTER_SEPARATOR.sub(r"\1'", safe_text(text))
    return f"'{guarded}" if _STARTS_FORMULA.match(text) else guarded
