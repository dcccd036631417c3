"""The inputs in the report: reconciliation, and what each of them can show."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from shadowscan.analysis.queries import Bounds, ask
from shadowscan.model.report import SourceRow
from shadowscan.store.database import Session


def source_rows(session: Session, bounds: Bounds) -> tuple[SourceRow, ...]:
    """Return every input of the database with its reconciliation."""
    formats: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for row in ask(session, "source_formats", bounds):
        formats[row["file_id"]].append((row["format"], row["lines"]))
    return tuple(_source(row, formats[row["file_id"]]) for row in ask(session, "sources", bounds))


def _source(row: dict[str, Any], formats: Sequence[tuple[str, int]]) -> SourceRow:
    events = row["events"] + row["duplicates"]
    counts: Counter[str] = Counter()
    for text in row.pop("filled") or ():
        counts.update(json.loads(text))
    row.pop("file_id")
    shares = tuple((name, round(count / events, 4)) for name, count in counts.items()) if events else ()
    return SourceRow(**row, formats=tuple(formats), filled=shares)
