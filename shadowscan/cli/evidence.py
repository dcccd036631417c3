"""`shadowscan evidence`: the lines behind a row of the report."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shadowscan.cli.directory import with_directory
from shadowscan.cli.options import DEFAULT_DATABASE, DatabaseOption, SinceOption, UntilOption, moment

if TYPE_CHECKING:
    from shadowscan.people import Directory


class Form(StrEnum):
    """How events are listed."""

    TEXT = "text"
    NDJSON = "ndjson"
    CSV = "csv"


EPILOG = """\b
Examples:
  shadowscan evidence --service openai-chatgpt          every event behind a tool's row, with file and line
  shadowscan evidence --user ada --since 7d --raw       with the lines themselves, read again
  shadowscan evidence --service deepseek -o csv --limit 100000 > deepseek.csv
"""


@with_directory
def evidence(
    directory: "Directory",
    database: DatabaseOption = DEFAULT_DATABASE,
    service: Annotated[str | None, typer.Option("--service", help="Events of this service (id).")] = None,
    user: Annotated[str | None, typer.Option("--user", help="Events of this person (or address).")] = None,
    since: SinceOption = None,
    until: UntilOption = None,
    raw: Annotated[bool, typer.Option("--raw", help="Show each line itself, read again from its file.")] = False,
    output: Annotated[Form, typer.Option("--output", "-o", help="Form of the list.")] = Form.TEXT,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Events shown at most.")] = 100,
) -> None:
    """List the events behind a number: time, file and line, and why each was taken for AI use."""
    from shadowscan.analysis.evidence import events_behind
    from shadowscan.analysis.queries import Bounds
    from shadowscan.catalog import load_catalog
    from shadowscan.cli.console import emit, say
    from shadowscan.errors import UsageError
    from shadowscan.ingest.relabel import labelled
    from shadowscan.store.database import Database
    from shadowscan.store.privacy import mode_of

    catalog = load_catalog()
    if service:
        service = catalog.service(service).id
    with labelled(Database(database), catalog) as session:
        hidden = bool(mode_of(session))
        events = events_behind(session, Bounds(moment(since), moment(until), service, user), directory)
    shown = events[:limit]
    if raw and hidden:
        hint = "the lines hold names in clear: read the files themselves, if you may"
        raise UsageError("--raw is not for a database of pseudonyms", hint=hint)
    if raw:
        _add_raw(shown)
    emit(_FORMS[output](shown))
    if len(events) > limit:
        say(f"shadowscan: {limit} of {len(events)} events shown; --limit {len(events)} shows all")


def _add_raw(events: list[dict[str, Any]]) -> None:
    from shadowscan.analysis.evidence import RawLines
    from shadowscan.errors import SourceError

    lines = RawLines()
    for event in (event for event in events if event["line"]):
        try:
            event["raw"] = lines.of(event)
        except SourceError as error:
            event["raw"] = f"({error.problem.message})"


def _text(events: list[dict[str, Any]]) -> str:
    from shadowscan.report.escape import safe_text

    if not events:
        return "No event fits."
    return "\n".join(safe_text(line) for event in events for line in _lines(event))


def _lines(event: dict[str, Any]) -> list[str]:
    time = _time(event)
    request = " ".join(str(event[name]) for name in ("method", "host") if event[name]) or str(event["dst_ip"])
    sent = f", {event['bytes_out']:,} bytes sent" if event["bytes_out"] is not None else ""
    place = f":{event['line']}" if event["line"] else f" bytes {event['from_offset']:,} to {event['to_offset']:,}"
    action = event["action"] or "no action stated"
    times = f"  {event['requests']:,} requests" if event["requests"] > 1 else ""
    lines = [
        f"{time}  {event['who']}  {request}{event['url_path'] or ''}{times}  {action}{sent}",
        f"    {event['file']}{place}  {event['format']}  {event['signature']}: {event['why']}",
    ]
    if event["client_kind"]:
        lines.append(f"    called by {event['client_kind']}: {event['client_why']}")
    if "raw" in event:
        lines.append(f"    {event['raw'] or '(the file is gone or has changed)'}")
    return lines


def _time(event: dict[str, Any]) -> str:
    if not event["ts"]:
        return "no time"
    return str(event["ts"].isoformat(sep=" ", timespec="seconds") if event["line"] else event["ts"].date())


def _ndjson(events: list[dict[str, Any]]) -> str:
    import json

    return "\n".join(json.dumps(event, default=str) for event in events)


def _csv(events: list[dict[str, Any]]) -> str:
    import csv
    import io

    from shadowscan.report.escape import safe_cell

    buffer = io.StringIO()
    if events:
        writer = csv.DictWriter(buffer, events[0].keys())
        writer.writeheader()
        writer.writerows({key: _cell(value, safe_cell) for key, value in event.items()} for event in events)
    return buffer.getvalue()


def _cell(value: Any, safe: Any) -> Any:
    return safe(value) if isinstance(value, str) else value


_FORMS = {Form.TEXT: _text, Form.NDJSON: _ndjson, Form.CSV: _csv}
