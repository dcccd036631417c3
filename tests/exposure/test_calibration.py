"""The short form of `python -m benchmarks.calibrate`: few companies, so wide limits; the full table is published."""

from collections import defaultdict
from pathlib import Path

from benchmarks.calibrate import END, QUANTITIES, START, Score, score
from shadowscan.simulate.views import Visibility

PUBLISHED = Path(__file__).parents[2] / "docs" / "exposure.md"


def test_ranges_hold_and_are_useful() -> None:
    scores = score(14, (10, 80), days=3, seed=9)
    limits = {Visibility.PROXY_FULL: 3.0, Visibility.PROXY_CONNECT: 10.0, Visibility.FIREWALL: 10.0}
    for visibility, most in limits.items():
        for quantity in QUANTITIES:
            one = scores[visibility, "department", quantity]
            assert one.coverage > 0.75, (visibility, quantity)
        assert scores[visibility, "company", "volume"].sharpness <= most
    assert not any(one.cases for (visibility, *_), one in scores.items() if visibility is Visibility.DNS)


def test_score_counts_what_lies_outside() -> None:
    from shadowscan.exposure import Range

    one = Score()
    for truth in (5.0, 15.0, 25.0):
        one.add(Range(10, 12, 20), truth)
    one.add(None, 3.0)
    assert (one.below, one.inside, one.above, one.missing) == (1, 1, 1, 1)
    assert one.sharpness == 2.0


def test_published_table_keeps_to_its_limits() -> None:
    """Rewrite the table with `python -m benchmarks.calibrate --write docs/exposure.md`."""
    table = PUBLISHED.read_text(encoding="utf-8").split(START)[1].split(END)[0]
    rows = [line.split("|")[1:-1] for line in table.splitlines() if line.startswith("| ")][1:]
    cells = {tuple(cell.strip() for cell in row[:3]): row for row in rows}
    limits = defaultdict(lambda: 8.0, {"proxy-full": 3.0})
    for visibility in ("proxy-full", "proxy-connect", "firewall"):
        assert float(cells[visibility, "company", "volume"][6]) <= limits[visibility]
        assert int(cells[visibility, "company", "volume"][3]) >= 200
