"""Feeds that have stopped while others go on."""

from collections.abc import Iterable

from shadowscan.analysis.feeds import Feed, Pause, end_of, silence
from shadowscan.analysis.findings import references
from shadowscan.analysis.findings.rule import Found, Rule, Scene, plural
from shadowscan.model.finding import Severity

LEAST = 6
"""Usual hours without data."""
LONG = 24
"""Usual hours without data from which on it is grave."""


def _find(scene: Scene) -> Iterable[Found]:
    end = end_of(scene.feeds)
    for feed in scene.feeds:
        pause = silence(feed, end) if end else None
        if pause and pause.hours >= LEAST:
            yield _found(feed, pause)


def _found(feed: Feed, pause: Pause) -> Found:
    return Found(
        subject=(feed.name,),
        severity=Severity.HIGH if pause.hours >= LONG else Severity.MEDIUM,
        title=f"No data from {feed.name} since {feed.last:%Y-%m-%d %H:%M}",
        evidence="shadowscan report --output csv --table sources",
        first=feed.first,
        last=feed.last,
        basis=(
            (
                f"{plural(pause.hours, 'hour')} in which it usually has data passed without any, up to"
                f" {pause.last:%Y-%m-%d %H:%M}"
            ),
            f"{feed.events:,} events before, in {plural(len(feed.hours), 'hour')}",
        ),
    )


SILENT = Rule(
    kind="source-silent",
    title="Source gone silent",
    raised=f"{LEAST} or more hours in which a feed (a folder and a format) usually has data passed without any, up to"
    " the end of the data of the others",
    severities={Severity.HIGH: f"{LONG} hours or more", Severity.MEDIUM: "fewer"},
    next_step="check the device, its log forwarding and the export; numbers after that time are too low",
    relevant=(references.IMPAIR_DEFENCES, references.MONITORING),
    find=_find,
)
