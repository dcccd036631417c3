"""Blind spots of single inputs, said in a line however many inputs there are."""

from shadowscan.analysis.blindspots.inputs import missing_columns
from tests.report import factory


def test_what_many_formats_lack_is_said_by_those_of_most_events() -> None:
    row = factory.full_report().sources[0]
    sources = [
        row.model_copy(update={"name": f"{n}.log", "formats": ((f"format-{n}", n),), "events": n, "filled": ()})
        for n in range(1, 10)
    ]
    gap = next(iter(missing_columns(sources[:3] + sources[4:] + [row])))
    assert gap.what == (
        "no user names in format-9, format-8, format-7, format-6, format-5 and 3 more formats (8 of 9 inputs)"
    )
    assert len(gap.where) == 8
