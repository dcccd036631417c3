"""Writes the big logs: ``python -m benchmarks.generate [--lines N] [--only squid,eve]`` into ``benchmarks/data``."""

import argparse
from itertools import islice
from pathlib import Path

from benchmarks.formats import WRITERS
from benchmarks.traffic import rows

DATA = Path(__file__).parent / "data"


def path_of(name: str, lines: int) -> Path:
    """Return where the log of this many lines lies."""
    return DATA / f"{lines}-{WRITERS[name][0]}"


def generate(name: str, lines: int) -> Path:
    """Write one log unless it is there already, whole: an interrupted run leaves no file of the final name."""
    path = path_of(name, lines)
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    write = WRITERS[name][1]
    source = rows(lines)
    with unfinished.open("w", encoding="utf-8", newline="\n") as file:
        while block := list(islice(source, 20_000)):
            file.writelines([write(row) for row in block])
    unfinished.replace(path)
    return path


def main() -> None:
    """Read the command line and write the files."""
    parser = argparse.ArgumentParser(description="Write the benchmark logs.")
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--only", default=",".join(WRITERS), help="comma-separated: squid, fortigate, eve, zscaler")
    options = parser.parse_args()
    for name in options.only.split(","):
        path = generate(name, options.lines)
        print(f"{path.name}: {path.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
