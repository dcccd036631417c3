"""How a watcher is, for people and as JSON."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shadowscan.cli.console import width
from shadowscan.errors import DatabaseError
from shadowscan.report.escape import safe_text
from shadowscan.watch.lock import holder
from shadowscan.watch.status import ListenStatus, SinkStatus, SourceStatus, State, WatchStatus, read_status

_STALE = timedelta(seconds=30)
_HEADER = ("log", "lines/s", "lines", "AI", "rejected", "behind", "last line", "state")
_UNITS = ("B", "kB", "MB", "GB", "TB")


def current(database: Path) -> WatchStatus:
    """Return the status of a database's watcher; DatabaseError if there never was one."""
    status = read_status(database)
    if holder(database) is None:
        status.state = State.STOPPED
    return status


def is_well(status: WatchStatus) -> bool:
    """Whether the watcher runs, tells news and can read and write."""
    return status.state is not State.STOPPED and not status.problem and not _is_stale(status, _now())


def shown(status: WatchStatus) -> str:
    """Return a status for people."""
    now = _now()
    return "\n".join([*_summary(status, now), "", *_table([_row(source, now) for source in status.sources])])


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _is_stale(status: WatchStatus, now: datetime) -> bool:
    return now - status.updated > _STALE


def in_a_line(database: Path) -> str:
    """Return how the watcher of a database does, for the foot of a page; empty if none is running."""
    if holder(database) is None:
        return ""
    try:
        status = read_status(database)
    except DatabaseError:
        return ""
    text = f"watching: {status.lines:,} lines, {status.rate:,.0f}/s, {status.ai_events:,} AI events"
    if status.sinks:
        text += f", {sum(sink.delivered for sink in status.sinks):,} alerts"
    if late := [sink.latency_p95 for sink in status.sinks if sink.latency_p95 is not None]:
        text += f" (95 % within {max(late):.1f} s of their line)"
    return text + (f"; {safe_text(status.problem)}" if status.problem else "")


def _summary(status: WatchStatus, now: datetime) -> list[str]:
    alive = status.state is not State.STOPPED
    lines = [
        (
            f"watcher    {f'process {status.pid}, {status.state.value}' if alive else 'not running'}"
            f", started {status.started:%Y-%m-%d %H:%M} UTC"
        ),
        f"database   {safe_text(status.database)}, {_bytes(status.database_bytes)}",
        f"files      {status.files:,} watched, {status.pending:,} with something to read ({_bytes(status.lag_bytes)})",
        (
            f"lines      {status.lines:,} read since the start, {status.rate:,.0f}/s over the last minute; "
            f"{status.ai_events:,} AI events, {status.rejected:,} rejected, {status.duplicates:,} duplicates"
        ),
    ]
    if status.alarms:
        lines.append(f"alarms     {status.alarms:,} since the start: see its messages")
    lines += [_sink(sink) for sink in status.sinks]
    if status.listener:
        lines.append(_listener(status.listener))
    if status.problem:
        lines.append(f"problem    {safe_text(status.problem)}")
    if alive and _is_stale(status, now):
        lines.append(f"note       no news for {_age(now - status.updated)}: it may hang")
    return lines


def _sink(sink: SinkStatus) -> str:
    text = f"alerts     {sink.name}: {sink.delivered:,} delivered, {sink.waiting:,} waiting"
    text += f", {sink.refused:,} refused" if sink.refused else ""
    if sink.latency_p50 is not None:
        text += f"; {sink.latency_p50:.1f} s from line to delivery (95 % within {sink.latency_p95:.1f} s)"
    return text + (f"; {safe_text(sink.last_error)}" if sink.last_error else "")


def _listener(heard: ListenStatus) -> str:
    text = f"syslog     {', '.join(heard.endpoints)}: {heard.messages:,} messages, {heard.spooled:,} spooled"
    text += f", {heard.truncated:,} cut off" if heard.truncated else ""
    text += f", {heard.dropped:,} dropped" if heard.dropped else ""
    return text + (f"; {safe_text(heard.problem)}" if heard.problem else "")


def _row(source: SourceStatus, now: datetime) -> tuple[str, ...]:
    faults = [word for word, true in (("silent", source.silent), ("drift", source.drift)) if true]
    state = ", ".join(faults) or source.problem or "ok"
    behind = f"{source.lag_seconds:,.0f} s, {_bytes(source.lag_bytes)}" if source.pending else "-"
    name = f"{source.folder}: {source.name}" + (f" ({source.site})" if source.site else "")
    return (
        safe_text(name),
        f"{source.rate:,.0f}",
        f"{source.lines:,}",
        f"{source.ai_events:,}",
        f"{source.rejected:,}",
        behind,
        f"{_age(now - source.last_line)} ago" if source.last_line else "-",
        safe_text(state),
    )


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Columns as wide as needed; the first and last give way to the terminal's width."""
    if not rows:
        return ["no log was read yet"]
    table = [_HEADER, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(_HEADER))]
    spare = width() - sum(widths[1:-1]) - 2 * (len(_HEADER) - 1)
    widths[0] = max(20, min(widths[0], spare - 8))
    widths[-1] = max(8, spare - widths[0])
    return [
        "  ".join(
            _cut(cell, size, keep_end=not column) if column in {0, len(_HEADER) - 1} else cell.rjust(size)
            for column, (cell, size) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    ]


def _cut(text: str, size: int, *, keep_end: bool) -> str:
    """Pad, or shorten: of a path the end tells more, of a message the beginning."""
    if len(text) > size:
        text = f"…{text[-size + 1 :]}" if keep_end else f"{text[: size - 1]}…"
    return text.ljust(size)


def _bytes(count: float) -> str:
    for unit in _UNITS:
        if count < 1000 or unit == _UNITS[-1]:
            break
        count /= 1000
    return f"{count:,.0f} {unit}" if unit == "B" else f"{count:,.1f} {unit}"


def _age(span: timedelta) -> str:
    seconds = max(0, int(span.total_seconds()))
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
