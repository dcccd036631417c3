"""Blind spots in time: hours in which a feed usually has data and has none."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from shadowscan.analysis.feeds import Feed, Pause, end_of, pauses, silence
from shadowscan.model.report import Gap

_MOST = 3
"""Pauses of a feed named one by one."""


def without_data(feeds: Sequence[Feed]) -> Iterator[Gap]:
    """Pauses within each feed, and its silence up to the end of the others."""
    end = end_of(feeds)
    for feed in feeds:
        silent = silence(feed, end) if end else None
        found = [*pauses(feed), *([silent] if silent else [])]
        if found:
            hours = sum(pause.hours for pause in found)
            longest = sorted(found, key=lambda pause: -pause.hours)[:_MOST]
            named = ", ".join(_span(pause) for pause in sorted(longest, key=lambda pause: pause.first))
            more = f" and {len(found) - _MOST} more" if len(found) > _MOST else ""
            yield Gap(
                kind="no-data",
                what=f"{hours:,} {'hour' if hours == 1 else 'hours'} without data from {feed.name}: {named}{more}",
                means="use in those hours is not counted, unless another input saw it",
                advice="export those hours again, or find out why the device was silent",
                affects=("people", "requests", "volume", "trend"),
                share=hours / (hours + len(feed.hours)),
                where=(feed.name,),
            )


def _span(pause: Pause) -> str:
    """``2026-11-04 09:00 to 17:00``."""
    end = pause.last + timedelta(hours=1)
    same = pause.first.date() == end.date()
    return f"{pause.first:%Y-%m-%d %H:%M} to {end:{'%H:%M' if same else '%Y-%m-%d %H:%M'}}"
