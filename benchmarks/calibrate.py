"""Do the exposure ranges hold? Estimates against simulated companies whose truth is known.

    python -m benchmarks.calibrate [--companies 200] [--people 10-200] [--days 5] [--write docs/exposure.md]

Coverage: share of cases whose truth lies in the 90 % range (cases without anything to estimate left out).
Sharpness: median of high / low. Per visibility, over whole companies and over departments.
"""

import argparse
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from shadowscan.exposure import Exposure, Priors, Range, default_priors, estimate
from shadowscan.simulate import Company, simulate
from shadowscan.simulate.dice import Dice
from shadowscan.simulate.truth import Truth
from shadowscan.simulate.views import Visibility, traffic

QUANTITIES = ("volume", "prompts", "files", "sensitive")
START, END = "<!-- calibration -->", "<!-- end of calibration -->"


@dataclass
class Score:
    """Cases of one visibility, scope and quantity."""

    inside: int = 0
    below: int = 0
    above: int = 0
    missing: int = 0
    ratios: list[float] = field(default_factory=list)
    biases: list[float] = field(default_factory=list)

    @property
    def cases(self) -> int:
        return self.inside + self.below + self.above

    @property
    def coverage(self) -> float:
        return self.inside / self.cases if self.cases else math.nan

    @property
    def sharpness(self) -> float:
        return median(self.ratios) if self.ratios else math.nan

    def add(self, found: Range | None, truth: float) -> None:
        if found is None:
            self.missing += 1
            return
        if not truth and not found.high:
            return
        self.below += truth < math.floor(found.low)
        self.above += truth > math.ceil(found.high)
        self.inside += math.floor(found.low) <= truth <= math.ceil(found.high)
        self.ratios.append(found.high / max(found.low, 1.0))
        if truth:
            self.biases.append(found.likely / truth)


Key = tuple[Visibility, str, str]
"""Visibility, scope (company or department), quantity."""


def companies(number: int, people: tuple[int, int], days: int, seed: int) -> Iterator[Company]:
    for one in range(number):
        yield simulate(round(Dice(f"{seed}:{one}").between(*people)), days, seed * 100_000 + one)


def score(
    number: int, people: tuple[int, int] = (10, 200), days: int = 5, seed: int = 1, priors: Priors | None = None
) -> dict[Key, Score]:
    scores: dict[Key, Score] = defaultdict(Score)
    for company in companies(number, people, days, seed):
        for visibility in Visibility:
            found = estimate(traffic(company, visibility), priors or default_priors(), seed=company.seed)
            _compare(scores, visibility, "company", found.total(), company.truth())
            for name, exposure in found.by_department().items():
                _compare(scores, visibility, "department", exposure, company.truth(name))
    return scores


def _compare(scores: dict[Key, Score], visibility: Visibility, scope: str, found: Exposure, truth: Truth) -> None:
    for quantity in QUANTITIES:
        scores[visibility, scope, quantity].add(getattr(found, quantity), getattr(truth, quantity))


def table(scores: dict[Key, Score]) -> str:
    lines = [
        "| visibility | scope | quantity | cases | coverage | truth below / above | high/low | likely/truth |",
        "|---|---|---|--:|--:|--:|--:|--:|",
    ]
    for (visibility, scope, quantity), one in scores.items():
        if one.cases:
            figures = f"{one.coverage:.1%} | {one.below} / {one.above} | {one.sharpness:.1f} | {median(one.biases):.2f}"
        else:
            figures = "no estimate | | |"
        lines.append(f"| {visibility} | {scope} | {quantity} | {one.cases or one.missing} | {figures} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--companies", type=int, default=200)
    parser.add_argument("--people", default="10-200", help="smallest and largest company")
    parser.add_argument("--days", type=int, default=5)
    parser.add_argument("--seed", type=int, default=77)
    parser.add_argument("--write", type=Path, help="file whose calibration section is replaced")
    chosen = parser.parse_args()
    low, high = map(int, chosen.people.split("-"))
    text = table(score(chosen.companies, (low, high), chosen.days, chosen.seed))
    head = f"{chosen.companies} companies of {low} to {high} people, {chosen.days} days, seed {chosen.seed}"
    print(f"{head}\n\n{text}")
    if chosen.write:
        before, rest = chosen.write.read_text(encoding="utf-8").split(START)
        after = rest.split(END)[1]
        chosen.write.write_text(f"{before}{START}\n{head}.\n\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
