"""How an examined file is shown: text for people, JSON for programs."""

import json
from typing import Any

from shadowscan.cli.console import width
from shadowscan.ingest.examine import Examination
from shadowscan.report.escape import safe_text
from shadowscan.report.table import Column, layout

_FIRST = ("line", "ts", "kind", "user", "src_ip", "host", "dst_ip", "url_path", "method", "action", "bytes_out")
"""Columns of the small table of events; those that none fills are left out."""
_MOST_EVIDENCE = 12
_LEFT = " · "


def guess_text(found: Examination) -> str:
    """Candidates with evidence, the first events, coverage and what the input lacks."""
    parts = [_head(found), _candidates(found)]
    if found.events:
        parts += [_table(found), _coverage(found), _lacks(found)]
    parts.append(_others(found))
    return "\n\n".join(part for part in parts if part)


def trial_text(found: Examination) -> str:
    """What a format made of a sample: counts, first events, coverage, and each rejected line with its reason."""
    parts = [_head(found), _others(found)]
    if found.events:
        parts += [_table(found), _coverage(found), _lacks(found)]
    parts.append(_rejects(found))
    return "\n\n".join(part for part in parts if part)


def as_json(found: Examination) -> str:
    """One JSON object with everything that was found."""
    nearest = found.nearest
    content: dict[str, Any] = {
        "file": found.name,
        "lines": found.lines,
        "whole_file": found.whole,
        "candidates": [
            {
                "format": standing.format,
                "title": standing.title,
                "origin": standing.origin,
                "share": round(standing.share, 4),
                "evidence": list(standing.evidence),
            }
            for standing in found.standings
        ],
        "nearest": {"format": nearest.spec.id, "share": nearest.share, "why_not": nearest.why_not} if nearest else None,
        "outcomes": dict(found.outcomes),
        "coverage": {name: round(share, 4) for name, share in found.coverage.items()},
        "shortcomings": list(found.shortcomings),
        "events": found.first,
        "rejects": [
            {"line": reject.line, "reason": reject.reason, "excerpt": reject.excerpt} for reject in found.rejects
        ],
    }
    return json.dumps(content, indent=1, default=lambda value: f"{value.isoformat()}Z")


def _head(found: Examination) -> str:
    part = "" if found.whole else "first "
    return safe_text(f"{found.name}: {part}{found.lines:,} lines, {found.events:,} events")


def _candidates(found: Examination) -> str:
    if not found.standings:
        return _nearest(found)
    lines = []
    for standing in found.standings:
        how = " (told by its fields)" if standing.origin == "inferred" else ""
        lines.append(safe_text(f"{standing.share:7.1%}  {standing.format}: {standing.title}{how}"))
        shown = standing.evidence[:_MOST_EVIDENCE]
        lines += [safe_text(f"           {_cut(text)}") for text in shown]
        if len(standing.evidence) > len(shown):
            lines.append(f"           and {len(standing.evidence) - len(shown)} more")
    return "\n".join(lines)


def _nearest(found: Examination) -> str:
    if not found.lines:
        return "The file is empty."
    text = "No known format, and no field or column was understood as a destination."
    if found.nearest:
        text += f"\nNearest is {found.nearest.spec.id}: {found.nearest.why_not}."
    return safe_text(text.split("\n")[0]) + "".join(f"\n{safe_text(line)}" for line in text.split("\n")[1:])


def _cut(text: str) -> str:
    most = max(30, width() - 12)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _table(found: Examination) -> str:
    names = [name for name in _FIRST if any(row.get(name) is not None for row in found.first)]
    columns = [
        Column(
            name,
            [safe_text(_cell(row.get(name))) for row in found.first],
            right=name in {"line", "bytes_out"},
            keep=0 if name in {"line", "ts", "host", "src_ip"} else number,
            least={"host": 22, "url_path": 8, "user": 8}.get(name),
        )
        for number, name in enumerate(names, 1)
    ]
    return "\n".join(["First events", *(text.plain.rstrip() for text in layout(columns, width(), "…"))])


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat(sep=" ", timespec="seconds") if hasattr(value, "isoformat") else str(value)


def _coverage(found: Examination) -> str:
    filled = [f"{name} {share:.0%}" if share < 1 else name for name, share in found.coverage.items()]
    lines, line = ["Columns filled (share of events where not all)"], " "
    for text in filled:
        if len(line) + len(text) + 2 > width():
            lines.append(line)
            line = " "
        line += f" {text},"
    return "\n".join([*lines, line.rstrip(",")])


def _lacks(found: Examination) -> str:
    if not found.shortcomings:
        return ""
    return "\n".join(["What it can't show", *(f"  {safe_text(text)}" for text in found.shortcomings)])


def _others(found: Examination) -> str:
    others = sorted(((lines, word) for word, lines in found.outcomes.items() if word != "event"), reverse=True)
    return "\n".join(safe_text(f"{lines:,} {word}") for lines, word in others)


def _rejects(found: Examination) -> str:
    if not found.rejects:
        return ""
    shown = [safe_text(_cut(f"  {reject.line}: {reject.reason}: {reject.excerpt}")) for reject in found.rejects]
    more = found.rejected - len(shown)
    return "\n".join(["Rejected lines", *shown, *([f"  and {more:,} more"] if more > 0 else [])])
