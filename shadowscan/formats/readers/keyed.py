"""Readers of records that name each value: key=value in its quoting habits, CEF, LEEF."""

import re
from collections.abc import Sequence

from shadowscan.formats.readers.native import NativeReader
from shadowscan.formats.readers.pairs import cut_attributes, cut_extension, cut_quoted
from shadowscan.formats.readers.text import Cut, Text
from shadowscan.formats.sqltext import literal

_CEF_HEADER = (
    "cef_version",
    "device_vendor",
    "device_product",
    "device_version",
    "event_class",
    "name",
    "severity",
)
_LEEF_HEADER = ("leef_version", "device_vendor", "device_product", "device_version", "event_class")
_KEY = r"[A-Za-z_][\w.\-\[\]]*"
_NEXT_KEY = rf"\s+{_KEY}="


class KvReader(NativeReader):
    """``key=value`` pairs; values bare, quoted or (Zscaler NSS) doubly quoted.

    One capture a field behind a literal head: measured ten times cheaper than one pattern that captures all
    fields, and three times cheaper than a class of separators. Without a stated separator any of blank, tab,
    comma, semicolon and bar is one. A separator that ends with a blank (``", "``) is loose: values may hold it.
    """

    def prepare(self, fields: Sequence[str]) -> str | None:
        first = self.spec.separator[:1]
        # A bare <PRI> may stand right before the first key.
        priority = "starts_with(_p, '<') AND strpos(_p, '>') BETWEEN 3 AND 5"
        record = f"CASE WHEN {priority} THEN substr(_p, strpos(_p, '>') + 1) ELSE _p END"
        return f"{literal(first)} || {record}" if first else f"' ' || translate({record}, chr(9) || ',;|', '    ')"

    def field(self, name: str) -> str | None:
        separator, assign = re.escape(self.spec.separator[:1] or " "), re.escape(self.spec.assign)
        blanks = r"\s*" if self.spec.assign == ":" else ""
        quoted = '"(?:[^"\\\\]|\\\\.)*"'
        if len(self.spec.separator) > 1:
            # "Key: a, b, Next: c" (Firepower): bare values may hold the separator, only the next key ends them.
            head = f"{separator}[ ]*"
            # Where blanks separate ("user=Jo Doe dst=..."), no key has one.
            key = r"[A-Za-z_][\w.-]*" if self.spec.separator.isspace() else r"[A-Za-z_][\w .-]*"
            value = rf"({quoted}|.*?)(?:{head}{key}{assign}|[{separator}\]\s]*$)"
        else:
            head = separator
            value = rf"""(""[^"{separator}][^"]*""|{quoted}|'[^']*'|[^{separator}]*)"""
        return f"regexp_extract(_r, {literal(f'{head}{re.escape(name)}{assign}{blanks}{value}')}, 1)"

    def clean(self, value: str) -> str:
        return f"kv_value({value})"

    def valid(self) -> str:
        return f"contains(_p, {literal(self.spec.assign)})"

    @property
    def native(self) -> bool:
        return self.spec.assign == "=" and len(self.spec.separator.encode()) <= 1

    def cuts(self, name: str) -> bool:
        return "=" not in name

    def cut(self, text: Text, names: Sequence[str]) -> Cut:
        text.skip_priority()
        if not self.spec.separator:
            text.translate(b"\t,;|", b"    ")
        return cut_quoted(text, names, ord(self.spec.separator or " "))


class CefReader(NativeReader):
    r"""ArcSight Common Event Format: seven header fields between bars, then key=value up to the next key.

    Values may hold blanks and unescaped ``=`` (URLs do); ``\=`` and ``\|`` are unescaped.
    Source: Micro Focus Security ArcSight Common Event Format, version 26.
    """

    def prepare(self, fields: Sequence[str]) -> str:
        # The header ends with the last bar before the first "=": relays add and drop bars. Tabs stand for blanks.
        extension = "regexp_replace(_p, '^[^=]*\\|', ' ')"
        return f"CASE WHEN contains(_p, chr(9)) THEN translate({extension}, chr(9), ' ') ELSE {extension} END"

    def field(self, name: str) -> str | None:
        if name in _CEF_HEADER:
            return f"trim(split_part(_p, '|', {_CEF_HEADER.index(name) + 1}))"
        # Cut at the key, then up to the next one: three times cheaper than one pattern that looks for both.
        rest = f"split_part(_r, {literal(f' {name}=')}, 2)"
        ending = rf"^(.*?)(?:{_NEXT_KEY}|\s*$)"
        return f"regexp_extract({rest}, {literal(ending)}, 1)"

    def clean(self, value: str) -> str:
        escaped = r"'\\([=|\\])', '\1', 'g'"
        return f"CASE WHEN contains({value}, '\\') THEN regexp_replace({value}, {escaped}) ELSE {value} END"

    def valid(self) -> str:
        return "contains(_p, '|')"

    def cuts(self, name: str) -> bool:
        return name not in _CEF_HEADER and re.fullmatch(_KEY, name, re.ASCII) is not None

    def cut(self, text: Text, names: Sequence[str]) -> Cut:
        return cut_extension(text, names)

    def unescaped(self, value: str) -> str:
        return self.clean(value)


class LeefReader(NativeReader):
    """IBM Log Event Extended Format 1.0 and 2.0: header between bars, attributes between tabs or a stated delimiter.

    Relays turn the tab into ``#011``, a blank or a bar; where no tab is left, a value ends before the next key.
    Source: IBM QRadar LEEF format guide.
    """

    def prepare(self, fields: Sequence[str]) -> str:
        delimiter = r"^(?:LEEF:)?\s*2\.0\|(?:[^|]*\|){4}(x[0-9A-Fa-f]{2}|0x[0-9A-Fa-f]{2}|[^|=\w])\|"
        stated = f"regexp_extract(_p, {literal(delimiter)}, 1)"
        plain = "replace(_p, '#011', chr(9))"
        return (
            f"CASE WHEN {stated} IN ('', 'x09', '0x09') THEN {plain} "
            f"WHEN starts_with({stated}, 'x') OR starts_with({stated}, '0x') THEN "
            f"replace({plain}, chr(try_cast('0x' || right({stated}, 2) AS INTEGER)), chr(9)) "
            f"ELSE replace({plain}, {stated}, chr(9)) END"
        )

    def field(self, name: str) -> str | None:
        if name in _LEEF_HEADER:
            return f"trim(split_part(_p, '|', {_LEEF_HEADER.index(name) + 1}))"
        key = re.escape(name)
        tabbed = rf"[\t|]\s*{key}=([^\t]*)"
        loose = rf"[|\s]{key}=(.*?)(?:[|]?{_NEXT_KEY}|\|[A-Za-z_]\w*=|\s*$)"
        return (
            f"CASE WHEN contains(_r, chr(9)) THEN regexp_extract(_r, {literal(tabbed)}, 1) "
            f"ELSE regexp_extract(_r, {literal(loose)}, 1) END"
        )

    def valid(self) -> str:
        return "contains(_p, '|')"

    def cuts(self, name: str) -> bool:
        return name not in _LEEF_HEADER and re.fullmatch(_KEY, name, re.ASCII) is not None

    def cut(self, text: Text, names: Sequence[str]) -> Cut:
        return cut_attributes(text, names)
