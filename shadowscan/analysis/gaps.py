"""What the inputs can't show, computed from the inputs themselves."""

from collections.abc import Callable, Sequence

from shadowscan.model.report import Gap, Period, SourceRow

LITTLE = 0.05
"""A column that fewer of an input's events fill counts as missing."""


def gaps_of(sources: Sequence[SourceRow], period: Period, *, policy: str | None) -> tuple[Gap, ...]:
    """Return the blind spots, the gravest first."""
    read = [source for source in sources if source.events + source.duplicates]
    found = [
        _unread([source for source in sources if not source.complete]),
        _rejected([source for source in sources if source.rejected]),
        _missing(
            read,
            lambda source: _lacks(source, "user"),
            "no user names",
            "people are told apart by device only, or by the user another input names for it that day",
            "export the user column, or give the proxy's authenticated log",
        ),
        _missing(
            read,
            lambda source: _lacks(source, "bytes_out"),
            "no bytes sent",
            "how much went out is not known from them",
            "export request sizes, or add a proxy or flow log",
        ),
        _missing(
            read,
            lambda source: _lacks(source, "url_path"),
            "no URL paths",
            "prompts and uploads can't be told from browsing",
            "export full URLs from a proxy that inspects TLS",
        ),
        _undated(period),
        _unreviewed(policy),
    ]
    return tuple(gap for gap in found if gap)


def _lacks(source: SourceRow, column: str) -> bool:
    return dict(source.filled).get(column, 0.0) < LITTLE


def _missing(
    sources: Sequence[SourceRow], test: Callable[[SourceRow], bool], what: str, means: str, advice: str
) -> Gap | None:
    lacking = [source.name for source in sources if test(source)]
    if not lacking:
        return None
    where = "any input" if len(lacking) == len(sources) else _named(lacking)
    return Gap(what=f"{what} in {where}", means=means, advice=advice)


def _unread(sources: Sequence[SourceRow]) -> Gap | None:
    if not sources:
        return None
    return Gap(
        what=f"not (wholly) read: {_named([source.name for source in sources])}",
        means="their traffic is missing from every number",
        advice="see the sources for the reason",
    )


def _rejected(sources: Sequence[SourceRow]) -> Gap | None:
    lines = sum(source.rejected for source in sources)
    if not lines:
        return None
    return Gap(
        what=f"{lines:,} {'line' if lines == 1 else 'lines'} rejected",
        means="they could not be understood and are in no number",
        advice="`shadowscan db rejects` lists each with its reason",
    )


def _undated(period: Period) -> Gap | None:
    if not period.undated:
        return None
    return Gap(what=f"{period.undated:,} events without a time", means="they count, but in no trend")


def _unreviewed(policy: str | None) -> Gap | None:
    if policy:
        return None
    return Gap(
        what="no policy",
        means="nothing is approved, so every tool counts as unreviewed",
        advice="`shadowscan policy init` writes one",
    )


def _named(names: Sequence[str], most: int = 3) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
