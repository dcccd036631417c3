"""The inputs in words: what became of their lines, what is wrong with them, how they were understood."""

from collections.abc import Mapping, Sequence
from itertools import takewhile

from shadowscan.model.report import Report, SourceRow
from shadowscan.report.figures import NONE, share


def unaccounted(source: SourceRow) -> int:
    """Lines that are neither used, skipped nor rejected: 0 unless there is a defect or a source changed."""
    used = source.used if source.kind == "capture" else source.events + source.duplicates
    return source.lines - used - source.skipped - source.rejected


def reconciliation(report: Report) -> tuple[str, ...]:
    """Every line of the logs, and every packet of the captures, and what became of it."""
    logs = [source for source in report.sources if source.kind != "capture"]
    captures = [source for source in report.sources if source.kind == "capture"]
    fates = {"skipped": "skipped", "rejected": "rejected"}
    balances = (
        _balance("lines", logs, {"events": "events", "duplicates": "duplicates", **fates}),
        _balance("packets", captures, {"used": "dissected", **fates}),
    )
    return tuple(text for text in balances if text)


def _balance(what: str, rows: Sequence[SourceRow], parts: Mapping[str, str]) -> str:
    """``10 lines = 7 events + ...``; parts: field and its word."""
    if not rows:
        return ""
    sums = {name: sum(getattr(row, name) for row in rows) for name in ("lines", *parts)}
    text = f"{sums['lines']:,} {what} = " + " + ".join(f"{sums[name]:,} {word}" for name, word in parts.items())
    rejected = f" ({share(sums['rejected'], sums['lines'])})" if sums["rejected"] else ""
    lost = sum(map(unaccounted, rows))
    return f"{text}{rejected}{f'; {lost:+,} unaccounted for' if lost else ''}"


def understood(source: SourceRow) -> str:
    """Share of a source's lines that were not rejected."""
    return share(source.lines - source.rejected, source.lines)


def common_folder(report: Report) -> str:
    """The folder all sources lie in, with its slash; empty where there is none."""
    folders = [source.name.split("/")[:-1] for source in report.sources]
    if len(folders) < 2:
        return ""
    same = takewhile(lambda parts: len(set(parts)) == 1, zip(*folders, strict=False))
    return "".join(f"{parts[0]}/" for parts in same)


def worst_first(report: Report) -> list[SourceRow]:
    """The sources, incomplete ones first, then those with most rejected lines, otherwise in the document's order."""
    return sorted(report.sources, key=lambda source: (source.complete, -source.rejected))


def problems(source: SourceRow) -> tuple[str, ...]:
    """What a reviewer must know of a source before trusting it."""
    found = [source.problem] if source.problem else []
    if not source.complete and not source.problem:
        found.append("not read to its end")
    lost = unaccounted(source)
    if lost:
        found.append(f"{lost:+,} lines unaccounted for")
    return (*found, *source.notes)


def formats(source: SourceRow) -> str:
    """The format most lines have, and how many others there are."""
    if not source.formats:
        return NONE
    others = len(source.formats) - 1
    return f"{source.formats[0][0]} +{others}" if others else source.formats[0][0]


def all_formats(source: SourceRow) -> str:
    """Every format with its lines."""
    return ", ".join(f"{name} {lines:,}" for name, lines in source.formats) or NONE
