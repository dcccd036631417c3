"""Measures scans beside other tools: ``python -m benchmarks.run [--lines N] [--only squid,eve] [--repeat N]``.

Logs are made where missing, in a process of their own. The table is printed and written to ``benchmarks/RESULTS.md``.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.contestants import HERE, Contestant, contestants
from benchmarks.measure import Run, run, warm
from benchmarks.results import Measured, document

_LOGS = {"squid": "access.log", "fortigate": "fortigate.log", "eve": "eve.json", "zscaler": "zscaler-web.csv"}
NOTHING_DONE = 70
"""Stands for the exit code of a run that said 0 and left nothing behind."""


def main() -> int:
    """Read the command line, measure, write; exit code 1 if a contestant failed."""
    options = _options()
    entrants = contestants()
    measured: list[Measured] = []
    for name in options.only.split(","):
        log = _log(name, options.lines)
        for row in compare(name, log, options.lines, entrants, options.repeat):
            _say(row)
            measured.append(row)
    text = document(measured, entrants, options.repeat)
    options.results.write_text(text, encoding="utf-8")
    print("\n" + text)
    return 1 if any(row.failed for row in measured) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure scans beside other tools on the same files.")
    parser.add_argument("--lines", type=int, default=1_000_000, help="lines of each log (default: 1,000,000)")
    parser.add_argument("--only", default=",".join(_LOGS), help=f"comma-separated: {', '.join(_LOGS)}")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each; the best counts (default: 3)")
    parser.add_argument("--results", type=Path, default=HERE / "RESULTS.md", help="where the table goes")
    options = parser.parse_args()
    if unknown := set(options.only.split(",")) - set(_LOGS):
        parser.error(f"no such log: {', '.join(sorted(unknown))} (there are {', '.join(_LOGS)})")
    if options.lines < 1 or options.repeat < 1:
        parser.error("--lines and --repeat take numbers from 1")
    return options


def _log(name: str, lines: int) -> Path:
    maker = [sys.executable, "-m", "benchmarks.generate", "--lines", str(lines), "--only", name]
    subprocess.run(maker, check=True, cwd=HERE.parent)
    return HERE / "data" / f"{lines}-{_LOGS[name]}"


def compare(name: str, log: Path, lines: int, entrants: list[Contestant], repeat: int) -> Iterator[Measured]:
    """Yield each contestant's best run over one log; who isn't installed is named and left out."""
    warm(log)
    for one in entrants:
        if one.logs and name not in one.logs:
            continue
        if not one.program:
            print(f"{name}: {one.name} is not installed", file=sys.stderr)
            continue
        best = min((_once(one, name, log) for _ in range(repeat)), key=lambda each: (each.exit_code != 0, each.cpu_s))
        yield Measured(name, lines, log.stat().st_size, one.name, one.does, best)


def _once(one: Contestant, name: str, log: Path) -> Run:
    with tempfile.TemporaryDirectory() as scratch:
        result = run(one.command(name, log, Path(scratch)))
        if one.leaves and result.exit_code == 0 and not (Path(scratch) / one.leaves).exists():
            return replace(result, exit_code=NOTHING_DONE)
        return result


def _say(row: Measured) -> None:
    if row.failed:
        print(f"{row.log}: {row.contestant} failed ({row.run.exit_code}): {row.run.last_words}", file=sys.stderr)
    else:
        print(f"{row.log}: {row.contestant} {row.run.wall_s:.2f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
