"""Files whose own header names their columns: W3C extended logs, Zeek TSV."""

from collections.abc import Iterable, Sequence

from shadowscan.formats.detect import marked
from shadowscan.formats.spec import FormatSpec

HEADER_MARK = "#"


def header_format(specs: Iterable[FormatSpec], lines: Sequence[str]) -> FormatSpec | None:
    """Return the format whose directive (``#Fields:``) and marks stand in the sample's header lines and first row."""
    header = "\n".join(line for line in lines if line.startswith(HEADER_MARK))
    if not header:
        return None
    header += "\n" + next((line for line in lines if line and not line.startswith(HEADER_MARK)), "")
    return next(
        (spec for spec in specs if spec.reader.header and spec.reader.header in header and marked(spec, header)), None
    )


def header_names(spec: FormatSpec, line: str) -> tuple[str, ...]:
    """Return the column names that a directive line states; none for other directives."""
    directive = spec.reader.header
    if not line.startswith(directive):
        return ()
    rest = line[len(directive) :]
    return tuple(rest.strip().split("\t")) if "\t" in rest.strip() else tuple(rest.split())
