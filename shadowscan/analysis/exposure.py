"""What the exposure model makes of the traffic -> the report's ranges."""

from collections.abc import Iterable

from shadowscan.analysis.context import Context
from shadowscan.analysis.queries import Bounds
from shadowscan.analysis.traffic import groups_of
from shadowscan.catalog import Catalog
from shadowscan.exposure import estimate_groups
from shadowscan.exposure.result import Exposure, Range
from shadowscan.model.report import DataClassRange, ExposureReport, ExposureRow, NumberRange
from shadowscan.store.database import Session

SEED = 2026
NO_DEPARTMENT = "(no department)"
_QUANTITIES = ("volume", "pasted", "tokens", "prompts", "files", "sensitive_prompts", "sensitive_files", "sensitive")


def exposure_of(session: Session, context: Context, bounds: Bounds) -> ExposureReport | None:
    """Return the ranges of all tools, departments and their total; None if no AI use was let through."""
    groups, catalog = groups_of(session, context.catalog, bounds), context.catalog
    if not groups:
        return None
    estimates = estimate_groups(groups, context.priors, seed=SEED)
    tools = [_row(found, catalog.service(one).name, catalog, one) for one, found in estimates.by_service().items()]
    departments = estimates.by_department()
    rows = [_row(found, one or NO_DEPARTMENT, catalog, department=one) for one, found in departments.items()]
    return ExposureReport(
        total=_row(estimates.total(), "All tools", catalog),
        tools=_most_first(tools),
        departments=_most_first(rows) if any(departments) else (),
        priors=context.priors_file,
    )


def _most_first(rows: Iterable[ExposureRow]) -> tuple[ExposureRow, ...]:
    return tuple(sorted(rows, key=lambda row: (-(row.volume.likely if row.volume else -1), row.name)))


def _row(
    exposure: Exposure, name: str, catalog: Catalog, service: str | None = None, department: str | None = None
) -> ExposureRow:
    everything = service is None and department is None
    return ExposureRow(
        service=service,
        department=department,
        name=name,
        grade=exposure.grade.value,
        reason=exposure.reason,
        classes=tuple(DataClassRange(name=one, items=numbers(found)) for one, found in exposure.classes),
        file_types=exposure.file_types,
        labelled=exposure.labelled,
        not_covered=tuple(catalog.service(one).name for one in exposure.without_volume) if everything else (),
        **{one: _optional(getattr(exposure, one)) for one in _QUANTITIES},
    )


def _optional(found: Range | None) -> NumberRange | None:
    return None if found is None else numbers(found)


def numbers(found: Range) -> NumberRange:
    """Return a range in whole numbers."""
    return NumberRange(low=int(found.low), likely=round(found.likely), high=int(-(-found.high // 1)))
