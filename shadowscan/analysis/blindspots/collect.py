"""All blind spots, the gravest first."""

from collections.abc import Sequence

from shadowscan.analysis.blindspots.inputs import missing_columns, unread
from shadowscan.analysis.blindspots.rules import policy_gaps
from shadowscan.analysis.blindspots.times import without_data
from shadowscan.analysis.blindspots.traffic import hidden_traffic
from shadowscan.analysis.context import Context
from shadowscan.analysis.feeds import Feed
from shadowscan.analysis.queries import Bounds
from shadowscan.model.report import Gap, Period, SourceRow
from shadowscan.store.database import Session
from shadowscan.store.privacy import mode_of


def blind_spots_of(
    session: Session,
    bounds: Bounds,
    sources: Sequence[SourceRow],
    feeds: Sequence[Feed],
    period: Period,
    context: Context,
) -> tuple[Gap, ...]:
    """Return the blind spots; the table ``evasive`` must have been made."""
    return (
        *unread(sources),
        *without_data(feeds),
        *hidden_traffic(session, bounds),
        *missing_columns(sources),
        *_undated(period),
        *policy_gaps(context, hidden_addresses=mode_of(session).startswith("addresses")),
    )


def _undated(period: Period) -> list[Gap]:
    if not period.undated:
        return []
    return [
        Gap(
            kind="undated",
            what=f"{period.undated:,} events without a time",
            means="they count, but in no trend",
            affects=("trend",),
        )
    ]
