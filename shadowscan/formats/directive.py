"""From the directive that made a log to the format that reads it: Squid, Apache httpd, nginx, AWS VPC flow logs.

The directive names each value in order, so a pattern with one group a value follows from it. Sources:
http://www.squid-cache.org/Doc/config/logformat/, https://httpd.apache.org/docs/2.4/mod/mod_log_config.html,
https://nginx.org/en/docs/http/ngx_http_log_module.html,
https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from shadowscan.errors import UsageError
from shadowscan.formats.readers.pattern import capture
from shadowscan.formats.spec import FormatSpec, ReaderSpec

_SQUID = re.compile(
    r"""%(?:(?P<percent>%)|["\[#'/]?-?0?(?P<width>\d+)?(?:\.\d+)?(?:\{(?P<before>[^}]*)\})?
    (?:[a-z_]+::)?(?P<code>[<>]?[A-Za-z_]+)(?:\{(?P<after>[^}]*)\})?)""",
    re.VERBOSE,
)
_APACHE = re.compile(r"%(?:(?P<percent>%)|[!\d,]*[<>]?(?:\{(?P<before>[^}]*)\})?(?P<code>\^?[A-Za-z]))")
_NGINX = re.compile(r"\$\{?(?P<code>\w+)\}?")
_AWS_VPC = re.compile(r"\$\{(?P<code>[\w-]+)\}")
_CODES: Mapping[str, re.Pattern[str]] = {"squid": _SQUID, "apache": _APACHE, "nginx": _NGINX, "aws-vpc": _AWS_VPC}
_VENDORS = {"squid": "Squid", "apache": "Apache", "nginx": "nginx", "aws-vpc": "Amazon"}
TABLE = Path(__file__).with_name("directives.yaml")


@dataclass(frozen=True, slots=True)
class _Value:
    """One code of a directive."""

    group: str
    """Empty: of no interest."""
    padded: bool = False
    brackets: bool = False
    """The value brings its own square brackets (Apache's ``%t``)."""


def format_of_directive(dialect: str, directive: str, *, format_id: str, title: str) -> FormatSpec:
    """Return the format of a log that ``squid``, ``apache``, ``nginx`` or ``aws-vpc`` writes by a directive.

    A leading ``logformat NAME`` (``LogFormat "..." name``, ``log_format name '...'``) may be given with it. UsageError
    if it names no destination.
    """
    table = _table()
    pieces = list(_pieces(_CODES[dialect], table[dialect], _bare(dialect, directive)))
    groups = [piece.group for piece in pieces if isinstance(piece, _Value) and piece.group]
    columns: dict[str, str] = {}
    for column, group, expression in table["columns"]:
        if group in groups:
            columns.setdefault(column, expression)
    if not columns.keys() & {"url", "host", "dst_ip"}:
        raise UsageError(
            "no destination in the directive",
            reason=f"it names {', '.join(groups) or 'nothing known'}",
            hint="log the URL, host or address (Squid %ru, Apache %r or %V, nginx $host, AWS ${dstaddr})",
        )
    pattern = _pattern(pieces, table["forms"])
    return FormatSpec(
        id=format_id,
        title=title,
        vendor=_VENDORS[dialect],
        reference="docs/formats.md",
        revision=1,
        reader=ReaderSpec("regex", patterns=(pattern,)),
        columns=columns,
        detect=(capture(pattern, ""),),
        hostless="host" not in columns and dialect in {"apache", "nginx"},
    )


def _bare(dialect: str, directive: str) -> str:
    """Take keyword, name and quotes off a directive."""
    text = directive.strip().rstrip(";").strip()
    if dialect == "squid":
        return re.sub(r"^logformat\s+\S+\s+", "", text)
    text = re.sub(r"^(?:LogFormat|CustomLog|log_format)\s+", "", text)
    if dialect == "nginx":
        text = re.sub(r"^\w+\s+(?:escape=\w+\s+)?(?=['\"])", "", text)
        return "".join(re.findall(r"'([^']*)'", text)) if text.startswith("'") else text
    quoted = re.match(r'"((?:[^"\\]|\\.)*)"', text)
    return (quoted[1] if quoted else text).replace('\\"', '"')


def _table() -> Any:
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(TABLE.read_bytes(), Loader=loader)  # noqa: S506 - a safe loader


def _pieces(codes: re.Pattern[str], names: Mapping[str, str], directive: str) -> Iterator[str | _Value]:
    end = 0
    seen: set[str] = set()
    for found in codes.finditer(directive):
        if found.start() > end:
            yield directive[end : found.start()]
        end = found.end()
        value = "%" if found.groupdict().get("percent") else _value(found.groupdict(), names, seen)
        seen.add(value if isinstance(value, str) else value.group)
        yield value
    if end < len(directive):
        yield directive[end:]


def _value(parts: Mapping[str, str | None], names: Mapping[str, str], seen: set[str]) -> _Value:
    code, argument = parts["code"] or "", parts.get("before") or parts.get("after")
    timed = code in {"tl", "tg", "t"}
    name = "time" if timed else names.get(f"{code}{{{argument}}}" if argument else code, "")
    own_brackets = code == "t" and not argument
    return _Value("" if name in seen else name, bool(parts.get("width")), own_brackets)


def _pattern(pieces: Sequence[str | _Value], forms: Mapping[str, str]) -> str:
    """Join the pieces; each value ends where what follows it in the directive begins."""
    parts: list[str] = []
    for piece, following in zip(pieces, [*pieces[1:], ""], strict=True):
        if isinstance(piece, str):
            parts.append(re.sub(r"(?:\\?\s)+", r"\\s+", re.escape(piece)))
            continue
        form = forms.get(piece.group) or _form(following, piece)
        body = f"(?P<{piece.group}>{form})" if piece.group else f"(?:{form})"
        body = rf"\[{body}\]" if piece.brackets else body
        parts.append(rf"\s*{body}" if piece.padded else body)
    return "".join(parts)


def _form(following: str | _Value, value: _Value) -> str:
    if value.brackets:
        return r"[^\]]*"
    if isinstance(following, _Value):
        return r"[^?\s]*"
    stop = following[:1]
    if stop and not stop.isspace():
        return f"[^{re.escape(stop)}]*" if stop in "\"'[]" else rf"[^{re.escape(stop)}\s]*"
    return r"\S+"
