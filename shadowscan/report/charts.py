"""Small charts as inline SVG: shapes only, in the page's colours."""

from collections.abc import Sequence

from shadowscan.model.report import DayRow
from shadowscan.report.figures import day, resample, share
from shadowscan.report.markup import Html, el, join

_SPARK_WIDTH, _SPARK_HEIGHT = 84, 18
_BARS_WIDTH, _BARS_HEIGHT = 1000, 120
_MOST_BARS = 400
_FULL = 200


def sparkline(trend: Sequence[int]) -> Html:
    """Bars in proportion to the highest; a number above zero is always visible."""
    points = resample(trend, _SPARK_WIDTH // 3)
    top = max(points, default=0)
    if not top:
        return Html("")
    step = _SPARK_WIDTH / len(points)
    shapes = [
        _bar(i * step, step, _SPARK_HEIGHT, max(1.5, _SPARK_HEIGHT * p / top)) for i, p in enumerate(points) if p > 0
    ]
    label = f"{len(trend)} days, at most {max(trend):,} a day"
    return _svg(label, _SPARK_WIDTH, _SPARK_HEIGHT, shapes, class_="spark")


def bars(rows: Sequence[DayRow]) -> Html:
    """Requests of each day, approved below and the others above, with the first and last day named."""
    recent = rows[-_MOST_BARS:]
    top = max(1, *(row.approved + row.other for row in recent))
    step = _BARS_WIDTH / max(len(recent), 14)
    shapes = []
    for i, row in enumerate(recent):
        low, high = (_BARS_HEIGHT * number / top for number in (row.approved, row.other))
        shapes.append(_bar(i * step, step, _BARS_HEIGHT, low, class_="approved"))
        shapes.append(_bar(i * step, step, _BARS_HEIGHT - low, high, class_="other"))
    first, last = day(recent[0].day, year=True), day(recent[-1].day, year=True)
    label = f"AI requests a day from {first} to {last}, at most {top:,}"
    axis = el("p", el("span", first), el("span", f"up to {top:,} a day"), el("span", last), class_="axis")
    return el("figure", _svg(label, _BARS_WIDTH, _BARS_HEIGHT, shapes, class_="days"), axis)


def fraction(part: int, whole: int) -> Html:
    """A bar as long as the part of the whole; something is never drawn as nothing."""
    length = max(_FULL * part / whole, 1) if part and whole else 0
    return _svg(
        share(part, whole), _FULL, 10, [el("rect", x=0, y=0, width=f"{length:.1f}", height=10)], class_="fraction"
    )


def _bar(x: float, step: float, bottom: float, height: float, **attributes: str) -> Html:
    """One bar with a gap at its right, from the bottom up."""
    box = {"x": x, "y": bottom - height, "width": step * 0.8, "height": height}
    return el("rect", **{name: f"{value:.1f}" for name, value in box.items()}, **attributes)


def _svg(label: str, width: int, height: int, shapes: Sequence[Html], class_: str) -> Html:
    size = {"viewBox": f"0 0 {width} {height}", "preserveAspectRatio": "none"}
    return el("svg", el("title", label), join(*shapes), role="img", class_=class_, **size)
