"""Blind spots of single inputs: not read, rejected lines, columns that are missing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shadowscan.model.report import Gap, SourceRow

LITTLE = 0.05
"""A column that fewer of an input's events fill counts as missing."""
_NAMED = 5
"""Formats named; the inputs themselves are all in ``where``."""


@dataclass(frozen=True, slots=True)
class _Needed:
    """A column, and what its absence means."""

    column: str
    what: str
    means: str
    advice: str
    affects: tuple[str, ...]


_COLUMNS = (
    _Needed(
        "user",
        "no user names",
        "people are told apart by device, or by the user another input names for it that day",
        "export the user column, give the proxy's authenticated log, or lease files",
        ("people",),
    ),
    _Needed(
        "bytes_out",
        "no bytes sent",
        "how much went out is not known from them",
        "export request sizes, or add a proxy or flow log",
        ("volume",),
    ),
    _Needed(
        "url_path",
        "no URL paths",
        "prompts and uploads can't be told from browsing",
        "export full URLs from a proxy that inspects TLS",
        ("activity",),
    ),
    _Needed(
        "action",
        "no outcome",
        "whether a request was let through is not known from them",
        "export the action or status column",
        ("outcome",),
    ),
)


def unread(sources: Sequence[SourceRow]) -> Iterator[Gap]:
    """Inputs not (wholly) read, and lines that were not understood."""
    incomplete = [source.name for source in sources if not source.complete]
    if incomplete:
        yield Gap(
            kind="unread",
            what=f"{_inputs(len(incomplete))} not (wholly) read",
            means="their traffic is missing from every number",
            advice="see the sources for the reason",
            affects=("people", "requests", "volume", "activity", "trend"),
            where=tuple(incomplete),
        )
    rejected = sum(source.rejected for source in sources)
    if rejected:
        yield Gap(
            kind="rejected",
            what=f"{rejected:,} {'line' if rejected == 1 else 'lines'} rejected",
            means="they could not be understood and are in no number",
            advice="`shadowscan db rejects` lists each with its reason",
            affects=("requests", "volume"),
            share=rejected / sum(source.lines for source in sources),
            where=tuple(source.name for source in sources if source.rejected),
        )


def missing_columns(sources: Sequence[SourceRow]) -> Iterator[Gap]:
    """Columns that inputs lack, by format: what all files of a format lack is said once."""
    read = [source for source in sources if source.events + source.duplicates]
    events = sum(source.events + source.duplicates for source in read)
    for needed in _COLUMNS:
        lacking = [source for source in read if dict(source.filled).get(needed.column, 0.0) < LITTLE]
        if lacking:
            share = sum(source.events + source.duplicates for source in lacking) / events
            yield Gap(
                kind=f"no-{needed.column.replace('_', '-')}",
                what=f"{needed.what} in {_which(lacking, read)}",
                means=needed.means,
                advice=needed.advice,
                affects=needed.affects,
                share=share,
                where=tuple(source.name for source in lacking),
            )


def _which(lacking: Sequence[SourceRow], read: Sequence[SourceRow]) -> str:
    """``any input``, or the formats, those of most events first: ``bind, dnsmasq (5 of 17 inputs)``."""
    if len(lacking) == len(read):
        return "any input"
    events = Counter[str]()
    for source in lacking:
        if source.formats:
            events[source.formats[0][0]] += source.events + source.duplicates
    named = [name for name, _ in events.most_common(_NAMED if len(events) > _NAMED + 1 else None)]
    rest = f" and {len(events) - len(named)} more formats" if len(named) < len(events) else ""
    return f"{', '.join(named)}{rest} ({len(lacking)} of {_inputs(len(read))})"


def _inputs(number: int) -> str:
    return f"{number:,} {'input' if number == 1 else 'inputs'}"
